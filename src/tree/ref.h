// A reference to a page as pages of a tree have it: its number, then its checksum.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "page/page.h"

namespace stele::tree {

inline constexpr size_t kRefSize = 16;

[[nodiscard]] inline page::PageRef load_ref(const uint8_t* from) {
  return {.number = load_le<uint64_t>(from), .checksum = load_le<uint64_t>(from + 8)};
}

inline void store_ref(uint8_t* to, const page::PageRef& ref) {
  store_le(to, ref.number);
  store_le(to + 8, ref.checksum);
}

}  // namespace stele::tree
