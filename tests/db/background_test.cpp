// What a database does by itself: the watermark of an idle log, spares, distrust of a clock that
// leaps.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "support/databases.h"
#include "wal/segment.h"
#include "wal/spares.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::tagged;
using test::World;

db::OpenOptions with_threads() {
  db::OpenOptions options = World::small();
  options.pipeline.background_threads = true;
  return options;
}

bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

void flip(const std::string& path, uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
}

// Damage to the newest commit looks like a torn write, until the idle log says that it was whole.
TEST(Background, AnIdleLogMarksItsEnd) {
  World world;
  DatabasePtr database = world.open(with_threads());
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  const uint64_t syncs = database->pipeline().stats().wal.syncs;
  ASSERT_TRUE(comes_true([&] { return database->pipeline().stats().wal.syncs > syncs; }))
      << "no watermark came";
  // A commit afterwards goes behind the mark.
  ASSERT_TRUE(succeeded(commit(database, {{tagged("b")}})));
  ASSERT_TRUE(comes_true([&] { return database->pipeline().stats().wal.syncs > syncs + 2; }));
  world.crash(database);
  const std::string path = world.segment(1);
  database = world.open();
  EXPECT_EQ(database->snapshot().tsn, 3U);
  world.crash(database);
  flip(path, wal::kSegmentHeaderSize + 20);
  EXPECT_TRUE(failed(world.try_open(), Code::kCorrupt, "00000001.wal"));
}

TEST(Background, ASpareIsReadyBeforeItIsNeeded) {
  World world;
  const DatabasePtr database = world.open(with_threads());
  const auto has_spare = [&] {
    for (const auto& entry : std::filesystem::directory_iterator(world.log_directory())) {
      const std::string name = entry.path().filename();
      if (wal::spare_number(name) != 0 && entry.file_size() == 65536) return true;
    }
    return false;
  };
  ASSERT_FALSE(has_spare());
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  EXPECT_TRUE(comes_true(has_spare));
  const std::string data(30'000, 'x');
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(succeeded(commit(database, {{tagged("a", data)}})));
  EXPECT_GE(database->pipeline().stats().wal.segments, 5U);
  EXPECT_TRUE(comes_true(has_spare));
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// A time far in the future, once recorded, would hold the clock of the database there.
TEST(Background, AClockThatLeapsIsRefusedUntilItIsSetRight) {
  World world;
  DatabasePtr database = world.open();
  const int64_t start = world.clock.wall_us();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  const int64_t day = int64_t{86'400} * 1'000'000;
  world.clock.set(start + day - 1'000'000);
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}}))) << "within what is allowed";
  world.clock.set(start + 3 * day);
  EXPECT_TRUE(failed(commit(database, {{tagged("a")}}), Code::kIo, "max_clock_jump"));
  EXPECT_EQ(database->snapshot().tsn, 2U) << "nothing was sequenced";
  world.clock.set(start + day);
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  world.clock.set(start + 3 * day);
  EXPECT_TRUE(failed(commit(database, {{tagged("a")}}), Code::kIo));
  database.reset();
  database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}}))) << "reopening accepts the clock";
  world.clock.set(start);
  EXPECT_EQ(database->pipeline().stats().clock_behind_us, 3 * day);
}

// Segments that nobody needs are recycled while commits go on.
TEST(Background, ReleasedSegmentsAreUsedAgain) {
  World world;
  const DatabasePtr database = world.open(with_threads());
  const std::string data(30'000, 'x');
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(succeeded(commit(database, {{tagged("a", data)}})));
    ASSERT_TRUE(succeeded(database->pipeline().release(database->pipeline().durable_tsn())));
  }
  EXPECT_LE(database->pipeline().stats().wal.segments, 2U);
  uint64_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(world.log_directory())) {
    ++files;
  }
  EXPECT_LE(files, 5U);
  const auto newest = wal::list_log(world.files, world.log_directory())->segments.back();
  const auto header = test::read_bytes(world.segment(newest));
  EXPECT_EQ(header[72], 1) << "\"reused\"";
}

}  // namespace
}  // namespace stele
