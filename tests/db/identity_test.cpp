// An id names one event for ever, and a batch is recognised by its events, not by its effects.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "db/batch.h"
#include "support/databases.h"
#include "support/drafts.h"
#include "support/results.h"

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
