// Memory for the pages of a cache, out of large pieces: a random read of a large cache misses the
// processor's table of pages on almost every level of a tree otherwise.
//
//     piece of 2 MiB  →  halves  →  ...  →  64, 32, 16, 8, 4 KiB
//
// A buddy allocator: what is free of a size is on a list; where a list is empty, the next larger
// one gives a block that is split. Blocks are put together again only when a larger one is wanted
// and there is none: files of a database have few sizes of pages, and most have the same.
//
// Where the cache is small, pieces would be a large part of it, and each page is allocated alone.
//
// Knuth, "The Art of Computer Programming", volume 1, section 2.5 (buddy systems).
//
// Threads: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "page/page.h"

namespace stele::page {

class PageMemory {
 public:
  // For about `budget` bytes at the most.
  explicit PageMemory(uint64_t budget);
  PageMemory(const PageMemory&) = delete;
  PageMemory& operator=(const PageMemory&) = delete;
  // Requires: everything was freed.
  ~PageMemory();

  // Returns `size` bytes, aligned to 64. May throw std::bad_alloc. Requires: a page's size.
  [[nodiscard]] uint8_t* allocate(uint32_t size);
  void free(uint8_t* memory, uint32_t size);

 private:
  static constexpr size_t kOrders = 10;  // 4 KiB to 2 MiB.
  using Free = std::vector<uint8_t*>;

  [[nodiscard]] static size_t order_of(uint32_t size);
  // Returns a block of an order. The lists have room for what comes back.
  uint8_t* take(size_t order);
  // Puts neighbours together, from the smallest size up.
  void merge();

  bool in_pieces_;
  std::mutex mutex_;  // Over what follows.
  std::vector<uint8_t*> pieces_;
  std::array<Free, kOrders> free_;
};

}  // namespace stele::page
