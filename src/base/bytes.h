// Little-endian loads and stores, views of bytes and the alignment rule of everything on disk.
//
// On disk all integers are little-endian except inside order-preserving keys. memcpy keeps the
// accesses defined at any alignment; compilers turn each into one instruction.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace stele {

using ByteView = std::span<const uint8_t>;
using ByteSpan = std::span<uint8_t>;

static_assert(std::endian::native == std::endian::little,
              "big-endian machines need byte swaps in load_le and store_le");

// Returns the integer stored at `from`. Requires: sizeof(T) readable bytes there.
template <std::integral T>
[[nodiscard]] inline T load_le(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Stores `value` at `to`. Requires: sizeof(T) writable bytes there.
template <std::integral T>
inline void store_le(uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// Stores `value` at `to` with its highest byte first, so that stored numbers compare as they do.
// Requires: sizeof(T) writable bytes there. Big-endian integers are for keys only.
template <std::unsigned_integral T>
inline void store_be(uint8_t* to, T value) {
  store_le(to, std::byteswap(value));
}

// Returns the integer that store_be() stored. Requires: sizeof(T) readable bytes at `from`.
template <std::unsigned_integral T>
[[nodiscard]] inline T load_be(const uint8_t* from) {
  return std::byteswap(load_le<T>(from));
}

// Frames, sections and records start at multiples of 8, so that their fields can be read in place.
inline constexpr size_t kAlignment = 8;

[[nodiscard]] constexpr uint64_t align_up(uint64_t size) {
  return (size + (kAlignment - 1)) & ~uint64_t{kAlignment - 1};
}

[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline bool is_zero(ByteView bytes) {
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

// memcpy that allows a null source of size 0.
inline void copy_bytes(uint8_t* to, ByteView from) {
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
}

}  // namespace stele
