// How a tree grows and shrinks: what is split where, what is merged, and what is not written.
#include "tree/apply.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "support/seed.h"
#include "tree/trees.h"

namespace stele::tree {
namespace {

using test::between;
using test::failed;
using test::succeeded;

std::string key_at(uint64_t number) {
  std::string digits = std::to_string(number);
  return "key-" + std::string(8 - digits.size(), '0') + digits;
}

Batch numbered(uint64_t from, uint64_t to, size_t value_size = 20) {
  Batch batch;
  for (uint64_t i = from; i < to; ++i) batch[key_at(i)] = std::string(value_size, 'v');
  return batch;
}

Batch erased(uint64_t from, uint64_t to) {
  Batch batch;
  for (uint64_t i = from; i < to; ++i) batch[key_at(i)] = std::nullopt;
  return batch;
}

// How many pages the tree has.
uint64_t page_count(const World& world) {
  uint64_t pages = 0;
  EXPECT_TRUE(succeeded(verify(*world.file, world.root(), world.kind, [&](uint64_t) -> Status {
    ++pages;
    return {};
  })));
  return pages;
}

// Sorted keys into an empty tree: every leaf but the last is full, whether they come in one batch
// or one by one.
TEST(Apply, LeavesFullPagesBehindWhatIsAppended) {
  constexpr uint64_t kCount = 5000;
  World at_once;
  at_once.apply(numbered(0, kCount));
  at_once.verify();
  // A suffix of at most 8 bytes, a slot, a cell's header and 20 bytes: 38 at most.
  const uint64_t leaves_max = kCount * 38 / 4000 + 2;
  EXPECT_LE(page_count(at_once), leaves_max + 3);

  World by_hundreds;
  for (uint64_t i = 0; i < kCount; i += 100) by_hundreds.apply(numbered(i, i + 100));
  by_hundreds.verify();
  EXPECT_LE(page_count(by_hundreds), page_count(at_once) + 2);
  EXPECT_EQ(by_hundreds.contents(), at_once.contents());
}

// The last leaf, too, leaves out what its keys have in common; otherwise it would be split before
// it is full.
TEST(Apply, FillsPagesWhoseKeysAreAlike) {
  World world;
  for (int i = 1000; i < 3000; ++i) world.apply({{std::string(100, 'k') + std::to_string(i), ""}});
  world.verify();
  EXPECT_LE(page_count(world), 2000U * 14 / 3700 + 3);
}

TEST(Apply, SplitsEvenlyWhereKeysComeInBetween) {
  World world;
  world.apply(numbered(0, 200));
  const test::Seed seed;
  auto random = seed.generator();
  for (int i = 0; i < 2000; ++i) {
    world.apply({{"key-" + std::to_string(between(random, 0, 99'999'999)), std::string(20, 'v')}});
  }
  world.verify();
  const uint64_t bytes = world.root().entries * 38;
  EXPECT_LE(page_count(world), bytes * 100 / 60 / 4000 + 4) << "less than 60 % full";
}

TEST(Apply, WritesAPageOnceHoweverManyChangesFallIntoIt) {
  World world;
  world.apply(numbered(0, 10'000, 100));
  ASSERT_EQ(world.root().height, 3U);
  Batch batch;
  for (uint64_t i = 5000; i < 5020; ++i) batch[key_at(i)] = std::string(100, 'w');
  world.apply(batch);
  EXPECT_LE(world.pages_written, 4U) << "two leaves, an inner page and the root";
  world.verify();
}

TEST(Apply, WritesNothingWhenNothingChanges) {
  World world;
  world.apply(numbered(0, 1000));
  const page::Root before = world.root();
  for (const Batch& batch : {Batch(), numbered(400, 500), erased(2000, 2100)}) {
    world.apply(batch);
    EXPECT_EQ(world.root(), before);
    EXPECT_EQ(world.pages_written, 0U);
  }
}

TEST(Apply, ErasesToTheEmptyTreeInAnyOrder) {
  constexpr uint64_t kCount = 3000;
  const struct {
    const char* name;
    uint64_t batches;
    bool backwards;
  } cases[] = {{"at once", 1, false}, {"from the front", 37, false}, {"from the end", 37, true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    World world;
    world.apply(numbered(0, kCount));
    for (uint64_t i = 0; i < c.batches; ++i) {
      const uint64_t at = c.backwards ? c.batches - 1 - i : i;
      world.apply(erased(at * kCount / c.batches, (at + 1) * kCount / c.batches));
      world.verify();
    }
    EXPECT_EQ(world.root(), page::Root());
    world.apply({{"again", "there"}});
    EXPECT_EQ(world.get("again"), "there");
  }
}

// Of a tree that loses most of what it has, evenly, not many pages stay: sparse leaves are merged,
// then the inner pages above them, and levels go.
TEST(Apply, MergesWhatHasBecomeSparse) {
  World world;
  world.apply(numbered(0, 30'000));
  const uint64_t full = page_count(world);
  ASSERT_EQ(world.root().height, 3U);
  Batch batch = erased(0, 30'000);
  for (uint64_t i = 0; i < 30'000; i += 50) batch.erase(key_at(i));
  world.apply(batch);
  world.verify();
  EXPECT_EQ(world.root().entries, 600U);
  EXPECT_LE(page_count(world), full / 12);
  EXPECT_EQ(world.root().height, 2U);
}

// Subtrees that vanish leave their range to their neighbours.
TEST(Apply, PutsKeysWherePagesHaveVanished) {
  World world;
  world.apply(numbered(0, 30'000));
  world.apply(erased(7000, 23'000));
  world.verify();
  EXPECT_EQ(world.get(key_at(10'000)), std::nullopt);
  Cursor cursor(*world.file, world.root());
  ASSERT_TRUE(*cursor.seek(as_bytes(key_at(15'000))));
  EXPECT_EQ(as_text(cursor.key()), key_at(23'000));
  ASSERT_TRUE(*cursor.previous());
  EXPECT_EQ(as_text(cursor.key()), key_at(6999));
  world.apply(numbered(10'000, 12'000));
  world.verify();
  EXPECT_EQ(world.root().entries, 16'000U);
  EXPECT_NE(world.get(key_at(10'000)), std::nullopt);
}

// Keys as long as they may be, which have nothing in common with those next to them, or all but
// the last byte.
TEST(Apply, TakesTheLongestKeys) {
  for (const uint32_t page_size : {4096U, 65536U}) {
    for (const bool alike : {false, true}) {
      SCOPED_TRACE(testing::Message() << page_size << " " << alike);
      World world(page_size);
      Batch batch;
      for (uint64_t i = 0; i < 300; ++i) {
        std::string key = alike ? std::string(kKeySizeMax, 'k') : bytes_of(i, kKeySizeMax);
        key.replace(kKeySizeMax - 8, 8, number_key(i));
        batch[key] = std::string(page_size / 4, 'v');
      }
      world.apply(batch);
      world.verify();
      for (const auto& [key, value] : batch) EXPECT_EQ(world.get(key), value);
      for (auto& change : batch) change.second = std::nullopt;
      world.apply(batch);
      EXPECT_EQ(world.root(), page::Root());
      world.verify();
    }
  }
  World world;
  EXPECT_TRUE(failed(world.try_apply({{std::string(kKeySizeMax + 1, 'k'), ""}}), Code::kTooLarge));
}

TEST(DenseTree, RefusesGaps) {
  World world(4096, LeafKind::kDense);
  const auto batch = [](std::initializer_list<uint64_t> puts,
                        std::initializer_list<uint64_t> erases) {
    Batch changes;
    for (const uint64_t number : puts) changes[number_key(number)] = "v";
    for (const uint64_t number : erases) changes[number_key(number)] = std::nullopt;
    return changes;
  };
  EXPECT_TRUE(failed(world.try_apply(batch({1, 3}, {})), Code::kInvalid, "before 3"));
  ASSERT_TRUE(succeeded(world.try_apply(batch({5, 6, 7}, {}))));
  EXPECT_TRUE(failed(world.try_apply(batch({9}, {})), Code::kInvalid));
  EXPECT_TRUE(failed(world.try_apply(batch({3}, {})), Code::kInvalid));
  EXPECT_TRUE(failed(world.try_apply(batch({}, {6})), Code::kInvalid));
  EXPECT_TRUE(failed(world.try_apply(batch({8}, {7})), Code::kInvalid));
  EXPECT_TRUE(succeeded(world.try_apply(batch({8, 9}, {5}))));
  EXPECT_TRUE(succeeded(world.try_apply(batch({6, 8}, {9}))));
  EXPECT_TRUE(succeeded(world.try_apply(batch({4, 5}, {}))));
  EXPECT_TRUE(succeeded(world.try_apply(batch({20}, {4, 5, 6, 7, 8}))));
  EXPECT_EQ(world.root().entries, 1U);
  EXPECT_TRUE(succeeded(world.try_apply(batch({}, {20}))));
  EXPECT_EQ(world.root(), page::Root());
  EXPECT_TRUE(succeeded(world.try_apply(batch({UINT64_MAX - 1, UINT64_MAX}, {}))));
  world.verify();
}

TEST(DenseTree, FillsItsPages) {
  World world(4096, LeafKind::kDense);
  for (uint64_t i = 0; i < 20'000; i += 500) {
    Batch batch;
    for (uint64_t j = i; j < i + 500; ++j) batch[number_key(j + 1)] = std::string(36, 'v');
    world.apply(batch);
  }
  world.verify();
  EXPECT_LE(page_count(world), 20'000U * 40 / 4056 + 6);
  EXPECT_EQ(world.get(number_key(0)), std::nullopt);
  EXPECT_EQ(world.get(number_key(20'000)), std::string(36, 'v'));
  EXPECT_EQ(world.get(number_key(20'001)), std::nullopt);
}

// A source that fails ends the whole, and another writer can begin.
TEST(Apply, FailsAsItsSourceFails) {
  class FailingSource final : public ChangeSource {
   public:
    Result<const Change*> next() override { return fail(Code::kIo, "no more"); }
  };
  World world;
  world.apply(numbered(0, 100));
  {
    auto writer = world.file->begin();
    ASSERT_TRUE(succeeded(writer));
    FailingSource source;
    EXPECT_TRUE(failed(tree::apply(**writer, world.root(), world.kind, source), Code::kIo));
  }
  world.apply(numbered(100, 200));
  world.verify();
  EXPECT_EQ(world.root().entries, 200U);
}

// Several batches may be worked in before a commit: what was written between them goes again.
TEST(Apply, WorksOnTreesThatAreNotCommitted) {
  World world;
  {
    auto writer = world.file->begin();
    ASSERT_TRUE(succeeded(writer));
    page::Root root;
    for (uint64_t i = 0; i < 20; ++i) {
      Batch batch = numbered(i * 50, i * 50 + 100, 30);
      batch[key_at(i * 50)] = bytes_of(i, 100'000);
      BatchSource source(batch);
      auto made = tree::apply(**writer, root, world.kind, source);
      ASSERT_TRUE(succeeded(made));
      root = *made;
    }
    ASSERT_TRUE(succeeded((*writer)->commit({{"tree", root}}, 0, {})));
  }
  world.verify();
  EXPECT_EQ(world.root().entries, 1050U);
  EXPECT_EQ(world.get(key_at(950)), bytes_of(19, 100'000));
}

// Everything works in little memory.
TEST(Apply, WorksInASmallCache) {
  World world(4096, LeafKind::kSlotted, 64 << 10);
  const test::Seed seed;
  auto random = seed.generator();
  Model model;
  for (int round = 0; round < 20; ++round) {
    Batch batch;
    for (int i = 0; i < 1000; ++i) {
      const std::string key = key_at(between(random, 0, 99'999));
      model[key] = bytes_of(random(), 50);
      batch[key] = model[key];
    }
    world.apply(batch);
  }
  world.verify();
  EXPECT_EQ(world.contents(), model);
  EXPECT_LE(world.cache.stats().bytes_beyond, uint64_t{32} << 10);
}

}  // namespace
}  // namespace stele::tree
