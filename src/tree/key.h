// Keys of trees: how they compare, what they have in common, and what separates two of them.
//
// A key is a byte string in memcmp order; of two where one begins the other, the shorter is first.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/bytes.h"
#include "base/check.h"
#include "tree/tree.h"

namespace stele::tree {

// Returns a number below, at or above 0 as `left` is below, at or above `right`.
[[nodiscard]] inline int compare(ByteView left, ByteView right) {
  const size_t shared = std::min(left.size(), right.size());
  const int order = shared == 0 ? 0 : std::memcmp(left.data(), right.data(), shared);
  if (order != 0) return order;
  return left.size() < right.size() ? -1 : static_cast<int>(left.size() > right.size());
}

[[nodiscard]] inline bool equal(ByteView left, ByteView right) {
  return left.size() == right.size() &&
         (left.empty() || std::memcmp(left.data(), right.data(), left.size()) == 0);
}

// Returns how many bytes both begin with.
[[nodiscard]] inline size_t common_prefix(ByteView left, ByteView right) {
  const size_t shared = std::min(left.size(), right.size());
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= shared; at += sizeof(uint64_t)) {
    const uint64_t differs =
        load_le<uint64_t>(left.data() + at) ^ load_le<uint64_t>(right.data() + at);
    if (differs != 0) return at + static_cast<size_t>(std::countr_zero(differs)) / 8;
  }
  while (at < shared && left[at] == right[at]) ++at;
  return at;
}

// Returns the shortest s with left < s <= right: it begins `right`. Requires: left < right.
[[nodiscard]] inline ByteView separator(ByteView left, ByteView right) {
  return right.first(std::min(common_prefix(left, right) + 1, right.size()));
}

// Returns the first four bytes, zeros behind a shorter one's, as a number that compares as they do.
[[nodiscard]] inline uint32_t head_of(ByteView bytes) {
  if (bytes.size() >= sizeof(uint32_t)) return load_be<uint32_t>(bytes.data());
  uint32_t head = 0;
  for (size_t i = 0; i < bytes.size(); ++i) head |= uint32_t{bytes[i]} << (24 - 8 * i);
  return head;
}

// A key with a place of its own.
class KeyBuffer {
 public:
  KeyBuffer() = default;
  [[nodiscard]] ByteView view() const { return {bytes_.data(), size_}; }
  // Requires: together at most kKeySizeMax bytes, none of them in this buffer.
  void assign(ByteView first, ByteView second = {}) {
    STELE_CHECK(first.size() + second.size() <= kKeySizeMax);
    copy_bytes(bytes_.data(), first);
    copy_bytes(bytes_.data() + first.size(), second);
    size_ = first.size() + second.size();
  }

 private:
  size_t size_ = 0;
  std::array<uint8_t, kKeySizeMax> bytes_;
};

// The end of a range of keys, which is not in it; none: it goes on for ever.
using UpperBound = std::optional<ByteView>;

// Keys at or above `low` and below `high`.
struct KeyRange {
  ByteView low = {};
  UpperBound high = {};
};

// A key of a tree with dense leaves.
inline constexpr size_t kNumberSize = sizeof(uint64_t);

[[nodiscard]] inline std::array<uint8_t, kNumberSize> key_of(uint64_t number) {
  std::array<uint8_t, kNumberSize> key;
  store_be(key.data(), number);
  return key;
}

// Returns the number whose key begins with `bytes` and goes on with zeros. Of more bytes than a
// number has the first ones count. So numbers compare as the keys do that they are made of, except
// that a key with zeros behind it is the same.
[[nodiscard]] inline uint64_t number_of(ByteView bytes) {
  if (bytes.size() >= kNumberSize) return load_be<uint64_t>(bytes.data());
  uint64_t number = 0;
  for (size_t i = 0; i < bytes.size(); ++i) number |= uint64_t{bytes[i]} << (56 - 8 * i);
  return number;
}

}  // namespace stele::tree
