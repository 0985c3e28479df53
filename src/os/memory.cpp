// Large pages as the C library and the kernel have them.
#include "os/memory.h"

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace stele::os {

void* allocate_large(size_t size) {
  constexpr size_t kLine = 64;
  const size_t alignment = size < kLargePage ? kLine : kLargePage;
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef __linux__
  // Advice: without it, or where it is refused, these are pages as any other.
  if (size >= kLargePage) (void)::madvise(memory, size, MADV_HUGEPAGE);
#endif
  return memory;
}

void free_large(void* memory) {
  std::free(memory);
}

}  // namespace stele::os
