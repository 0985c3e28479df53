// Chunks of a mebibyte, later larger; a frame that would waste much of one gets a chunk of its own.
#include "engine/frame_arena.h"

#include "base/check.h"

namespace stele::engine {

namespace {

constexpr uint64_t kChunkSize = uint64_t{1} << 20;
// From this size of the tail on, chunks are made of large pages: one page fault instead of 512,
// which were a fifth of a commit's time.
constexpr uint64_t kLargeFrom = uint64_t{16} << 20;
constexpr uint64_t kLargeChunkSize = uint64_t{4} << 20;

}  // namespace

uint64_t FrameArena::chunk_size_for(uint64_t size) const {
  const uint64_t shared = bytes() >= kLargeFrom ? kLargeChunkSize : kChunkSize;
  return size >= shared / 4 ? size : shared;
}

ByteSpan FrameArena::allocate(uint64_t size) {
  STELE_DCHECK(size % kAlignment == 0);
  if (size > free_.size()) {
    const uint64_t chunk_size = chunk_size_for(size);
    // Not zeroed: every byte is written before anyone may read it.
    chunks_.push_back(os::allocate_pages(chunk_size, chunk_size == kLargeChunkSize));
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
