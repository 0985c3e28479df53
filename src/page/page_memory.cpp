// Splitting pieces, and putting them together.
#include "page/page_memory.h"

#include <algorithm>
#include <bit>
#include <new>

#include "base/check.h"
#include "os/memory.h"

namespace stele::page {

namespace {

// Bytes of a budget. A sanitizer sees what is written beyond a page only if it is alone.
#ifdef __SANITIZE_ADDRESS__
constexpr uint64_t kPiecesFrom = UINT64_MAX;
#else
constexpr uint64_t kPiecesFrom = uint64_t{16} << 20;
#endif
constexpr std::align_val_t kAlignment{64};

constexpr size_t size_of(size_t order) {
  return size_t{kPageSizeMin} << order;
}

}  // namespace

PageMemory::PageMemory(uint64_t budget) : in_pieces_(budget >= kPiecesFrom) {
  static_assert(size_of(kOrders - 1) == os::kLargePage);
}

PageMemory::~PageMemory() {
  for (uint8_t* piece : pieces_) os::free_large(piece);
}

size_t PageMemory::order_of(uint32_t size) {
  return static_cast<size_t>(std::countr_zero(size / kPageSizeMin));
}

uint8_t* PageMemory::allocate(uint32_t size) {
  if (!in_pieces_) return static_cast<uint8_t*>(::operator new(size, kAlignment));
  const std::lock_guard lock(mutex_);
  return take(order_of(size));
}

void PageMemory::free(uint8_t* memory, uint32_t size) {
  if (memory == nullptr) return;
  if (!in_pieces_) {
    ::operator delete(memory, kAlignment);
    return;
  }
  const std::lock_guard lock(mutex_);
  free_[order_of(size)].push_back(memory);
}

uint8_t* PageMemory::take(size_t order) {
  if (free_[order].empty()) {
    if (order + 1 < kOrders) {
      uint8_t* block = take(order + 1);
      free_[order].push_back(block + size_of(order));
      return block;
    }
    merge();
    if (free_[order].empty()) {
      // So that nothing fails for want of a list's room when pages are given back.
      for (size_t i = 0; i < kOrders; ++i) {
        free_[i].reserve((pieces_.size() + 1) * (os::kLargePage / size_of(i)));
      }
      pieces_.reserve(pieces_.size() + 1);
      pieces_.push_back(static_cast<uint8_t*>(os::allocate_large(os::kLargePage)));
      return pieces_.back();
    }
  }
  uint8_t* block = free_[order].back();
  free_[order].pop_back();
  return block;
}

void PageMemory::merge() {
  for (size_t order = 0; order + 1 < kOrders; ++order) {
    Free& blocks = free_[order];
    std::ranges::sort(blocks);
    size_t kept = 0;
    for (size_t i = 0; i < blocks.size(); ++i) {
      const bool is_lower = std::bit_cast<uintptr_t>(blocks[i]) % size_of(order + 1) == 0;
      if (is_lower && i + 1 < blocks.size() && blocks[i + 1] == blocks[i] + size_of(order)) {
        free_[order + 1].push_back(blocks[i]);
        ++i;
      } else {
        blocks[kept++] = blocks[i];
      }
    }
    blocks.resize(kept);
  }
}

}  // namespace stele::page
