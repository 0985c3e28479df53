// The keys of the hash domains, and BLAKE3 over padded inputs.
#include "base/hash.h"

#include <blake3.h>

#include <algorithm>

#include "base/check.h"

extern "C" {
// The SIMD core of BLAKE3's official C code: hashes inputs of whole blocks side by side. It is not
// in blake3.h, and has kept this form since version 0.1; hash_test compares it with the public
// calls.
void blake3_hash_many(const uint8_t* const* inputs, size_t num_inputs, size_t blocks,
                      const uint32_t key[8], uint64_t counter, bool increment_counter,
                      uint8_t flags, uint8_t flags_start, uint8_t flags_end, uint8_t* out);
}

namespace stele {

namespace {

// Flags of a compression, BLAKE3 section 2.2, table 3.
constexpr uint8_t kChunkStart = 1;
constexpr uint8_t kChunkEnd = 2;
constexpr uint8_t kRoot = 8;
constexpr uint8_t kDeriveKeyMaterial = 64;

constexpr const char* kContexts[kHashDomainCount] = {
    "stele v1 payload",    "stele v1 header",  "stele v1 event", "stele v1 node",
    "stele v1 frame root", "stele v1 genesis", "stele v1 batch", "stele v1 receipt",
};

using Hashers = std::array<blake3_hasher, kHashDomainCount>;

Hashers make_hashers() {
  Hashers hashers;
  for (size_t i = 0; i < kHashDomainCount; ++i) {
    blake3_hasher_init_derive_key(&hashers[i], kContexts[i]);
  }
  return hashers;
}

// Made once, under the guard of a function-local static: the library's own detection of the
// processor is a plain global and must not run in two threads at once.
const blake3_hasher& hasher_of(HashDomain domain) {
  static const Hashers kHashers = make_hashers();
  return kHashers[static_cast<size_t>(domain)];
}

}  // namespace

void hash_blocks(HashDomain domain, std::span<const uint8_t* const> inputs, size_t blocks,
                 uint8_t* digests) {
  STELE_DCHECK(blocks >= 1 && blocks <= kHashBlocksMax);
  blake3_hash_many(inputs.data(), inputs.size(), blocks, hasher_of(domain).key, 0, false,
                   kDeriveKeyMaterial, kChunkStart, kChunkEnd | kRoot, digests);
}

Digest hash_padded(HashDomain domain, std::span<const ByteView> pieces) {
  static constexpr uint8_t kZeros[kHashBlock] = {};
  blake3_hasher hasher = hasher_of(domain);
  uint64_t size = 0;
  for (const ByteView piece : pieces) {
    blake3_hasher_update(&hasher, piece.data(), piece.size());
    size += piece.size();
  }
  const uint64_t padded = std::max<uint64_t>(hash_padded_size(size), kHashBlock);
  blake3_hasher_update(&hasher, kZeros, padded - size);
  Digest digest;
  blake3_hasher_finalize(&hasher, digest.data(), digest.size());
  return digest;
}

Digest hash_padded(HashDomain domain, ByteView bytes) {
  return hash_padded(domain, std::span<const ByteView>(&bytes, 1));
}

}  // namespace stele
