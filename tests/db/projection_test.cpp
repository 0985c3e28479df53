// Projections apply each event once: with two instances at work, killed at any write, in batches of
// any size, and rebuilt beside the old one.
#include "db/projection.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "db/projection_list.h"
#include "support/databases.h"
#include "support/scale.h"

namespace stele {
namespace {

using db::Projection;
using db::Table;
using tables::History;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::World;

using Rows = std::map<std::string, std::string>;

const tables::TableName kName = {.schema = "root", .name = "counts"};

// One instance: counts the events of each entity, with what the row was before, so that an event
// that is applied twice, or not at all, shows.
class Counter {
 public:
  static Result<std::unique_ptr<Counter>> open(const DatabasePtr& database, bool rebuilds = false) {
    auto projection = Projection::open(database, "counts", {}, rebuilds);
    if (!projection) return fail(projection.error());
    auto table = (*projection)->table(kName, History::kAll);
    if (!table) return fail(table.error());
    return std::unique_ptr<Counter>(new Counter(*std::move(projection), *std::move(table)));
  }

  // Takes at most so many events. Returns how many there were.
  Result<size_t> take(size_t most) {
    for (size_t count = 0; count < most; ++count) {
      const auto record = projection_->events().peek();
      if (!record) return fail(record.error());
      if (!*record) return count;
      const std::string entity((*record)->entity());
      const uint64_t position = (*record)->position();
      projection_->events().advance();
      if (!counts_.contains(entity)) {
        const auto found = stored(entity);
        if (!found) return fail(found.error());
        counts_[entity] = *found;
      }
      const std::string row = cat(++counts_[entity]);
      STELE_TRY(projection_->put(*table_, as_bytes(entity), as_bytes(row), position));
    }
    return most;
  }
  Status commit() {
    Status committed = projection_->commit();
    counts_.clear();  // Somebody else may be next.
    return committed;
  }
  [[nodiscard]] Projection& projection() { return *projection_; }
  [[nodiscard]] Table& table() { return *table_; }

 private:
  Counter(std::unique_ptr<Projection> projection, std::unique_ptr<Table> table)
      : projection_(std::move(projection)), table_(std::move(table)) {}

  Result<uint64_t> stored(const std::string& entity) {
    uint64_t count = 0;
    const auto got = table_->get(as_bytes(entity), {},
                                 [&](const engine::View&, const tables::Row& row) -> Status {
                                   count = std::stoull(std::string(as_text(row.version.row)));
                                   return {};
                                 });
    if (!got && got.error().code() != Code::kNotFound) return fail(got.error());
    return count;
  }

  std::unique_ptr<Projection> projection_;
  std::unique_ptr<Table> table_;
  std::map<std::string, uint64_t> counts_;
};

class ProjectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.files.skip_syncs();
    database_ = world_.open();
  }

  void append(uint64_t count) {
    while (count > 0) {
      test::Attempt attempt;
      for (uint64_t i = std::min<uint64_t>(count, 5); i > 0; --i, --count) {
        entities_.push_back(cat("e:", (entities_.size() * 7) % 5));
        attempt.events.push_back({.entity = entities_.back()});
      }
      ASSERT_TRUE(succeeded(commit(database_, attempt)));
    }
  }
  // What the events up to a position make of the rows.
  [[nodiscard]] Rows expected(uint64_t position) const {
    std::map<std::string, uint64_t> counts;
    for (uint64_t i = 0; i < position; ++i) ++counts[entities_[i]];
    Rows rows;
    for (const auto& [entity, count] : counts) rows[entity] = cat(count);
    return rows;
  }
  static Rows rows_of(const Table& table, const db::AsOf& as_of = {}) {
    Rows rows;
    auto scan = db::TableScan::start(table, {}, as_of);
    EXPECT_TRUE(succeeded(scan));
    if (!scan) return rows;
    for (;;) {
      const auto row = (*scan)->next();
      EXPECT_TRUE(succeeded(row));
      if (!row || *row == nullptr) return rows;
      rows[std::string(as_text((*row)->key))] = as_text((*row)->version.row);
    }
  }
  static db::AsOf at(uint64_t position) {
    return {.kind = db::AsOf::Kind::kPosition, .at = static_cast<int64_t>(position)};
  }
  std::unique_ptr<Counter> counter(bool rebuilds = false) {
    auto opened = Counter::open(database_, rebuilds);
    EXPECT_TRUE(succeeded(opened));
    return opened ? *std::move(opened) : nullptr;
  }
  static void run_to_end(Counter& counter, size_t batch) {
    for (;;) {
      const auto taken = counter.take(batch);
      ASSERT_TRUE(succeeded(taken));
      if (*taken == 0) return;
      ASSERT_TRUE(succeeded(counter.commit()));
    }
  }

  World world_;
  DatabasePtr database_;
  std::vector<std::string> entities_;
};

TEST_F(ProjectionTest, ThePastIsTheSameWhateverCameInWhichCommit) {
  append(60);
  for (const size_t batch : {1, 7, 1000}) {
    SCOPED_TRACE(batch);
    const auto rebuilt = counter(/*rebuilds=*/true);
    run_to_end(*rebuilt, batch);
    ASSERT_TRUE(succeeded(rebuilt->projection().switch_over()));
    ASSERT_TRUE(succeeded(database_->checkpoint()));
    const auto table = Table::open(database_, kName);
    ASSERT_TRUE(succeeded(table));
    for (uint64_t position = 0; position <= entities_.size(); ++position) {
      ASSERT_EQ(rows_of(**table, at(position)), expected(position)) << "as of " << position;
    }
    append(10);
    run_to_end(*counter(), batch);
    const auto again = Table::open(database_, kName);
    ASSERT_TRUE(succeeded(again));
    ASSERT_EQ(rows_of(**again), expected(entities_.size()));
  }
  EXPECT_TRUE(succeeded(test::verify(database_)));
}

TEST_F(ProjectionTest, OfTwoInstancesOneCommits) {
  append(40);
  const auto one = counter();
  const auto other = counter();
  uint64_t conflicts = 0;
  for (size_t round = 0; round < 200; ++round) {
    Counter& turn = round % 3 == 0 ? *other : *one;
    const auto taken = turn.take(1 + round % 4);
    ASSERT_TRUE(succeeded(taken));
    if (round % 5 == 0) continue;  // It keeps what it has for a while.
    const Status committed = turn.commit();
    if (committed) continue;
    ASSERT_TRUE(failed(committed, Code::kConflict));
    ++conflicts;
  }
  EXPECT_GT(conflicts, 3U);
  (void)one->commit();
  (void)other->commit();
  run_to_end(*one, 10);
  EXPECT_EQ(rows_of(one->table()), expected(40));
  EXPECT_TRUE(succeeded(test::verify(database_)));
}

// Two instances at work; the process ends at each write of a file in turn, and others go on.
TEST_F(ProjectionTest, AProjectionThatIsKilledGoesOnWhereItsTablesAre) {
  append(30);
  ASSERT_TRUE(succeeded(database_->checkpoint()));
  uint64_t kills = 0;
  for (uint64_t nth = 1; nth <= 40 && !HasFailure(); ++nth) {
    SCOPED_TRACE(nth);
    append(12);
    world_.files.fail(nth, test::FaultFiles::is_change, /*for_ever=*/true);
    const auto one = Counter::open(database_);
    const auto other = Counter::open(database_);
    bool is_alive = one.has_value() && other.has_value();
    for (size_t step = 0; step < 12 && is_alive; ++step) {
      Counter& turn = step % 3 == 1 ? **other : **one;
      is_alive = turn.take(1 + step % 3).has_value();
      if (step % 4 == 3 && is_alive) is_alive = database_->checkpoint().has_value();
      if (!is_alive || step % 2 == 0) continue;
      const Status committed = turn.commit();
      is_alive = committed || committed.error().code() == Code::kConflict;
    }
    kills += is_alive ? 0 : 1;
    database_->close();
    database_.reset();
    world_.files.let_all_pass();
    database_ = world_.open();
    ASSERT_NE(database_, nullptr);
    const auto counted = counter();
    const auto lag = counted->projection().lag();
    ASSERT_TRUE(succeeded(lag));
    ASSERT_EQ(rows_of(counted->table()), expected(lag->applied)) << "rows and progress are one";
    if (nth % 3 == 0) run_to_end(*counted, 4);
  }
  EXPECT_GT(kills, 10U);
  run_to_end(*counter(), 9);
  EXPECT_EQ(rows_of(counter()->table()), expected(entities_.size()));
  EXPECT_TRUE(succeeded(test::verify(database_)));
}

TEST_F(ProjectionTest, APositionThatItHasNotComeToIsNotYetThere) {
  append(10);
  const auto counted = counter();
  ASSERT_TRUE(succeeded(counted->take(4)));
  ASSERT_TRUE(succeeded(counted->commit()));
  EXPECT_EQ(rows_of(counted->table(), at(4)), expected(4));
  EXPECT_TRUE(failed(db::TableScan::start(counted->table(), {}, at(5)), Code::kNotYet, "counts"));
  const auto passed = std::chrono::steady_clock::now();
  EXPECT_TRUE(succeeded(db::wait_applied(*database_, "counts", 4, passed)));
  EXPECT_TRUE(failed(db::wait_applied(*database_, "counts", 5, passed), Code::kTimeout, "4"));
  const auto lag = counted->projection().lag();
  ASSERT_TRUE(succeeded(lag));
  EXPECT_EQ(lag->applied, 4U);
  EXPECT_EQ(lag->head, 10U);
}

TEST_F(ProjectionTest, RowsFollowFromEventsThatWereHandedOut) {
  append(10);
  const auto counted = counter();
  ASSERT_TRUE(succeeded(counted->take(3)));
  const ByteView key = as_bytes("e:1");
  Projection& projection = counted->projection();
  EXPECT_TRUE(failed(projection.put(counted->table(), key, key, 4), Code::kInvalid, "handed out"));
  EXPECT_TRUE(failed(projection.put(counted->table(), key, key, 0), Code::kInvalid));
  EXPECT_TRUE(failed(projection.put(counted->table(), key, key, 2), Code::kInvalid, "descend"));
  EXPECT_TRUE(succeeded(projection.put(counted->table(), key, key, 3)));
  auto foreign = Projection::open(database_, "other", {}, false);
  ASSERT_TRUE(succeeded(foreign));
  EXPECT_TRUE(failed((*foreign)->put(counted->table(), key, key, 1), Code::kInvalid, "not one of"));
  EXPECT_TRUE(failed((*foreign)->table(kName, History::kNone), Code::kExists, "counts"));
}

TEST_F(ProjectionTest, ARebuildTakesOverWhenItHasComeAsFar) {
  append(20);
  const auto old = counter();
  run_to_end(*old, 5);
  const auto rebuilt = counter(/*rebuilds=*/true);
  ASSERT_TRUE(succeeded(rebuilt->take(5)));
  EXPECT_TRUE(failed(rebuilt->projection().switch_over(), Code::kNotYet, "5"));
  // Another instance goes on with the same rebuild; the old one is still read.
  EXPECT_EQ(rows_of(old->table()), expected(20));
  const auto second = counter(/*rebuilds=*/true);
  EXPECT_EQ(rows_of(second->table()), expected(5));
  run_to_end(*second, 3);
  append(5);
  ASSERT_TRUE(succeeded(old->take(2)));
  ASSERT_TRUE(succeeded(second->projection().switch_over()));
  EXPECT_TRUE(failed(old->commit(), Code::kNotFound)) << "its table is gone";
  const auto now = counter();
  run_to_end(*now, 100);
  EXPECT_EQ(rows_of(now->table()), expected(25));
  EXPECT_TRUE(failed(second->projection().switch_over(), Code::kInvalid));
  EXPECT_FALSE(rebuilt->take(1).has_value() && rebuilt->commit().has_value());
  tables::TableName name;
  uint64_t tables = 0;
  for (;; ++tables) {
    const auto next = db::next_table(*database_, name);
    if (!next) break;
    name = next->name;
  }
  EXPECT_EQ(tables, 1U);
  ASSERT_TRUE(succeeded(database_->checkpoint()));
  EXPECT_TRUE(succeeded(test::verify(database_)));
}

// Where the newest commit has brought it counts, although nobody has made that durable yet.
// Its events are its successor's, whether they put rows or not.
TEST_F(ProjectionTest, AnInstanceThatWasReplacedIsToldAlsoWithoutRows) {
  append(10);
  const auto old = counter();
  run_to_end(*old, 10);
  const auto rebuilt = counter(/*rebuilds=*/true);
  run_to_end(*rebuilt, 10);
  ASSERT_TRUE(succeeded(rebuilt->projection().switch_over()));
  append(1);
  while (*old->projection().events().peek()) old->projection().events().advance();
  EXPECT_TRUE(failed(old->projection().commit(), Code::kNotFound));
  const auto next = counter();
  run_to_end(*next, 10);
  EXPECT_EQ(rows_of(next->table()), expected(entities_.size()));

  ASSERT_TRUE(succeeded(db::drop_projection(database_, "counts")));
  append(1);
  for (int i = 0; i < 3; ++i) {
    while (*next->projection().events().peek()) next->projection().events().advance();
    const Status committed = next->projection().commit();
    EXPECT_FALSE(committed) << "try " << i;
  }
  const auto anew = counter();
  run_to_end(*anew, 10);
  EXPECT_EQ(rows_of(anew->table()), expected(entities_.size()));
}

// Who has waited until an event is applied reads what follows from it, and never less.
TEST_F(ProjectionTest, WhatIsAppliedIsReadBesideTheProjection) {
  append(test::scaled(400));
  const auto counted = counter();
  const auto table = Table::open(database_, kName);
  ASSERT_TRUE(succeeded(table));
  std::atomic<bool> failed = false;
  std::vector<std::thread> readers;
  for (const bool waits : {true, false}) {
    readers.emplace_back([&, waits] {
      for (uint64_t position = 1; position <= entities_.size() && !failed; ++position) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        if (waits && !db::wait_applied(*database_, "counts", position, deadline)) failed = true;
        const std::string& entity = entities_[position - 1];
        std::string found;
        Status got = fail(Code::kNotYet, "not asked");
        while (!got && got.error().code() == Code::kNotYet) {
          got = (*table)->get(as_bytes(entity), at(position),
                              [&](const engine::View&, const tables::Row& row) -> Status {
                                found = as_text(row.version.row);
                                return {};
                              });
        }
        const Rows rows = expected(position);
        if (!got || found != rows.at(entity)) failed = true;
        if (failed) ADD_FAILURE() << "at " << position << ": " << found;
      }
    });
  }
  run_to_end(*counted, 1);
  for (std::thread& reader : readers) reader.join();
}

TEST_F(ProjectionTest, AnInstanceGoesOnBehindACommitThatIsNotDurableYet) {
  database_->close();
  db::OpenOptions weak = World::small();
  weak.pipeline.durability = engine::Durability::kOs;
  database_ = world_.open(weak);
  append(10);
  ASSERT_TRUE(succeeded(database_->sync()));
  const auto one = counter();
  const auto other = counter();
  ASSERT_TRUE(succeeded(one->take(4)));
  ASSERT_TRUE(succeeded(one->commit()));
  ASSERT_TRUE(succeeded(other->take(2)));
  ASSERT_TRUE(failed(other->commit(), Code::kConflict));
  ASSERT_TRUE(succeeded(other->take(3)));
  ASSERT_TRUE(succeeded(other->commit()));
  const auto third = counter();
  const auto lag = third->projection().lag();
  ASSERT_TRUE(succeeded(lag));
  EXPECT_EQ(lag->applied, 7U);
  run_to_end(*third, 2);
  EXPECT_EQ(rows_of(third->table()), expected(10));
}

// Names that end so are those of rebuilds: nobody else can have them.
TEST_F(ProjectionTest, TheNamesOfRebuildsAreNobodyElses) {
  append(5);
  EXPECT_TRUE(failed(Projection::open(database_, "counts~1", {}, false), Code::kInvalid, "~"));
  EXPECT_TRUE(failed(Projection::open(database_, "counts~1", {}, true), Code::kInvalid, "~"));
  EXPECT_TRUE(succeeded(Projection::open(database_, "counts~", {}, false)));
  EXPECT_TRUE(succeeded(Projection::open(database_, "counts~01", {}, false)));
  EXPECT_TRUE(succeeded(Projection::open(database_, "co~1unts", {}, false)));
  const tables::TableName taken = {.schema = "root", .name = "counts~1"};
  db::Batch batch(database_);
  EXPECT_TRUE(failed(batch.catalog().create(taken, History::kNone, 0), Code::kInvalid, "rebuilt"));
  const auto old = counter();
  EXPECT_TRUE(failed(batch.catalog().rename(old->table().id(), taken), Code::kInvalid, "rebuilt"));
  EXPECT_TRUE(failed(old->projection().table(taken, History::kNone), Code::kInvalid, "rebuilt"));
  // One that is moved away is still the rebuild's, and keeps the name that it was given.
  const auto rebuilt = counter(/*rebuilds=*/true);
  run_to_end(*rebuilt, 5);
  const tables::TableName moved = {.schema = "root", .name = "moved"};
  ASSERT_TRUE(succeeded(batch.catalog().rename(rebuilt->table().id(), moved)));
  ASSERT_TRUE(succeeded(batch.commit()));
  ASSERT_TRUE(succeeded(rebuilt->projection().switch_over()));
  const auto table = Table::open(database_, moved);
  ASSERT_TRUE(succeeded(table));
  EXPECT_EQ((*table)->info().owner, "counts");
  EXPECT_EQ(rows_of(**table), expected(5));
}

// Who has opened the table of a rebuild keeps the handle behind the switch.
TEST_F(ProjectionTest, ATableThatWasTakenOverIsReadAsFarAsItsProjectionStands) {
  append(10);
  run_to_end(*counter(), 10);
  const auto rebuilt = counter(/*rebuilds=*/true);
  run_to_end(*rebuilt, 10);
  ASSERT_TRUE(succeeded(rebuilt->projection().switch_over()));
  append(5);
  EXPECT_EQ(rows_of(rebuilt->table(), at(10)), expected(10));
  EXPECT_TRUE(failed(db::TableScan::start(rebuilt->table(), {}, at(11)), Code::kNotYet, "10"));
}

}  // namespace
}  // namespace stele
