// Memory by the page: for large things that live long.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace stele::os {

struct FreePages {
  void operator()(uint8_t* pages) const { std::free(pages); }  // NOLINT(*-no-malloc)
};
using Pages = std::unique_ptr<uint8_t[], FreePages>;

// Returns `size` bytes with any content. `large`: asks for pages as large as the machine has, which
// take fewer page faults, and fewer entries of its address cache. Throws std::bad_alloc.
[[nodiscard]] Pages allocate_pages(uint64_t size, bool large);

}  // namespace stele::os
