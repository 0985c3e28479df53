// Commits that no accident makes: their checksums are good, their content does not add up.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "db/receipt.h"
#include "engine/commit_frame.h"
#include "support/databases.h"
#include "support/forgery.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::Forgery;
using test::succeeded;
using test::tagged;
using test::World;

constexpr size_t kSection = engine::kCommitHeaderSize;
constexpr size_t kRecord = kSection + engine::kSectionHeaderSize;

struct Case {
  const char* name;
  std::function<void(uint8_t*)> forge;  // Changes the payload of the second commit.
  Code code;
  const char* reason;
};

// The bytes of the tracking section behind the events of the second commit.
uint8_t* tracking_of(uint8_t* payload) {
  return payload + kRecord + load_le<uint64_t>(payload + kSection + 8);
}

// Two commits of events, marks and a key; then the second is forged.
void expect_refused(const Case& c) {
  SCOPED_TRACE(c.name);
  World world;
  DatabasePtr database = world.open();
  for (const uint64_t position : {5, 7}) {
    db::Batch batch(database);
    test::fill(batch, {{tagged("a", "1234567"), tagged("b")},
                       {},
                       {{"source", events::kPreviousAny, position},
                        {"twin-" + std::to_string(position), 0, position}}});
    ASSERT_TRUE(succeeded(batch.set_key("key " + std::to_string(position))));
    ASSERT_TRUE(succeeded(batch.commit()));
  }
  world.crash(database);
  Forgery forgery(world);
  c.forge(forgery.payload(1));
  forgery.save();
  const auto opened = world.try_open();
  ASSERT_TRUE(failed(opened, c.code, c.reason));
  EXPECT_TRUE(failed(opened, c.code, "00000001.wal")) << "names the file";
  db::OpenOptions reading = World::small();
  reading.mode = db::OpenMode::kReadOnly;
  EXPECT_TRUE(failed(world.try_open(reading), c.code, c.reason));
}

// Bytes that are sound by every checksum may still be a defect of the writer or someone's work.
TEST(ForgedCommit, IsRefusedForItsHeader) {
  const Case cases[] = {
      {"first position", [](uint8_t* p) { p[engine::kCommitFirstPositionOffset] = 2; },
       Code::kCorrupt, "first position is 2"},
      {"first position far ahead",
       [](uint8_t* p) { store_le(p + engine::kCommitFirstPositionOffset, UINT64_MAX); },
       Code::kCorrupt, "first position is"},
      {"more events than there are", [](uint8_t* p) { p[engine::kCommitEventCountOffset] = 3; },
       Code::kCorrupt, "counts 3"},
      {"events, but no section", [](uint8_t* p) { p[engine::kCommitSectionCountOffset] = 0; },
       Code::kCorrupt, "bytes behind its last section"},
      {"a section less", [](uint8_t* p) { p[engine::kCommitSectionCountOffset] = 2; },
       Code::kCorrupt, "bytes behind its last section"},
      {"a section too many", [](uint8_t* p) { p[engine::kCommitSectionCountOffset] = 4; },
       Code::kCorrupt, "a section does not fit its frame"},
      {"far too many sections",
       [](uint8_t* p) { store_le(p + engine::kCommitSectionCountOffset, UINT32_MAX); },
       Code::kCorrupt, "a section does not fit its frame"},
      {"recorded long ago", [](uint8_t* p) { store_le(p + engine::kCommitRecordedOffset, 5L); },
       Code::kCorrupt, "recorded no later than the commit before it"},
      {"recorded before time began",
       [](uint8_t* p) { store_le(p + engine::kCommitRecordedOffset, INT64_MIN); }, Code::kCorrupt,
       "recorded no later than the commit before it"},
      {"recorded later than its events",
       [](uint8_t* p) { store_le(p + engine::kCommitRecordedOffset, INT64_MAX); }, Code::kCorrupt,
       "event 3 was not recorded with its commit"},
  };
  for (const Case& c : cases) expect_refused(c);
}

TEST(ForgedCommit, IsRefusedForItsSections) {
  const Case cases[] = {
      {"a kind of the future", [](uint8_t* p) { p[kSection] = 77; }, Code::kUnsupported,
       "section kind 77"},
      {"kind 0", [](uint8_t* p) { p[kSection] = 0; }, Code::kUnsupported, "section kind 0"},
      {"events twice", [](uint8_t* p) { *tracking_of(p) = 1; }, Code::kCorrupt,
       "a section of the same kind occurs twice"},
      {"reserved bytes", [](uint8_t* p) { p[kSection + 2] = 1; }, Code::kCorrupt,
       "bytes that should be zero"},
      {"longer than the frame", [](uint8_t* p) { p[kSection + 13] = 9; }, Code::kCorrupt,
       "a section does not fit its frame"},
      {"longer than any number", [](uint8_t* p) { store_le(p + kSection + 8, UINT64_MAX - 3); },
       Code::kCorrupt, "a section does not fit its frame"},
      {"shorter than its events", [](uint8_t* p) { store_le(p + kSection + 8, uint64_t{16}); },
       Code::kCorrupt, "record"},
      {"a byte of the last event as padding", [](uint8_t* p) { --p[kSection + 8]; }, Code::kCorrupt,
       "bytes that should be zero"},
      {"count", [](uint8_t* p) { p[kSection + 4] = 1; }, Code::kCorrupt, "its section 1"},
      {"an event's position", [](uint8_t* p) { p[kRecord + events::kPositionOffset] = 9; },
       Code::kCorrupt, "event 9"},
      {"an event's TSN", [](uint8_t* p) { p[kRecord + events::kTsnOffset] = 9; }, Code::kCorrupt,
       "event 3"},
      {"an event's size", [](uint8_t* p) { p[kRecord + 2] = 9; }, Code::kCorrupt, "record"},
      {"an event's padding",
       [](uint8_t* p) { p[kRecord + load_le<uint32_t>(p + kRecord) - 1] = 1; }, Code::kCorrupt,
       "its padding is not zero"},
  };
  for (const Case& c : cases) expect_refused(c);
}

TEST(ForgedCommit, IsRefusedForItsMarks) {
  // Behind the section's header: a mark's header, "source" in 8 bytes, then "twin-7".
  constexpr size_t kMark = engine::kSectionHeaderSize;
  constexpr size_t kTwin = kMark + 24;
  const auto position = [](uint64_t to) {
    return [=](uint8_t* p) { store_le(tracking_of(p) + kMark + 8, to); };
  };
  const Case cases[] = {
      {"a step back", position(4), Code::kCorrupt, "sets \"source\" to 4 behind 5"},
      {"no progress", position(5), Code::kCorrupt, "sets \"source\" to 5 behind 5"},
      {"beyond the largest", position(uint64_t{1} << 63), Code::kCorrupt, "which is impossible"},
      {"far beyond", position(UINT64_MAX), Code::kCorrupt, "which is impossible"},
      {"reserved bytes", [](uint8_t* p) { tracking_of(p)[kMark + 7] = 1; }, Code::kCorrupt,
       "bytes that should be zero"},
      {"padding", [](uint8_t* p) { tracking_of(p)[kMark + 16 + 7] = 1; }, Code::kCorrupt,
       "bytes that should be zero"},
      {"a source twice",
       [](uint8_t* p) { copy_bytes(tracking_of(p) + kTwin + 16, as_bytes("source")); },
       Code::kCorrupt, "names \"source\" twice"},
      {"one mark less", [](uint8_t* p) { --tracking_of(p)[4]; }, Code::kCorrupt,
       "longer than its count says"},
      {"one mark more", [](uint8_t* p) { ++tracking_of(p)[4]; }, Code::kCorrupt,
       "shorter than its count says"},
  };
  for (const Case& c : cases) expect_refused(c);
}

// There is no later time for another commit; before there was a check, the clock overflowed.
TEST(ForgedCommit, MayStandAtTheEndOfTime) {
  World world;
  DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{}, {}, {{"s", 0, 1}}})));
  world.crash(database);
  Forgery forgery(world);
  store_le(forgery.payload(0) + engine::kCommitRecordedOffset, INT64_MAX);
  forgery.save();
  database = world.open();
  ASSERT_NE(database, nullptr);
  EXPECT_TRUE(failed(commit(database, {{tagged("a")}}), Code::kIo, "none can be later"));
  world.clock.set(INT64_MIN);
  EXPECT_EQ(database->stats()->pipeline.clock_behind_us, INT64_MAX);
}

// A forger who changes data and every checksum gets past an open, but not past a verification.
TEST(ForgedCommit, IsLeftToVerifyForItsData) {
  World world;
  DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a", "1000 euros"), tagged("b")}})));
  world.crash(database);
  Forgery forgery(world);
  uint8_t* record = forgery.payload(0) + kRecord;
  record[load_le<uint32_t>(record + events::kPayloadOffset)] = '9';
  forgery.save();
  database = world.open();
  ASSERT_NE(database, nullptr);
  const Status status = test::verify(database);
  ASSERT_TRUE(failed(status, Code::kCorrupt, "its hash does not match"));
  EXPECT_EQ(status.error().position(), 1U);
}

// Neither does such an event get a receipt, nor is the one believed in that was given out before.
// Its neighbour keeps both: of the other events, a receipt has only the hashes.
TEST(ForgedCommit, IsFoundByReceiptsForItsData) {
  World world;
  DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a", "1000 euros"), tagged("b")}})));
  const auto first = db::receipt_of(*database, 1);
  const auto second = db::receipt_of(*database, 2);
  ASSERT_TRUE(succeeded(first));
  ASSERT_TRUE(succeeded(second));
  world.crash(database);
  Forgery forgery(world);
  uint8_t* record = forgery.payload(0) + kRecord;
  record[load_le<uint32_t>(record + events::kPayloadOffset)] = '9';
  forgery.save();
  database = world.open();
  ASSERT_NE(database, nullptr);
  constexpr const char* kReason = "its hash does not match its content";
  EXPECT_TRUE(failed(db::receipt_of(*database, 1), Code::kCorrupt, kReason));
  EXPECT_TRUE(failed(db::check_receipt(*database, *first), Code::kCorrupt, kReason));
  EXPECT_EQ(db::receipt_of(*database, 2).value_or(std::vector<uint8_t>()), *second);
  EXPECT_TRUE(succeeded(db::check_receipt(*database, *second)));
}

// Nor where the roots are another's.
TEST(ForgedCommit, IsFoundByReceiptsForItsRoots) {
  World world;
  DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  const auto receipt = db::receipt_of(*database, 1);
  ASSERT_TRUE(succeeded(receipt));
  world.crash(database);
  Forgery forgery(world);
  forgery.payload(0)[engine::kCommitChainedOffset] ^= 1;
  forgery.save();
  database = world.open();
  ASSERT_NE(database, nullptr);
  EXPECT_TRUE(failed(db::receipt_of(*database, 1), Code::kCorrupt, "does not follow"));
  EXPECT_TRUE(
      failed(db::check_receipt(*database, *receipt), Code::kCorrupt, "is not that of the receipt"));
}

}  // namespace
}  // namespace stele
