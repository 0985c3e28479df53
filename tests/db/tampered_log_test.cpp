// Whoever changes the log of a running database, and makes every checksum right again, is found out
// by a verification, which names the first event that is not what was committed.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/commit_frame.h"
#include "support/databases.h"
#include "support/forgery.h"

namespace stele {
namespace {

using events::RecordView;
using test::DatabasePtr;
using test::Draft;
using test::failed;
using test::Forgery;
using test::id_of;
using test::succeeded;
using test::World;

constexpr size_t kSection = engine::kCommitHeaderSize;
constexpr size_t kFirstRecord = kSection + engine::kSectionHeaderSize;
constexpr uint64_t kCommits = 5;

// Five commits of two events each: 1 and 2, 3 and 4 ... All have every field there is; those with
// an odd number belong to one entity, the others to another.
DatabasePtr five_commits(World& world) {
  DatabasePtr database = world.open();
  for (uint64_t commit = 0; commit < kCommits; ++commit) {
    db::Batch batch(database);
    for (uint64_t i = 1; i <= 2; ++i) {
      const uint64_t number = 2 * commit + i;
      const Draft draft = {.type = "Thing",
                           .entity = i == 1 ? "odd" : "even",
                           .scope = "scope",
                           .data = "data",
                           .tags = {"tag:a", "tag:b"},
                           .metadata = {{"key", "value"}},
                           .id = id_of(number),
                           .correlation_id = id_of(100),
                           .causation_id = id_of(number - 1),
                           .time = static_cast<int64_t>(number)};
      events::NewEvent event = draft.event();
      EXPECT_TRUE(succeeded(batch.add_event(event)));
    }
    EXPECT_TRUE(succeeded(batch.commit()));
  }
  return database;
}

// Where the records of a commit are.
uint8_t* record(uint8_t* payload, size_t index) {
  uint8_t* at = payload + kFirstRecord;
  for (; index > 0; --index) at += load_le<uint32_t>(at);
  return at;
}
RecordView view(uint8_t* at) {
  const auto decoded = RecordView::decode({at, load_le<uint32_t>(at)});
  EXPECT_TRUE(succeeded(decoded));
  return *decoded;
}

// Changes the first byte of what a field of the record holds.
template <typename Field>
std::function<void(uint8_t*)> change(const Field& field) {
  return [=](uint8_t* at) {
    const auto bytes = field(view(at));
    ASSERT_FALSE(bytes.empty());
    const auto* first = reinterpret_cast<const uint8_t*>(bytes.data());
    at[first - at] ^= 1;
  };
}
std::function<void(uint8_t*)> change_at(size_t offset) {
  return [=](uint8_t* at) { at[offset] ^= 1; };
}

// Each field of the second event of the third commit.
TEST(TamperedLog, IsFoundInEveryField) {
  World world;
  const DatabasePtr database = five_commits(world);
  const struct {
    const char* field;
    std::function<void(uint8_t*)> change;
  } cases[] = {
      {"id", change_at(events::kIdOffset)},
      {"type", change([](const RecordView& r) { return r.type(); })},
      {"tag", change([](const RecordView& r) {
         std::string_view tag;
         r.for_each_tag([&](std::string_view t) { tag = t.substr(t.size() - 1); });
         return tag;  // Of the last, so that they are still in order.
       })},
      {"metadata", change([](const RecordView& r) { return r.metadata().last(5); })},
      {"a metadata key", change([](const RecordView& r) { return r.metadata().subspan(4, 3); })},
      {"data", change([](const RecordView& r) { return r.data(); })},
      {"time", change_at(events::kTimeOffset)},
      {"position", change_at(events::kPositionOffset)},
      {"TSN", change_at(events::kTsnOffset)},
      {"recorded", change_at(events::kRecordedOffset)},
      {"sequence", change_at(events::kSequenceOffset)},
      {"hash", change_at(events::kHashOffset)},
      {"entity", change([](const RecordView& r) { return r.entity(); })},
      {"scope", change([](const RecordView& r) { return r.scope(); })},
      {"correlation id",
       change([](const RecordView& r) { return ByteView(r.correlation_id(), 16); })},
      {"causation id", change([](const RecordView& r) { return ByteView(r.causation_id(), 16); })},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.field);
    Forgery forgery(world);
    c.change(record(forgery.payload(2), 1));
    forgery.save();
    const Status status = test::verify(database);
    EXPECT_TRUE(failed(status, Code::kCorrupt, "00000001.wal"));
    EXPECT_EQ(status.error().position(), 6U) << status.error().message();
    forgery.restore();
  }
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// ---- Order --------------------------------------------------------------------------------------

// Gives a commit another place in the log, as if it had been written there.
void move_to(Forgery& forgery, size_t commit) {
  forgery.set_tsn(commit, commit + 1);
  uint8_t* payload = forgery.payload(commit);
  store_le(payload + engine::kCommitFirstPositionOffset, uint64_t{2 * commit + 1});
  for (size_t i = 0; i < 2; ++i) {
    store_le(record(payload, i) + events::kPositionOffset, uint64_t{2 * commit + 1 + i});
    store_le(record(payload, i) + events::kTsnOffset, uint64_t{commit + 1});
    store_le(record(payload, i) + events::kSequenceOffset, uint64_t{commit + 1});
  }
}

void swap_records(uint8_t* payload) {
  uint8_t* first = record(payload, 0);
  uint8_t* second = record(payload, 1);
  const std::vector<uint8_t> a(first, second);
  const std::vector<uint8_t> b(second, second + load_le<uint32_t>(second));
  std::ranges::copy(a, std::ranges::copy(b, first).out);
}

TEST(TamperedLog, IsFoundInItsOrder) {
  World world;
  const DatabasePtr database = five_commits(world);
  const struct {
    const char* name;
    std::function<void(Forgery&)> change;
    uint64_t position;  // Of the first that is not what it was.
  } cases[] = {
      {"two events of a commit", [](Forgery& f) { swap_records(f.payload(2)); }, 5},
      {"two events with each other's positions",
       [](Forgery& f) {
         swap_records(f.payload(2));
         move_to(f, 2);
       },
       5},
      {"a commit less", [](Forgery& f) { f.remove(2); }, 5},
      {"a commit less, and the others moved up",
       [](Forgery& f) {
         f.remove(2);
         for (size_t i = 2; i < kCommits - 1; ++i) move_to(f, i);
       },
       5},
      {"the first commit less, and the others moved up",
       [](Forgery& f) {
         f.remove(0);
         for (size_t i = 0; i < kCommits - 1; ++i) move_to(f, i);
       },
       1},
      {"the last commit less", [](Forgery& f) { f.remove(4); }, 9},
      {"two commits", [](Forgery& f) { f.swap(1, 3); }, 3},
      {"two commits in each other's place",
       [](Forgery& f) {
         f.swap(1, 3);
         move_to(f, 1);
         move_to(f, 3);
       },
       3},
      {"when a commit was recorded",
       [](Forgery& f) { f.payload(2)[engine::kCommitRecordedOffset] ^= 1; }, 5},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Forgery forgery(world);
    c.change(forgery);
    forgery.save();
    const Status status = test::verify(database);
    EXPECT_TRUE(failed(status, Code::kCorrupt, "00000001.wal"));
    EXPECT_EQ(status.error().position(), c.position) << status.error().message();
    forgery.restore();
  }
  EXPECT_TRUE(succeeded(test::verify(database)));
}

}  // namespace
}  // namespace stele
