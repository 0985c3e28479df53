// Hashes events in lanes: gathers inputs of the same number of blocks, then hashes them side by
// side.
#include "events/digest.h"

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"

namespace stele::events {

namespace {

// As many inputs as the widest SIMD form takes at a time.
constexpr size_t kLanes = 16;

// Collects padded inputs and hashes those of equal length together. Inputs of more than
// kHashBlocksMax blocks are hashed at once, alone.
class LaneHasher {
 public:
  explicit LaneHasher(HashDomain domain)
      : domain_(domain), buffers_(std::make_unique<Lanes[]>(kHashBlocksMax)) {}

  // Adds an input of two pieces whose digest goes to `*digest`.
  void add(ByteView first, ByteView second, Digest* digest) {
    const uint64_t size = first.size() + second.size();
    const uint64_t padded = std::max<uint64_t>(hash_padded_size(size), kHashBlock);
    const size_t blocks = padded / kHashBlock;
    if (blocks > kHashBlocksMax) {
      const std::array<ByteView, 2> pieces = {first, second};
      *digest = hash_padded(domain_, pieces);
      return;
    }
    Lanes& lanes = buffers_[blocks - 1];
    if (lanes.bytes == nullptr) lanes.bytes = std::make_unique<uint8_t[]>(kLanes * padded);
    uint8_t* input = lanes.bytes.get() + lanes.count * padded;
    copy_bytes(input, first);
    copy_bytes(input + first.size(), second);
    std::fill(input + size, input + padded, uint8_t{0});
    lanes.digests[lanes.count++] = digest;
    if (lanes.count == kLanes) flush(lanes, blocks);
  }

  // Hashes what has been added. No digest is valid before.
  void finish() {
    for (size_t i = 0; i < kHashBlocksMax; ++i) flush(buffers_[i], i + 1);
  }

 private:
  struct Lanes {
    std::unique_ptr<uint8_t[]> bytes;  // kLanes inputs of the same size.
    std::array<Digest*, kLanes> digests;
    size_t count = 0;
  };

  void flush(Lanes& lanes, size_t blocks) {
    if (lanes.count == 0) return;
    std::array<const uint8_t*, kLanes> inputs;
    for (size_t i = 0; i < lanes.count; ++i) {
      inputs[i] = lanes.bytes.get() + i * blocks * kHashBlock;
    }
    std::array<Digest, kLanes> digests;
    hash_blocks(domain_, {inputs.data(), lanes.count}, blocks, digests[0].data());
    for (size_t i = 0; i < lanes.count; ++i) *lanes.digests[i] = digests[i];
    lanes.count = 0;
  }

  HashDomain domain_;
  std::unique_ptr<Lanes[]> buffers_;  // Lanes for inputs of i + 1 blocks at [i].
};

// ---- A level of the Merkle tree has `count` nodes; neighbours from an even index on are a pair.

uint64_t parents_of(uint64_t count) {
  return count / 2 + count % 2;
}

bool has_sibling(uint64_t index, uint64_t count) {
  return (index ^ 1) < count;
}

// Replaces the first `count` hashes by those of the level above. Returns how many these are.
size_t hash_level(std::vector<Digest>& hashes, size_t count) {
  static_assert(sizeof(Digest) == 32);  // Two neighbours are one block.
  std::array<const uint8_t*, kLanes> inputs;
  std::array<Digest, kLanes> parents;
  const size_t pairs = count / 2;
  for (size_t first = 0; first < pairs; first += kLanes) {
    const size_t lanes = std::min(kLanes, pairs - first);
    for (size_t i = 0; i < lanes; ++i) inputs[i] = hashes[2 * (first + i)].data();
    hash_blocks(HashDomain::kMerkleNode, {inputs.data(), lanes}, 1, parents[0].data());
    std::copy_n(parents.begin(), lanes, hashes.begin() + static_cast<ptrdiff_t>(first));
  }
  if (count % 2 == 1) hashes[pairs] = hashes[count - 1];
  return parents_of(count);
}

}  // namespace

void header_digests(std::span<const RecordView> records, std::span<Digest> digests) {
  STELE_CHECK(records.size() == digests.size());
  LaneHasher payloads(HashDomain::kPayload);
  for (size_t i = 0; i < records.size(); ++i) {
    payloads.add(records[i].payload(), {}, &digests[i]);
  }
  payloads.finish();

  LaneHasher headers(HashDomain::kHeader);
  std::vector<uint8_t> without_time;
  std::vector<Digest> payload_digests(digests.begin(), digests.end());
  for (size_t i = 0; i < records.size(); ++i) {
    ByteView head = records[i].caller_part();
    if ((records[i].flags() & kTimeIsRecorded) != 0) {
      without_time.assign(head.begin(), head.end());
      store_le(without_time.data() + (kTimeOffset - kCallerOffset), int64_t{0});
      head = without_time;
    }
    headers.add(payload_digests[i], head, &digests[i]);
  }
  headers.finish();
}

Digest event_hash(const Digest& header_digest, const uint8_t* previous) {
  std::array<uint8_t, kHashBlock> input;
  std::ranges::copy(header_digest, input.begin());
  std::copy_n(previous, kNoHash.size(), input.begin() + header_digest.size());
  const uint8_t* inputs = input.data();
  Digest hash;
  hash_blocks(HashDomain::kEvent, {&inputs, 1}, 1, hash.data());
  return hash;
}

Digest merkle_root(std::vector<Digest>& hashes) {
  if (hashes.empty()) return kNoHash;
  size_t count = hashes.size();
  while (count > 1) count = hash_level(hashes, count);
  return hashes[0];
}

size_t merkle_path_size(uint64_t index, uint64_t count) {
  size_t size = 0;
  for (; count > 1; count = parents_of(count), index /= 2) size += has_sibling(index, count);
  return size;
}

std::vector<Digest> merkle_path(std::vector<Digest>& hashes, uint64_t index) {
  STELE_CHECK(index < hashes.size());
  std::vector<Digest> path;
  for (size_t count = hashes.size(); count > 1; index /= 2) {
    if (has_sibling(index, count)) path.push_back(hashes[index ^ 1]);
    count = hash_level(hashes, count);
  }
  return path;
}

Digest merkle_root_over(const Digest& hash, uint64_t index, uint64_t count,
                        std::span<const Digest> path) {
  STELE_CHECK(path.size() == merkle_path_size(index, count));
  std::array<Digest, 2> pair = {};
  Digest root = hash;
  for (; count > 1; count = parents_of(count), index /= 2) {
    if (!has_sibling(index, count)) continue;
    pair[index % 2] = root;
    pair[(index + 1) % 2] = path.front();
    path = path.subspan(1);
    const uint8_t* inputs = pair[0].data();
    hash_blocks(HashDomain::kMerkleNode, {&inputs, 1}, 1, root.data());
  }
  return root;
}

}  // namespace stele::events
