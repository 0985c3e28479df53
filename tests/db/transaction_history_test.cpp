// Random histories of transactions that run at once: serializable ones have no cycle in their
// dependency graph, and snapshot isolation has write skew and nothing worse.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "db/transaction.h"
#include "support/databases.h"
#include "support/dependency_graph.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele {
namespace {

using db::Isolation;
using test::between;
using test::DatabasePtr;
using test::DependencyGraph;
using test::DoneTransaction;
using test::succeeded;
using test::World;

using Random = std::mt19937_64;

constexpr uint64_t kKeys = 5;
std::string row_name(uint64_t number) {
  return cat("key ", number);
}

// A transaction that takes its steps one by one.
class Actor {
 public:
  Actor(const DatabasePtr& database, const db::Table& table, Isolation isolation)
      : table_(table), transaction_(*db::Transaction::begin(database, isolation)) {}

  // Reads a row, or rows of a range, or writes one.
  void step(Random& random) {
    const uint64_t what = between(random, 0, 9);
    if (what < 4) {
      get(row_name(between(random, 0, kKeys - 1)));
    } else if (what < 6) {
      scan(random);
    } else {
      const std::string key = row_name(between(random, 0, kKeys - 1));
      ASSERT_TRUE(succeeded(
          transaction_->batch()->rows().put(table_.id(), as_bytes(key), as_bytes("row"), 0)));
      written_[key] = true;
    }
  }
  // Returns what it has done, nothing: it could not commit.
  std::optional<DoneTransaction> commit() {
    const auto committed = transaction_->commit();
    if (!committed) {
      EXPECT_EQ(committed.error().code(), Code::kConflict) << committed.error().message();
      return std::nullopt;
    }
    DoneTransaction done = {.tsn = committed->tsn, .reads = reads_, .writes = {}};
    for (const auto& [key, is_written] : written_) done.writes.push_back(key);
    return done;
  }

 private:
  void note(const std::string& key, uint64_t tsn) {
    if (written_.contains(key)) {
      EXPECT_EQ(tsn, 0U) << "its own";
      return;
    }
    const auto [known, is_new] = reads_.emplace(key, tsn);
    EXPECT_EQ(known->second, tsn) << "a read that is repeated sees the same";
  }
  void get(const std::string& key) {
    uint64_t tsn = 0;
    const Status got =
        transaction_->get(table_, as_bytes(key), [&](const auto&, const auto& row) -> Status {
          tsn = row.time().tsn;
          return {};
        });
    EXPECT_TRUE(got || got.error().code() == Code::kNotFound);
    note(key, tsn);
  }
  void scan(Random& random) {
    tables::RowRange range = {.descending = between(random, 0, 1) == 1};
    uint64_t low = between(random, 0, kKeys - 1);
    uint64_t high = between(random, 0, kKeys);
    if (low > high) std::swap(low, high);
    const std::string first = row_name(low);
    const std::string end = row_name(high);
    range.low = {first.begin(), first.end()};
    range.high.emplace(end.begin(), end.end());
    const auto scan = transaction_->scan(table_, range);
    ASSERT_TRUE(succeeded(scan));
    std::map<std::string, uint64_t> seen;
    const uint64_t most = between(random, 1, kKeys);
    bool is_whole = false;
    while (seen.size() < most && !is_whole) {
      const auto row = (*scan)->next();
      ASSERT_TRUE(succeeded(row));
      is_whole = *row == nullptr;
      if (!is_whole) seen[std::string(as_text((*row)->key))] = (*row)->time().tsn;
    }
    // What lies between the rows was read, too: it is not there.
    for (uint64_t i = low; i < high; ++i) {
      const std::string key = row_name(i);
      const bool is_behind =
          !is_whole && (range.descending ? key < seen.begin()->first : key > seen.rbegin()->first);
      if (!is_behind) note(key, seen.contains(key) ? seen[key] : 0);
    }
  }

  const db::Table& table_;
  std::unique_ptr<db::Transaction> transaction_;
  std::map<std::string, uint64_t> reads_;
  std::map<std::string, bool> written_;
};

class TransactionHistories : public ::testing::Test {
 protected:
  void open(bool background) {
    world_.files.skip_syncs();
    auto options = World::small();
    options.segment_size = 1 << 20;
    options.pipeline.background_threads = background;
    database_ = world_.open(options);
  }
  std::unique_ptr<db::Table> table(uint64_t number) {
    const tables::TableName name = {.schema = "root", .name = cat("table ", number)};
    const auto history = number % 2 == 0 ? tables::History::kNone : tables::History::kAll;
    db::Batch batch(database_);
    EXPECT_TRUE(succeeded(batch.catalog().create(name, history, 0)));
    EXPECT_TRUE(succeeded(batch.commit()));
    return *db::Table::open(database_, name);
  }
  // Some transactions at once, each step by the one that chance picks.
  std::vector<DoneTransaction> run(const db::Table& table, Isolation isolation, Random& random) {
    std::vector<DoneTransaction> history;
    std::vector<std::unique_ptr<Actor>> actors(between(random, 2, 5));
    for (int i = 0; i < 120; ++i) {
      auto& actor = actors[between(random, 0, actors.size() - 1)];
      if (actor == nullptr) actor = std::make_unique<Actor>(database_, table, isolation);
      if (between(random, 0, 5) > 0) {
        actor->step(random);
        continue;
      }
      if (auto done = actor->commit()) history.push_back(*std::move(done));
      actor.reset();
      if (between(random, 0, 9) == 0) {
        EXPECT_TRUE(succeeded(database_->checkpoint()));
      }
    }
    return history;
  }

  World world_;
  DatabasePtr database_;
};

TEST_F(TransactionHistories, SerializableOnesHaveNoCycleAndSnapshotsOnlyWriteSkew) {
  open(/*background=*/false);
  const test::Seed seed;
  Random random = seed.generator();
  uint64_t skews = 0;
  uint64_t committed = 0;
  const uint64_t histories = test::scaled(300);
  for (uint64_t i = 0; i < histories || skews == 0; ++i) {
    const auto rows = table(i);
    const bool is_serializable = i % 3 != 0;
    const auto history =
        run(*rows, is_serializable ? Isolation::kSerializable : Isolation::kSnapshot, random);
    committed += history.size();
    const DependencyGraph graph(history);
    if (is_serializable) {
      ASSERT_FALSE(graph.has_cycle()) << "history " << i;
    } else {
      ASSERT_FALSE(graph.has_worse_cycle()) << "history " << i;
      skews += graph.has_cycle() ? 1 : 0;
    }
  }
  std::cout << committed << " committed, " << skews << " histories with write skew\n";
  ASSERT_TRUE(succeeded(database_->checkpoint()));
  EXPECT_TRUE(succeeded(test::verify(database_)));
}

TEST_F(TransactionHistories, ThreadsCommitAsIfOneBehindTheOther) {
  open(/*background=*/true);
  const test::Seed seed;
  const auto rows = table(0);
  std::mutex mutex;
  std::vector<DoneTransaction> history;
  std::atomic<uint64_t> conflicts = 0;
  std::atomic<uint64_t> running = 3;
  {
    std::vector<std::jthread> threads;
    for (uint64_t thread = 0; thread < 3; ++thread) {
      threads.emplace_back([&, thread] {
        Random random = seed.generator(thread);
        // Until they have met: on one processor that may take a while.
        for (uint64_t i = 0; i < test::scaled(500) || (conflicts < 5 && i < 100000); ++i) {
          Actor actor(database_, *rows, Isolation::kSerializable);
          for (uint64_t step = between(random, 1, 6); step > 0; --step) {
            actor.step(random);
            if (between(random, 0, 3) == 0) std::this_thread::yield();
          }
          auto done = actor.commit();
          if (!done) ++conflicts;
          const std::lock_guard lock(mutex);
          if (done) history.push_back(*std::move(done));
        }
        --running;
      });
    }
    threads.emplace_back([&] {
      while (running > 0) {
        EXPECT_TRUE(succeeded(database_->checkpoint()));
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
      }
    });
  }
  EXPECT_FALSE(DependencyGraph(history).has_cycle());
  EXPECT_TRUE(succeeded(test::verify(database_)));
}

// What the two tests above would say of histories that are known.
TEST(DependencyGraphs, KnowTheAnomalies) {
  const std::vector<DoneTransaction> skew = {
      {.tsn = 2, .reads = {{"a", 1}, {"b", 1}}, .writes = {"a"}},
      {.tsn = 3, .reads = {{"a", 1}, {"b", 1}}, .writes = {"b"}}};
  EXPECT_TRUE(DependencyGraph(skew).has_cycle());
  EXPECT_FALSE(DependencyGraph(skew).has_worse_cycle());
  const std::vector<DoneTransaction> lost_update = {
      {.tsn = 2, .reads = {{"a", 1}}, .writes = {"a"}},
      {.tsn = 3, .reads = {{"a", 1}}, .writes = {"a"}}};
  EXPECT_TRUE(DependencyGraph(lost_update).has_worse_cycle());
  const std::vector<DoneTransaction> torn_read = {
      {.tsn = 2, .reads = {}, .writes = {"a", "b"}},
      {.tsn = 3, .reads = {{"a", 2}, {"b", 0}}, .writes = {}}};
  EXPECT_TRUE(DependencyGraph(torn_read).has_worse_cycle());
  const std::vector<DoneTransaction> in_a_row = {{.tsn = 2, .reads = {{"a", 0}}, .writes = {"a"}},
                                                 {.tsn = 3, .reads = {{"a", 2}}, .writes = {"a"}}};
  EXPECT_FALSE(DependencyGraph(in_a_row).has_cycle());
}

}  // namespace
}  // namespace stele
