// Chunks of a mebibyte; a frame that would waste much of one gets a chunk of its own.
#include "engine/frame_arena.h"

#include "base/check.h"

namespace stele::engine {

namespace {

constexpr uint64_t kChunkSize = uint64_t{1} << 20;
constexpr uint64_t kOwnChunkSize = kChunkSize / 4;

}  // namespace

ByteSpan FrameArena::allocate(uint64_t size) {
  STELE_DCHECK(size % kAlignment == 0);
  if (size <= free_.size()) {
    const ByteSpan taken = free_.first(size);
    free_ = free_.subspan(size);
    return taken;
  }
  const bool own = size >= kOwnChunkSize;
  const uint64_t chunk_size = own ? size : kChunkSize;
  // Not zeroed: every byte is written before anyone may read it.
  chunks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(chunk_size));
  bytes_.fetch_add(chunk_size, std::memory_order_relaxed);
  const ByteSpan chunk(chunks_.back().get(), chunk_size);
  if (own) return chunk;
  free_ = chunk.subspan(size);
  return chunk.first(size);
}

}  // namespace stele::engine
