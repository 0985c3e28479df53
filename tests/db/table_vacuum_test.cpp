// Tables that keep less than everything: what they have forgotten is gone from the file, too.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "db/batch.h"
#include "support/databases.h"

namespace stele {
namespace {

using tables::History;
using test::DatabasePtr;
using test::succeeded;
using test::World;

// What a table does not keep any more is removed by checkpoints, and the rest stays readable.
TEST(TableVacuum, TheHistoryOfATableThatForgetsIsShort) {
  World world;
  world.files.skip_syncs();
  const DatabasePtr database = world.open();
  constexpr uint64_t kRows = 100;
  const auto put_all = [&](tables::TableId table, uint64_t round) {
    db::Batch batch(database);
    for (uint64_t i = 0; i < kRows; ++i) {
      const std::string key = cat("key ", i);
      // Half of them come and go.
      const bool goes = i % 2 == 0 && round % 2 == 1;
      const std::string row = cat(round);
      ASSERT_TRUE(succeeded(goes ? batch.rows().erase(table, as_bytes(key), 0)
                                 : batch.rows().put(table, as_bytes(key), as_bytes(row), 0)));
    }
    ASSERT_TRUE(succeeded(batch.commit()));
  };
  db::Batch batch(database);
  const auto id = batch.catalog().create({"root", "t"}, History::kCommits, 5);
  ASSERT_TRUE(succeeded(id));
  ASSERT_TRUE(succeeded(batch.commit()));
  const auto entries = [&](std::string_view tree) {
    return database->views().current()->trees->root(tree).entries;
  };
  for (uint64_t round = 0; round < 60; ++round) {
    put_all(*id, round);
    if (round % 3 == 0) {
      ASSERT_TRUE(succeeded(database->checkpoint()));
    }
    EXPECT_LE(entries(tables::kHistoryTree), 12 * kRows);
  }
  // Everything is deleted, and forgotten with what it was.
  db::Batch last(database);
  ASSERT_TRUE(succeeded(last.rows().erase_range(*id, {}, nullptr, 0)));
  ASSERT_TRUE(succeeded(last.commit()));
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(succeeded(test::commit(database, {{test::tagged("other")}})));
    ASSERT_TRUE(succeeded(database->checkpoint()));
  }
  EXPECT_EQ(entries(tables::kHistoryTree), 0U);
  EXPECT_EQ(entries(tables::kRowTree), 0U);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

}  // namespace
}  // namespace stele
