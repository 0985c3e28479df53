// Every hash is plain BLAKE3 in derive-key mode over the padded input, also when hashed in lanes.
#include "base/hash.h"

#include <blake3.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace stele {
namespace {

// As docs/format.md, "Hash chain", has them. They are on disk in effect: they must never change.
constexpr std::array<const char*, kHashDomainCount> kContexts = {
    "stele v1 payload",    "stele v1 header",  "stele v1 event", "stele v1 node",
    "stele v1 frame root", "stele v1 genesis", "stele v1 batch", "stele v1 receipt",
};

Digest reference(size_t domain, ByteView padded) {
  blake3_hasher hasher;
  blake3_hasher_init_derive_key(&hasher, kContexts[domain]);
  blake3_hasher_update(&hasher, padded.data(), padded.size());
  Digest digest;
  blake3_hasher_finalize(&hasher, digest.data(), digest.size());
  return digest;
}

std::vector<uint8_t> random_bytes(std::mt19937_64& random, size_t size) {
  std::vector<uint8_t> bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// hash_blocks reaches behind the public header, so each width of input and each number of lanes is
// compared with the public calls.
TEST(Hash, BlocksInLanesEqualThePublicFunction) {
  std::mt19937_64 random(1);
  for (size_t domain = 0; domain < kHashDomainCount; ++domain) {
    for (size_t blocks = 1; blocks <= kHashBlocksMax; ++blocks) {
      const size_t size = blocks * kHashBlock;
      const std::vector<uint8_t> bytes = random_bytes(random, 40 * size);
      std::vector<const uint8_t*> inputs;
      for (size_t count = 1; count <= 40; ++count) {
        inputs.push_back(bytes.data() + (count - 1) * size);
        std::vector<uint8_t> digests(32 * count + 1, 0xee);
        hash_blocks(static_cast<HashDomain>(domain), inputs, blocks, digests.data());
        for (size_t i = 0; i < count; ++i) {
          const Digest expected = reference(domain, {inputs[i], size});
          ASSERT_TRUE(std::equal(expected.begin(), expected.end(), digests.data() + 32 * i))
              << kContexts[domain] << ", " << blocks << " blocks, input " << i << " of " << count;
        }
        ASSERT_EQ(digests.back(), 0xee) << "written behind the last digest";
      }
    }
  }
}

// Inputs need not be aligned, nor in order, nor different.
TEST(Hash, InputsMayLieAnywhere) {
  std::mt19937_64 random(2);
  const std::vector<uint8_t> bytes = random_bytes(random, 1000);
  std::vector<const uint8_t*> inputs;
  for (size_t i = 0; i < 37; ++i) inputs.push_back(bytes.data() + random() % 800);
  inputs.push_back(inputs[3]);
  std::vector<Digest> digests(inputs.size());
  hash_blocks(HashDomain::kEvent, inputs, 3, digests[0].data());
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_EQ(digests[i], reference(static_cast<size_t>(HashDomain::kEvent), {inputs[i], 192}));
  }
}

// A Merkle level is written over the one below: digest i lies before input i + 1 and what follows.
TEST(Hash, ALevelMayBeWrittenOverTheOneBelow) {
  std::mt19937_64 random(3);
  for (size_t pairs = 1; pairs <= 70; ++pairs) {
    std::vector<uint8_t> level = random_bytes(random, pairs * kHashBlock);
    const std::vector<uint8_t> before = level;
    std::vector<const uint8_t*> inputs;
    for (size_t i = 0; i < pairs; ++i) inputs.push_back(level.data() + i * kHashBlock);
    hash_blocks(HashDomain::kMerkleNode, inputs, 1, level.data());
    for (size_t i = 0; i < pairs; ++i) {
      const Digest expected = reference(static_cast<size_t>(HashDomain::kMerkleNode),
                                        {before.data() + i * kHashBlock, kHashBlock});
      ASSERT_TRUE(std::equal(expected.begin(), expected.end(), level.data() + 32 * i))
          << "pair " << i << " of " << pairs;
    }
  }
}

// Every size up to beyond a chunk, cut into pieces anywhere, is the digest of the padded bytes.
TEST(Hash, PiecesArePaddedWithZerosToWholeBlocks) {
  std::mt19937_64 random(4);
  for (size_t size = 0; size <= 2200; size += size < 200 ? 1 : 37) {
    const std::vector<uint8_t> bytes = random_bytes(random, size);
    std::vector<uint8_t> padded = bytes;
    padded.resize(std::max<size_t>((size + 63) / 64 * 64, 64), 0);
    const size_t cut = size == 0 ? 0 : random() % (size + 1);
    const std::array<ByteView, 4> pieces = {ByteView(bytes).first(cut), ByteView(),
                                            ByteView(bytes).subspan(cut), ByteView()};
    for (size_t domain = 0; domain < kHashDomainCount; ++domain) {
      const Digest expected = reference(domain, padded);
      EXPECT_EQ(hash_padded(static_cast<HashDomain>(domain), bytes), expected) << size;
      EXPECT_EQ(hash_padded(static_cast<HashDomain>(domain), pieces), expected) << size;
    }
  }
}

TEST(Hash, PaddedSizes) {
  EXPECT_EQ(hash_padded_size(0), 0U);
  EXPECT_EQ(hash_padded_size(1), 64U);
  EXPECT_EQ(hash_padded_size(64), 64U);
  EXPECT_EQ(hash_padded_size(65), 128U);
}

// The same bytes in two roles never have one hash.
TEST(Hash, DomainsDiffer) {
  const std::vector<uint8_t> zeros(64);
  std::set<Digest> digests;
  for (size_t domain = 0; domain < kHashDomainCount; ++domain) {
    digests.insert(hash_padded(static_cast<HashDomain>(domain), zeros));
  }
  EXPECT_EQ(digests.size(), kHashDomainCount);
}

// A value that another implementation of BLAKE3 gave (see tests/format/blake3.py), so that even a
// library that disagrees with itself nowhere is noticed when it computes something else.
TEST(Hash, HasAKnownValue) {
  std::vector<uint8_t> bytes(100);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  const Digest digest = hash_padded(HashDomain::kPayload, bytes);
  EXPECT_EQ(hex(digest.data(), digest.size()),
            "a08038c5d4e7d5743ed5395dae5f63b887dbe522bcc6bb4ac825385e1dc7d17d");
}

}  // namespace
}  // namespace stele
