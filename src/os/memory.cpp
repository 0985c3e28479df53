// Large pages as the C library and the kernel have them.
#include "os/memory.h"

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace stele::os {

uint8_t* allocate_large_page() {
  void* memory = std::aligned_alloc(kLargePage, kLargePage);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef __linux__
  // Advice: without it, or where it is refused, these are pages as any other.
  (void)::madvise(memory, kLargePage, MADV_HUGEPAGE);
#endif
  return static_cast<uint8_t*>(memory);
}

void free_large_page(uint8_t* memory) {
  std::free(memory);
}

}  // namespace stele::os
