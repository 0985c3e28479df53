// A frame that would waste much of a chunk gets one of its own.
#include "engine/frame_arena.h"

#include "base/check.h"

namespace stele::engine {

uint64_t FrameArena::chunk_size_for(uint64_t size) const {
  return size >= chunk_size_ / 4 ? size : chunk_size_;
}

ByteSpan FrameArena::allocate(uint64_t size) {
  STELE_DCHECK(size % kAlignment == 0);
  if (size > free_.size()) {
    const uint64_t chunk_size = chunk_size_for(size);
    if (scratch_ != nullptr && size >= scratch_->from()) {
      const ByteSpan large = large_.emplace_back(scratch_, size).bytes();
      bytes_.fetch_add(size, std::memory_order_relaxed);
      return large;
    }
    // Not zeroed: every byte is written before anyone may read it.
    chunks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(chunk_size));
    bytes_.fetch_add(chunk_size, std::memory_order_relaxed);
    const ByteSpan chunk(chunks_.back().get(), chunk_size);
    if (chunk_size == size) return chunk;
    free_ = chunk;
  }
  const ByteSpan taken = free_.first(size);
  free_ = free_.subspan(size);
  return taken;
}

}  // namespace stele::engine
