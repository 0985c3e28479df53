// An append-only array whose elements never move: one thread appends while others read.
//
// Elements live in blocks that double in size, so that element i is found with two shifts and no
// element is ever copied:
//
//     block 0: 0 .. 63   block 1: 64 .. 191   block 2: 192 .. 447   ...
//
// Threads: one appender at a time; any number of readers of elements below a size() that they have
// seen. size() is published after the element is written.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/check.h"

namespace stele {

template <typename T, size_t kFirstBlock = 64>
class StableVector {
  static_assert(std::has_single_bit(kFirstBlock));

 public:
  StableVector() = default;
  StableVector(const StableVector&) = delete;
  StableVector& operator=(const StableVector&) = delete;
  ~StableVector() {
    for (auto& block : blocks_) delete[] block.load(std::memory_order_relaxed);
  }

  [[nodiscard]] uint64_t size() const { return size_.load(std::memory_order_acquire); }

  // Requires: index < a size() seen by this thread.
  [[nodiscard]] const T& operator[](uint64_t index) const {
    const Place place = place_of(index);
    return blocks_[place.block].load(std::memory_order_acquire)[place.offset];
  }

  void push_back(T value) {
    const uint64_t index = size_.load(std::memory_order_relaxed);
    const Place place = place_of(index);
    T* block = blocks_[place.block].load(std::memory_order_relaxed);
    if (block == nullptr) {
      block = new T[kFirstBlock << place.block]();
      blocks_[place.block].store(block, std::memory_order_release);
    }
    block[place.offset] = std::move(value);
    size_.store(index + 1, std::memory_order_release);
  }

 private:
  struct Place {
    size_t block;
    uint64_t offset;
  };
  static Place place_of(uint64_t index) {
    const uint64_t shifted = index / kFirstBlock + 1;
    STELE_DCHECK(shifted != 0);
    // The lowest bit changes no width; it shows the compiler that the width is not 0.
    const auto block = static_cast<size_t>(std::bit_width(shifted | 1)) - 1;
    const uint64_t first = ((uint64_t{1} << block) - 1) * kFirstBlock;
    return {block, index - first};
  }

  static constexpr size_t kBlockCount = 44;  // 2^44 * kFirstBlock elements: beyond any memory.
  std::array<std::atomic<T*>, kBlockCount> blocks_ = {};
  std::atomic<uint64_t> size_ = 0;
};

}  // namespace stele
