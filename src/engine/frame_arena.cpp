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
constexpr uint64_t kOwnChunkSize = kChunkSize / 4;

}  // namespace

ByteSpan FrameArena::allocate(uint64_t size) {
  STELE_DCHECK(size % kAlignment == 0);
  if (size <= free_.size()) {
    const ByteSpan taken = free_.first(size);
    free_ = free_.subspan(size);
    return taken;
  }
  const bool large = bytes() >= kLargeFrom;
  const bool own = size >= kOwnChunkSize && (!large || size >= kLargeChunkSize);
  uint64_t chunk_size = kChunkSize;
  if (large) chunk_size = kLargeChunkSize;
  if (own) chunk_size = size;
  // Not zeroed: every byte is written before anyone may read it.
  chunks_.push_back(os::allocate_pages(chunk_size, large && !own));
  bytes_.fetch_add(chunk_size, std::memory_order_relaxed);
  const ByteSpan chunk(chunks_.back().get(), chunk_size);
  if (own) return chunk;
  free_ = chunk.subspan(size);
  return chunk.first(size);
}

}  // namespace stele::engine
