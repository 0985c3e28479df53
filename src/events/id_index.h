// Which event has an id: a hash table of positions. Ids themselves lie in the records.
//
// Threads: one writer (the sequencer, or recovery), any number of readers. The table is split into
// shards by hash. The writer fills a free slot without a lock, for a slot counts when its position
// is stored, and that is last; it locks a shard only to make it larger.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace stele::events {

// Returns the hash by which an id is found; computed on the caller's thread.
[[nodiscard]] uint64_t id_hash(const uint8_t* id);

class IdIndex {
 public:
  // Adds an id that is not there yet. The writer only. May throw std::bad_alloc, and is unchanged
  // then.
  void add(uint64_t hash, uint64_t position);

  // Returns the position <= `last` of the event for which `has_id(position)` holds, or 0. Any
  // thread. Requires: records up to `last` may be looked at.
  template <typename HasId>
  [[nodiscard]] uint64_t find(uint64_t hash, uint64_t last, const HasId& has_id) const {
    const Shard& shard = shards_[hash % kShards];
    const std::shared_lock lock(shard.mutex);
    if (shard.slots == nullptr) return 0;
    for (size_t at = first_slot(shard, hash);; at = (at + 1) & shard.mask) {
      const uint64_t position = shard.slots[at].position.load(std::memory_order_acquire);
      if (position == 0) return 0;
      if (position <= last && shard.slots[at].hash == hash && has_id(position)) return position;
    }
  }

  // Brings the place of an id into the cache. The writer only.
  void prefetch(uint64_t hash) const {
    const Shard& shard = shards_[hash % kShards];
    if (shard.slots != nullptr) __builtin_prefetch(&shard.slots[first_slot(shard, hash)], 1);
  }

  // Returns the memory it takes. Any thread.
  [[nodiscard]] uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Slot {
    std::atomic<uint64_t> position = 0;  // 0: free.
    uint64_t hash = 0;
  };
  struct Shard {
    mutable std::shared_mutex mutex;
    std::unique_ptr<Slot[]> slots;  // Open addressing, linear; a power of two.
    size_t mask = 0;
    size_t used = 0;  // The writer's.
  };
  static constexpr size_t kShards = 64;

  static size_t first_slot(const Shard& shard, uint64_t hash) {
    return (hash / kShards) & shard.mask;
  }
  static void fill_slot(Shard& shard, uint64_t hash, uint64_t position);
  void grow(Shard& shard);

  std::atomic<uint64_t> bytes_ = kShards * sizeof(Shard);
  std::array<Shard, kShards> shards_;  // The lowest bits of the hash choose.
};

}  // namespace stele::events
