// An id names one event for ever, and a batch is recognised by its events, not by its effects.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "db/batch.h"
#include "support/databases.h"
#include "support/drafts.h"
#include "support/results.h"
#include "support/tail_of.h"

namespace stele {
namespace {

using test::commit;
using test::Draft;
using test::failed;
using test::read;
using test::succeeded;
using test::World;

Status add(db::Batch& batch, const Draft& draft) {
  events::NewEvent event = draft.event();
  return batch.add_event(event);
}

// Two consumers of a source move its mark from 0 to 5. Their batches hold nothing else and look the
// same, so that the second was once taken for a repetition of the first, and both went on.
TEST(Identity, OfABatchIsNotTheMarkThatItMoves) {
  World world;
  const test::DatabasePtr database = world.open();
  const events::TrackingRequest move = {.source = "orders", .previous = 0, .position = 5};
  ASSERT_TRUE(succeeded(commit(database, {.events = {}, .tracking = {move}})));
  EXPECT_TRUE(failed(commit(database, {.events = {}, .tracking = {move}}), Code::kConflict));
}

// What identifies a batch are its events; their mark must be the same, too.
TEST(Identity, OfABatchIsItsEvents) {
  World world;
  const test::DatabasePtr database = world.open();
  const Draft draft = {.type = "Paid", .id = test::id_of(7)};
  const auto attempt = [&](uint64_t position) {
    db::Batch batch(database);
    EXPECT_TRUE(succeeded(add(batch, draft)));
    EXPECT_TRUE(succeeded(batch.add_guard({}, 0)));
    EXPECT_TRUE(
        succeeded(batch.add_tracking({.source = "orders", .previous = 0, .position = position})));
    return batch.commit();
  };
  const auto first = attempt(5);
  ASSERT_TRUE(succeeded(first));
  const auto again = attempt(5);
  ASSERT_TRUE(succeeded(again));
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->tsn, first->tsn);
  EXPECT_TRUE(failed(attempt(6), Code::kConflict)) << "the same event, but another mark";
  EXPECT_EQ(database->snapshot().head, 1U);
}

// Commits an event with an id whatever there is, as a defect or a forger could.
Status force(const test::DatabasePtr& database, const test::Id& id) {
  const os::Environment& environment = database->environment();
  events::EventPart part(events::IdSource(database->id_clock(), *environment.random));
  const Draft draft = {.id = id};
  events::NewEvent event = draft.event();
  STELE_TRY(part.add(event));
  STELE_TRY(part.prepare());
  const engine::Batch batch = {.event_count = 1, .parts = {&part}, .guards = {}};
  const auto committed = database->pipeline().commit(batch, engine::Durability::kSync);
  return committed ? Status() : Status(fail(committed.error()));
}

// A log with an id that occurs twice can still be opened and read; verify names the event, and the
// id belongs to the first.
TEST(Identity, ThatIsSharedIsForVerifyToName) {
  World world;
  test::DatabasePtr database = world.open();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(succeeded(force(database, test::id_of(7))));
  ASSERT_TRUE(succeeded(database->close()));
  database = world.open();
  ASSERT_NE(database, nullptr);
  EXPECT_EQ(read(database).size(), 2U);
  const test::Id id = test::id_of(7);
  EXPECT_EQ(test::tail_of(*database).position_of(id.data(), events::id_hash(id.data()), 2), 1U);
  const Status verified = test::verify(database);
  ASSERT_TRUE(failed(verified, Code::kCorrupt, "event 2: its id is that of event 1"));
  EXPECT_EQ(verified.error().position(), 2U);
}

// Clock and chance of the second life are those of the first: its ids were the same once, and the
// log could not be opened any more.
TEST(Identity, OfEventsSurvivesAClockThatStandsStill) {
  World world;
  std::set<std::string> ids;
  for (uint64_t life = 1; life <= 3; ++life) {
    test::FakeRandom same_again;
    const os::Environment environment = {&world.files, &world.clock, &same_again};
    const auto opened = db::Database::open(environment, world.path(), World::small());
    ASSERT_TRUE(succeeded(opened));
    const test::DatabasePtr& database = *opened;
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(succeeded(commit(database, {{test::tagged("a"), test::tagged("b")}})));
    }
    for (const events::RecordView& record : read(database)) {
      ids.emplace(as_text({record.id(), events::kIdSize}));
    }
    EXPECT_EQ(ids.size(), 20 * life);
    EXPECT_TRUE(succeeded(test::verify(database)));
    ASSERT_TRUE(succeeded(database->close()));
  }
}

}  // namespace
}  // namespace stele
