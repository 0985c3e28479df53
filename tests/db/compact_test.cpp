// A compaction leaves a file that is hardly larger than what is in it, and everything in it.
#include "db/compact.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/databases.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::tagged;
using test::World;

struct CompactTest : ::testing::Test {
  // Commits in small checkpoints: most pages are rewritten, and what they were is free.
  void fill(int rounds, size_t size) {
    for (int round = 0; round < rounds; ++round) {
      for (int i = 0; i < 50; ++i) {
        const std::string tag = std::to_string(i * 31 % 97);
        ASSERT_TRUE(succeeded(commit(database, {{tagged(tag, std::string(size, 'x'))}})));
      }
      ASSERT_TRUE(succeeded(database->checkpoint()));
    }
  }
  Status compact() {
    auto compact = db::Compact::start(database);
    if (!compact) return fail(std::move(compact).error());
    for (int steps = 0;; ++steps) {
      if (steps == 10'000) return fail(Code::kInternal, "it does not end");
      const auto more = (*compact)->step();
      if (!more) return fail(more.error());
      if (!*more) break;
    }
    before = (*compact)->bytes_before();
    now = (*compact)->bytes_now();
    live = (*compact)->bytes_live();
    return {};
  }
  [[nodiscard]] uint64_t file_size() {
    return *(*world.files.open(db::page_file_path(database->path()), os::OpenFor::kReading))
                ->size();
  }

  World world;
  DatabasePtr database = world.open();
  uint64_t before = 0;
  uint64_t now = 0;
  uint64_t live = 0;
};

TEST_F(CompactTest, LeavesAtMostATenthFree) {
  fill(60, 300);
  const uint64_t size = file_size();
  ASSERT_TRUE(succeeded(compact()));
  EXPECT_LE(now, live + live / 10 + 8 * 16384) << "before " << before;
  EXPECT_LT(now, before);
  // It has room for what comes next.
  EXPECT_LE(file_size(), now + (1 << 20));
  EXPECT_LE(file_size(), size);
  EXPECT_TRUE(succeeded(test::verify(database)));
  EXPECT_EQ(test::read(database, test::query_of_tag("31")).size(), 60U);
  fill(3, 300);
  ASSERT_TRUE(succeeded(database->close()));
  database = world.open();
  EXPECT_TRUE(succeeded(test::verify(database)));
  EXPECT_EQ(database->snapshot().head, 63U * 50);
}

TEST_F(CompactTest, MovesLargeValues) {
  fill(8, 40'000);
  fill(20, 100);
  ASSERT_TRUE(succeeded(compact()));
  EXPECT_LE(now, live + live / 10 + 8 * 16384) << "before " << before;
  EXPECT_TRUE(succeeded(test::verify(database)));
}

TEST_F(CompactTest, GoesOnBesideCommits) {
  fill(30, 300);
  auto compact = db::Compact::start(database);
  ASSERT_TRUE(succeeded(compact));
  for (int steps = 0; steps < 1000; ++steps) {
    const auto more = (*compact)->step();
    ASSERT_TRUE(succeeded(more));
    if (!*more) break;
    if (steps < 20) fill(1, 300);
  }
  EXPECT_TRUE(succeeded(test::verify(database)));
}

TEST_F(CompactTest, OfAnEmptyDatabaseIsAtItsEnd) {
  ASSERT_TRUE(succeeded(compact()));
  EXPECT_EQ(now, 0U);
}

// What a reader holds stays; it is told by the size, and goes with the next compaction.
TEST_F(CompactTest, EndsWhereAReaderHoldsPages) {
  fill(40, 300);
  {
    const engine::ViewPtr held = database->views().current();
    ASSERT_TRUE(succeeded(compact()));
    EXPECT_GT(now, live);
  }
  ASSERT_TRUE(succeeded(compact()));
  EXPECT_LE(now, live + live / 10 + 8 * 16384);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

}  // namespace
}  // namespace stele
