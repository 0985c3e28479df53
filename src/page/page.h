// A page: the unit in which a page file is written, checked, cached and freed.
//
//    0                8                16               24   25    26     28       30       32
//    +----------------+----------------+----------------+----+-----+------+--------+--------+
//    |    checksum    |  page number   |   generation   |type|level|  0   | count  |   0    |
//    +----------------+----------------+----------------+----+-----+------+--------+--------+
//    |  what the type says ..., up to the page size                                         |
//    +--------------------------------------------------------------------------------------+
//
//    I1  The checksum is XXH3-64 of all bytes behind it, seeded with the seed of the file and the
//        page number (page_seed).
//    I2  A page that a superblock can reach is never written again.
//    I3  Who refers to a page keeps its checksum, too: a page that was lost, is stale or stands at
//        another's place has a good checksum, and not that one.
//
// On disk: docs/format.md, "Page".
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace stele::page {

inline constexpr size_t kPageChecksumOffset = 0;
inline constexpr size_t kPageNumberOffset = kPageChecksumOffset + 8;
inline constexpr size_t kPageGenerationOffset = kPageNumberOffset + 8;
inline constexpr size_t kPageTypeOffset = kPageGenerationOffset + 8;
inline constexpr size_t kPageLevelOffset = kPageTypeOffset + 1;
inline constexpr size_t kPageCountOffset = kPageLevelOffset + 3;
inline constexpr size_t kPageHeaderSize = kPageCountOffset + 4;
static_assert(kPageHeaderSize == 32);

inline constexpr uint32_t kPageSizeMin = 4096;
inline constexpr uint32_t kPageSizeMax = 65536;
inline constexpr uint32_t kPageSizeDefault = 16384;

// Values are on disk.
enum class PageType : uint8_t {
  kLeaf = 1,       // Entries of a tree, found by slots.
  kDenseLeaf = 2,  // Entries of a tree whose keys are 64-bit numbers without gaps.
  kInner = 3,      // References to pages of a tree, with separators.
  kValue = 4,      // A piece of a value too large for a leaf.
  kExtents = 5,    // Where the pieces of such a value are, when a leaf has no room for that.
  kFree = 6,       // Free pages.
};

// Names a page and proves that it is the one meant. Number 0 is none: superblocks are there.
struct PageRef {
  uint64_t number = 0;
  uint64_t checksum = 0;
  [[nodiscard]] explicit operator bool() const { return number != 0; }
  friend bool operator==(const PageRef&, const PageRef&) = default;
};

// Reads a page header's fields in place. Requires: kPageHeaderSize readable bytes.
struct PageHeader {
  const uint8_t* at;
  [[nodiscard]] uint64_t checksum() const { return load_le<uint64_t>(at + kPageChecksumOffset); }
  [[nodiscard]] uint64_t number() const { return load_le<uint64_t>(at + kPageNumberOffset); }
  [[nodiscard]] uint64_t generation() const {
    return load_le<uint64_t>(at + kPageGenerationOffset);
  }
  [[nodiscard]] PageType type() const { return static_cast<PageType>(at[kPageTypeOffset]); }
  // 0 for leaves, one more than its children's for an inner page.
  [[nodiscard]] uint8_t level() const { return at[kPageLevelOffset]; }
  // Of what the page holds: entries, children, extents.
  [[nodiscard]] uint16_t count() const { return load_le<uint16_t>(at + kPageCountOffset); }
};

using Uuid = std::array<uint8_t, 16>;

// Returns what seeds all checksums of a file, so that nothing of another file passes in it.
[[nodiscard]] uint64_t file_seed(const Uuid& uuid, uint64_t file_id);

// Returns the seed of one page (I1), whose number is thereby part of what is checked.
[[nodiscard]] constexpr uint64_t page_seed(uint64_t file_seed, uint64_t number) {
  return file_seed + number * 0x9e3779b97f4a7c15;
}

// Completes a page: its number, its generation and, last, its checksum. Returns what refers to it.
PageRef seal_page(ByteSpan page, uint64_t number, uint64_t generation, uint64_t file_seed);

// Where a page was read: for checking it, and for messages.
struct PagePlace {
  const std::string& path;
  uint64_t file_seed;
};

// Checks a page against itself: that it is page `number` of this file, whole. Requires: as many
// bytes as a page has.
[[nodiscard]] Status check_page(ByteView page, uint64_t number, const PagePlace& place);
// The same, and that it is the one that was referred to (I3).
[[nodiscard]] Status check_page(ByteView page, const PageRef& ref, const PagePlace& place);

// A tree, as a superblock names it.
struct Root {
  PageRef page;          // None: the tree is empty.
  uint8_t height = 0;    // Levels: 0 empty, 1 a single leaf.
  uint64_t entries = 0;  // In its leaves.
  friend bool operator==(const Root&, const Root&) = default;
};

}  // namespace stele::page
