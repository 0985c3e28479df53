// A generation of a page file, as its superblock says it: trees by name, free pages, a TSN.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "page/page.h"

namespace stele::page {

inline constexpr size_t kSlotSize = 4096;
inline constexpr size_t kRootsMax = 32;
inline constexpr size_t kRootNameMax = 24;
inline constexpr size_t kNoteSize = 64;

using Roots = std::map<std::string, Root, std::less<>>;
using Note = std::array<uint8_t, kNoteSize>;

// What a superblock says. Immutable; while somebody holds it, no page that it reaches is reused.
struct State {
  uint64_t generation = 0;
  uint64_t applied_tsn = 0;
  uint64_t page_count = 0;  // Pages of the file that count, superblocks included.
  uint64_t free_pages = 0;  // On the free list of this generation.
  PageRef free_list = {};   // Its first page.
  Roots roots = {};         // At most kRootsMax, names of 1 to kRootNameMax bytes without zeros.
  Note note = {};           // The writer's own, means nothing here.

  // Returns the tree of that name; an empty one if there is none.
  [[nodiscard]] Root root(std::string_view name) const {
    const auto found = roots.find(name);
    return found == roots.end() ? Root() : found->second;
  }
};

// Returns the number of the first page: those before it hold the superblocks.
[[nodiscard]] constexpr uint64_t first_page(uint32_t page_size) {
  return (2 * kSlotSize + page_size - 1) / page_size;
}

}  // namespace stele::page
