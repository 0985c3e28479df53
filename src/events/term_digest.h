// A digest of all terms and positions of an index: the same however they are come by, and in
// whatever order, so that an index can be compared with its events in constant memory.
//
// Not against a forger: whoever can write pages can also find two sets that sum up alike.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/checksum.h"
#include "events/term.h"

namespace stele::events {

class TermDigest {
 public:
  void add(TermKind kind, std::string_view text, uint64_t position) {
    add(hash_of(kind, text), position);
  }
  [[nodiscard]] static uint64_t hash_of(TermKind kind, std::string_view text) {
    return checksum(as_bytes(text), static_cast<uint64_t>(kind));
  }
  void add(uint64_t term_hash, uint64_t position) {
    std::array<uint8_t, 8> bytes;
    store_le(bytes.data(), position);
    const uint64_t hash = checksum(bytes, term_hash);
    sum_ += hash;
    mixed_ ^= hash * 0x9e3779b97f4a7c15U;  // Another invariant of the same hashes.
    ++count_;
  }
  [[nodiscard]] uint64_t count() const { return count_; }
  friend bool operator==(const TermDigest&, const TermDigest&) = default;

 private:
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
  uint64_t mixed_ = 0;
};

}  // namespace stele::events
