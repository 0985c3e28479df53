// Records that a caller has encoded itself, written here by the documented layout alone: taken as
// the same events through stele_batch_event() are, all of them or, at the first bad one, none.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/c_api.h"
#include "support/scale.h"
#include "support/seed.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

// An encoder of another language, so to speak: knows docs/format.md, "Event", and nothing else.
struct Foreign {
  std::string type = "Thing";
  std::string entity = {};
  std::string scope = {};
  std::string data = {};
  std::vector<std::string> tags = {};
  std::vector<std::pair<std::string, std::string>> metadata = {};
  std::array<uint8_t, 16> id = {};
  std::string correlation_id = {};  // 16 bytes or none.
  bool has_time = false;
  int64_t time = 0;

  [[nodiscard]] std::vector<uint8_t> record() const {
    std::string head = correlation_id + type + entity + scope;
    for (const std::string& tag : tags) head += number<uint16_t>(tag.size()) + tag;
    std::string pairs;
    for (const auto& [key, value] : metadata) {
      pairs += number<uint16_t>(key.size()) + number<uint16_t>(value.size()) + key + value;
    }
    const size_t payload = 120 + head.size();
    const size_t size = (payload + data.size() + pairs.size() + 7) / 8 * 8;
    std::string bytes = number<uint32_t>(size) + number<uint32_t>(payload);
    bytes += std::string(64, '\0');  // Filled in by the commit.
    const int flags = (correlation_id.empty() ? 0 : 1) | (has_time ? 0 : 4);
    bytes += number<uint8_t>(1) + number<uint8_t>(static_cast<size_t>(flags));
    bytes += number<uint16_t>(type.size()) + number<uint16_t>(entity.size());
    bytes += number<uint16_t>(scope.size()) + number<uint16_t>(tags.size());
    bytes += number<uint16_t>(metadata.size()) + number<uint32_t>(data.size());
    bytes += number<uint32_t>(pairs.size()) + number<uint32_t>(0);
    bytes += number<uint64_t>(static_cast<uint64_t>(time));
    bytes += std::string(id.begin(), id.end()) + head + data + pairs;
    bytes.resize(size);
    return {bytes.begin(), bytes.end()};
  }

 private:
  template <typename T>
  static std::string number(uint64_t value) {
    const T narrow = static_cast<T>(value);
    std::string bytes(sizeof narrow, '\0');
    std::memcpy(bytes.data(), &narrow, sizeof narrow);
    return bytes;
  }
};

std::vector<uint8_t> joined(const std::vector<std::vector<uint8_t>>& records) {
  std::vector<uint8_t> all;
  for (const auto& record : records) all.insert(all.end(), record.begin(), record.end());
  return all;
}

struct Records : ::testing::Test {
  Records() : db(open(directory.path("db"))), batch(new_batch(db)) {}

  // Commits the batch and returns what is behind position `after` as records.
  std::vector<std::vector<uint8_t>> commit_and_read(uint64_t after) {
    Failure failure;
    EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure), failure));
    const stele_read_options options = read_options(STELE_READ_FROM, after + 1);
    const Cursor cursor = start_read(db, nullptr, &options);
    std::vector<std::vector<uint8_t>> records;
    stele_event view = empty_view();
    while (stele_cursor_next(cursor, &view, nullptr) == STELE_OK) {
      records.emplace_back(view.record.data, view.record.data + view.record.size);
    }
    return records;
  }

  TempDirectory directory;
  Db db;
  Batch batch;
};

// The same event, once by struct and once by record, gives the same bytes but for what the commit
// fills in.
TEST_F(Records, AreTakenLikeEvents) {
  const Foreign foreign = {.type = "course.Joined",
                           .entity = "course-1",
                           .scope = "tenant",
                           .data = std::string("\0\xff data", 7),
                           .tags = {"z", "a", "z"},
                           .metadata = {{"b", "1"}, {"a", ""}},
                           .id = {1, 2, 3},
                           .correlation_id = "0123456789abcdef",
                           .has_time = true,
                           .time = -77};
  const std::vector<uint8_t> record = foreign.record();
  Failure failure;
  ASSERT_TRUE(is_ok(stele_batch_events(batch, record.data(), record.size(), failure), failure));
  stele_new_event event = new_event(foreign.type);
  event.has_time = 1;
  event.time = foreign.time;
  event.entity = text(foreign.entity);
  event.scope = text(foreign.scope);
  event.data = {reinterpret_cast<const uint8_t*>(foreign.data.data()), foreign.data.size()};
  const stele_text tags[] = {text("z"), text("a"), text("z")};
  event.tags = tags;
  event.tag_count = 3;
  static const uint8_t kOne[] = {'1'};
  const stele_metadata metadata[] = {{text("b"), {kOne, 1}}, {text("a"), {nullptr, 0}}};
  event.metadata = metadata;
  event.metadata_count = 2;
  auto other_id = foreign.id;  // Ids are unique.
  other_id[15] = 1;
  event.id = other_id.data();
  event.correlation_id = reinterpret_cast<const uint8_t*>(foreign.correlation_id.data());
  ASSERT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
  auto records = commit_and_read(0);
  ASSERT_EQ(records.size(), 2U);
  constexpr size_t kLastOfId = 119;
  ASSERT_EQ(std::exchange(records[1].at(kLastOfId), 0), 1);
  for (const size_t from : {size_t{0}, size_t{72}}) {
    const size_t to = from == 0 ? 8 : records[0].size();
    EXPECT_TRUE(std::equal(records[0].begin() + static_cast<ptrdiff_t>(from),
                           records[0].begin() + static_cast<ptrdiff_t>(to),
                           records[1].begin() + static_cast<ptrdiff_t>(from)));
  }
}

// Zeros ask for an id, and a record without a time gets that of the commit, whatever stands there.
TEST_F(Records, GetAnIdAndATimeWhenTheyHaveNone) {
  const Foreign foreign = {.has_time = false, .time = 12345};
  const std::vector<uint8_t> both = joined({foreign.record(), foreign.record()});
  ASSERT_TRUE(is_ok(stele_batch_events(batch, both.data(), both.size(), nullptr)));
  const auto records = commit_and_read(0);
  ASSERT_EQ(records.size(), 2U);
  stele_event views[2] = {empty_view(), empty_view()};
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(
        is_ok(stele_event_decode(records[i].data(), records[i].size(), &views[i], nullptr)));
    EXPECT_EQ(views[i].id[6] >> 4, 7);
    EXPECT_EQ(views[i].time, views[i].recorded);
  }
  EXPECT_NE(std::memcmp(views[0].id, views[1].id, 16), 0);
}

// What was read can be written again: into another database, as it is.
TEST_F(Records, ThatWereReadCanBeWrittenElsewhere) {
  const Foreign first = {.entity = "e", .data = "1", .tags = {"b", "a"}, .id = {1}};
  const Foreign second = {.entity = "e", .data = "2", .id = {2}, .has_time = true, .time = 5};
  const std::vector<uint8_t> both = joined({first.record(), second.record()});
  ASSERT_TRUE(is_ok(stele_batch_events(batch, both.data(), both.size(), nullptr)));
  const std::vector<uint8_t> read = joined(commit_and_read(0));
  const Db other = open(directory.path("other"));
  append(other, "Before");
  const Batch copy = new_batch(other);
  Failure failure;
  ASSERT_TRUE(is_ok(stele_batch_events(copy, read.data(), read.size(), failure), failure));
  ASSERT_TRUE(is_ok(stele_commit(other, copy, nullptr, nullptr)));
  const Query tagged = query_of({}, {"a", "b"});
  EXPECT_EQ(positions(other, tagged), std::vector<uint64_t>{2});
  EXPECT_EQ(head_of(other), 3U);
  EXPECT_TRUE(is(verify(other, nullptr), STELE_END));
}

struct Case {
  const char* name;
  std::function<std::vector<uint8_t>()> record;
  stele_status status;
  const char* reason;
};

// A record with these bytes in these places.
std::vector<uint8_t> patched(const Foreign& foreign, size_t at, const std::vector<uint8_t>& bytes) {
  std::vector<uint8_t> record = foreign.record();
  std::copy(bytes.begin(), bytes.end(), record.begin() + static_cast<ptrdiff_t>(at));
  return record;
}

// Every way to be wrong, as the third record of five: the message and the offset say which, and
// nothing of the call gets into the batch.
TEST_F(Records, AreRefusedTogether) {
  static const std::string kLong(513, 'x');
  const Case cases[] = {
      {"empty type", [] { return Foreign{.type = ""}.record(); }, STELE_INVALID, "type"},
      {"type too long", [] { return Foreign{.type = kLong}.record(); }, STELE_TOO_LARGE,
       "the event type"},
      {"type not UTF-8", [] { return Foreign{.type = "\xff"}.record(); }, STELE_INVALID,
       "the event type"},
      {"type with NUL", [] { return Foreign{.type = std::string("a\0b", 3)}.record(); },
       STELE_INVALID, "the event type"},
      {"entity too long", [] { return Foreign{.entity = kLong}.record(); }, STELE_TOO_LARGE,
       "the entity"},
      {"entity not UTF-8", [] { return Foreign{.entity = "\xff"}.record(); }, STELE_INVALID,
       "the entity"},
      {"scope too long", [] { return Foreign{.scope = kLong}.record(); }, STELE_TOO_LARGE,
       "the scope"},
      {"scope not UTF-8", [] { return Foreign{.scope = "\xff"}.record(); }, STELE_INVALID,
       "the scope"},
      {"an empty tag", [] { return Foreign{.tags = {"a", ""}}.record(); }, STELE_INVALID, "tag"},
      {"a tag too long", [] { return Foreign{.tags = {"a", kLong}}.record(); }, STELE_TOO_LARGE,
       "a tag"},
      {"a tag not UTF-8", [] { return Foreign{.tags = {"a", "\xff"}}.record(); }, STELE_INVALID,
       "a tag"},
      {"too many tags",
       [] {
         Foreign foreign;
         for (int i = 0; i < 257; ++i) foreign.tags.push_back(std::to_string(i));
         return foreign.record();
       },
       STELE_TOO_LARGE, "257 tags"},
      {"a key twice", [] { return Foreign{.metadata = {{"k", "1"}, {"k", "2"}}}.record(); },
       STELE_INVALID, "\"k\" occurs twice"},
      {"an empty key", [] { return Foreign{.metadata = {{"", "1"}}}.record(); }, STELE_INVALID,
       "key"},
      {"a key not UTF-8", [] { return Foreign{.metadata = {{"\xff", "1"}}}.record(); },
       STELE_INVALID, "a metadata key"},
      {"data too long",
       [] { return Foreign{.data = std::string(STELE_DATA_MAX + 1, 'd')}.record(); },
       STELE_TOO_LARGE, "the data has 67108865 bytes"},
      {"version 0", [] { return patched({}, 72, {0}); }, STELE_INVALID, "version"},
      {"version 2", [] { return patched({}, 72, {2}); }, STELE_UNSUPPORTED, "version 2"},
      {"unknown flags", [] { return patched({}, 73, {0x84}); }, STELE_INVALID, "flags"},
      {"a key id", [] { return patched({}, 92, {1}); }, STELE_UNSUPPORTED, "key id"},
      {"size 0", [] { return patched({}, 0, {0}); }, STELE_INVALID, "size"},
      {"size beyond the end", [] { return patched({}, 0, {0, 0, 1}); }, STELE_INVALID, "longer"},
      {"odd size", [] { return patched({}, 0, {129}); }, STELE_INVALID, "size"},
      {"payload elsewhere", [] { return patched({}, 4, {1, 1}); }, STELE_INVALID, "head"},
      {"more data than there is", [] { return patched({}, 84, {200}); }, STELE_INVALID, "payload"},
      {"more tags than there are", [] { return patched({}, 80, {1}); }, STELE_INVALID, "tags"},
      {"more pairs than there are", [] { return patched({}, 82, {1}); }, STELE_INVALID, "metadata"},
  };
  ASSERT_TRUE(is_ok(add(batch, "Before")));
  const std::vector<uint8_t> good = Foreign{.type = "Refused"}.record();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const std::vector<uint8_t> bytes = joined({good, good, c.record(), good, good});
    Failure failure;
    EXPECT_TRUE(
        is(stele_batch_events(batch, bytes.data(), bytes.size(), failure), c.status, failure));
    EXPECT_TRUE(failure.message().starts_with("append: record 2 at byte " +
                                              std::to_string(2 * good.size())))
        << failure.message();
    EXPECT_TRUE(failure.mentions(c.reason)) << failure.message();
    EXPECT_EQ(failure->offset, 2 * good.size());
  }
  // Cut anywhere: what is left of the last record is not one.
  const std::vector<uint8_t> three = joined({good, good, good});
  for (size_t size = 2 * good.size() + 1; size < three.size(); ++size) {
    const std::vector<uint8_t> part(three.begin(), three.begin() + static_cast<ptrdiff_t>(size));
    Failure failure;
    EXPECT_TRUE(is(stele_batch_events(batch, part.data(), size, failure), STELE_INVALID, failure));
    EXPECT_EQ(failure->offset, 2 * good.size());
  }
  ASSERT_TRUE(is_ok(add(batch, "After")));
  EXPECT_EQ(commit_and_read(0).size(), 2U);
  EXPECT_TRUE(is(verify(db, nullptr), STELE_END));
}

// Hundreds in one call, in order.
TEST_F(Records, AreTakenInOrder) {
  std::vector<std::vector<uint8_t>> records;
  for (int i = 0; i < 500; ++i) {
    records.push_back(
        Foreign{.data = std::to_string(i), .tags = {"t" + std::to_string(i % 7)}}.record());
  }
  const std::vector<uint8_t> all = joined(records);
  ASSERT_TRUE(is_ok(stele_batch_events(batch, all.data(), all.size(), nullptr)));
  const auto read = commit_and_read(0);
  ASSERT_EQ(read.size(), 500U);
  for (size_t i = 0; i < read.size(); ++i) {
    stele_event view = empty_view();
    ASSERT_TRUE(is_ok(stele_event_decode(read[i].data(), read[i].size(), &view, nullptr)));
    ASSERT_EQ(to_string(view.data), std::to_string(i));
  }
  const Query third = query_of({}, {"t3"});
  EXPECT_EQ(positions(db, third).size(), 71U);
}

// Random damage to records: taken or refused, never more than that; what is taken can be read back.
TEST_F(Records, AreNotTrusted) {
  const Seed seed;
  auto random = seed.generator();
  const auto next_record = [&] {
    Foreign foreign = {.entity = "e",
                       .data = "data",
                       .tags = {"b", "a"},
                       .metadata = {{"k", "v"}},
                       .correlation_id = "0123456789abcdef"};
    for (uint8_t& byte : foreign.id) byte = static_cast<uint8_t>(between(random, 1, 255));
    return foreign.record();
  };
  uint64_t taken = 0;
  for (size_t i = 0; i < scaled(30000); ++i) {
    std::vector<uint8_t> bytes = joined({next_record(), next_record()});
    for (uint64_t left = between(random, 1, 3); left > 0; --left) {
      bytes[between(random, 0, bytes.size() - 1)] ^= static_cast<uint8_t>(between(random, 1, 255));
    }
    const auto status = stele_batch_events(batch, bytes.data(), bytes.size(), nullptr);
    EXPECT_TRUE(status == STELE_OK || status == STELE_INVALID || status == STELE_UNSUPPORTED ||
                status == STELE_TOO_LARGE)
        << stele_status_name(status);
    taken += status == STELE_OK ? 2 : 0;
  }
  ASSERT_GT(taken, 0U);
  EXPECT_EQ(commit_and_read(0).size(), taken);
  EXPECT_TRUE(is(verify(db, nullptr), STELE_END));
  db = Db();
  db = open(directory.path("db"));
  EXPECT_EQ(head_of(db), taken);
}

}  // namespace
