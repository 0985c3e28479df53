// BLAKE3 in derive-key mode, one domain per use, with many short inputs at a time.
//
// Every hashed input is padded with zeros to a multiple of 64 bytes (one BLAKE3 block); what is
// hashed carries its own sizes, so padding cannot make two inputs equal. In return, inputs of the
// same number of blocks hash side by side in SIMD lanes: hash_blocks() takes an array of them. The
// digests are those of plain BLAKE3 over the padded bytes; docs/format.md, "Hash chain".
//
// Algorithm: BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020), sections 2.1 and 2.3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace stele {

using Digest = std::array<uint8_t, 32>;

enum class HashDomain : uint8_t {
  kPayload,
  kHeader,
  kEvent,
  kMerkleNode,
  kFrameRoot,
  kGenesis,
  kBatch,
  kReceipt,
};
inline constexpr size_t kHashDomainCount = 8;

inline constexpr size_t kHashBlock = 64;
// The longest input that hash_blocks() takes: one BLAKE3 chunk.
inline constexpr size_t kHashBlocksMax = 16;

[[nodiscard]] constexpr uint64_t hash_padded_size(uint64_t size) {
  return (size + (kHashBlock - 1)) / kHashBlock * kHashBlock;
}

// Hashes inputs[i], each `blocks` * 64 bytes long, into digests + 32 * i. Requires: 1 <= blocks <=
// kHashBlocksMax. The digests may overlap inputs that lie wholly before them (a Merkle level over
// the one below).
void hash_blocks(HashDomain domain, std::span<const uint8_t* const> inputs, size_t blocks,
                 uint8_t* digests);

// Returns the digest of the pieces, one behind the other, padded. Any size; an empty input is
// hashed as one block of zeros.
[[nodiscard]] Digest hash_padded(HashDomain domain, std::span<const ByteView> pieces);
[[nodiscard]] Digest hash_padded(HashDomain domain, ByteView bytes);

}  // namespace stele
