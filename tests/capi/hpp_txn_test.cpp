// Transactions of stele.hpp: owners, what they read, their batch, and bodies that are run again.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <stele/stele.hpp>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using stele::Database;
using stele::Table;
using stele::Transaction;

static_assert(std::is_nothrow_move_constructible_v<Transaction> &&
              std::is_nothrow_move_assignable_v<Transaction> &&
              !std::is_copy_constructible_v<Transaction>);

std::string text_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

// A database with a table. Every test ends without an open handle and with a sound database.
struct HppTransaction : ::testing::Test {
  void SetUp() override {
    ASSERT_TRUE(db.create_table("t"));
    std::optional<Table> opened = db.table("t");
    ASSERT_TRUE(opened);
    table = *std::move(opened);
  }
  void TearDown() override {
    db.verify();
    table.close();
    db.close();
    EXPECT_EQ(stele_live_handles(), 0U);
  }

  void put(std::string_view key, std::string_view value) const {
    stele::Batch batch = db.batch();
    batch.put(table, key, value);
    ASSERT_TRUE(db.commit(batch));
  }
  std::string value(std::string_view key) const {
    const std::optional<stele::RowCopy> row = table.get(key);
    return row ? text_of(row->value) : "none";
  }
  std::string value(const Transaction& in, std::string_view key) const {
    const std::optional<stele::RowCopy> row = in.get(table, key);
    return row ? text_of(row->value) : "none";
  }
  std::string rows(const Transaction& in, const stele::ScanOptions& options = {}) const {
    std::string all;
    for (const stele::Row& row : in.scan(table, options)) {
      all.append(row.key.text()).append("=").append(row.value.text()).append(" ");
    }
    return all;
  }

  Database db = Database::memory({.test_time = 1000, .test_seed = 1});
  Table table;
};

TEST_F(HppTransaction, ReadsItsOwnRowsAndThoseOfTheMomentWhenItBegan) {
  put("a", "1");
  put("b", "2");
  put("c", "3");
  Transaction t = db.begin();
  put("a", "later");
  t.put(table, "d", "4").delete_row(table, "b");
  EXPECT_EQ(value(t, "a"), "1");
  EXPECT_EQ(value(t, "b"), "none");
  EXPECT_EQ(rows(t), "a=1 c=3 d=4 ");
  EXPECT_EQ(rows(t, {.backward = true, .high = "d"}), "c=3 a=1 ");
  t.delete_range(table, "a", "d");
  EXPECT_EQ(rows(t), "d=4 ");
  t.delete_range(table, {});
  EXPECT_EQ(rows(t), "");
  EXPECT_EQ(value("d"), "none");
}

TEST_F(HppTransaction, ARowInABufferHasTheCallersKeyAndGrowsTheBuffer) {
  put("a", std::string(1000, 'x'));
  Transaction t = db.begin();
  t.put(table, "b", "own");
  std::vector<std::uint8_t> buffer;
  std::optional<stele::Row> row = t.get(table, "a", buffer);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->value.size(), 1000U);
  EXPECT_EQ(row->tsn, 2U);
  row = t.get(table, "b", buffer);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->key, "b");
  EXPECT_EQ(row->value, "own");
  EXPECT_EQ(row->tsn, 0U);
  EXPECT_FALSE(t.get(table, "c", buffer));
}

TEST_F(HppTransaction, CommitsRowsAndEventsInOnePieceAndIsOverThen) {
  Transaction t = db.begin();
  t.put(table, "a", "1").batch().add({.type = "Put"}).key("once");
  const stele::Outcome outcome = t.commit();
  ASSERT_TRUE(outcome) << outcome.message;
  EXPECT_EQ(outcome.result.first_position, 1U);
  EXPECT_EQ(value("a"), "1");
  EXPECT_THROW(t.put(table, "a", "2"), stele::Error);
  EXPECT_THROW((void)t.get(table, "a"), stele::Error);
  EXPECT_THROW((void)t.commit(), stele::Error);
}

TEST_F(HppTransaction, WhatItReadMustBeUnchangedUnlessItIsASnapshot) {
  put("a", "1");
  for (const stele_isolation isolation : {STELE_ISOLATION_SERIALIZABLE, STELE_ISOLATION_SNAPSHOT}) {
    Transaction t = db.begin({.isolation = isolation});
    EXPECT_NE(value(t, "a"), "none");
    put("a", "changed");
    t.put(table, "b", "2");
    const stele::Outcome outcome = t.commit();
    EXPECT_EQ(outcome.conflict(), isolation == STELE_ISOLATION_SERIALIZABLE) << outcome.message;
    EXPECT_EQ(outcome.guard, STELE_NO_GUARD);
  }
}

TEST_F(HppTransaction, EventsThatItReadAreGuardedByItsBatch) {
  Transaction t = db.begin();
  int seen = 0;
  for ([[maybe_unused]] const stele::Event& event : t.read(stele::Query({.types = {"Put"}})))
    ++seen;
  EXPECT_EQ(seen, 0);
  db.append({.type = "Put"});
  t.batch().add({.type = "First"});
  const stele::Outcome outcome = t.commit();
  EXPECT_TRUE(outcome.conflict());
  EXPECT_EQ(outcome.guard, 0U);
  EXPECT_EQ(outcome.position, 1U);
}

TEST_F(HppTransaction, ItsBatchIsNotForOthersToCommitOrClear) {
  Transaction t = db.begin();
  t.put(table, "a", "1");
  EXPECT_THROW((void)db.commit(t.batch()), stele::Error);
  EXPECT_THROW((void)db.check(t.batch()), stele::Error);
  EXPECT_THROW((void)db.commit_async(t.batch()), stele::Error);
  EXPECT_THROW(t.batch().clear(), stele::Error);
  EXPECT_TRUE(t.commit());
}

TEST_F(HppTransaction, MovesWithItsBatchAndWhatWasNotCommittedIsGone) {
  Transaction first = db.begin();
  first.put(table, "a", "1");
  Transaction second = std::move(first);
  second.put(table, "b", "2");
  EXPECT_EQ(rows(second), "a=1 b=2 ");
  second = db.begin();
  EXPECT_EQ(rows(second), "");
  second.put(table, "c", "3");
  second.close();
  second.close();
  EXPECT_EQ(value("c"), "none");
  EXPECT_THROW(second.put(table, "c", "3"), stele::Error);
}

TEST_F(HppTransaction, AScanIsOverWithItsTransaction) {
  put("a", "1");
  Transaction t = db.begin();
  stele::Scan scan = t.scan(table);
  t.close();
  EXPECT_THROW((void)scan.next(), stele::Error);
}

TEST_F(HppTransaction, TransactBeginsAgainUntilNobodyIsInTheWay) {
  put("a", "0");
  int runs = 0;
  const stele::Outcome outcome = db.transact([&](Transaction& t) {
    const std::string before = value(t, "a");
    if (++runs < 20) put("a", std::to_string(runs));
    t.put(table, "a", before + "!");
  });
  EXPECT_TRUE(outcome) << outcome.message;
  EXPECT_EQ(runs, 20);
  EXPECT_EQ(value("a"), "19!");
}

TEST_F(HppTransaction, TransactGivesTheConflictBackWhenItsTriesAreOver) {
  int runs = 0;
  const auto body = [&](Transaction& t) {
    EXPECT_NE(value(t, "a"), "last");
    put("a", std::to_string(++runs));
    t.put(table, "a", "mine");
  };
  EXPECT_TRUE(db.transact(body, {.tries = 3}).conflict());
  EXPECT_EQ(runs, 3);
  EXPECT_TRUE(db.transact(body, {.tries = 0}).conflict());
  EXPECT_EQ(runs, 4);
}

TEST_F(HppTransaction, WhatTheBodyThrowsEndsTheTransactionAndReachesTheCaller) {
  EXPECT_THROW(db.transact([&](Transaction& t) {
    t.put(table, "a", "1");
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(value("a"), "none");
  EXPECT_EQ(stele_live_handles(), 2U);
}

// Threads take from two rows by turns and give to the other: no transfer is lost, and nobody sees
// half of one.
TEST_F(HppTransaction, TransfersOfManyThreadsKeepTheSum) {
  constexpr int kThreads = 4;
  constexpr int kTransfers = 50;
  put("a", "1000");
  put("b", "1000");
  std::barrier together(kThreads);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const std::string from = i % 2 == 0 ? "a" : "b";
      const std::string to = i % 2 == 0 ? "b" : "a";
      together.arrive_and_wait();
      for (int k = 0; k < kTransfers; ++k) {
        const stele::Outcome outcome = db.transact(
            [&](Transaction& t) {
              const int has = std::stoi(value(t, from));
              const int gets = std::stoi(value(t, to));
              if (has + gets != 2000) ++wrong;
              t.put(table, from, std::to_string(has - 1)).put(table, to, std::to_string(gets + 1));
            },
            {.tries = 100'000});
        if (!outcome) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(value("a"), "1000");
  EXPECT_EQ(value("b"), "1000");
}

}  // namespace
