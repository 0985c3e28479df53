// A dense reader finds what a look-up finds, whatever it was told to expect, and what it is told
// costs no read of a leaf.
#include "tree/dense_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/scale.h"
#include "support/seed.h"
#include "tree/trees.h"

namespace stele::tree {
namespace {

using test::between;
using test::Seed;
using test::succeeded;

std::optional<std::string> find(DenseReader& reader, const World& world, uint64_t number) {
  Value value;
  const auto found = reader.find(number, value);
  EXPECT_TRUE(succeeded(found));
  if (!found || !*found) return std::nullopt;
  return world.read(value);
}

// Numbers from `first` on, in the smallest pages, so that there are three levels.
void fill(World& world, uint64_t first, uint64_t count) {
  Batch batch;
  for (uint64_t i = 0; i < count; ++i) {
    batch[number_key(first + i)] = bytes_of(first + i, i % 97 == 0 ? 2000 : 300 + i % 200);
  }
  world.apply(batch);
}

TEST(DenseReader, FindsNothingInAnEmptyTree) {
  const World world(page::kPageSizeMin, LeafKind::kDense);
  DenseReader reader(*world.file, world.root());
  const uint64_t numbers[] = {1, 2, 3};
  reader.expect(numbers);
  for (const uint64_t number : {uint64_t{0}, uint64_t{1}, UINT64_MAX}) {
    EXPECT_EQ(find(reader, world, number), std::nullopt);
  }
}

TEST(DenseReader, GoesThroughAllInBothDirections) {
  World world(page::kPageSizeMin, LeafKind::kDense);
  fill(world, 1, 3000);
  ASSERT_EQ(world.root().height, 3);
  DenseReader reader(*world.file, world.root());
  const auto expect_there = [&](uint64_t number) {
    ASSERT_EQ(find(reader, world, number), world.get(number_key(number))) << number;
  };
  for (uint64_t number = 0; number <= 3001; ++number) expect_there(number);
  for (uint64_t number = 3001; number > 0; --number) expect_there(number);
}

// Where keys begin with the same bytes and where they do not: separators are as short as can be.
TEST(DenseReader, FindsWhatALookUpFinds) {
  const Seed seed;
  auto random = seed.generator();
  for (const uint64_t first : {uint64_t{1}, (uint64_t{1} << 16) - 700, (uint64_t{1} << 32) - 1000,
                               (uint64_t{1} << 40) - 5, UINT64_MAX - 1999}) {
    World world(page::kPageSizeMin, LeafKind::kDense);
    fill(world, first, 2000);
    for (uint64_t round = test::scaled(100); round > 0; --round) {
      DenseReader reader(*world.file, world.root());
      const bool backward = between(random, 0, 1) == 1;
      const uint64_t step = between(random, 1, 200);
      uint64_t at = 0;
      while (at < 2000) {
        std::vector<uint64_t> numbers;
        for (uint64_t left = between(random, 1, DenseReader::kExpectMax); left > 0; --left) {
          at += between(random, 1, step);
          numbers.push_back(backward ? first + 2005 - at : first - 5 + at);
        }
        // Some are said and not read, some read and not said; and nobody has to say anything.
        if (between(random, 0, 4) != 0) reader.expect(numbers);
        if (between(random, 0, 4) == 0) numbers.push_back(first + between(random, 0, 2000));
        for (const uint64_t number : numbers) {
          if (between(random, 0, 9) == 0) continue;
          ASSERT_EQ(find(reader, world, number), world.get(number_key(number)))
              << number << " from " << first;
        }
      }
    }
  }
}

TEST(DenseReader, SeparatorsDivideNumbersAsTheyDivideKeys) {
  const Seed seed;
  auto random = seed.generator();
  for (const uint64_t first : {uint64_t{1}, (uint64_t{1} << 32) - 1000, UINT64_MAX - 1999}) {
    World world(page::kPageSizeMin, LeafKind::kDense);
    fill(world, first, 2000);
    std::vector<page::PageRef> pages = {world.root().page};
    for (size_t i = 0; i < pages.size(); ++i) {
      const auto pin = world.file->read(pages[i]);
      ASSERT_TRUE(succeeded(pin));
      InnerNode node;
      ASSERT_EQ(node.open(pin->bytes(), page::kPageSizeMin), nullptr);
      for (int j = 0; j < 200; ++j) {
        const uint64_t number =
            j % 8 == 0 ? random() : first - 20 + between(random, 0, 2040);  // May wrap around.
        const size_t child = node.child_of(key_of(number));
        ASSERT_EQ(node.child_of(number), child) << number;
        for (const size_t guess : {size_t{0}, child, child + 7, between(random, 0, 50)}) {
          ASSERT_EQ(node.child_near(number, guess), child) << number << ", " << guess;
        }
        for (size_t other = 0; other < node.child_count(); ++other) {
          ASSERT_EQ(node.is_child_of(number, other), other == child) << number << ", " << other;
        }
      }
      if (pin->header().level() == 1) continue;
      for (size_t child = 0; child < node.child_count(); ++child) {
        pages.push_back(node.child(child));
      }
    }
    ASSERT_GT(pages.size(), 2U);
  }
}

// Nothing is read to get ready but inner pages, and no page twice; in a cache that holds next to
// nothing, nothing is pushed out by what is expected.
TEST(DenseReader, ReadsNoLeafAheadOfItsUse) {
  World world(page::kPageSizeMin, LeafKind::kDense, uint64_t{64} << 10);
  fill(world, 1, 3000);
  world.reopen();
  const auto pages_read = [&] { return world.file->stats().pages_read; };
  DenseReader reader(*world.file, world.root());
  ASSERT_TRUE(find(reader, world, 1).has_value());  // The root, an inner page, a leaf.
  const uint64_t before = pages_read();
  const uint64_t near[] = {20, 30, 40, 50};
  reader.expect(near);
  EXPECT_EQ(pages_read(), before);
  for (const uint64_t number : near) ASSERT_TRUE(find(reader, world, number).has_value());
  EXPECT_EQ(pages_read(), before + 4);
  std::vector<uint64_t> far;
  for (uint64_t number = 100; number < 3000; number += 200) far.push_back(number);
  reader.expect(far);
  for (const uint64_t number : far) ASSERT_TRUE(find(reader, world, number).has_value());
  const uint64_t inner = 3000 / 8 / 100 + 2;  // At most: a leaf has 8 values at least.
  EXPECT_LE(pages_read(), before + 4 + far.size() + inner);
}

TEST(DenseReader, SaysWhatIsDamagedWhenItIsReadAndNotBefore) {
  World world(page::kPageSizeMin, LeafKind::kDense);
  fill(world, 1, 3000);
  world.file.reset();
  auto bytes = *os::read_file(world.files, World::kPath, UINT64_MAX);
  auto file = *world.files.open(World::kPath, os::OpenFor::kWriting);
  // Every page but the two superblocks; the root is read, so that it is made good again.
  std::vector<uint8_t> damaged = bytes;
  for (size_t at = 8192; at < damaged.size(); at += page::kPageSizeMin) damaged[at + 100] ^= 1;
  const auto write = [&](const std::vector<uint8_t>& content, uint64_t at, size_t size) {
    const ByteView piece = ByteView(content).subspan(at, size);
    ASSERT_TRUE(succeeded(file->write_at(at, {&piece, 1})));
  };
  write(damaged, 8192, damaged.size() - 8192);
  auto opened =
      page::PageFile::open(world.environment(), World::kPath, world.options, world.cache, false);
  ASSERT_TRUE(succeeded(opened));
  world.file = *opened;
  const page::Root root = world.root();
  DenseReader reader(*world.file, root);
  const uint64_t numbers[] = {10, 500, 2000};
  reader.expect(numbers);
  Value value;
  EXPECT_TRUE(test::failed(reader.find(10, value), Code::kCorrupt));
  write(bytes, root.page.number * page::kPageSizeMin, page::kPageSizeMin);
  reader.expect(numbers);
  EXPECT_TRUE(test::failed(reader.find(10, value), Code::kCorrupt));
  write(bytes, 8192, bytes.size() - 8192);
  for (const uint64_t number : numbers) {
    EXPECT_EQ(find(reader, world, number), world.get(number_key(number)));
  }
}

}  // namespace
}  // namespace stele::tree
