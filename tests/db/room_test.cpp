// Commits that find no room: one of them makes it, for all; and what it made is not lost when that
// commit is refused in the end.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "support/databases.h"
#include "wal/spares.h"

namespace stele {
namespace {

using test::Attempt;
using test::commit;
using test::DatabasePtr;
using test::failed;
using test::FaultFiles;
using test::Gate;
using test::succeeded;
using test::tagged;
using test::World;

constexpr uint64_t kLarge = 100'000;  // Does not go into the segments of a small world.

bool is_allocation(const FaultFiles::Event& event) {
  return event.call == FaultFiles::Call::kAllocate;
}

// A database whose spares are made by its own thread or by commits in need, which wait at a gate.
struct Room : ::testing::Test {
  void SetUp() override {
    db::OpenOptions options = World::small();
    options.pipeline.background_threads = true;
    database = world.open(options);
  }
  void TearDown() override {
    gate.open();
    for (auto& answer : answers) {
      if (answer.valid()) (void)answer.get();
    }
  }

  [[nodiscard]] uint64_t spares(uint64_t size = 0) const {
    uint64_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(world.log_directory())) {
      const bool is_spare = wal::spare_number(entry.path().filename().string()) != 0;
      if (is_spare && entry.file_size() >= size) ++count;
    }
    return count;
  }
  // Leaves a segment with room in it, and two spares of its size.
  void begin_segment() {
    ASSERT_TRUE(succeeded(commit(database, {{tagged("first")}})));
    while (spares(65536) < 2) std::this_thread::yield();
  }
  void hold_up_allocations() {
    world.files.set_judge([this](const FaultFiles::Event& event) -> Status {
      if (is_allocation(event)) gate.pass();
      return {};
    });
  }
  void start(const Attempt& attempt) {
    answers.push_back(
        std::async(std::launch::async, [this, attempt] { return commit(database, attempt); }));
  }

  World world;
  Gate gate;
  DatabasePtr database;
  std::vector<std::future<Result<engine::Stamp>>> answers;
};

TEST_F(Room, IsMadeOnceForAllWhoWait) {
  hold_up_allocations();
  for (int i = 0; i < 8; ++i) start({{tagged("a")}});
  gate.wait_for(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // For the others to come.
  gate.open();
  for (auto& answer : answers) EXPECT_TRUE(succeeded(answer.get()));
  EXPECT_EQ(database->pipeline().stats().wal.segments, 1U);
  EXPECT_LE(spares(), 2U) << "not one for each";
}

// The commit is refused because of another one, which came while the spare was made; the disk has
// no room for one more.
TEST_F(Room, IsLeftToOthersByACommitThatIsRefused) {
  begin_segment();
  hold_up_allocations();
  start({.events = {tagged("large", std::string(kLarge, 'x'))},
         .guards = {{test::query_of_tag("a"), 1}}});
  gate.wait_for(1);
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}}))) << "it has room";
  gate.open();
  EXPECT_TRUE(failed(answers[0].get(), Code::kConflict));
  world.files.fail(1, is_allocation, /*for_ever=*/true, ENOSPC);
  ASSERT_TRUE(succeeded(commit(database, {{tagged("large", std::string(kLarge, 'y'))}})));
  EXPECT_TRUE(failed(commit(database, {{tagged("large", std::string(kLarge, 'z'))}}), Code::kFull))
      << "the last one is the reserve";
  world.files.let_all_pass();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("large", std::string(kLarge, 'z'))}})));
  EXPECT_TRUE(succeeded(test::verify(database)));
}

TEST_F(Room, IsNotWaitedForWhenTheDatabaseIsClosed) {
  begin_segment();
  hold_up_allocations();
  for (int i = 0; i < 3; ++i) start({{tagged("large", std::string(kLarge, 'x'))}});
  gate.wait_for(1);
  auto closed = std::async(std::launch::async, [&] { return database->close(); });
  while (commit(database, {{tagged("a")}})) std::this_thread::yield();
  gate.open();
  for (auto& answer : answers) EXPECT_TRUE(failed(answer.get(), Code::kClosed));
  EXPECT_TRUE(succeeded(closed.get()));
  database = world.open();
  EXPECT_TRUE(succeeded(commit(database, {{tagged("large", std::string(kLarge, 'x'))}})));
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// Threads whose commits each need a segment of its own, while spares are filled with zeros.
TEST_F(Room, IsFoundByEveryCommitInTheEnd) {
  world.files.skip_syncs();
  std::atomic<uint64_t> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 25; ++k) {
        refused += commit(database, {{tagged("a", std::string(kLarge, 'x'))}}) ? 0U : 1U;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0U);
  EXPECT_EQ(database->snapshot().tsn, 100U);
  EXPECT_LE(spares(), 4U) << "none is forgotten";
}

}  // namespace
}  // namespace stele
