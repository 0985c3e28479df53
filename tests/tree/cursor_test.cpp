// Cursors see one tree, in both directions, whatever is written meanwhile.
#include "tree/cursor.h"

#include <gtest/gtest.h>

#include <string>

#include "tree/trees.h"

namespace stele::tree {
namespace {

using test::succeeded;

TEST(Cursor, IsNowhereInAnEmptyTree) {
  const World world;
  Cursor cursor(*world.file, world.root());
  for (const auto& moved :
       {cursor.first(), cursor.last(), cursor.seek(as_bytes("a")),
        cursor.seek_before(as_bytes("a")), cursor.seek_at_most(as_bytes("a"))}) {
    ASSERT_TRUE(succeeded(moved));
    EXPECT_FALSE(*moved);
  }
  EXPECT_FALSE(cursor.at_entry());
}

TEST(Cursor, SeeksInAllWays) {
  for (const size_t value_size : {1, 900}) {  // In one leaf, and in one for each four.
    World world;
    world.apply({{"b", std::string(value_size, '1')},
                 {"d", std::string(value_size, '2')},
                 {"dd", std::string(value_size, '3')},
                 {"f", std::string(value_size, '4')},
                 {"h", std::string(value_size, '5')},
                 {"j", std::string(value_size, '6')}});
    const struct {
      const char *key, *seek, *before, *at_most;  // null: none
    } cases[] = {{"", "b", nullptr, nullptr}, {"a", "b", nullptr, nullptr},
                 {"b", "b", nullptr, "b"},    {"c", "d", "b", "b"},
                 {"d", "d", "b", "d"},        {"da", "dd", "d", "d"},
                 {"e", "f", "dd", "dd"},      {"g", "h", "f", "f"},
                 {"j", "j", "h", "j"},        {"k", nullptr, "j", "j"}};
    Cursor cursor(*world.file, world.root());
    for (const auto& c : cases) {
      SCOPED_TRACE(c.key);
      const auto expect = [&](const Result<bool>& moved, const char* expected) {
        ASSERT_TRUE(succeeded(moved));
        ASSERT_EQ(*moved, expected != nullptr);
        EXPECT_TRUE(!*moved || as_text(cursor.key()) == expected);
      };
      expect(cursor.seek(as_bytes(c.key)), c.seek);
      expect(cursor.seek_before(as_bytes(c.key)), c.before);
      expect(cursor.seek_at_most(as_bytes(c.key)), c.at_most);
    }
  }
}

TEST(Cursor, GoesBothWaysThroughLeavesOfBothKinds) {
  for (const LeafKind kind : {LeafKind::kSlotted, LeafKind::kDense}) {
    World world(4096, kind);
    Batch batch;
    for (uint64_t i = 0; i < 3000; ++i) batch[number_key(i)] = std::to_string(i);
    world.apply(batch);
    ASSERT_GE(world.root().height, 2U);
    Cursor cursor(*world.file, world.root());
    ASSERT_TRUE(*cursor.first());
    for (uint64_t i = 0; i < 3000; ++i) {
      ASSERT_EQ(as_text(cursor.key()), number_key(i));
      ASSERT_EQ(as_text(cursor.value().bytes), std::to_string(i));
      EXPECT_EQ(cursor.number(), kind == LeafKind::kDense ? i : 0);
      ASSERT_EQ(*cursor.next(), i < 2999);
    }
    EXPECT_FALSE(cursor.at_entry());
    ASSERT_TRUE(*cursor.last());
    for (uint64_t i = 3000; i > 0; --i) {
      ASSERT_EQ(as_text(cursor.key()), number_key(i - 1));
      ASSERT_EQ(*cursor.previous(), i > 1);
    }
    EXPECT_FALSE(cursor.at_entry());
  }
}

// A cursor whose State is held goes on through its own generation, while newer ones are written
// and the cache has room for a few pages only.
TEST(Cursor, StaysInItsGeneration) {
  World world(4096, LeafKind::kSlotted, 64 << 10);
  Model expected;
  Batch batch;
  for (int i = 10'000; i < 14'000; ++i) expected[std::to_string(i)] = bytes_of(i, 20);
  for (const auto& [key, value] : expected) batch[key] = value;
  world.apply(batch);

  auto state = world.file->state();
  Cursor cursor(*world.file, state->root("tree"));
  Model seen;
  int step = 0;
  auto at = cursor.first();
  for (; at && *at; at = cursor.next()) {
    seen.emplace(as_text(cursor.key()), as_text(cursor.value().bytes));
    if (++step % 200 == 0) {
      for (auto& change : batch) {
        change.second = step % 400 == 0 ? std::nullopt : std::optional(bytes_of(step, 25));
      }
      world.apply(batch);
    }
  }
  EXPECT_TRUE(succeeded(at));
  EXPECT_EQ(seen, expected);
  world.verify();
}

}  // namespace
}  // namespace stele::tree
