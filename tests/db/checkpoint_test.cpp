// Checkpoints on request and by themselves, beside commits: nobody waits for one that is over.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "support/databases.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::tagged;
using test::World;

db::OpenOptions with_little_memory() {
  db::OpenOptions options = World::small();
  options.memory_budget = db::kMemoryBudgetMin;
  options.pipeline.background_threads = true;
  options.pipeline.durability = engine::Durability::kOs;
  return options;
}

// How writers once slept for ever: a checkpoint on request froze the tail, they filled the next
// chunk and waited for the end of a checkpoint, and that end was told only of those that began by
// themselves.
TEST(Checkpoint, OnRequestWakesThoseWhoWaitForMemory) {
  World world;
  const DatabasePtr database = world.open(with_little_memory());
  ASSERT_TRUE(succeeded(commit(database, {{tagged("first")}})));
  // The checkpoint stands still at its first page until the writers do.
  std::atomic<bool> has_frozen = false;
  world.files.set_judge([&](const test::FaultFiles::Event& event) -> Status {
    if (!event.path.ends_with("events.pages") || !test::FaultFiles::is_write(event)) return {};
    if (has_frozen.exchange(true)) return {};
    uint64_t seen = 0;
    for (uint64_t head = database->snapshot().head; seen != head || head < 100;) {
      seen = head;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      head = database->snapshot().head;
    }
    return {};
  });
  std::thread asks([&] { EXPECT_TRUE(succeeded(database->checkpoint())); });
  while (!has_frozen) std::this_thread::yield();
  std::vector<std::thread> writers;
  constexpr size_t kEach = 500;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&, tag = std::to_string(i)] {
      const std::string data(1000, 'x');
      for (size_t left = kEach; left > 0; --left) {
        ASSERT_TRUE(succeeded(commit(database, {{tagged(tag, data)}})));
      }
    });
  }
  asks.join();
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(database->snapshot().head, 1 + 4 * kEach);
  world.files.let_all_pass();
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// How an entity once began anew at sequence 1: while a commit waited for a segment, a checkpoint
// moved the entity's events out of the chunk in which the commit had seen them, into trees in which
// it had not looked.
TEST(Checkpoint, BesideACommitThatWaitsForASegmentHidesNoEntity) {
  World world;
  const DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{{.entity = "e", .data = "first"}}})));
  ASSERT_TRUE(succeeded(commit(database, {{tagged("makes the spares")}})));
  std::thread checkpoint;
  world.files.set_judge([&](const test::FaultFiles::Event& event) -> Status {
    const bool makes_segment = event.call == test::FaultFiles::Call::kAllocate &&
                               event.path.find("spare") != std::string::npos;
    if (!makes_segment || checkpoint.joinable()) return {};
    checkpoint = std::thread([&] { EXPECT_TRUE(succeeded(database->checkpoint())); });
    while (database->views().current()->trees->applied.tsn != 2) std::this_thread::yield();
    return {};
  });
  // Longer than any spare that there is.
  const std::string data(100'000, 'x');
  ASSERT_TRUE(succeeded(commit(database, {{{.entity = "e", .data = data}}})));
  world.files.let_all_pass();
  ASSERT_TRUE(checkpoint.joinable());
  checkpoint.join();
  const auto stream = test::read(database, {{{.entities = {"e"}}}});
  ASSERT_EQ(stream.size(), 2U);
  EXPECT_EQ(stream[1].sequence(), 2U);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// A disk that is full fails a checkpoint and loses nothing; with room again the same tail is
// brought into the trees.
TEST(Checkpoint, ThatFailsIsMadeAgain) {
  World world;
  DatabasePtr database = world.open();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  ASSERT_TRUE(succeeded(database->checkpoint()));
  const uint64_t applied = database->stats()->applied.tsn;
  EXPECT_EQ(applied, 100U);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(succeeded(commit(database, {{tagged("b")}})));
  const auto of_pages = [](const test::FaultFiles::Event& event) {
    return test::FaultFiles::is_write(event) && event.path.ends_with("events.pages");
  };
  world.files.fail(1, of_pages, /*for_ever=*/true, ENOSPC);
  EXPECT_TRUE(failed(database->checkpoint(), Code::kFull, "checkpoint"));
  EXPECT_EQ(database->stats()->applied.tsn, applied);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(succeeded(commit(database, {{tagged("b")}})));
  EXPECT_EQ(test::read(database, test::query_of_tag("b")).size(), 100U);
  world.files.let_all_pass();
  ASSERT_TRUE(succeeded(database->checkpoint())) << "what was frozen before";
  EXPECT_EQ(database->stats()->applied.tsn, 150U);
  ASSERT_TRUE(succeeded(database->checkpoint()));
  EXPECT_EQ(database->stats()->applied.tsn, 200U);
  ASSERT_TRUE(succeeded(database->close()));
  database = world.open();
  EXPECT_EQ(database->snapshot().head, 200U);
  EXPECT_EQ(database->stats()->applied.tsn, 200U);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

}  // namespace
}  // namespace stele
