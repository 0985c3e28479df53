// A moment in the one order of commits, and the place where the newest such moment is published.
#pragma once

#include <atomic>
#include <cstdint>

namespace stele::engine {

// Everything up to this TSN, whose last event has this position.
struct Snapshot {
  uint64_t tsn = 0;
  uint64_t head = 0;
};

// A snapshot that one thread at a time moves on while any number read it: never half of one and
// half of the next.
//
// A sequence lock, as in Boehm, "Can seqlocks get along with programming language memory models?"
// (MSPC 2012), with acquiring loads in place of fences.
class PublishedSnapshot {
 public:
  void set(const Snapshot& now) {
    const uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    tsn_.store(now.tsn, std::memory_order_release);
    head_.store(now.head, std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

  [[nodiscard]] Snapshot get() const {
    for (;;) {
      const uint64_t before = version_.load(std::memory_order_acquire);
      const Snapshot seen = {tsn_.load(std::memory_order_acquire),
                             head_.load(std::memory_order_acquire)};
      if (before % 2 == 0 && version_.load(std::memory_order_acquire) == before) return seen;
    }
  }

 private:
  std::atomic<uint64_t> version_ = 0;  // Odd while the others change.
  std::atomic<uint64_t> tsn_ = 0;
  std::atomic<uint64_t> head_ = 0;
};

}  // namespace stele::engine
