// A walk comes by every entry that is outside of holes, and a hole has the range of what cannot be
// read and no more.
#include "tree/walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "tree/trees.h"

namespace stele::tree {
namespace {

using test::succeeded;

// Flips a bit of a page in the file.
void flip(World& world, uint64_t number) {
  auto file = world.files.open(World::kPath, os::OpenFor::kWriting);
  ASSERT_TRUE(succeeded(file));
  const uint64_t offset = number * world.options.page_size + 1000;
  uint8_t value = 0;
  ASSERT_EQ(*(*file)->read_at(offset, {&value, 1}), 1U);
  value ^= 4;
  const ByteView piece = {&value, 1};
  ASSERT_TRUE(succeeded((*file)->write_at(offset, {&piece, 1})));
}

struct Seen {
  std::vector<std::string> keys;
  struct Hole {
    std::string low;
    std::optional<std::string> high;
  };
  std::vector<Hole> holes;

  [[nodiscard]] bool is_in_hole(const std::string& key) const {
    return std::ranges::any_of(holes, [&](const Hole& hole) {
      return key >= hole.low && (!hole.high || key < *hole.high);
    });
  }
};

Seen walk(const World& world) {
  Seen seen;
  Walk walk(*world.file, world.root());
  for (;;) {
    const auto at = walk.next();
    EXPECT_TRUE(succeeded(at));
    if (!at || *at == Walk::At::kEnd) break;
    if (*at == Walk::At::kEntry) {
      seen.keys.emplace_back(as_text(walk.key()));
      continue;
    }
    const KeyRange hole = walk.hole();
    seen.holes.push_back({std::string(as_text(hole.low)), std::nullopt});
    if (hole.high) seen.holes.back().high = std::string(as_text(*hole.high));
  }
  EXPECT_EQ(walk.entries(), seen.keys.size());
  EXPECT_EQ(walk.holes(), seen.holes.size());
  return seen;
}

TEST(Walk, OfAnEmptyTreeIsAtItsEnd) {
  const World world;
  const Seen seen = walk(world);
  EXPECT_TRUE(seen.keys.empty());
  EXPECT_TRUE(seen.holes.empty());
}

TEST(Walk, GoesAroundAnyPageThatIsDamaged) {
  World world(4096, LeafKind::kSlotted, 32 << 10);
  Batch batch;
  for (uint64_t i = 0; i < 3000; ++i) {
    batch[cat("key ", bytes_of(i % 50, 60), i)] = std::string(40, 'v');
  }
  world.apply(batch);
  std::vector<uint64_t> pages;
  ASSERT_TRUE(
      succeeded(verify(*world.file, world.root(), LeafKind::kSlotted, [&](uint64_t page) -> Status {
        pages.push_back(page);
        return {};
      })));
  ASSERT_GT(world.root().height, 2);
  for (const uint64_t page : pages) {
    SCOPED_TRACE(testing::Message() << "page " << page);
    flip(world, page);
    world.reopen();
    const Seen seen = walk(world);
    EXPECT_EQ(seen.holes.size(), 1U);
    size_t at = 0;
    uint64_t missing = 0;
    for (const auto& [key, value] : batch) {
      if (seen.is_in_hole(key)) {
        ++missing;
        continue;
      }
      ASSERT_LT(at, seen.keys.size());
      EXPECT_EQ(seen.keys[at++], key);
    }
    EXPECT_EQ(at, seen.keys.size());
    EXPECT_GT(missing, 0U);
    EXPECT_EQ(missing == batch.size(), page == world.root().page.number);
    flip(world, page);
  }
  world.reopen();
  EXPECT_EQ(walk(world).keys.size(), batch.size());
}

}  // namespace
}  // namespace stele::tree
