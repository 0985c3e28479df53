// A superblock: the 4,096 bytes in a slot of a page file, which name one whole generation.
//
//    0                8        12       16               24               32
//    +----------------+--------+--------+----------------+----------------+
//    |   "STELEPGS"   | format |page sz.|          database uuid          |
//    +----------------+--------+--------+----------------+----------------+ 32
//    |    file id     |   generation    |  applied TSN   |   page count   |
//    +----------------+-----------------+----------------+----------------+ 64
//    |   free pages   | free list: page |    checksum    | roots  |   0   |
//    +----------------+-----------------+----------------+----------------+ 96
//    |  note, 64 bytes; zeros up to 256; roots, 64 bytes each; zeros ...   |
//    |  ...                                              |    checksum    |
//    +---------------------------------------------------+----------------+ 4096
//
//    root := name, zeros up to 24 bytes; page u64; checksum u64; entries u64; height u8; 15 zeros
//
//    I1  Generation g is in slot g % 2. The checksum is seeded as that of page `slot` of the file:
//        neither the other slot's bytes nor another file's pass.
//    I2  Roots are in ascending order of names; what is not in use is zero.
//
// On disk: docs/format.md, "Page file".
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "page/page.h"
#include "page/state.h"

namespace stele::page {

inline constexpr uint32_t kPageFileFormat = 1;
inline constexpr uint64_t kGenerationMax = uint64_t{1} << 62;  // More than there will ever be.

struct Superblock {
  Uuid uuid = {};
  uint64_t file_id = 0;
  uint32_t page_size = 0;
  State state = {};
};

using SlotBytes = std::array<uint8_t, kSlotSize>;

[[nodiscard]] constexpr size_t slot_of(uint64_t generation) {
  return generation % 2;
}

[[nodiscard]] SlotBytes encode_superblock(const Superblock& superblock);

// Decodes what is in a slot of the file at `path`. UNSUPPORTED: it is good, but of a newer format.
[[nodiscard]] Result<Superblock> decode_superblock(ByteView bytes, size_t slot,
                                                   const std::string& path);

}  // namespace stele::page
