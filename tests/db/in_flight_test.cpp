// No answer rests on a commit that is not durable: what happens while a sync is held up, and when
// it then succeeds or fails.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "db/table.h"
#include "support/databases.h"
#include "support/tail_of.h"

namespace stele {
namespace {

using test::Attempt;
using test::commit;
using test::DatabasePtr;
using test::failed;
using test::FaultFiles;
using test::Gate;
using test::query_of_tag;
using test::read;
using test::succeeded;
using test::tagged;
using test::World;

using Answer = std::future<Result<engine::Stamp>>;

// A database whose next sync waits at a gate, with one commit (tag "a", source "s" at 5) on its way
// there. The database has one durable commit (tag "durable") before.
struct InFlight : ::testing::Test {
  void SetUp() override {
    database = world.open();
    ASSERT_TRUE(succeeded(commit(database, {{tagged("durable")}})));
    hold_up(/*then_fail=*/false);
  }
  void TearDown() override {
    gate.open();
    if (first.valid()) (void)first.get();
  }

  void hold_up(bool then_fail) {
    world.files.set_judge([this, then_fail](const FaultFiles::Event& event) -> Status {
      if (event.call != FaultFiles::Call::kSync) return {};
      gate.pass();
      return then_fail ? fail(Error(Code::kIo, "sync: told to fail").with_os_errno(EIO)) : Status();
    });
  }
  void start_first() {
    first = start({{tagged("a")}, {}, {{"s", 0, 5}}});
    gate.wait_for(1);
  }
  Answer start(const Attempt& attempt) {
    return std::async(std::launch::async, [this, attempt] { return commit(database, attempt); });
  }
  // Waits until `count` commits have been refused inside, whether their callers know or not.
  void wait_for_rejections(uint64_t count) {
    while (database->pipeline().stats().rejected < count) std::this_thread::yield();
  }
  // Waits until a commit that brings a new term has been sequenced.
  void wait_for_terms(uint64_t count) {
    while (test::tail_of(*database).terms().size() < count) std::this_thread::yield();
  }
  static bool answered(const Answer& answer) {
    return answer.wait_for(std::chrono::milliseconds(20)) == std::future_status::ready;
  }

  World world;
  Gate gate;
  DatabasePtr database;
  Answer first;
};

TEST_F(InFlight, IsNotVisible) {
  start_first();
  EXPECT_EQ(database->snapshot().head, 1U);
  EXPECT_EQ(read(database).size(), 1U);
  EXPECT_TRUE(read(database, query_of_tag("a")).empty());
  EXPECT_EQ(*database->tracked("s"), 0U);
  gate.open();
  ASSERT_TRUE(succeeded(first.get()));
  EXPECT_EQ(read(database, query_of_tag("a")).size(), 1U);
  EXPECT_EQ(*database->tracked("s"), 5U);
}

// A rejection whose reason is in flight says nothing until the reason is durable.
TEST_F(InFlight, HoldsBackTheRejectionsItCauses) {
  start_first();
  Answer by_event = start({{tagged("b")}, {{query_of_tag("a"), 0}}});
  Answer by_mark = start({{tagged("b")}, {}, {{"s", 0, 6}}});
  wait_for_rejections(2);
  EXPECT_FALSE(answered(by_event));
  EXPECT_FALSE(answered(by_mark));
  gate.open();
  const auto event = by_event.get();
  ASSERT_TRUE(failed(event, Code::kConflict));
  EXPECT_EQ(event.error().position(), 2U);
  EXPECT_GE(database->snapshot().head, 2U) << "the reason can be read now";
  const auto mark = by_mark.get();
  ASSERT_TRUE(failed(mark, Code::kConflict));
  EXPECT_EQ(mark.error().position(), 5U);
}

// A rejection whose reason has long been durable does not wait for anybody.
TEST_F(InFlight, DoesNotHoldBackOtherRejections) {
  start_first();
  const auto answer = commit(database, {{tagged("b")}, {{query_of_tag("durable"), 0}}});
  EXPECT_TRUE(failed(answer, Code::kConflict));
}

// What the caller has seen in flight through `after` cannot be in its way.
TEST_F(InFlight, CountsOnlyWhatIsBehindAfter) {
  start_first();
  Answer answer = start({{tagged("b")}, {{query_of_tag("a"), 2}}});
  wait_for_terms(4);  // Type, "durable", "a", "b".
  EXPECT_FALSE(answered(answer));
  gate.open();
  const auto stamp = answer.get();
  ASSERT_TRUE(succeeded(stamp));
  EXPECT_EQ(stamp->first_position, 3U);
}

// A rejection may wait for a commit that itself only waits to be written, behind another group.
TEST_F(InFlight, HoldsBackRejectionsByTheNextGroup) {
  start_first();
  Answer second = start({{tagged("b")}});
  wait_for_terms(4);
  Answer rejected = start({{tagged("c")}, {{query_of_tag("b"), 0}}});
  wait_for_rejections(1);
  EXPECT_FALSE(answered(rejected));
  gate.open();
  EXPECT_TRUE(succeeded(second.get()));
  const auto answer = rejected.get();
  ASSERT_TRUE(failed(answer, Code::kConflict));
  EXPECT_EQ(answer.error().position(), 3U);
}

// A close waits for what is in flight, and refuses what comes later.
TEST_F(InFlight, IsWaitedForByAClose) {
  start_first();
  Answer second = start({{tagged("b")}});
  wait_for_terms(4);
  auto closed = std::async(std::launch::async, [this] { return database->close(); });
  while (!database->closed()) std::this_thread::yield();
  EXPECT_EQ(closed.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  EXPECT_TRUE(failed(commit(database, {{tagged("late")}}), Code::kClosed, "closed"));
  gate.open();
  EXPECT_TRUE(succeeded(first.get()));
  EXPECT_TRUE(succeeded(second.get()));
  EXPECT_TRUE(succeeded(closed.get()));
  world.files.let_all_pass();
  database = world.open();
  EXPECT_EQ(database->snapshot().head, 3U);
}

// When the sync fails: those written do not know, those still waiting know that they are not there,
// and a rejection without its reason is no answer either.
TEST_F(InFlight, TellsEachWaiterWhatIsKnownWhenTheSyncFails) {
  hold_up(/*then_fail=*/true);
  start_first();
  Answer next_group = start({{tagged("b")}});
  wait_for_terms(4);
  Answer rejected = start({{tagged("c")}, {{query_of_tag("a"), 0}}});
  Answer rejected_by_next = start({{tagged("c")}, {{query_of_tag("b"), 0}}});
  wait_for_rejections(2);
  gate.open();
  const auto unknown = first.get();
  ASSERT_TRUE(failed(unknown, Code::kOutcomeUnknown, "commit: sync: told to fail"));
  EXPECT_EQ(unknown.error().os_errno(), EIO);
  EXPECT_TRUE(failed(next_group.get(), Code::kReadOnly)) << "it was not written";
  EXPECT_TRUE(failed(rejected.get(), Code::kReadOnly)) << "a rejected batch is never written";
  EXPECT_TRUE(failed(rejected_by_next.get(), Code::kReadOnly));

  EXPECT_EQ(database->snapshot().head, 1U);
  EXPECT_EQ(read(database).size(), 1U);
  EXPECT_EQ(*database->tracked("s"), 0U);
  world.files.let_all_pass();
  EXPECT_TRUE(failed(commit(database, {{tagged("d")}}), Code::kReadOnly, "told to fail"));
  EXPECT_TRUE(succeeded(test::verify(database))) << "what is visible is sound";
  EXPECT_TRUE(succeeded(database->close()));
}

// A close meets the failure of a commit in flight: that is the committer's to hear. The close has
// nothing to mark, and gives the directory back only when nobody writes any more.
TEST_F(InFlight, LeavesItsFailureOutOfAClose) {
  hold_up(/*then_fail=*/true);
  start_first();
  Answer second = start({{tagged("b")}});
  wait_for_terms(4);
  auto closed = std::async(std::launch::async, [this] { return database->close(); });
  while (!database->closed()) std::this_thread::yield();
  gate.open();
  EXPECT_TRUE(failed(first.get(), Code::kOutcomeUnknown));
  EXPECT_TRUE(failed(second.get(), Code::kReadOnly));
  EXPECT_TRUE(succeeded(closed.get()));
  world.files.let_all_pass();
  database = world.open();
  ASSERT_NE(database, nullptr);
  EXPECT_GE(database->snapshot().head, 1U);
  EXPECT_LE(database->snapshot().head, 2U) << "the second was never written";
}

// Once a deletion was no reason to wait for: nothing is left of it but that there is no row.
TEST(Rejection, ThatRestsOnADeletedRowWaitsUntilThatIsDurable) {
  World world;
  auto options = World::small();
  options.pipeline.durability = engine::Durability::kOs;
  const DatabasePtr database = world.open(options);
  db::Batch creation(database);
  ASSERT_TRUE(succeeded(
      creation.catalog().create({.schema = "root", .name = "t"}, tables::History::kNone, 0, "")));
  ASSERT_TRUE(succeeded(creation.commit()));
  const auto table = db::Table::open(database, {.schema = "root", .name = "t"});
  ASSERT_TRUE(succeeded(table));
  db::Batch put(database);
  ASSERT_TRUE(succeeded(put.rows().put((*table)->id(), as_bytes("key"), as_bytes("row"), 0)));
  const auto written = put.commit();
  ASSERT_TRUE(succeeded(written));
  db::Batch erase(database);
  ASSERT_TRUE(succeeded(erase.rows().erase((*table)->id(), as_bytes("key"), 0)));
  const auto erased = erase.commit();
  ASSERT_TRUE(succeeded(erased));
  ASSERT_LT(database->pipeline().durable_tsn(), erased->tsn);

  db::Batch refused(database);
  ASSERT_TRUE(succeeded(refused.add_row_guard(
      (*table)->info(), as_bytes("key"),
      {.kind = tables::RowExpectation::Kind::kTsn, .tsn = written->tsn, .value = {}})));
  ASSERT_TRUE(succeeded(refused.rows().put((*table)->id(), as_bytes("k"), as_bytes("row"), 0)));
  EXPECT_TRUE(failed(refused.commit(), Code::kConflict, "is not there"));
  EXPECT_GE(database->pipeline().durable_tsn(), erased->tsn);
}

}  // namespace
}  // namespace stele
