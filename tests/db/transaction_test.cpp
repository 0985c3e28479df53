// Transactions one step at a time: what they read, and with whom they cannot both commit.
#include "db/transaction.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/databases.h"

namespace stele {
namespace {

using db::Isolation;
using tables::History;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::World;
using TransactionPtr = std::unique_ptr<db::Transaction>;

class Transactions : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open(int64_t reader_age_us = engine::HeldView::kForEver) {
    auto options = World::small();
    options.reader_age_us = reader_age_us;
    database_ = world_.open(options);
  }
  void TearDown() override {
    ASSERT_TRUE(succeeded(database_->checkpoint()));
    EXPECT_TRUE(succeeded(test::verify(database_)));
  }

  std::unique_ptr<db::Table> table(const std::string& name, History history = History::kNone) {
    const tables::TableName full = {.schema = "root", .name = name};
    db::Batch batch(database_);
    EXPECT_TRUE(succeeded(batch.catalog().create(full, history, 0)));
    EXPECT_TRUE(succeeded(batch.commit()));
    auto opened = db::Table::open(database_, full);
    EXPECT_TRUE(succeeded(opened));
    return *std::move(opened);
  }
  TransactionPtr begin(Isolation isolation = Isolation::kSerializable) {
    auto begun = db::Transaction::begin(database_, isolation);
    EXPECT_TRUE(succeeded(begun));
    return *std::move(begun);
  }
  static void put(const TransactionPtr& transaction, const db::Table& table, const std::string& key,
                  const std::string& row) {
    EXPECT_TRUE(
        succeeded(transaction->batch()->rows().put(table.id(), as_bytes(key), as_bytes(row), 0)));
  }
  static void erase(const TransactionPtr& transaction, const db::Table& table,
                    const std::string& key) {
    EXPECT_TRUE(succeeded(transaction->batch()->rows().erase(table.id(), as_bytes(key), 0)));
  }
  static void erase_range(const TransactionPtr& transaction, const db::Table& table,
                          const std::string& low, const std::string& high) {
    const ByteView end = as_bytes(high);
    EXPECT_TRUE(
        succeeded(transaction->batch()->rows().erase_range(table.id(), as_bytes(low), &end, 0)));
  }
  // What others do meanwhile: a commit of its own.
  void put(const db::Table& table, const std::string& key, const std::string& row) {
    const auto other = begin(Isolation::kSnapshot);
    put(other, table, key, row);
    EXPECT_TRUE(succeeded(other->commit()));
  }
  void erase(const db::Table& table, const std::string& key) {
    const auto other = begin(Isolation::kSnapshot);
    erase(other, table, key);
    EXPECT_TRUE(succeeded(other->commit()));
  }
  // "-": it is not there.
  static std::string get(const TransactionPtr& transaction, const db::Table& table,
                         const std::string& key) {
    std::string found = "-";
    const Status got =
        transaction->get(table, as_bytes(key), [&](const auto& view, const auto& row) -> Status {
          found.resize(row.size());
          return tables::read_row(view, row, 0,
                                  ByteSpan(reinterpret_cast<uint8_t*>(found.data()), found.size()));
        });
    if (!got && got.error().code() != Code::kNotFound) found = got.error().message();
    return found;
  }
  // "a=1 b=2"; at most so many rows.
  static std::string scan(const TransactionPtr& transaction, const db::Table& table,
                          const tables::RowRange& range = {}, uint64_t most = UINT64_MAX) {
    const auto scan = transaction->scan(table, range);
    EXPECT_TRUE(succeeded(scan));
    return scan ? rest_of(**scan, most) : "";
  }
  static std::string rest_of(db::TableScan& scan, uint64_t most = UINT64_MAX) {
    std::string found;
    for (uint64_t i = 0; i < most; ++i) {
      const auto row = scan.next();
      EXPECT_TRUE(succeeded(row));
      if (!row || *row == nullptr) break;
      std::string value((*row)->size(), ' ');
      EXPECT_TRUE(succeeded(
          scan.read(0, ByteSpan(reinterpret_cast<uint8_t*>(value.data()), value.size()))));
      found += cat(found.empty() ? "" : " ", as_text((*row)->key), "=", value);
    }
    return found;
  }
  static tables::RowRange range(const std::string& low, const std::string& high,
                                bool descending = false) {
    tables::RowRange made = {.low = {low.begin(), low.end()}, .descending = descending};
    made.high.emplace(high.begin(), high.end());
    return made;
  }

  World world_;
  DatabasePtr database_;
};

TEST_F(Transactions, ReadWhatTheyHaveWritten) {
  const auto letters = table("letters");
  put(*letters, "a", "1");
  put(*letters, "b", "2");
  put(*letters, "d", "4");
  ASSERT_TRUE(succeeded(database_->checkpoint()));
  put(*letters, "e", "5");
  const auto own = begin();
  put(own, *letters, "b", "two");
  put(own, *letters, "c", "three");
  erase(own, *letters, "d");
  EXPECT_EQ(get(own, *letters, "b"), "two");
  EXPECT_EQ(get(own, *letters, "d"), "-");
  EXPECT_EQ(scan(own, *letters), "a=1 b=two c=three e=5");
  EXPECT_EQ(scan(own, *letters, range("b", "e", /*descending=*/true)), "c=three b=two");
  erase_range(own, *letters, "b", "e");
  EXPECT_EQ(scan(own, *letters), "a=1 e=5");
  put(own, *letters, "d", "four");
  EXPECT_EQ(scan(own, *letters), "a=1 d=four e=5") << "what comes behind the deletion stays";
  EXPECT_EQ(get(begin(), *letters, "b"), "2") << "nobody else sees it";
  ASSERT_TRUE(succeeded(own->commit()));
  EXPECT_EQ(scan(begin(), *letters), "a=1 d=four e=5");
}

TEST_F(Transactions, ReadAsOfTheirBeginning) {
  for (const History history : {History::kNone, History::kAll}) {
    const auto letters = table(cat("letters ", static_cast<int>(history)), history);
    put(*letters, "a", "1");
    const auto reader = begin();
    put(*letters, "a", "2");
    put(*letters, "b", "2");
    ASSERT_TRUE(succeeded(database_->checkpoint()));
    erase(*letters, "a");
    EXPECT_EQ(get(reader, *letters, "a"), "1");
    EXPECT_EQ(get(reader, *letters, "b"), "-");
    EXPECT_EQ(scan(reader, *letters), "a=1");
    EXPECT_TRUE(succeeded(reader->commit())) << "who only reads always commits";
    EXPECT_TRUE(reader->is_over());
  }
}

TEST_F(Transactions, AScanSeesTheBatchAsItWasWhenItBegan) {
  const auto letters = table("letters");
  put(*letters, "a", "1");
  const auto own = begin();
  put(own, *letters, "b", "2");
  const auto scan = own->scan(*letters, {});
  ASSERT_TRUE(succeeded(scan));
  put(own, *letters, "b", "two");
  put(own, *letters, "c", "3");
  erase(own, *letters, "a");
  EXPECT_EQ(rest_of(**scan), "a=1 b=2");
  EXPECT_EQ(this->scan(own, *letters), "b=two c=3");
}

TEST_F(Transactions, AnUpdateIsNotLost) {
  const auto accounts = table("accounts");
  put(*accounts, "alice", "100");
  for (const Isolation isolation : {Isolation::kSerializable, Isolation::kSnapshot}) {
    for (const bool checkpoint : {false, true}) {
      const auto first = begin(isolation);
      const auto second = begin(isolation);
      EXPECT_EQ(get(first, *accounts, "alice"), get(second, *accounts, "alice"));
      put(first, *accounts, "alice", "150");
      put(second, *accounts, "alice", "170");
      ASSERT_TRUE(succeeded(first->commit()));
      if (checkpoint) {
        ASSERT_TRUE(succeeded(database_->checkpoint()));
      }
      EXPECT_TRUE(
          failed(second->commit(), Code::kConflict, "\"root\".\"accounts\", row \"alice\""));
      EXPECT_TRUE(failed(second->commit(), Code::kConflict)) << "and it stays so";
    }
  }
}

TEST_F(Transactions, WriteSkewIsAConflictOfSerializableOnesOnly) {
  const auto on_call = table("on call");
  for (const Isolation isolation : {Isolation::kSerializable, Isolation::kSnapshot}) {
    put(*on_call, "alice", "yes");
    put(*on_call, "bob", "yes");
    const auto first = begin(isolation);
    const auto second = begin(isolation);
    for (const auto& transaction : {&first, &second}) {
      EXPECT_EQ(get(*transaction, *on_call, "alice"), "yes");
      EXPECT_EQ(get(*transaction, *on_call, "bob"), "yes");
    }
    erase(first, *on_call, "alice");
    erase(second, *on_call, "bob");
    ASSERT_TRUE(succeeded(first->commit()));
    if (isolation == Isolation::kSerializable) {
      EXPECT_TRUE(failed(second->commit(), Code::kConflict, "\"alice\" is not there"));
    } else {
      EXPECT_TRUE(succeeded(second->commit()));
    }
  }
}

TEST_F(Transactions, ARowThatWasNotThereIsReadToo) {
  const auto seats = table("seats");
  const auto second = begin();
  EXPECT_EQ(get(second, *seats, "12A"), "-");
  put(second, *seats, "12B", "bob");
  put(*seats, "12A", "alice");
  EXPECT_TRUE(failed(second->commit(), Code::kConflict, "\"12A\" is there"));
}

TEST_F(Transactions, ARowOfAScannedRangeComesOrGoes) {
  for (const History history : {History::kNone, History::kAll}) {
    for (const bool checkpoint : {false, true}) {
      const auto rows =
          table(cat("rows ", static_cast<int>(history), checkpoint ? " in trees" : ""), history);
      put(*rows, "b", "1");
      put(*rows, "d", "1");
      const auto phantom = begin();
      const auto gone = begin();
      const auto untouched = begin();
      EXPECT_EQ(scan(phantom, *rows, range("a", "d")), "b=1");
      EXPECT_EQ(scan(gone, *rows, range("d", "e")), "d=1");
      EXPECT_EQ(scan(untouched, *rows, range("x", "y")), "");
      for (const auto& transaction : {&phantom, &gone, &untouched}) {
        put(*transaction, *rows, "z", "1");
      }
      put(*rows, "c", "1");
      erase(*rows, "d");
      if (checkpoint) {
        ASSERT_TRUE(succeeded(database_->checkpoint()));
      }
      EXPECT_TRUE(failed(phantom->commit(), Code::kConflict, "a row of the range was changed"));
      EXPECT_TRUE(failed(gone->commit(), Code::kConflict, "a row of the range was"));
      EXPECT_TRUE(succeeded(untouched->commit()));
    }
  }
}

TEST_F(Transactions, OfAScanThatEndsEarlyWhatItHasGoneThroughIsRead) {
  const auto queue = table("queue");
  for (const std::string key : {"1", "2", "3"}) put(*queue, key, "job");
  const auto first = begin();
  EXPECT_EQ(scan(first, *queue, {}, /*most=*/1), "1=job");
  erase(first, *queue, "1");
  const auto last = begin();
  EXPECT_EQ(scan(last, *queue, {.descending = true}, /*most=*/1), "3=job");
  erase(last, *queue, "3");
  put(*queue, "2", "changed");
  EXPECT_TRUE(succeeded(first->commit()));
  EXPECT_TRUE(succeeded(last->commit()));
  const auto late = begin();
  EXPECT_EQ(scan(late, *queue, {}, /*most=*/1), "2=changed");
  erase(late, *queue, "2");
  put(*queue, "1", "first of all");
  EXPECT_TRUE(failed(late->commit(), Code::kConflict));
}

TEST_F(Transactions, ADeletedRangeIsWritten) {
  const auto rows = table("rows");
  put(*rows, "b", "1");
  for (const bool checkpoint : {false, true}) {
    const auto wipes = begin(Isolation::kSnapshot);
    erase_range(wipes, *rows, "a", "m");
    put(*rows, "c", "1");
    if (checkpoint) {
      ASSERT_TRUE(succeeded(database_->checkpoint()));
    }
    EXPECT_TRUE(failed(wipes->commit(), Code::kConflict, "range"));
    const auto other = begin(Isolation::kSnapshot);
    erase_range(other, *rows, "a", "m");
    put(*rows, "n", "1");
    EXPECT_TRUE(succeeded(other->commit()));
  }
}

TEST_F(Transactions, ReadsOfEventsAreGuardsWhenSerializable) {
  const auto rows = table("rows");
  for (const Isolation isolation : {Isolation::kSerializable, Isolation::kSnapshot}) {
    const auto transaction = begin(isolation);
    const auto reader = transaction->read(test::query_of_tag("seat"), {});
    ASSERT_TRUE(succeeded(reader));
    put(transaction, *rows, "a", "1");
    ASSERT_TRUE(succeeded(test::commit(database_, {.events = {test::tagged("other")}})));
    ASSERT_TRUE(succeeded(test::commit(database_, {.events = {test::tagged("seat")}})));
    const auto committed = transaction->commit();
    if (isolation == Isolation::kSerializable) {
      EXPECT_TRUE(failed(committed, Code::kConflict, "guard 0"));
    } else {
      EXPECT_TRUE(succeeded(committed));
    }
  }
}

TEST_F(Transactions, RowsAndEventsAreOneCommit) {
  const auto rows = table("rows");
  const auto transaction = begin();
  const test::Draft draft = test::tagged("a");
  events::NewEvent event = draft.event();
  ASSERT_TRUE(succeeded(transaction->batch()->add_event(event)));
  put(transaction, *rows, "a", "1");
  const auto committed = transaction->commit();
  ASSERT_TRUE(succeeded(committed));
  EXPECT_EQ(committed->event_count, 1U);
  EXPECT_EQ(test::read(database_).size(), 1U);
  EXPECT_EQ(get(begin(), *rows, "a"), "1");
}

TEST_F(Transactions, OneThatWasRepeatedFindsItsOwnCommit) {
  const auto rows = table("rows");
  for (int i = 0; i < 2; ++i) {
    const auto transaction = begin();
    if (i == 0) {
      EXPECT_EQ(get(transaction, *rows, "a"), "-");
    }
    ASSERT_TRUE(succeeded(transaction->batch()->set_key("command 1")));
    put(transaction, *rows, "a", "1");
    const auto committed = transaction->commit();
    ASSERT_TRUE(succeeded(committed));
    EXPECT_EQ(committed->repeated, i == 1);
  }
}

TEST_F(Transactions, NothingIsReadBehindTheEnd) {
  const auto rows = table("rows");
  put(*rows, "a", "1");
  const auto transaction = begin();
  put(transaction, *rows, "b", "2");
  const auto scan = transaction->scan(*rows, {});
  ASSERT_TRUE(succeeded(scan));
  ASSERT_TRUE(succeeded((*scan)->next()));
  ASSERT_TRUE(succeeded(transaction->commit()));
  EXPECT_TRUE(failed((*scan)->next(), Code::kInvalid, "over"));
  EXPECT_TRUE(failed(transaction->scan(*rows, {}), Code::kInvalid, "over"));
  EXPECT_TRUE(failed(transaction->commit(), Code::kInvalid, "over"));
}

TEST_F(Transactions, OnesThatRestForTooLongAreTold) {
  database_.reset();
  open(/*reader_age_us=*/1000);
  const auto rows = table("rows");
  put(*rows, "a", "1");
  const auto transaction = begin();
  put(transaction, *rows, "b", "2");
  const auto scan = transaction->scan(*rows, {});
  ASSERT_TRUE(succeeded(scan));
  put(*rows, "a", "2");
  world_.clock.set_steady(world_.clock.steady_us() + 5000);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(succeeded(database_->checkpoint()));
  EXPECT_TRUE(failed(transaction->scan(*rows, {}), Code::kTooOld, "the transaction"));
  EXPECT_EQ(get(transaction, *rows, "a").substr(0, 15), "the transaction");
  EXPECT_TRUE(failed((*scan)->next(), Code::kTooOld));
  EXPECT_TRUE(failed(transaction->commit(), Code::kTooOld));
  EXPECT_TRUE(failed(transaction->commit(), Code::kTooOld)) << "for good";
}

TEST_F(Transactions, TablesThatComeOrGoMeanwhile) {
  const auto gone = table("gone");
  put(*gone, "a", "1");
  const auto transaction = begin();
  EXPECT_EQ(get(transaction, *gone, "a"), "1");
  const auto fresh = table("fresh");
  EXPECT_NE(get(transaction, *fresh, "a"), "");
  EXPECT_TRUE(failed(transaction->scan(*fresh, {}), Code::kNotFound, "is not there in commit"));
  put(transaction, *fresh, "a", "blind");
  db::Batch batch(database_);
  ASSERT_TRUE(succeeded(batch.catalog().drop(gone->id())));
  ASSERT_TRUE(succeeded(batch.commit()));
  EXPECT_EQ(get(transaction, *gone, "a"), "1") << "as of its beginning";
  EXPECT_TRUE(failed(transaction->commit(), Code::kNotFound));
  const auto blind = begin();
  put(blind, *fresh, "a", "blind");
  EXPECT_TRUE(succeeded(blind->commit()));
}

TEST_F(Transactions, ARangeOverAHistoryThatWasVacuumedIsTooOldAndNotUnchanged) {
  const auto rows = [&] {
    const tables::TableName name = {.schema = "root", .name = "short"};
    db::Batch batch(database_);
    EXPECT_TRUE(succeeded(batch.catalog().create(name, History::kCommits, 1)));
    EXPECT_TRUE(succeeded(batch.commit()));
    return *db::Table::open(database_, name);
  }();
  put(*rows, "a", "1");
  const uint64_t since = database_->snapshot().tsn;
  const auto held = begin();
  EXPECT_EQ(scan(held, *rows), "a=1");
  put(held, *rows, "z", "1");
  erase(*rows, "a");
  const auto other = table("other");
  for (int i = 0; i < 5; ++i) {
    put(*other, "x", cat(i));
    ASSERT_TRUE(succeeded(database_->checkpoint()));
  }
  db::Batch batch(database_);
  ASSERT_TRUE(succeeded(batch.add_range_guard(rows->info(), {}, since)));
  ASSERT_TRUE(succeeded(batch.rows().put(rows->id(), as_bytes("b"), as_bytes("1"), 0)));
  EXPECT_TRUE(failed(batch.commit(), Code::kTooOld));
  EXPECT_TRUE(failed(held->commit(), Code::kConflict, "was deleted")) << "the view knows it";
}

}  // namespace
}  // namespace stele
