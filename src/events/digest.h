// The hash chain: what binds an event, the events of its entity, and the events of a commit.
//
//     payload digest = H(data ‖ metadata)
//     header digest  = H(payload digest ‖ what the caller said: version .. tags)
//     event hash     = H(header digest ‖ hash of the entity's previous event, or zeros)
//     Merkle root    = the event hashes of a commit, hashed in pairs; an odd one moves up as it is
//
// Each H is BLAKE3 in a domain of its own over the input padded with zeros to whole blocks
// (hash.h); the sizes inside the header part keep padded inputs apart. A time that the commit
// filled in counts as 0, for it is not known when the caller's thread hashes; `recorded` is bound
// by the chained root.
//
// On disk: docs/format.md, "Hash chain".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/hash.h"
#include "events/record.h"

namespace stele::events {

// Computes the header digests of many events at once: inputs of equal length share SIMD lanes.
// Stores the digest of records[i] in digests[i]. Requires: both of the same size.
void header_digests(std::span<const RecordView> records, std::span<Digest> digests);

// Returns the hash of an event whose entity had `previous` before (zeros: it is the first, or the
// event has no entity).
[[nodiscard]] Digest event_hash(const Digest& header_digest, const uint8_t* previous);

// Returns the Merkle root over event hashes; zeros for none. Uses `hashes` as its working memory.
[[nodiscard]] Digest merkle_root(std::vector<Digest>& hashes);

// Returns how many siblings lie between the hash at `index` of `count` and the root: one a level,
// but none on a level where it is the odd one at the end. Requires: index < count.
[[nodiscard]] size_t merkle_path_size(uint64_t index, uint64_t count);

// Returns these siblings, from the bottom up. Uses `hashes` as its working memory. Requires: index
// < hashes.size().
[[nodiscard]] std::vector<Digest> merkle_path(std::vector<Digest>& hashes, uint64_t index);

// Returns the root that `hash` at `index` of `count` has with these siblings. Requires:
// path.size() == merkle_path_size(index, count).
[[nodiscard]] Digest merkle_root_over(const Digest& hash, uint64_t index, uint64_t count,
                                      std::span<const Digest> path);

inline constexpr Digest kNoHash = {};

}  // namespace stele::events
