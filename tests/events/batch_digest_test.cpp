// The digest of a batch: a retry has the same one, a batch that asks for anything else another.
#include "events/batch_digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "events/event_part.h"
#include "events/tracking.h"
#include "support/drafts.h"
#include "support/fake_environment.h"
#include "support/results.h"

namespace stele::events {
namespace {

using test::Draft;
using test::failed;
using test::id_of;
using test::record_of;
using test::succeeded;

const test::Id kNoId = {};  // In a draft here: the caller gives none.

// What a caller asks of a batch.
struct Order {
  std::vector<Draft> drafts;
  std::vector<TrackingRequest> requests = {};
};

// An attempt to commit an order.
class Attempt {
 public:
  Attempt() = default;
  explicit Attempt(const Order& order) { add(order); }

  void add(const Order& order) {
    for (const Draft& draft : order.drafts) {
      NewEvent event = draft.event();
      if (draft.id == kNoId) event.id = nullptr;
      EXPECT_TRUE(succeeded(events.add(event)));
    }
    for (const TrackingRequest& request : order.requests) tracking.add(request);
  }
  [[nodiscard]] Digest digest() const { return batch_digest(events, tracking); }

 private:
  test::FakeClock wall_;
  IdClock clock_{wall_};

 public:
  test::FakeRandom random;
  EventPart events{IdSource(clock_, random)};
  TrackingPart tracking;
};

Digest digest_of(const Order& order) {
  return Attempt(order).digest();
}

Order full_order() {
  const Draft full = {.type = "Ordered",
                      .entity = "order-1",
                      .scope = "tenant",
                      .data = "data",
                      .tags = {"a", "bc"},
                      .metadata = {{"user", "alice"}, {"host", "h"}},
                      .id = id_of(1),
                      .correlation_id = id_of(2),
                      .causation_id = id_of(3),
                      .time = 77};
  const Draft plain = {.type = "Paid", .data = "data", .id = kNoId};
  return {.drafts = {full, plain},
          .requests = {{.source = "s", .previous = 4, .position = 5},
                       {.source = "t", .previous = kPreviousAny, .position = 9}}};
}

// Ids of the second attempt are others, for the clock of ids has moved on.
TEST(BatchDigest, IsThatOfARetry) {
  Order order = full_order();
  for (int i = 0; i < 40; ++i) {
    order.drafts.push_back({.id = i % 3 == 0 ? kNoId : id_of(static_cast<uint64_t>(i) + 10)});
  }
  Attempt attempt(order);
  const Digest first = attempt.digest();
  std::vector<uint8_t> before(attempt.events.size());
  ASSERT_TRUE(succeeded(attempt.events.prepare()));
  attempt.events.encode({}, before);
  attempt.events.clear();
  attempt.tracking.clear();
  attempt.add(order);
  EXPECT_EQ(attempt.digest(), first);
  std::vector<uint8_t> after(attempt.events.size());
  ASSERT_TRUE(succeeded(attempt.events.prepare()));
  attempt.events.encode({}, after);
  EXPECT_NE(before, after) << "the ids were to differ";
}

// Stamping the batch, in an attempt that then fails, does not change what was asked for.
TEST(BatchDigest, LeavesOutWhatTheCommitFillsIn) {
  Attempt attempt(full_order());
  const Digest before = attempt.digest();
  std::vector<uint8_t> section(attempt.events.size());
  ASSERT_TRUE(succeeded(attempt.events.prepare()));
  attempt.events.encode({.tsn = 9, .first_position = 8, .event_count = 2, .recorded = 7}, section);
  EXPECT_EQ(attempt.digest(), before);
}

// Records that were read from another log carry its stamp, and order and repeat tags as they like.
TEST(BatchDigest, IsTheSameForEventsAndTheirRecords) {
  const Order order = full_order();
  Attempt attempt;
  for (const Draft& draft : order.drafts) {
    std::vector<uint8_t> record = record_of(draft);
    std::fill(record.begin() + kPositionOffset, record.begin() + kCallerOffset, uint8_t{0xee});
    if (!draft.time) store_le(record.data() + kTimeOffset, int64_t{123});
    ASSERT_TRUE(succeeded(attempt.events.add_records(record)));
  }
  attempt.add({.drafts = {}, .requests = order.requests});
  EXPECT_EQ(attempt.digest(), digest_of(order));

  Order tagged = order;
  tagged.drafts[0].tags = {"bc", "a", "bc"};
  EXPECT_EQ(digest_of(tagged), digest_of(order));
}

// Records that are taken back leave nothing behind, not even which of their ids were made.
TEST(BatchDigest, ForgetsRefusedRecords) {
  Attempt attempt;
  std::vector<uint8_t> records = record_of({.id = kNoId});
  records.resize(records.size() + 8);
  ASSERT_TRUE(failed(attempt.events.add_records(records), Code::kInvalid, "record 1"));
  const Order order = full_order();
  attempt.add(order);
  EXPECT_EQ(attempt.digest(), digest_of(order));
}

struct Change {
  const char* name;
  std::function<void(Order&)> apply;
};

const std::vector<Change>& changes_of_events() {
  static const std::vector<Change> kChanges = {
      {"type", [](Order& o) { o.drafts[0].type = "Orderee"; }},
      {"border of type and entity",
       [](Order& o) {
         o.drafts[0].type = "Orderedo";
         o.drafts[0].entity = "rder-1";
       }},
      {"entity", [](Order& o) { o.drafts[0].entity = "order-2"; }},
      {"no entity", [](Order& o) { o.drafts[0].entity = ""; }},
      {"scope", [](Order& o) { o.drafts[0].scope = "tenanu"; }},
      {"no scope", [](Order& o) { o.drafts[0].scope = ""; }},
      {"data", [](Order& o) { o.drafts[0].data = "date"; }},
      {"longer by a zero", [](Order& o) { o.drafts[0].data.push_back('\0'); }},
      {"tag", [](Order& o) { o.drafts[0].tags = {"a", "bd"}; }},
      {"border of tags", [](Order& o) { o.drafts[0].tags = {"ab", "c"}; }},
      {"no tags", [](Order& o) { o.drafts[0].tags = {}; }},
      {"metadata key", [](Order& o) { o.drafts[0].metadata[0].first = "uses"; }},
      {"metadata value", [](Order& o) { o.drafts[0].metadata[0].second = "alicf"; }},
      {"border of key and value", [](Order& o) { o.drafts[0].metadata[0] = {"usera", "lice"}; }},
      {"order of metadata", [](Order& o) { std::ranges::reverse(o.drafts[0].metadata); }},
      {"id", [](Order& o) { o.drafts[0].id = id_of(99); }},
      {"no id", [](Order& o) { o.drafts[0].id = kNoId; }},
      {"an id", [](Order& o) { o.drafts[1].id = id_of(99); }},
      {"correlation id", [](Order& o) { o.drafts[0].correlation_id = id_of(99); }},
      {"no correlation id", [](Order& o) { o.drafts[0].correlation_id.reset(); }},
      {"causation id", [](Order& o) { o.drafts[0].causation_id = id_of(99); }},
      {"one id, which is the other kind",
       [](Order& o) { o.drafts[0].causation_id = std::exchange(o.drafts[0].correlation_id, {}); }},
      {"time", [](Order& o) { o.drafts[0].time = 78; }},
      {"no time", [](Order& o) { o.drafts[0].time.reset(); }},
      {"time 0 instead of none", [](Order& o) { o.drafts[1].time = 0; }},
      {"order of events", [](Order& o) { std::ranges::reverse(o.drafts); }},
      {"one event less", [](Order& o) { o.drafts.pop_back(); }},
      {"one event more", [](Order& o) { o.drafts.push_back(o.drafts[1]); }},
      {"no events", [](Order& o) { o.drafts.clear(); }},
  };
  return kChanges;
}

const std::vector<Change>& changes_of_tracking() {
  static const std::vector<Change> kChanges = {
      {"source", [](Order& o) { o.requests[0].source = "u"; }},
      {"longer source", [](Order& o) { o.requests[0].source = "ss"; }},
      {"previous", [](Order& o) { o.requests[0].previous = 3; }},
      {"any previous", [](Order& o) { o.requests[0].previous = kPreviousAny; }},
      {"position", [](Order& o) { o.requests[0].position = 6; }},
      {"order of requests", [](Order& o) { std::ranges::reverse(o.requests); }},
      {"one request less", [](Order& o) { o.requests.pop_back(); }},
      {"no requests", [](Order& o) { o.requests.clear(); }},
  };
  return kChanges;
}

// Each change gives a digest that no other has.
TEST(BatchDigest, BindsEverythingThatIsAskedFor) {
  std::map<Digest, std::string> digests = {{digest_of(full_order()), "no change"}};
  for (const auto* changes : {&changes_of_events(), &changes_of_tracking()}) {
    for (const Change& change : *changes) {
      Order order = full_order();
      change.apply(order);
      const auto [at, is_new] = digests.emplace(digest_of(order), change.name);
      EXPECT_TRUE(is_new) << change.name << ": the digest is that of: " << at->second;
    }
  }
}

// The input put together by hand, as docs/format.md has it.
TEST(BatchDigest, IsTheHashOfTheDocumentedBytes) {
  const Order order = full_order();
  std::vector<uint8_t> input(16);
  input[0] = 2;
  input[8] = 2;
  for (const Draft& draft : order.drafts) {
    const std::vector<uint8_t> record = record_of(draft);
    input.insert(input.end(), record.begin(), record.end());
  }
  for (const TrackingRequest& request : order.requests) {
    const size_t at = input.size();
    input.resize(at + 32);
    input[at] = 1;
    store_le(input.data() + at + 8, request.previous);
    store_le(input.data() + at + 16, request.position);
    input[at + 24] = static_cast<uint8_t>(request.source[0]);
  }
  EXPECT_EQ(digest_of(order), hash_padded(HashDomain::kBatch, input));
  EXPECT_EQ(digest_of({}), hash_padded(HashDomain::kBatch, std::vector<uint8_t>(16)));
}

}  // namespace
}  // namespace stele::events
