// Projections of stele.hpp: events in, rows out, two instances, rebuilds.
#include <gtest/gtest.h>

#include <stele/stele.hpp>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace {

using namespace std::chrono_literals;
using stele::AsOf;
using stele::Database;
using stele::Projection;
using stele::Table;

static_assert(std::is_nothrow_move_constructible_v<Projection> &&
              !std::is_copy_constructible_v<Projection>);

// A database with three events. Every test ends without an open handle.
struct HppProjection : ::testing::Test {
  void SetUp() override { ASSERT_TRUE(db.append({{.type = "A"}, {.type = "B"}, {.type = "A"}})); }
  void TearDown() override {
    db.close();
    EXPECT_EQ(stele_live_handles(), 0U);
  }

  static Table table_of(const Projection& projection) {
    std::optional<Table> table = projection.table("t", {.history = STELE_HISTORY_ALL});
    EXPECT_TRUE(table);
    return table ? *std::move(table) : Table();
  }
  // Puts a row for each event that is there: its type, with `mark` and its position.
  static std::uint64_t work(Projection& projection, const Table& table, const std::string& mark) {
    std::uint64_t last = 0;
    while (std::optional<stele::Event> event = projection.next(stele::kNoWait)) {
      last = event->position();
      projection.put(table, event->type(), mark + std::to_string(last), last);
    }
    return last;
  }
  static std::string rows(const Table& table, const AsOf& as_of = {}) {
    std::string all;
    for (const stele::Row& row : table.scan({.as_of = as_of})) {
      all.append(row.key.text()).append("=").append(row.value.text()).append(" ");
    }
    return all;
  }

  Database db = Database::memory({.test_time = 1000, .test_seed = 1});
};

template <typename Call>
stele::Status status_of(const Call& call) {
  try {
    call();
  } catch (const stele::Error& error) {
    return error.status();
  }
  return STELE_OK;
}

TEST_F(HppProjection, EachEventIsInItsTablesOnce) {
  Projection projection = db.projection("p");
  const Table table = table_of(projection);
  stele::Status why = STELE_OK;
  EXPECT_FALSE(table.get("A", AsOf::position(1), &why));
  EXPECT_EQ(why, STELE_NOT_YET);
  EXPECT_EQ(projection.describe().applied, 0U);
  EXPECT_EQ(projection.describe().head, 3U);
  EXPECT_EQ(work(projection, table, ""), 3U);
  EXPECT_TRUE(projection.caught_up());
  EXPECT_EQ(projection.through(), 3U);
  EXPECT_EQ(projection.head(), 3U);
  EXPECT_EQ(rows(table), "");
  EXPECT_EQ(projection.commit(), STELE_OK);
  EXPECT_EQ(rows(table), "A=3 B=2 ");
  EXPECT_EQ(rows(table, AsOf::position(1)), "A=1 ");
  EXPECT_FALSE(table.get("A", AsOf::position(4), &why));
  EXPECT_EQ(why, STELE_NOT_YET);
  EXPECT_EQ(projection.describe().applied, 3U);
  EXPECT_EQ(projection.describe().lag, 0us);
  EXPECT_EQ(status_of([&] { projection.put(table, "k", "", 3); }), STELE_INVALID);
  ASSERT_TRUE(db.append({{.type = "C"}, {.type = "D"}}));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(projection.next(stele::kNoWait));
  projection.delete_row(table, "A", 4).delete_range(table, "B", {}, 5);
  EXPECT_EQ(projection.commit(), STELE_OK);
  EXPECT_EQ(rows(table), "");
  EXPECT_EQ(rows(table, AsOf::position(4)), "B=2 ");
}

TEST_F(HppProjection, OfTwoInstancesOneConflictsAndGoesOn) {
  Projection one = db.projection("p");
  Projection two = db.projection("p");
  const Table first = table_of(one);
  const Table second = table_of(two);
  work(one, first, "one");
  work(two, second, "two");
  EXPECT_EQ(one.commit(), STELE_OK);
  EXPECT_EQ(two.commit(), STELE_CONFLICT);
  ASSERT_TRUE(db.append({.type = "A"}));
  EXPECT_EQ(work(two, second, "two"), 4U);
  EXPECT_EQ(two.commit(), STELE_OK);
  work(one, first, "one");
  EXPECT_EQ(one.commit(), STELE_CONFLICT);
  EXPECT_EQ(rows(first), "A=two4 B=one2 ");
}

TEST_F(HppProjection, ARebuildTakesOverWhenItHasCaughtUp) {
  Projection old = db.projection("p");
  const Table old_table = table_of(old);
  work(old, old_table, "old");
  EXPECT_EQ(old.commit(), STELE_OK);
  EXPECT_EQ(status_of([&] { (void)old.switch_over(); }), STELE_INVALID);
  Projection rebuild = db.projection("p", {.rebuild = true});
  const Table table = table_of(rebuild);
  ASSERT_TRUE(rebuild.next(stele::kNoWait));
  rebuild.put(table, "A", "new1", 1);
  EXPECT_EQ(rebuild.switch_over(), STELE_NOT_YET);
  EXPECT_EQ(rows(table), "A=new1 ");
  EXPECT_EQ(rows(old_table), "A=old3 B=old2 ");
  EXPECT_EQ(work(rebuild, table, "new"), 3U);
  EXPECT_EQ(rebuild.switch_over(), STELE_OK);
  stele::Status why = STELE_OK;
  EXPECT_FALSE(old_table.get("A", {}, &why));
  EXPECT_EQ(why, STELE_NOT_FOUND);
  EXPECT_EQ(table.describe()->name, "t");
  EXPECT_EQ(rows(table), "A=new3 B=new2 ");
  // The projection goes on where it was, with the new table.
  ASSERT_TRUE(db.append({.type = "A"}));
  const Table again = table_of(old);
  work(old, again, "old");
  EXPECT_EQ(old.commit(), STELE_OK);
  EXPECT_EQ(rows(again), "A=old4 B=new2 ");
}

TEST_F(HppProjection, ItWaitsForEventsAndIsWaitedFor) {
  Projection projection = db.projection("p", stele::Query({.types = {"C"}}));
  const Table table = table_of(projection);
  std::thread committing([&] {
    const std::optional<stele::Event> event = projection.next(60s);
    ASSERT_TRUE(event);
    EXPECT_EQ(projection.put(table, "C", "", event->position()).commit(), STELE_OK);
  });
  EXPECT_FALSE(db.wait_applied("p", 4, 1ms));
  EXPECT_TRUE(db.append({.type = "C"}));
  EXPECT_TRUE(db.wait_applied("p", 4, 60s));
  committing.join();
  EXPECT_FALSE(projection.next(1ms));
  EXPECT_EQ(status_of([&] { (void)db.wait_applied("", 4); }), STELE_INVALID);
}

// With others that have nothing, from this thread and from another one.
TEST_F(HppProjection, ItIsAwaitedWithOtherThingsAndInterrupted) {
  Projection projection = db.projection("p", stele::Query({.types = {"B"}}));
  const Table table = table_of(projection);
  const stele::Subscription never = db.subscribe(stele::Query({.types = {"never"}}));
  EXPECT_EQ(stele::wait_any({never, projection}, 60s), 1U);
  EXPECT_EQ(stele::wait_any({projection, never}, stele::kNoWait), 0U);
  EXPECT_EQ(work(projection, table, ""), 2U) << "what was awaited was not handed out";
  EXPECT_EQ(projection.commit(), STELE_OK);
  EXPECT_FALSE(stele::wait_any({never, projection}, stele::kNoWait));
  projection.interrupt();
  EXPECT_FALSE(stele::wait_any({never, projection}));
  projection.interrupt();
  EXPECT_FALSE(projection.next());
  std::thread appending([&] { EXPECT_TRUE(db.append({.type = "B"})); });
  EXPECT_EQ(stele::wait_any({never, projection}, 60s), 1U);
  appending.join();
  EXPECT_EQ(work(projection, table, ""), 4U);
  std::thread waking([&] { projection.interrupt(); });
  EXPECT_FALSE(stele::wait_any({never, projection}));
  waking.join();
  // One that is meant for it stays, whatever becomes of its rows.
  Projection rival = db.projection("p");
  const Table same = table_of(rival);
  EXPECT_EQ(rival.commit(), STELE_OK);
  EXPECT_EQ(work(rival, same, ""), 4U);
  EXPECT_EQ(rival.commit(), STELE_OK);
  projection.interrupt();
  EXPECT_EQ(projection.commit(), STELE_CONFLICT);
  EXPECT_FALSE(projection.next());
  projection.close();
  EXPECT_EQ(status_of([&] { (void)stele::wait_any({projection}); }), STELE_CLOSED);
}

TEST_F(HppProjection, TheyAreListedAndDropped) {
  EXPECT_TRUE(db.projections().empty());
  Projection projection = db.projection("p");
  const Table table = table_of(projection);
  ASSERT_TRUE(projection.next(stele::kNoWait));
  projection.put(table, "A", "", 1);
  EXPECT_EQ(projection.commit(), STELE_OK);
  Projection rebuild = db.projection("p", {.rebuild = true});
  const Table rebuilt = table_of(rebuild);
  const std::vector<stele::ProjectionState> all = db.projections();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "p");
  EXPECT_EQ(all[0].tables, 1U);
  EXPECT_EQ(all[0].progress.applied, 1U);
  EXPECT_EQ(all[0].progress.head, 3U);
  EXPECT_EQ(all[1].name, "p~1");
  EXPECT_EQ(table.describe()->projection, "p");
  EXPECT_EQ(rebuilt.describe()->projection, "p~1");
  EXPECT_EQ(status_of([&] { (void)db.projection("p~1"); }), STELE_INVALID);
  EXPECT_EQ(status_of([&] { db.create_table("t~2"); }), STELE_INVALID);
  EXPECT_EQ(status_of([&] { db.rename_table("t", "t~2"); }), STELE_INVALID);
  EXPECT_EQ(db.drop_projection("p"), STELE_OK);
  EXPECT_EQ(db.drop_projection("p"), STELE_NOT_FOUND);
  EXPECT_TRUE(db.projections().empty());
  EXPECT_TRUE(db.tables().empty());
  EXPECT_EQ(status_of([&] { (void)db.drop_projection(""); }), STELE_INVALID);
}

TEST_F(HppProjection, WhatIsNotItsOwnIsRefused) {
  ASSERT_TRUE(db.create_table("t"));
  EXPECT_EQ(status_of([&] { (void)db.projection(""); }), STELE_INVALID);
  Projection projection = db.projection("p");
  EXPECT_FALSE(projection.table("t"));
  ASSERT_TRUE(projection.next(stele::kNoWait));
  const std::optional<Table> table = db.table("t");
  ASSERT_TRUE(table);
  EXPECT_EQ(status_of([&] { projection.put(*table, "k", "", 1); }), STELE_INVALID);
  projection.close();
  EXPECT_EQ(status_of([&] { (void)projection.commit(); }), STELE_CLOSED);
  EXPECT_EQ(status_of([&] { (void)projection.describe(); }), STELE_CLOSED);
}

}  // namespace
