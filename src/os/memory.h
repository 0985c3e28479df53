// Memory in pieces so large that the processor finds all of their pages in few steps.
#pragma once

#include <cstddef>

namespace stele::os {

// Where the system can, such a piece is a single page of its tables.
inline constexpr size_t kLargePage = size_t{2} << 20;

// Returns memory that is aligned to kLargePage, or to a line of the processor's cache if it is
// smaller than that; not touched yet. May throw std::bad_alloc.
[[nodiscard]] void* allocate_large(size_t size);
void free_large(void* memory);

// Memory of allocate_large(), which gives it back.
struct FreeLarge {
  void operator()(void* memory) const { free_large(memory); }
};

}  // namespace stele::os
