// One sync fails, at each place that syncs and at each durability level, under threads that commit
// and threads that have several tickets in flight: everybody hears what is known, and no more.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "support/databases.h"
#include "support/seed.h"

namespace stele {
namespace {

using engine::Durability;
using os::SyncSite;
using test::commit;
using test::DatabasePtr;
using test::failed;
using test::FaultFiles;
using test::read;
using test::Seed;
using test::succeeded;
using test::tagged;
using test::World;

constexpr int kThreads = 5;
constexpr size_t kTicketsMax = 4;
constexpr uint64_t kRounds = 40;  // Commits of a thread.

// What somebody was told of a batch: two events under one key.
struct Outcome {
  std::optional<Code> refusal = {};  // None: OK.
  uint64_t position = 0;
  bool repeated = false;
};

std::string data_of(const std::string& key) {
  return key + std::string(1500, '.');
}

void fill(db::Batch& batch, const std::string& key) {
  test::fill(batch, {{tagged("t", data_of(key)), tagged("t", data_of(key))}});
  EXPECT_TRUE(succeeded(batch.set_key(key)));
}

Outcome outcome_of(const Result<engine::Committed>& result) {
  if (result) return {.position = result->first_position, .repeated = result->repeated};
  return {.refusal = result.error().code()};
}

struct FailedSync : ::testing::TestWithParam<std::tuple<Durability, SyncSite>> {
  [[nodiscard]] static Durability level() { return std::get<0>(GetParam()); }
  [[nodiscard]] static SyncSite site() { return std::get<1>(GetParam()); }

  [[nodiscard]] DatabasePtr open() {
    db::OpenOptions options = World::small();
    options.pipeline.background_threads = true;
    options.pipeline.durability = level();
    options.pipeline.interval_us = 2000;
    return world.open(options);
  }

  void fail_sync(uint64_t number) {
    world.files.set_judge([=, this](const FaultFiles::Event& event) -> Status {
      if (event.site != site() || ++syncs != number) return {};
      return fail(Error(Code::kIo, "told to fail").with_os_errno(EIO));
    });
    syncs_until_failure = number;
  }
  [[nodiscard]] bool has_failed() const { return syncs >= syncs_until_failure; }

  void note(const std::string& key, const Outcome& outcome) {
    const std::lock_guard lock(mutex);
    outcomes[key] = outcome;
  }

  void commit_one_by_one(const DatabasePtr& database, const std::string& name,
                         uint64_t rounds = kRounds) {
    for (uint64_t i = 0; i < rounds; ++i) {
      const std::string key = name + std::to_string(i);
      db::Batch batch(database);
      fill(batch, key);
      if (i % 8 == 7) batch.set_durability(Durability::kSync);
      const Outcome outcome = outcome_of(batch.commit());
      note(key, outcome);
      if (outcome.refusal) return;
      if (i % 16 == 3) note_sync(database->sync());
    }
  }

  // A sync that fails says so; one that comes later is not tried.
  static void note_sync(const Status& synced) {
    if (synced || synced.error().code() == Code::kReadOnly) return;
    EXPECT_TRUE(failed(synced, Code::kIo, "told to fail"));
  }

  // Goes on after failures: each ticket has its answer.
  void commit_with_tickets(const DatabasePtr& database, const std::string& name) {
    std::deque<std::pair<std::string, std::unique_ptr<db::Ticket>>> under_way;
    const auto wait_for_oldest = [&] {
      const Outcome outcome = outcome_of(under_way.front().second->wait({}));
      EXPECT_EQ(outcome_of(under_way.front().second->wait({})).refusal, outcome.refusal)
          << "another answer when it is asked again";
      note(under_way.front().first, outcome);
      under_way.pop_front();
    };
    for (uint64_t i = 0; i < kRounds; ++i) {
      const std::string key = name + std::to_string(i);
      db::Batch batch(database);
      fill(batch, key);
      if (i % 16 == 15) batch.set_durability(Durability::kSync);
      auto ticket = batch.commit_async();
      ASSERT_TRUE(succeeded(ticket));
      under_way.emplace_back(key, *std::move(ticket));
      if (under_way.size() > kTicketsMax) wait_for_oldest();
    }
    while (!under_way.empty()) wait_for_oldest();
  }

  void run_threads(const DatabasePtr& database) {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        const std::string name = std::to_string(t) + ":";
        t % 2 == 0 ? commit_one_by_one(database, name) : commit_with_tickets(database, name);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  // Some sites are reached by an idle log.
  void reach_the_others(const DatabasePtr& database) {
    if (site() == SyncSite::kWatermark) {
      for (int i = 0; i < 200 && !has_failed(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
    if (site() == SyncSite::kLog && level() != Durability::kSync && !has_failed()) {
      commit_one_by_one(database, "weak:", 1);
      note_sync(database->sync());
    }
  }

  [[nodiscard]] uint64_t count(std::optional<Code> refusal) const {
    return static_cast<uint64_t>(std::ranges::count(
        outcomes, refusal, [](const auto& entry) { return entry.second.refusal; }));
  }

  void expect_read_only(const DatabasePtr& database) {
    EXPECT_TRUE(failed(commit(database, {{tagged("t")}}), Code::kReadOnly, "told to fail"));
    EXPECT_TRUE(failed(database->sync(), Code::kReadOnly, "told to fail"));
    db::Batch batch(database);
    fill(batch, "later");
    const auto ticket = batch.commit_async();
    ASSERT_TRUE(succeeded(ticket));
    EXPECT_TRUE(failed((*ticket)->wait({}), Code::kReadOnly, "told to fail"));
    EXPECT_EQ(database->snapshot().head, 2 * count(std::nullopt)) << "visible is what was OK";
  }

  void expect_sound(const DatabasePtr& database) const {
    const auto records = read(database);
    ASSERT_EQ(records.size(), database->snapshot().head);
    for (const auto& [key, outcome] : outcomes) {
      if (outcome.refusal) continue;
      ASSERT_LE(outcome.position + 1, records.size()) << key << " was acknowledged and is lost";
      ASSERT_EQ(as_text(records[outcome.position - 1].data()), data_of(key));
      ASSERT_EQ(as_text(records[outcome.position].data()), data_of(key));
    }
    EXPECT_TRUE(succeeded(test::verify(database)));
  }

  // Whoever heard READ_ONLY was not written, and who does not know may have been. All is well with
  // the same key.
  void send_again(const DatabasePtr& database) {
    for (auto& [key, outcome] : outcomes) {
      db::Batch batch(database);
      fill(batch, key);
      const Outcome now = outcome_of(batch.commit());
      ASSERT_FALSE(now.refusal) << key;
      if (!outcome.refusal) {
        ASSERT_TRUE(now.repeated && now.position == outcome.position) << key;
      }
      ASSERT_FALSE(outcome.refusal == Code::kReadOnly && now.repeated) << key << " was written";
      outcome = now;
    }
    EXPECT_EQ(database->snapshot().head, 2 * outcomes.size()) << "a batch twice";
  }

  World world;
  std::atomic<uint64_t> syncs = 0;
  uint64_t syncs_until_failure = 0;
  std::mutex mutex;
  std::map<std::string, Outcome> outcomes;  // By key.
};

TEST_P(FailedSync, TellsEverybodyWhatIsKnown) {
  const Seed seed;
  auto random = seed.generator();
  DatabasePtr database = open();
  commit_one_by_one(database, "before:", 5);  // So that there is a log to recover.
  database.reset();
  database = open();
  const bool is_rare = site() != SyncSite::kSegmentFile && site() != SyncSite::kSegmentDirectory &&
                       site() != SyncSite::kGroup;
  fail_sync(is_rare ? 1 : test::between(random, 1, 3));
  run_threads(database);
  reach_the_others(database);
  std::cout << "[          ] OK " << count(std::nullopt) << ", OUTCOME_UNKNOWN "
            << count(Code::kOutcomeUnknown) << ", READ_ONLY " << count(Code::kReadOnly) << '\n';
  EXPECT_EQ(count(std::nullopt) + count(Code::kOutcomeUnknown) + count(Code::kReadOnly),
            outcomes.size());
  if (has_failed()) {
    expect_read_only(database);
  } else {
    // Where every commit syncs, nothing is left for others; and a group that needs a new segment
    // mostly begins it.
    EXPECT_EQ(level(), Durability::kSync);
    EXPECT_TRUE(site() == SyncSite::kLog || site() == SyncSite::kSegmentEnd);
    EXPECT_EQ(count(std::nullopt), outcomes.size());
  }
  expect_sound(database);
  const bool durable = database->pipeline().durable_tsn() == database->snapshot().tsn;
  const Status closed = database->close();
  EXPECT_TRUE(durable ? succeeded(closed) : failed(closed, Code::kIo, "told to fail"));
  world.files.let_all_pass();
  database = open();
  ASSERT_NE(database, nullptr);
  expect_sound(database);
  send_again(database);
  expect_sound(database);
}

std::string name_of(const ::testing::TestParamInfo<FailedSync::ParamType>& parameters) {
  const char* names[] = {"sync", "interval", "os"};
  const auto [level, site] = parameters.param;
  return std::string(names[static_cast<size_t>(level)]) + "_" +
         std::string(os::kSyncSiteNames[static_cast<size_t>(site)]);
}

INSTANTIATE_TEST_SUITE_P(
    AtEachSite, FailedSync,
    ::testing::Combine(::testing::Values(Durability::kSync, Durability::kInterval, Durability::kOs),
                       ::testing::Values(SyncSite::kRecoveredNames, SyncSite::kSegmentFile,
                                         SyncSite::kSegmentDirectory, SyncSite::kGroup,
                                         SyncSite::kLog, SyncSite::kSegmentEnd,
                                         SyncSite::kWatermark)),
    name_of);

}  // namespace
}  // namespace stele
