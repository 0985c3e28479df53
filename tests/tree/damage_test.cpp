// Damage in a tree is found, and named by file and page: by its checksum, or by what it says if
// somebody made its checksum right.
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tree/draw.h"
#include "tree/node.h"
#include "tree/trees.h"
#include "tree/value.h"

namespace stele::tree {
namespace {

using test::failed;
using test::succeeded;
using PageBytes = std::vector<uint8_t>;

// Flips a bit of a page in the file.
void flip(World& world, uint64_t number, uint64_t byte) {
  auto file = world.files.open(World::kPath, os::OpenFor::kWriting);
  ASSERT_TRUE(succeeded(file));
  const uint64_t offset = number * world.options.page_size + byte;
  uint8_t value = 0;
  ASSERT_EQ(*(*file)->read_at(offset, {&value, 1}), 1U);
  value ^= 4;
  const ByteView piece = {&value, 1};
  ASSERT_TRUE(succeeded((*file)->write_at(offset, {&piece, 1})));
}

Batch numbered(uint64_t count, size_t value_size) {
  Batch batch;
  for (uint64_t i = 0; i < count; ++i) batch[number_key(i)] = std::string(value_size, 'v');
  return batch;
}

TEST(Damage, OfAnyPageIsFoundAndNamed) {
  for (const LeafKind kind : {LeafKind::kSlotted, LeafKind::kDense}) {
    World world(4096, kind, 32 << 10);
    Batch batch = numbered(1000, 30);
    batch[number_key(500)] = bytes_of(1, 20'000);
    world.apply(batch);
    world.verify();
    std::vector<uint64_t> pages;
    ASSERT_TRUE(succeeded(verify(*world.file, world.root(), kind, [&](uint64_t page) -> Status {
      pages.push_back(page);
      return {};
    })));
    for (const uint64_t page : pages) {
      for (const uint64_t byte : {0, 9, 24, 40, 4000}) {
        flip(world, page, byte);
        world.reopen();
        EXPECT_TRUE(failed(world.try_verify(), Code::kCorrupt, "page " + std::to_string(page)));
        EXPECT_NE(draw_page(*world.file, page).find("DAMAGED"), std::string::npos);
        flip(world, page, byte);
      }
    }
    world.reopen();
    world.verify();
  }
}

TEST(Damage, OfAPieceEndsAReadThatNeedsIt) {
  World world;
  world.apply({{"key", bytes_of(1, 20 * piece_size(4096))}});
  Found found;
  ASSERT_TRUE(*get(*world.file, world.root(), as_bytes("key"), found));
  const auto first = load_le<uint64_t>(found.value.bytes.data() + kDescriptorHeaderSize);
  flip(world, first + 7, 1000);
  std::vector<uint8_t> bytes(piece_size(4096));
  EXPECT_TRUE(succeeded(read_value(*world.file, found.value, 6 * piece_size(4096), bytes)));
  EXPECT_TRUE(succeeded(read_value(*world.file, found.value, 8 * piece_size(4096), bytes)));
  EXPECT_TRUE(failed(read_value(*world.file, found.value, 8 * piece_size(4096) - 1, bytes),
                     Code::kCorrupt, "page " + std::to_string(first + 7)));
}

// A page with a good checksum that is another piece, or one of another value, is not taken for the
// one that is wanted.
TEST(Damage, IsAPieceInAnothersPlace) {
  World world;
  world.apply({{"a", bytes_of(1, 20'000)}, {"b", bytes_of(2, 20'000)}});
  Found a;
  Found b;
  ASSERT_TRUE(*get(*world.file, world.root(), as_bytes("a"), a));
  ASSERT_TRUE(*get(*world.file, world.root(), as_bytes("b"), b));
  const auto first_of = [](const Found& found) {
    return load_le<uint64_t>(found.value.bytes.data() + kDescriptorHeaderSize);
  };
  std::vector<uint8_t> page(4096);
  EXPECT_TRUE(succeeded(
      read_piece(*world.file, a.value.bytes, {.piece = 1, .page = first_of(a) + 1}, page)));
  EXPECT_TRUE(
      failed(read_piece(*world.file, a.value.bytes, {.piece = 1, .page = first_of(a) + 2}, page),
             Code::kCorrupt, "piece 2 in the place of 1"));
  EXPECT_TRUE(
      failed(read_piece(*world.file, a.value.bytes, {.piece = 1, .page = first_of(b) + 1}, page),
             Code::kCorrupt, "another value"));
  EXPECT_TRUE(failed(
      read_piece(*world.file, a.value.bytes, {.piece = 1, .page = world.root().page.number}, page),
      Code::kCorrupt, "not a piece"));
}

// Extents that name superblocks, or pages behind the end of the file, are refused as damage.
TEST(Damage, IsAnExtentOfNoPages) {
  World world;
  world.apply({{"key", bytes_of(1, 20'000)}});
  Found found;
  ASSERT_TRUE(*get(*world.file, world.root(), as_bytes("key"), found));
  for (const uint64_t first : {uint64_t{0}, uint64_t{1}, uint64_t{1'000'000}, UINT64_MAX}) {
    std::vector<uint8_t> descriptor(found.value.bytes.begin(), found.value.bytes.end());
    store_le(descriptor.data() + kDescriptorHeaderSize + kExtentFirstOffset, first);
    std::vector<uint8_t> bytes(100);
    EXPECT_TRUE(failed(read_value(*world.file, {.bytes = descriptor, .is_large = true}, 0, bytes),
                       Code::kCorrupt, "not there"));
  }
}

// Forges the only page of a tree, with a good checksum, and verifies that.
Status verify_forged(const std::function<void(PageBytes&)>& forge) {
  World world;
  world.apply({{"ka", "1"}, {"kb", "2"}, {"kc", "3"}});
  PageBytes page(4096);
  STELE_TRY(world.file->read_raw(world.root().page.number, page));
  forge(page);
  auto writer = world.file->begin();
  if (!writer) return fail(writer.error());
  (*writer)->free(world.root().page.number, 0);
  const auto written = (*writer)->write(page);
  if (!written) return fail(written.error());
  page::Root root = world.root();
  root.page = *written;
  STELE_TRY((*writer)->commit({{"tree", root}}, 0, {}));
  return world.try_verify();
}

TEST(Damage, ThatWasForgedIsFoundByVerification) {
  constexpr size_t kSlots =
      kNodeHeaderSize;  // No fences: an upper one is missing, the lower empty.
  const struct {
    const char* reason;
    std::function<void(PageBytes&)> forge;
  } cases[] = {
      {"not a leaf", [](PageBytes& page) { page[page::kPageTypeOffset] = 3; }},
      {"not of level 0", [](PageBytes& page) { page[page::kPageLevelOffset] = 1; }},
      {"slots beyond", [](PageBytes& page) { page[page::kPageCountOffset + 1] = 0xff; }},
      {"without entries", [](PageBytes& page) { page[page::kPageCountOffset] = 0; }},
      {"2 entries instead of 3",
       [](PageBytes& page) {
         page[page::kPageCountOffset] = 2;
         std::copy(page.begin() + kSlots + 24, page.end(), page.begin() + kSlots + 16);
         for (size_t at : {kSlots, kSlots + 8}) page[at] -= 8;
       }},
      {"beyond the fences", [](PageBytes& page) { page[kNodePrefixOffset] = 1; }},
      {"a fence is too long", [](PageBytes& page) { page[kNodeLowerOffset + 1] = 0xff; }},
      {"not behind the fences", [](PageBytes& page) { page[kNodeSlotsOffset] += 8; }},
      {"entry 0 is beyond the page", [](PageBytes& page) { page[kSlots + 1] = 0xff; }},
      {"head", [](PageBytes& page) { page[kSlots + kSlotHead] ^= 1; }},
      {"not behind the one before",
       [](PageBytes& page) {
         for (size_t i = 0; i < kSlotSize; ++i) {
           std::swap(page[kSlots + i], page[kSlots + kSlotSize + i]);
         }
       }},
      {"out of order",
       [](PageBytes& page) {
         // The cells, of five bytes each, are behind three slots.
         page[kSlots + 3 * kSlotSize + kCellHeaderSize + 1] = 'z';
         page[kSlots + kSlotHead + 2] = 'z';
       }},
  };
  EXPECT_TRUE(succeeded(verify_forged([](PageBytes&) {})));
  for (const auto& c : cases) EXPECT_TRUE(failed(verify_forged(c.forge), Code::kCorrupt, c.reason));
}

TEST(Damage, OfARootIsFound) {
  World world;
  world.apply(numbered(1000, 30));
  const page::Root root = world.root();
  const auto ignore = [](uint64_t) -> Status { return {}; };
  const std::function<void(page::Root&)> forgeries[] = {
      [](page::Root& forged) { ++forged.height; }, [](page::Root& forged) { --forged.height; },
      [](page::Root& forged) { forged.height = 255; }, [](page::Root& forged) { ++forged.entries; },
      [](page::Root& forged) { forged.page = {}; }};
  for (const auto& forge : forgeries) {
    page::Root forged = root;
    forge(forged);
    EXPECT_TRUE(failed(verify(*world.file, forged, world.kind, ignore), Code::kCorrupt));
  }
  EXPECT_TRUE(failed(verify(*world.file, root, LeafKind::kDense, ignore), Code::kCorrupt));
}

}  // namespace
}  // namespace stele::tree
