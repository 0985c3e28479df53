// The largest batch there may be: one frame, in a segment of its own size, and all of it again when
// a process ended before it was durable.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "support/databases.h"
#include "support/scale.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::succeeded;
using test::tagged;
using test::World;

// Under a sanitizer, a tenth of it.
constexpr uint64_t kEventSize = (uint64_t{50} << 20) / (test::kSlowness == 1 ? 1 : 10);

void expect_all(const DatabasePtr& database) {
  const auto records = test::read(database, test::query_of_tag("t"));
  ASSERT_EQ(records.size(), 5U);
  for (size_t i = 0; i < 5; ++i) {
    ASSERT_EQ(records[i].data().size(), kEventSize);
    EXPECT_EQ(records[i].data()[kEventSize - 1 - i], 'a' + static_cast<int>(i));
  }
  EXPECT_TRUE(succeeded(test::verify(database)));
}

TEST(LargeBatch, IsOneFrameAndSurvives) {
  World world;
  db::OpenOptions options = World::small();
  options.pipeline.durability = engine::Durability::kOs;
  DatabasePtr database = world.open(options);
  test::Attempt attempt;
  for (char letter = 'a'; letter < 'f'; ++letter) {
    attempt.events.push_back(tagged("t", std::string(kEventSize, letter)));
  }
  ASSERT_TRUE(succeeded(commit(database, {{tagged("small")}})));
  ASSERT_TRUE(succeeded(commit(database, attempt)));
  ASSERT_EQ(database->snapshot().head, 6U);
  EXPECT_EQ(database->pipeline().stats().wal.segments, 2U);
  expect_all(database);
  world.crash(database);
  database = world.open();
  ASSERT_EQ(database->snapshot().tsn, 2U);
  expect_all(database);
}

}  // namespace
}  // namespace stele
