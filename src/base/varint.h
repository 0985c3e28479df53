// Varints: 7 bits in a byte, lowest first, and the highest bit set in all but the last.
//
// Of at most 10 bytes, of which the tenth is at most 1. Small numbers take a byte; that several
// encodings of a number can be written is not used.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace stele {

inline constexpr size_t kVarintSizeMax = 10;

// Stores a number and returns how many bytes it took. Requires: kVarintSizeMax writable bytes.
inline size_t put_varint(uint64_t number, uint8_t* into) {
  size_t size = 0;
  for (; number >= 0x80; number >>= 7) into[size++] = static_cast<uint8_t>(number | 0x80);
  into[size++] = static_cast<uint8_t>(number);
  return size;
}

// A number and the bytes it took; 0 of them: there is none. In two registers.
struct Varint {
  uint64_t number;
  size_t size;
};

// The same of any length.
[[nodiscard]] inline Varint read_long_varint(const uint8_t* from, size_t size) {
  uint64_t number = 0;
  for (size_t i = 0; i < size && i < kVarintSizeMax; ++i) {
    const uint64_t bits = from[i] & 0x7f;
    if (i == kVarintSizeMax - 1 && bits > 1) break;
    number |= bits << (7 * i);
    if ((from[i] & 0x80) == 0) return {.number = number, .size = i + 1};
  }
  return {.number = 0, .size = 0};
}

// Reads a varint and moves behind it. Returns false when there is none in `from`. Always a part of
// its caller, so that neither view nor number has to be in memory.
[[nodiscard, gnu::always_inline]] inline bool take_varint(ByteView& from, uint64_t& number) {
  Varint read = {.number = 0, .size = 1};
  if (!from.empty() && from[0] < 0x80) {
    read.number = from[0];
  } else {
    read = read_long_varint(from.data(), from.size());
  }
  number = read.number;
  from = from.subspan(read.size);
  return read.size != 0;
}

}  // namespace stele
