// Rows in a caller's buffer, as stele_scan_next_batch() and stele_table_get_many() copy them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"

namespace stele::capi {

inline constexpr size_t kRowHeaderSize = 24;

struct RowHeader {
  uint32_t value_size = 0;
  uint16_t key_size = 0;
  uint16_t flags = 0;
  uint64_t tsn = 0;
  uint64_t position = 0;
};

constexpr uint64_t coded_size(uint64_t key_size, uint64_t value_size) {
  return align_up(kRowHeaderSize + key_size + value_size);
}

// Writes all of a row but its value, and returns where that is to go. Requires: there is room.
inline uint8_t* write_row(const RowHeader& header, ByteView key, uint8_t* at) {
  store_le(at, header.value_size);
  store_le(at + 4, header.key_size);
  store_le(at + 6, header.flags);
  store_le(at + 8, header.tsn);
  store_le(at + 16, header.position);
  copy_bytes(at + kRowHeaderSize, key);
  uint8_t* value = at + kRowHeaderSize + header.key_size;
  std::fill(value + header.value_size, at + coded_size(header.key_size, header.value_size),
            uint8_t{0});
  return value;
}

inline RowHeader read_row_header(const uint8_t* at) {
  return {.value_size = load_le<uint32_t>(at),
          .key_size = load_le<uint16_t>(at + 4),
          .flags = load_le<uint16_t>(at + 6),
          .tsn = load_le<uint64_t>(at + 8),
          .position = load_le<uint64_t>(at + 16)};
}

}  // namespace stele::capi
