// Chunks of a mebibyte; a frame that would waste much of one gets a chunk of its own.
#include "engine/frame_arena.h"

#include "base/check.h"

namespace stele::engine {

namespace {

constexpr uint64_t kChunkSize = uint64_t{1} << 20;

}  // namespace

uint64_t FrameArena::chunk_size_for(uint64_t size) {
  return size >= kChunkSize / 4 ? size : kChunkSize;
}

ByteSpan FrameArena::allocate(uint64_t size) {
  STELE_DCHECK(size % kAlignment == 0);
  if (size > free_.size()) {
    const uint64_t chunk_size = chunk_size_for(size);
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
