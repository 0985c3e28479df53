// The memory of the tail: frames lie in it from the moment they are built, and never move.
//
// A commit's frame is built here, written to the log from here, and read from here by cursors, so
// that between the caller's batch and a reader there is one copy of an event.
//
// Threads: allocate by one thread at a time (the sequencer). What was allocated may be read by all.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "os/scratch.h"

namespace stele::engine {

class FrameArena {
 public:
  // Takes memory `chunk_size` bytes at a time. A frame that is too large for memory is in
  // `scratch`, if there is one.
  explicit FrameArena(uint64_t chunk_size, os::ScratchPtr scratch = nullptr)
      : chunk_size_(chunk_size), scratch_(std::move(scratch)) {}

  // Returns `size` bytes, aligned to 8, that live as long as the arena. May throw std::bad_alloc.
  // Requires: size is a multiple of 8.
  ByteSpan allocate(uint64_t size);

  // Returns by how much bytes() would grow to allocate so many.
  [[nodiscard]] uint64_t growth(uint64_t size) const {
    return size <= free_.size() ? 0 : chunk_size_for(size);
  }
  [[nodiscard]] uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] uint64_t chunk_size_for(uint64_t size) const;

  uint64_t chunk_size_;
  os::ScratchPtr scratch_;
  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  std::vector<os::ScratchPiece> large_;  // Of frames that are not to be in memory.
  ByteSpan free_;                        // The rest of the newest shared chunk.
  std::atomic<uint64_t> bytes_ = 0;      // Of all chunks.
};

}  // namespace stele::engine
