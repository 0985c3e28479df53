// Transactions through the C API: their batch, what they read, and calls that are refused.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

const uint8_t* raw(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

class TransactionApi : public ::testing::Test {
 protected:
  void SetUp() override {
    db_ = open(directory_.path("db"));
    ASSERT_TRUE(is_ok(stele_table_create(db_, nullptr, 0, "rows", 4, nullptr, failure_), failure_));
    ASSERT_TRUE(
        is_ok(stele_table_open(db_, nullptr, 0, "rows", 4, table_.out(), failure_), failure_));
  }
  Transaction begin(int32_t isolation = STELE_ISOLATION_SERIALIZABLE) {
    stele_txn_options options = {};
    options.struct_size = sizeof options;
    options.isolation = isolation;
    Transaction begun;
    EXPECT_TRUE(is_ok(stele_txn_begin(db_, &options, begun.out(), failure_), failure_));
    return begun;
  }
  stele_batch* batch(stele_txn* transaction) {
    stele_batch* batch = nullptr;
    EXPECT_TRUE(is_ok(stele_txn_batch(transaction, &batch, failure_), failure_));
    return batch;
  }
  void put(stele_txn* transaction, std::string_view key, std::string_view row) {
    EXPECT_TRUE(is_ok(stele_batch_put(batch(transaction), table_, raw(key), key.size(), raw(row),
                                      row.size(), failure_),
                      failure_));
  }
  stele_status get(stele_txn* transaction, std::string_view key, std::string& row,
                   stele_row* info = nullptr) {
    row.assign(16, '\0');
    size_t size = 0;
    const stele_status status =
        stele_txn_get(transaction, table_, raw(key), key.size(),
                      reinterpret_cast<uint8_t*>(row.data()), row.size(), &size, info, failure_);
    row.resize(status == STELE_OK ? size : 0);
    return status;
  }
  std::string scan(stele_txn* transaction, uint32_t flags = 0) {
    stele_scan_options options = {};
    options.struct_size = sizeof options;
    options.flags = flags;
    Scan scan;
    EXPECT_TRUE(
        is_ok(stele_txn_scan(transaction, table_, &options, scan.out(), failure_), failure_));
    stele_row row = {};
    row.struct_size = sizeof row;
    std::string found;
    while (stele_scan_next(scan, &row, failure_) == STELE_OK) {
      found += to_string(row.key) + "=" + to_string(row.value) + " ";
    }
    return found;
  }

  TempDirectory directory_;
  Db db_;
  Table table_;
  Failure failure_;
};

TEST_F(TransactionApi, ReadsItsOwnRowsAndCommitsThemWithEvents) {
  const Transaction own = begin();
  put(own, "a", "1");
  put(own, "b", "2");
  ASSERT_TRUE(is_ok(add(batch(own), "Counted"), failure_));
  std::string row;
  stele_row info = {};
  info.struct_size = sizeof info;
  ASSERT_TRUE(is_ok(get(own, "a", row, &info), failure_));
  EXPECT_EQ(row, "1");
  EXPECT_EQ(info.tsn, 0U);
  EXPECT_EQ(scan(own), "a=1 b=2 ");
  EXPECT_EQ(scan(own, STELE_SCAN_BACKWARD), "b=2 a=1 ");
  EXPECT_EQ(scan(begin()), "");
  stele_commit_result result = empty_result();
  ASSERT_TRUE(is_ok(stele_txn_commit(own, &result, failure_), failure_));
  EXPECT_EQ(result.event_count, 1U);
  EXPECT_EQ(result.tsn, 2U);
  const Transaction later = begin();
  ASSERT_TRUE(is_ok(get(later, "a", row, &info), failure_));
  EXPECT_EQ(info.tsn, 2U);
  result.tsn = 99;
  EXPECT_TRUE(is_ok(stele_txn_commit(later, &result, failure_), failure_));
  EXPECT_EQ(result.tsn, 0U) << "nothing was to be committed";
}

TEST_F(TransactionApi, ItsBatchBelongsToIt) {
  Transaction own = begin();
  stele_batch* lent = batch(own);
  EXPECT_EQ(lent, batch(own)) << "there is one";
  EXPECT_TRUE(is(stele_commit(db_, lent, nullptr, failure_), STELE_INVALID));
  EXPECT_TRUE(failure_.mentions("belongs to a transaction")) << failure_.message();
  EXPECT_TRUE(is(stele_commit_check(db_, lent, nullptr, failure_), STELE_INVALID));
  EXPECT_TRUE(is(stele_batch_clear(lent, failure_), STELE_INVALID));
  Ticket ticket;
  EXPECT_TRUE(is(stele_commit_async(db_, lent, ticket.out(), failure_), STELE_INVALID));
  put(own, "a", "1");
  ASSERT_TRUE(is_ok(stele_txn_commit(own, nullptr, failure_), failure_));
  EXPECT_TRUE(is(add(lent, "Late", "", {}, failure_), STELE_CLOSED));
  stele_batch* none = nullptr;
  EXPECT_TRUE(is(stele_txn_batch(own, &none, failure_), STELE_INVALID));
  EXPECT_TRUE(is(stele_txn_commit(own, nullptr, failure_), STELE_INVALID));
  EXPECT_TRUE(failure_.mentions("over")) << failure_.message();
  own = begin();
  lent = batch(own);
  stele_batch_close(lent);  // Allowed, and of no use.
  EXPECT_TRUE(is(stele_batch_durability(lent, STELE_DURABILITY_OS, failure_), STELE_CLOSED));
}

TEST_F(TransactionApi, AConflictNamesTheRow) {
  const Transaction first = begin();
  const Transaction second = begin(STELE_ISOLATION_SNAPSHOT);
  put(first, "seat 12A", "alice");
  put(second, "seat 12A", "bob");
  ASSERT_TRUE(is_ok(stele_txn_commit(first, nullptr, failure_), failure_));
  EXPECT_TRUE(is(stele_txn_commit(second, nullptr, failure_), STELE_CONFLICT));
  EXPECT_TRUE(failure_.mentions("\"seat 12A\" is there")) << failure_.message();
  EXPECT_EQ(failure_->guard, STELE_NO_GUARD);
}

TEST_F(TransactionApi, EventsThatWereReadAreAGuard) {
  ASSERT_EQ(append(db_, "Thing", "", {"seat:1"}), 1U);
  const Transaction own = begin();
  const Query query = query_of({}, {"seat:1"});
  Cursor cursor;
  ASSERT_TRUE(is_ok(stele_txn_read(own, query, nullptr, cursor.out(), failure_), failure_));
  ASSERT_EQ(append(db_, "Thing", "", {"seat:1"}), 2U);
  stele_event event = {};
  event.struct_size = sizeof event;
  EXPECT_TRUE(is_ok(stele_cursor_next(cursor, &event, failure_), failure_));
  EXPECT_TRUE(is(stele_cursor_next(cursor, &event, failure_), STELE_END)) << "as of its beginning";
  put(own, "a", "1");
  EXPECT_TRUE(is(stele_txn_commit(own, nullptr, failure_), STELE_CONFLICT));
  EXPECT_EQ(failure_->guard, 0U);
  EXPECT_EQ(failure_->position, 2U);
}

TEST_F(TransactionApi, RefusesWhatIsWrong) {
  Transaction own = begin();
  stele_txn_options options = {};
  options.struct_size = sizeof options;
  options.isolation = 7;
  Transaction none;
  EXPECT_TRUE(is(stele_txn_begin(db_, &options, none.out(), failure_), STELE_INVALID));
  EXPECT_TRUE(failure_.mentions("7 is unknown")) << failure_.message();
  EXPECT_TRUE(is(stele_txn_begin(db_, nullptr, nullptr, failure_), STELE_INVALID));
  EXPECT_TRUE(is(stele_txn_begin(nullptr, nullptr, none.out(), failure_), STELE_CLOSED));

  std::string row;
  EXPECT_TRUE(is(get(own, std::string(1025, 'k'), row), STELE_TOO_LARGE));
  EXPECT_TRUE(is(get(own, "nobody", row), STELE_NOT_FOUND));
  put(own, "long", std::string(17, 'r'));
  EXPECT_TRUE(is(get(own, "long", row), STELE_BUFFER_TOO_SMALL));

  stele_scan_options past = {};
  past.struct_size = sizeof past;
  past.as_of.struct_size = sizeof past.as_of;
  past.as_of.kind = STELE_AS_OF_TSN;
  past.as_of.at = 1;
  Scan scan;
  EXPECT_TRUE(is(stele_txn_scan(own, table_, &past, scan.out(), failure_), STELE_INVALID));

  const Db other = open(directory_.path("other"));
  ASSERT_TRUE(is_ok(stele_table_create(other, nullptr, 0, "rows", 4, nullptr, failure_)));
  Table theirs;
  ASSERT_TRUE(is_ok(stele_table_open(other, nullptr, 0, "rows", 4, theirs.out(), failure_)));
  size_t size = 0;
  std::array<uint8_t, 8> buffer = {};
  EXPECT_TRUE(is(stele_txn_get(own, theirs, raw("a"), 1, buffer.data(), buffer.size(), &size,
                               nullptr, failure_),
                 STELE_INVALID));
  EXPECT_TRUE(failure_.mentions("another database")) << failure_.message();
  EXPECT_TRUE(is(stele_txn_scan(own, theirs, nullptr, scan.out(), failure_), STELE_INVALID));

  stele_txn* closed = own.get();
  own.close();
  EXPECT_TRUE(is(get(closed, "a", row), STELE_CLOSED));
  EXPECT_TRUE(is(stele_txn_commit(closed, nullptr, failure_), STELE_CLOSED));
}

// Once what a call on the batch, or on a scan, was looking at went away with the transaction.
TEST_F(TransactionApi, MayBeClosedWhileAnotherThreadIsInItsBatch) {
  const std::string value(2000, 'v');
  for (int round = 0; round < 40; ++round) {
    Transaction own = begin();
    stele_batch* const lent = batch(own);
    std::atomic<int> calls = 0;
    std::thread writer([&] {
      stele_status status = STELE_OK;
      for (; status == STELE_OK; ++calls) {
        const std::string key = std::to_string(calls * 7919 % 1009);
        status =
            stele_batch_put(lent, table_, raw(key), key.size(), raw(value), value.size(), nullptr);
      }
      EXPECT_TRUE(is(status, STELE_CLOSED));
    });
    while (calls < 20 + 10 * round) std::this_thread::yield();
    own.close();
    writer.join();
  }
}

TEST_F(TransactionApi, MayBeClosedWhileAnotherThreadIsInAScanOfIt) {
  const std::string value(200, 'v');
  int refused = 0;
  for (int round = 0; round < 40 || (refused == 0 && round < 2000); ++round) {
    Transaction own = begin();
    for (int i = 0; i < 300; ++i) put(own, std::to_string(i * 7919 % 1009), value);
    Scan scan;
    ASSERT_TRUE(is_ok(stele_txn_scan(own, table_, nullptr, scan.out(), failure_), failure_));
    std::atomic<int> rows = 0;
    stele_status ended = STELE_OK;
    std::thread reader([&] {
      std::vector<uint8_t> buffer(2048);
      size_t used = 0;
      uint32_t count = 0;
      for (; ended == STELE_OK; rows += static_cast<int>(count)) {
        ended = stele_scan_next_batch(scan, buffer.data(), buffer.size(), &used, &count, nullptr);
      }
      rows = INT_MAX;
    });
    while (rows < round % 40) std::this_thread::yield();
    own.close();
    reader.join();
    ASSERT_TRUE(ended == STELE_END || ended == STELE_INVALID) << stele_status_name(ended);
    refused += ended == STELE_INVALID ? 1 : 0;
  }
  EXPECT_GT(refused, 0);
}

TEST_F(TransactionApi, LeavesNoHandleBehindAndOutlivesItsDatabase) {
  const uint64_t before = stele_live_handles();
  {
    const Transaction own = begin();
    put(own, "a", "1");
    Scan scan;
    ASSERT_TRUE(is_ok(stele_txn_scan(own, table_, nullptr, scan.out(), failure_), failure_));
  }
  EXPECT_EQ(stele_live_handles(), before);
  const Transaction own = begin();
  db_.close();
  std::string row;
  EXPECT_TRUE(is(get(own, "a", row), STELE_CLOSED));
  EXPECT_TRUE(is(stele_txn_commit(own, nullptr, failure_), STELE_CLOSED));
}

}  // namespace
