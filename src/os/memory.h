// Memory in pieces so large that the processor finds all of their pages in few steps.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stele::os {

// Where the system can, such a piece is a single page of its tables.
inline constexpr size_t kLargePage = size_t{2} << 20;

// Returns kLargePage bytes, aligned to as many; not touched yet. May throw std::bad_alloc.
[[nodiscard]] uint8_t* allocate_large_page();
void free_large_page(uint8_t* memory);

}  // namespace stele::os
