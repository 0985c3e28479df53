// A verification reads the files and finds what was changed in them, and where, while others
// append.
#include "db/verify.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "support/databases.h"
#include "support/tail_of.h"
#include "wal/segment.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::read_bytes;
using test::succeeded;
using test::tagged;
using test::World;
using test::write_bytes;

// Fills two segments and a part of the third, two events a commit. Returns the number of events.
uint64_t fill_segments(const World& world, const DatabasePtr& database) {
  while (!std::filesystem::exists(world.segment(3))) {
    const std::string data(5000, 'x');
    EXPECT_TRUE(succeeded(commit(database, {{tagged("a", data), tagged("b", data)}})));
  }
  return database->snapshot().head;
}

TEST(Verify, GoesThroughEverythingAndCountsIt) {
  World world;
  const DatabasePtr database = world.open();
  const uint64_t head = fill_segments(world, database);
  auto verification = db::Verify::start(database);
  ASSERT_TRUE(succeeded(verification));
  uint64_t done = 0;
  for (;;) {
    const auto more = (*verification)->step();
    ASSERT_TRUE(succeeded(more));
    EXPECT_GE((*verification)->bytes_done(), done);
    done = (*verification)->bytes_done();
    if (!*more) break;
  }
  EXPECT_EQ(done, (*verification)->bytes_total());
  EXPECT_EQ((*verification)->chain().events(), head);
  EXPECT_EQ((*verification)->chain().commits(), head / 2);
  EXPECT_EQ((*verification)->chain().root(), test::root_of(*database, head / 2));
  EXPECT_EQ((*verification)->step().value_or(true), false) << "the end stays the end";
}

TEST(Verify, OfAnEmptyDatabaseEndsAtOnce) {
  World world;
  EXPECT_TRUE(succeeded(test::verify(world.open())));
}

// A flipped byte anywhere in the frames of a running database is found, with the file, the offset
// of its commit and the first event that cannot be trusted any more.
TEST(Verify, FindsAFlippedByteOnDisk) {
  World world;
  const DatabasePtr database = world.open();
  (void)fill_segments(world, database);
  for (const uint64_t number : {1, 2, 3}) {
    const std::string path = world.segment(number);
    const auto sound = read_bytes(path);
    const auto last = std::find_if(sound.rbegin(), sound.rend(), [](uint8_t b) { return b != 0; });
    const auto used = static_cast<size_t>(sound.rend() - last);  // Behind it there is room.
    for (const size_t at : {size_t{4096}, size_t{4096 + 9}, size_t{4096 + 60}, size_t{4096 + 300},
                            size_t{4096 + 6000}, used - 100}) {
      SCOPED_TRACE(path + ", byte " + std::to_string(at));
      auto bytes = sound;
      bytes[at] ^= 0x20;
      write_bytes(path, bytes);
      const Status status = test::verify(database);
      ASSERT_TRUE(failed(status, Code::kCorrupt, path));
      const uint64_t offset = status.error().offset();
      EXPECT_LE(offset, at);
      EXPECT_GE(offset, wal::kSegmentHeaderSize);
      // What stands at the offset is the commit of the event that is named.
      const uint64_t position = status.error().position();
      ASSERT_GE(position, 1U);
      ASSERT_LE(position, database->snapshot().head);
      EXPECT_EQ(load_le<uint64_t>(sound.data() + offset + 40), position);
    }
    write_bytes(path, sound);
  }
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// Damage to headers and whole files of a running database.
TEST(Verify, FindsDamagedSegments) {
  World world;
  const DatabasePtr database = world.open();
  (void)fill_segments(world, database);
  const auto sound = read_bytes(world.segment(2));
  const auto expect_damage = [&](const char* reason, Code code = Code::kCorrupt) {
    EXPECT_TRUE(failed(test::verify(database), code, reason));
    write_bytes(world.segment(2), sound);
  };
  auto bytes = sound;
  bytes[70] ^= 1;
  write_bytes(world.segment(2), bytes);
  expect_damage("header");
  std::filesystem::resize_file(world.segment(2), 20000);
  expect_damage("00000002.wal");
  std::filesystem::resize_file(world.segment(2), 10);
  expect_damage("00000002.wal");
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// Appending goes on, also into new segments: what came later is not its business.
TEST(Verify, MayRunWhileOthersAppend) {
  World world;
  const DatabasePtr database = world.open();
  (void)fill_segments(world, database);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) {
      const std::string data(9000, 'y');
      EXPECT_TRUE(succeeded(commit(database, {{tagged("a", data), tagged("b", data)}})));
    }
  });
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(succeeded(test::verify(database)));
  done = true;
  writer.join();
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// After crashes the log has torn ends and commits written twice; a verification knows the way.
TEST(Verify, FollowsTheLogAcrossCrashes) {
  World world;
  for (int round = 0; round < 5; ++round) {
    DatabasePtr database = world.open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
    EXPECT_TRUE(succeeded(test::verify(database)));
    world.crash(database);
    // The torn end of a write that nobody acknowledged.
    uint64_t last = 1;
    while (std::filesystem::exists(world.segment(last + 1))) ++last;
    const std::string path = world.segment(last);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) + 77);
  }
  const DatabasePtr database = world.open();
  EXPECT_EQ(database->snapshot().head, 15U);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

TEST(Verify, EndsWhenTheDatabaseIsClosed) {
  World world;
  const DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  auto verification = db::Verify::start(database);
  ASSERT_TRUE(succeeded(verification));
  EXPECT_TRUE(succeeded(database->close()));
  EXPECT_TRUE(failed((*verification)->step(), Code::kClosed, "closed"));
}

}  // namespace
}  // namespace stele
