// Relocation moves pages and changes nothing else, comes to its end whatever it is allowed, and
// leaves what lies beyond the boundary as far as there is room before it.
#include "tree/relocate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/scale.h"
#include "support/seed.h"
#include "tree/trees.h"

namespace stele::tree {
namespace {

uint64_t below(std::mt19937_64& random, uint64_t end) {
  return std::uniform_int_distribution<uint64_t>(0, end - 1)(random);
}

// A tree with values of all sizes, rewritten often enough to have holes before it.
Model fill(World& world, std::mt19937_64& random) {
  Model model;
  const uint64_t count = 1 + below(random, 600);
  for (int round = 0; round < 8; ++round) {
    Batch batch;
    for (uint64_t number = 0; number < count; ++number) {
      if (round > 0 && below(random, 8) > 0) continue;
      const bool is_large = below(random, 20) == 0;
      const std::string value = bytes_of(random(), below(random, is_large ? 30'000 : 200));
      batch[number_key(number)] = value;
      model[number_key(number)] = value;
    }
    world.apply(batch);
  }
  return model;
}

// Makes one generation of relocated pages. Returns what came of it.
Relocated step(World& world, ByteView from, uint64_t boundary, uint64_t pages_max) {
  auto writer = world.file->begin();
  EXPECT_TRUE(test::succeeded(writer));
  auto made = relocate(**writer, world.root(), from,
                       {.kind = world.kind, .boundary = boundary, .pages_max = pages_max});
  EXPECT_TRUE(test::succeeded(made));
  EXPECT_TRUE(test::succeeded((*writer)->commit({{"tree", made->root}}, 0, {})));
  return *std::move(made);
}

TEST(Relocate, ChangesNothingButPlaces) {
  const test::Seed seed;
  std::mt19937_64 random = seed.generator();
  for (size_t round = 0; round < test::scaled(100); ++round) {
    SCOPED_TRACE(testing::Message() << "STELE_SEED=" << seed.value() << ", round " << round);
    World world(page::kPageSizeMin, round % 2 == 0 ? LeafKind::kSlotted : LeafKind::kDense);
    const Model model = fill(world, random);
    const uint64_t boundary = below(random, world.file->state()->page_count + 2);
    const uint64_t pages_max = 1 + below(random, 20);
    const uint64_t leaves = world.file->state()->page_count;
    std::vector<uint8_t> from;
    uint64_t steps = 0;
    for (bool is_done = false; !is_done; ++steps) {
      // Every step that is not the last has moved something, a leaf at most once.
      ASSERT_LE(steps, leaves) << "it does not end";
      Relocated made = step(world, from, boundary, pages_max);
      EXPECT_TRUE(made.is_done || made.pages >= pages_max);
      is_done = made.is_done;
      from = std::move(made.next);
      world.verify();
    }
    EXPECT_EQ(world.root().entries, model.size());
    EXPECT_TRUE(world.contents() == model);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Relocate, LeavesWhatIsBeyondTheBoundary) {
  World world;
  std::mt19937_64 random(7);
  Model model;
  for (int round = 0; round < 3; ++round) {
    Batch batch;
    for (uint64_t i = 0; i < 2000; ++i)
      batch[number_key(i)] = model[number_key(i)] = bytes_of(i, 90);
    batch[number_key(5000)] = model[number_key(5000)] = bytes_of(random(), 40'000);
    batch[number_key(0)] = model[number_key(0)] = bytes_of(round, 20);
    world.apply(batch);
    // The tree before it goes, and leaves a hole.
    for (uint64_t i = 0; i < 2000; ++i)
      batch[number_key(i)] = model[number_key(i)] = bytes_of(i + 1, 90);
    world.apply(batch);
  }
  const uint64_t live = world.file->state()->page_count - world.file->state()->free_pages;
  const uint64_t boundary = live + 8;
  for (int pass = 0; pass < 8; ++pass) {
    std::vector<uint8_t> from;
    for (bool is_done = false; !is_done;) {
      const uint64_t usable = world.file->stats().free_pages;
      Relocated made = step(world, from, boundary, std::max<uint64_t>(usable / 2, 1));
      is_done = made.is_done;
      from = made.next;
    }
  }
  EXPECT_LE(world.file->state()->page_count, boundary + live / 10);
  world.verify();
  EXPECT_TRUE(world.contents() == model);
}

TEST(Relocate, OfWhatLiesWellWritesNothing) {
  World world;
  std::mt19937_64 random(7);
  fill(world, random);
  const page::Root before = world.root();
  const Relocated made = step(world, {}, world.file->state()->page_count, 10);
  EXPECT_TRUE(made.is_done);
  EXPECT_EQ(made.pages, 0U);
  EXPECT_EQ(made.root, before);
  World empty;
  EXPECT_TRUE(step(empty, {}, 0, 10).is_done);
}

}  // namespace
}  // namespace stele::tree
