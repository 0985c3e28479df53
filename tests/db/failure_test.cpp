// A file system that fails at any moment: nobody hangs, nothing acknowledged is lost, the handle
// stays readable, and the next open is sound.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "support/databases.h"
#include "support/scale.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::FaultFiles;
using test::read;
using test::succeeded;
using test::tagged;
using test::World;

// Which commit stands where, by the data of its events: "thread:number".
using Acknowledged = std::map<uint64_t, std::string>;

struct Outcome {
  Acknowledged acknowledged;
  uint64_t unknown = 0;
  uint64_t read_only = 0;
};

// Lets four threads commit two events at a time until each has failed once, or so many commits.
Outcome commit_until_failure(const DatabasePtr& database, int64_t commits) {
  Outcome outcome;
  std::mutex mutex;
  std::atomic<int64_t> left = commits;  // Of all threads: none is done before the others.
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, name = std::to_string(t) + ":"] {
      for (uint64_t i = 0; left.fetch_sub(1) > 0; ++i) {
        const std::string data = name + std::to_string(i) + std::string(3000, '.');
        const auto stamp = commit(database, {{tagged("t", data), tagged("t", data)}});
        const std::lock_guard lock(mutex);
        if (stamp) {
          outcome.acknowledged[stamp->first_position] = data;
          outcome.acknowledged[stamp->first_position + 1] = data;
          continue;
        }
        outcome.unknown += stamp.error().code() == Code::kOutcomeUnknown ? 1 : 0;
        outcome.read_only += stamp.error().code() == Code::kReadOnly ? 1 : 0;
        return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return outcome;
}

// Every acknowledged event is where it was said to be, positions are dense and batches whole.
void expect_sound(const DatabasePtr& database, const Acknowledged& acknowledged) {
  const auto records = read(database);
  ASSERT_EQ(records.size(), database->snapshot().head);
  for (size_t i = 0; i < records.size(); ++i) ASSERT_EQ(records[i].position(), i + 1);
  for (const auto& [position, data] : acknowledged) {
    ASSERT_LE(position, records.size()) << "an acknowledged event is gone";
    ASSERT_EQ(as_text(records[position - 1].data()), data);
  }
  ASSERT_EQ(records.size() % 2, 0U) << "half of a batch";
  for (size_t i = 0; i < records.size(); i += 2) {
    ASSERT_EQ(as_text(records[i].data()), as_text(records[i + 1].data()));
  }
  EXPECT_TRUE(succeeded(test::verify(database)));
}

struct Plan {
  const char* name;
  bool (*which)(const FaultFiles::Event& event);
  bool for_ever;
};

const Plan kPlans[] = {
    {"one write", FaultFiles::is_write, false},
    {"all writes", FaultFiles::is_write, true},
    {"one sync", FaultFiles::is_sync, false},
    {"all syncs", FaultFiles::is_sync, true},
    {"one call of any kind", FaultFiles::is_change, false},
    {"opening a file",
     [](const FaultFiles::Event& e) {
       return e.call == FaultFiles::Call::kOpen && e.path.ends_with(".tmp");
     },
     true},
    {"the rename of a segment",
     [](const FaultFiles::Event& e) { return e.call == FaultFiles::Call::kRename; }, true},
    {"the sync of the directory",
     [](const FaultFiles::Event& e) { return e.call == FaultFiles::Call::kSyncDirectory; }, true},
};

// The n-th call of each kind fails, while four threads commit and segments change.
TEST(Failure, LosesNothingThatWasAcknowledged) {
  for (const Plan& plan : kPlans) {
    for (const uint64_t number : {1, 2, 3, 5, 8}) {
      SCOPED_TRACE(std::string(plan.name) + ", number " + std::to_string(number));
      World world;
      DatabasePtr database = world.open();
      ASSERT_TRUE(succeeded(commit(database, {{tagged("t", "x"), tagged("t", "x")}})));
      world.files.fail(number, plan.which, plan.for_ever);
      Outcome outcome = commit_until_failure(database, 160);
      outcome.acknowledged[1] = outcome.acknowledged[2] = "x";
      world.files.let_all_pass();

      if (outcome.unknown + outcome.read_only > 0) {
        EXPECT_EQ(outcome.unknown + outcome.read_only, 4U);
        EXPECT_GE(outcome.unknown, 1U) << "whoever was being written does not know";
        EXPECT_TRUE(failed(commit(database, {{tagged("t")}}), Code::kReadOnly, "told to fail"));
        EXPECT_EQ(database->snapshot().head, outcome.acknowledged.size())
            << "visible is what was acknowledged";
      }
      expect_sound(database, outcome.acknowledged);
      EXPECT_TRUE(succeeded(database->close()));
      database = world.open();
      ASSERT_NE(database, nullptr);
      expect_sound(database, outcome.acknowledged);
      EXPECT_TRUE(succeeded(commit(database, {{tagged("t", "y"), tagged("t", "y")}})));
      expect_sound(database, outcome.acknowledged);
    }
  }
}

// A full disk is told as what it is, and the number of the system comes along.
TEST(Failure, NamesTheSystemsReason) {
  World world;
  const DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("t")}})));
  world.files.fail(1, FaultFiles::is_write, true, ENOSPC);
  const auto stamp = commit(database, {{tagged("t")}});
  ASSERT_TRUE(failed(stamp, Code::kOutcomeUnknown, "told to fail"));
  EXPECT_EQ(stamp.error().os_errno(), ENOSPC);
  const auto later = commit(database, {{tagged("t")}});
  ASSERT_TRUE(failed(later, Code::kReadOnly));
  EXPECT_EQ(later.error().os_errno(), ENOSPC);
}

// Memory that runs out in the thread that writes for all must not leave the others waiting.
TEST(Failure, OfMemoryWhileWritingReleasesEveryWaiter) {
  World world;
  DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("t", "x"), tagged("t", "x")}})));
  std::atomic<uint64_t> writes = 0;
  world.files.set_judge([&](const FaultFiles::Event& event) -> Status {
    if (event.call == FaultFiles::Call::kWrite && ++writes == 3) throw std::bad_alloc();
    return {};
  });
  const Outcome outcome = commit_until_failure(database, 80);
  EXPECT_EQ(outcome.unknown + outcome.read_only, 4U);
  EXPECT_TRUE(failed(commit(database, {{tagged("t")}}), Code::kReadOnly, "memory"));
  world.files.let_all_pass();
  database.reset();
  database = world.open();
  expect_sound(database, outcome.acknowledged);
}

// A close that cannot mark the log's end says so; the directory is given back all the same.
TEST(Failure, OfACloseLosesNothing) {
  for (const bool at_sync : {false, true}) {
    World world;
    DatabasePtr database = world.open();
    ASSERT_TRUE(succeeded(commit(database, {{tagged("t", "x"), tagged("t", "x")}})));
    world.files.fail(1, at_sync ? FaultFiles::is_sync : FaultFiles::is_write, true);
    EXPECT_TRUE(failed(database->close(), Code::kIo, "told to fail"));
    EXPECT_TRUE(succeeded(database->close())) << "it is closed";
    world.files.let_all_pass();
    database = world.open();
    ASSERT_NE(database, nullptr);
    expect_sound(database, {{1, "x"}, {2, "x"}});
  }
}

// Creation interrupted at any call leaves a directory that the next open takes for a new database.
TEST(Failure, OfACreationCanBeRepeated) {
  for (uint64_t number = 1;; ++number) {
    SCOPED_TRACE(number);
    World world;
    world.files.fail(number, FaultFiles::is_change, /*for_ever=*/true);
    auto opened = world.try_open();
    world.files.let_all_pass();
    if (opened) {
      EXPECT_GT(number, 5U) << "too few calls: the plan does not reach creation";
      break;
    }
    EXPECT_TRUE(failed(opened, Code::kIo, "told to fail"));
    DatabasePtr database = world.open();
    ASSERT_NE(database, nullptr);
    EXPECT_TRUE(succeeded(commit(database, {{tagged("t")}})));
  }
}

// Recovery that fails while it makes pending commits durable can be repeated, too; the failed
// handle writes nothing after its failure.
TEST(Failure, OfARecoveryCanBeRepeated) {
  for (uint64_t number = 1;; ++number) {
    SCOPED_TRACE(number);
    World world;
    DatabasePtr database = world.open();
    const Outcome outcome = commit_until_failure(database, 40);
    ASSERT_EQ(outcome.acknowledged.size(), 80U);
    world.crash(database);

    std::atomic<uint64_t> changes = 0;
    std::atomic<uint64_t> later = 0;
    world.files.set_judge([&](const FaultFiles::Event& event) -> Status {
      if (!FaultFiles::is_change(event)) return {};
      const uint64_t now = ++changes;
      if (now > number) ++later;
      if (now == number) return fail(Error(Code::kIo, "told to fail").with_os_errno(EIO));
      return {};
    });
    auto opened = world.try_open();
    world.files.let_all_pass();
    if (opened) break;
    EXPECT_TRUE(failed(opened, Code::kIo, "told to fail"));
    EXPECT_EQ(later, 0U) << "it went on writing after a failure";
    database = world.open();
    ASSERT_NE(database, nullptr);
    expect_sound(database, outcome.acknowledged);
  }
}

// Crash after crash without a clean close: each recovery continues the last.
TEST(Failure, MayHappenAgainAndAgain) {
  World world;
  Acknowledged all;
  for (int round = 0; round < 8; ++round) {
    DatabasePtr database = world.open();
    ASSERT_NE(database, nullptr);
    expect_sound(database, all);
    world.files.fail(static_cast<uint64_t>(3 + 2 * round), FaultFiles::is_change, true);
    const Outcome outcome = commit_until_failure(database, 80);
    all.insert(outcome.acknowledged.begin(), outcome.acknowledged.end());
    world.crash(database);
  }
  const DatabasePtr database = world.open();
  expect_sound(database, all);
}

}  // namespace
}  // namespace stele
