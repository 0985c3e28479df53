// Memory for many small things that live as long as the arena: one allocation for a chunk of them.
//
// Threads: one at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace stele {

class ByteArena {
 public:
  // Returns `size` bytes, aligned for every type. May throw std::bad_alloc.
  void* allocate(size_t size) {
    constexpr size_t kAlign = alignof(std::max_align_t);
    size = (size + kAlign - 1) / kAlign * kAlign;
    if (size > left_) {
      // Small at first, so that a small database stays small.
      chunk_size_ = std::min(2 * chunk_size_, kChunkMax);
      const size_t chunk = std::max(size, chunk_size_);
      bytes_ += chunk;
      chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(chunk));
      newest_size_ = chunk;
      next_ = chunks_.back().get();
      left_ = chunk;
    }
    void* taken = next_;
    next_ += size;
    left_ -= size;
    return taken;
  }
  // Gives up all that was allocated. Keeps a chunk for what comes next.
  void clear() {
    if (newest_size_ > kChunkMax) {
      chunks_.clear();
      newest_size_ = 0;
    } else if (chunks_.size() > 1) {
      chunks_.erase(chunks_.begin(), chunks_.end() - 1);
    }
    bytes_ = left_ = newest_size_;
    next_ = chunks_.empty() ? nullptr : chunks_.back().get();
  }
  // Returns the bytes of all chunks.
  [[nodiscard]] size_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kChunkMax = size_t{1} << 18;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  size_t chunk_size_ = 512;
  size_t newest_size_ = 0;
  std::byte* next_ = nullptr;
  size_t left_ = 0;
  size_t bytes_ = 0;
};

}  // namespace stele
