// Superblocks: what is written is read again, and nothing else is.
#include "page/superblock.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "base/checksum.h"
#include "support/results.h"

namespace stele::page {
namespace {

using test::failed;
using test::succeeded;

Superblock example(uint64_t generation = 6) {
  Superblock superblock = {.uuid = {1, 2, 3}, .file_id = 9, .page_size = 8192};
  superblock.state = {.generation = generation,
                      .applied_tsn = 77,
                      .page_count = 100,
                      .free_pages = 5,
                      .free_list = {40, 41},
                      .roots = {{"a", {{12, 13}, 2, 14}}, {"empty", {}}},
                      .note = {5, 6}};
  superblock.state.roots[std::string(kRootNameMax, 'z')] = {{99, 1}, 3, 1};
  return superblock;
}

// Changes bytes and makes the checksum right again.
template <typename T>
SlotBytes forged(size_t offset, T value) {
  SlotBytes bytes = encode_superblock(example());
  store_le(bytes.data() + offset, value);
  const uint64_t seed = page_seed(file_seed(example().uuid, load_le<uint64_t>(&bytes[32])), 0);
  store_le(bytes.data() + kSlotSize - 8, checksum({bytes.data(), kSlotSize - 8}, seed));
  return bytes;
}

TEST(Superblock, ComesBackAsItWas) {
  const auto decoded = decode_superblock(encode_superblock(example()), 0, "file");
  ASSERT_TRUE(succeeded(decoded));
  const State& state = decoded->state;
  const State expected = example().state;
  EXPECT_EQ(decoded->uuid, example().uuid);
  EXPECT_EQ(decoded->file_id, 9U);
  EXPECT_EQ(decoded->page_size, 8192U);
  EXPECT_EQ(state.generation, expected.generation);
  EXPECT_EQ(state.applied_tsn, expected.applied_tsn);
  EXPECT_EQ(state.page_count, expected.page_count);
  EXPECT_EQ(state.free_pages, expected.free_pages);
  EXPECT_EQ(state.free_list, expected.free_list);
  EXPECT_EQ(state.roots, expected.roots);
  EXPECT_EQ(state.note, expected.note);
}

// Every byte counts, whatever it says: each one changed is refused.
TEST(Superblock, IsRefusedWithAnyByteChanged) {
  const SlotBytes whole = encode_superblock(example());
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const uint8_t change : {uint8_t{0x01}, uint8_t{0x80}, uint8_t{0xff}}) {
      SlotBytes bytes = whole;
      bytes[at] ^= change;
      ASSERT_TRUE(failed(decode_superblock(bytes, 0, "file"), Code::kCorrupt, "slot 0")) << at;
    }
  }
}

// Neither the other slot's content nor a part of one passes.
TEST(Superblock, IsRefusedElsewhere) {
  const SlotBytes bytes = encode_superblock(example());
  EXPECT_TRUE(failed(decode_superblock(bytes, 1, "file"), Code::kCorrupt, "slot 1: the checksum"));
  for (const size_t size : {0U, 1U, 100U, 4095U}) {
    EXPECT_TRUE(failed(decode_superblock(ByteView(bytes).first(size), 0, "file"), Code::kCorrupt,
                       "the file ends inside of it"));
  }
}

// What has a good checksum is still looked at.
TEST(Superblock, IsRefusedWhereItMakesNoSense) {
  EXPECT_TRUE(failed(decode_superblock(forged<uint32_t>(8, 2), 0, "f"), Code::kUnsupported,
                     "written in format 2"));
  EXPECT_TRUE(failed(decode_superblock(forged<uint32_t>(8, 0), 0, "f"), Code::kCorrupt));
  struct Case {
    size_t offset;
    uint64_t value;
    const char* reason;
  };
  const Case cases[] = {
      {40, 7, "generation 7 belongs elsewhere"},
      {40, UINT64_MAX - 1, "belongs elsewhere"},
      {56, 0, "a file of 0 pages"},
      {56, UINT64_MAX, "a file of"},
      {56, 50, "the root \"zz"},
      {64, 101, "101 free pages"},
      {72, 100, "a free list in page 100"},
      {72, 0, "a free list in page 0"},
      {88, 33, "33 roots"},
      {88, 2, "reserved bytes"},
      {88, 4, "out of order"},
      {160, 1, "reserved bytes"},
      {256, 0x7a, "out of order"},
      {280, 100, "the root \"a\" in page 100"},
      {280, 0, "the root \"a\" in page 0"},
      {304, 0, "the root \"a\""},
      {312, 1, "reserved bytes"},
      {2304, 1, "reserved bytes"},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(
        failed(decode_superblock(forged(c.offset, c.value), 0, "f"), Code::kCorrupt, c.reason))
        << c.offset << " " << c.value;
  }
  for (const uint32_t size : {0U, 2048U, 5000U, 131072U}) {
    EXPECT_TRUE(failed(decode_superblock(forged(12, size), 0, "f"), Code::kCorrupt, "pages of"));
  }
}

}  // namespace
}  // namespace stele::page
