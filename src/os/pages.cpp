// Asks Linux for large pages by advice; elsewhere they are of the usual size.
#include "os/pages.h"

#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace stele::os {

namespace {

constexpr uint64_t kLargePage = uint64_t{2} << 20;
constexpr uint64_t kAlignment = 64;

}  // namespace

Pages allocate_pages(uint64_t size, bool large) {
  const uint64_t alignment = large ? kLargePage : kAlignment;
  const uint64_t rounded = (size + alignment - 1) / alignment * alignment;
  auto* memory = static_cast<uint8_t*>(std::aligned_alloc(alignment, rounded));
  if (memory == nullptr) throw std::bad_alloc();
#ifdef __linux__
  if (large) (void)::madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  return Pages(memory);
}

}  // namespace stele::os
