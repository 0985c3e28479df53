// Values of all sizes come back as they were, whole and by range; those that are replaced or erased
// give their pages back.
#include "tree/value.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "support/seed.h"
#include "tree/trees.h"

namespace stele::tree {
namespace {

using test::between;
using test::failed;
using test::succeeded;

// Sizes around every limit there is for a page size.
std::vector<uint64_t> sizes_around_limits(uint32_t page_size) {
  const uint64_t piece = piece_size(page_size);
  std::vector<uint64_t> sizes = {0, 1};
  for (const uint64_t limit :
       {uint64_t{page_size / 4}, uint64_t{page_size}, piece, 2 * piece, 7 * piece, 40 * piece}) {
    for (const uint64_t size : {limit - 1, limit, limit + 1, limit + 2}) sizes.push_back(size);
  }
  return sizes;
}

bool is_large(const World& world, const std::string& key) {
  Found found;
  EXPECT_TRUE(*get(*world.file, world.root(), as_bytes(key), found));
  return found.value.is_large;
}

TEST(Values, OfAllSizesInPagesOfAllSizes) {
  for (const uint32_t page_size : {4096U, 8192U, 16384U, 32768U, 65536U}) {
    for (const LeafKind kind : {LeafKind::kSlotted, LeafKind::kDense}) {
      SCOPED_TRACE(testing::Message() << "page size " << page_size);
      World world(page_size, kind);
      Batch batch;
      uint64_t number = 0;
      for (const uint64_t size : sizes_around_limits(page_size)) {
        batch[number_key(number)] = bytes_of(number, size);
        ++number;
      }
      world.apply(batch);
      world.reopen();
      world.verify();
      for (const auto& [key, value] : batch) {
        EXPECT_EQ(world.get(key), value);
        EXPECT_EQ(is_large(world, key), value->size() > page_size / 4);
      }
    }
  }
}

TEST(Values, AreReadByRange) {
  const test::Seed seed;
  auto random = seed.generator();
  World world;
  const std::string small = bytes_of(1, 800);
  const std::string large = bytes_of(2, 100'000);
  world.apply({{"small", small}, {"large", large}});
  for (const auto& [key, value] : {std::pair("small", small), std::pair("large", large)}) {
    Found found;
    ASSERT_TRUE(*get(*world.file, world.root(), as_bytes(key), found));
    EXPECT_EQ(found.value.size(), value.size());
    for (int i = 0; i < 200; ++i) {
      const uint64_t offset = between(random, 0, value.size());
      const uint64_t size = between(random, 0, std::min<uint64_t>(value.size() - offset, 9000));
      std::vector<uint8_t> bytes(size);
      ASSERT_TRUE(succeeded(read_value(*world.file, found.value, offset, bytes)));
      EXPECT_EQ(as_text(bytes), std::string_view(value).substr(offset, size));
    }
  }
}

// A range is read without the rest of the value.
TEST(Values, ReadOnlyThePiecesThatAreAskedFor) {
  World world;
  world.apply({{"large", bytes_of(1, 1'000'000)}});
  Found found;
  ASSERT_TRUE(*get(*world.file, world.root(), as_bytes("large"), found));
  const uint64_t before = world.file->stats().pages_read;
  std::vector<uint8_t> bytes(100);
  ASSERT_TRUE(succeeded(read_value(*world.file, found.value, 500'000, bytes)));
  EXPECT_LE(world.file->stats().pages_read - before, 2U);
}

// When free pages lie far apart there are more extents than a leaf takes, and they get pages of
// their own.
TEST(Values, InPagesThatLieFarApart) {
  World world;
  const std::string filler = bytes_of(1, piece_size(4096) - 100);
  Batch batch;
  for (int i = 0; i < 3000; ++i) batch["filler" + std::to_string(10'000 + i)] = filler;
  world.apply(batch);
  batch.clear();
  for (int i = 0; i < 3000; i += 2) batch["filler" + std::to_string(10'000 + i)] = std::nullopt;
  world.apply(batch);
  for (int i = 0; i < 3; ++i) world.apply({{"a", std::to_string(i)}});  // Until they can be used.
  const std::string large = bytes_of(2, 1200 * piece_size(4096));
  world.apply({{"large", large}});
  world.reopen();
  world.verify();

  Found found;
  ASSERT_TRUE(*get(*world.file, world.root(), as_bytes("large"), found));
  EXPECT_EQ(load_le<uint32_t>(found.value.bytes.data() + kDescriptorCountOffset), 0U)
      << "the extents are in the leaf";
  EXPECT_EQ(world.get("large"), large);
  const test::Seed seed;
  auto random = seed.generator();
  for (int i = 0; i < 100; ++i) {
    const uint64_t offset = between(random, 0, large.size() - 5000);
    std::vector<uint8_t> bytes(between(random, 0, 5000));
    ASSERT_TRUE(succeeded(read_value(*world.file, found.value, offset, bytes)));
    EXPECT_EQ(as_text(bytes), std::string_view(large).substr(offset, bytes.size()));
  }
  found = {};
  world.apply({{"large", std::nullopt}});
  world.verify();
}

TEST(Values, GiveTheirPagesBack) {
  World world;
  world.apply({{"key", bytes_of(1, 100'000)}, {"other", bytes_of(2, 100'000)}});
  world.apply({{"key", bytes_of(3, 50'000)}});
  world.verify();
  world.apply({{"key", "small"}, {"other", std::nullopt}});
  world.verify();
  for (int i = 0; i < 3; ++i) world.apply({{"key", std::to_string(i)}});
  EXPECT_LE(world.file->state()->page_count, 50U) << "the end of the file is free";
}

// What lies beside the longest key of the smallest page may be less than a quarter of a page.
TEST(Values, BesideTheLongestKeys) {
  World world;
  Batch batch;
  for (uint64_t size = 500; size < 1100; size += 10) {
    std::string key(kKeySizeMax - 8, 'k');
    batch[key + number_key(size)] = bytes_of(size, size);
  }
  world.apply(batch);
  world.verify();
  for (const auto& [key, value] : batch) EXPECT_EQ(world.get(key), value);
}

TEST(Values, WhoseSourceFailsFailTheBatch) {
  class FailingValue final : public ValueSource {
   public:
    uint64_t size() const override { return 100'000; }
    Status read(ByteSpan /*into*/) override {
      return ++calls_ < 5 ? Status() : fail(Code::kIo, "no more of it");
    }

   private:
    int calls_ = 0;
  };
  class Source final : public ChangeSource {
   public:
    explicit Source(ValueSource& value) { change_.large = &value; }
    Result<const Change*> next() override { return calls_++ == 0 ? &change_ : nullptr; }

   private:
    Change change_;
    int calls_ = 0;
  };
  World world;
  {
    auto writer = world.file->begin();
    ASSERT_TRUE(succeeded(writer));
    FailingValue value;
    Source source(value);
    EXPECT_TRUE(failed(tree::apply(**writer, {}, world.kind, source), Code::kIo, "no more"));
  }
  world.apply({{"key", "value"}});
  world.verify();
}

}  // namespace
}  // namespace stele::tree
