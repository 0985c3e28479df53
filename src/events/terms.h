// The terms of the tail: everything but ids that events can be found by, each with its postings.
//
// Threads: one writer (the sequencer), any number of readers. The table is split into shards by
// hash. The writer alone changes a shard, under its lock; it looks terms up without one. Readers
// look up under the shared lock and then keep the pointer: a term lives as long as the table.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "base/byte_arena.h"
#include "events/term.h"
#include "events/term_order.h"

namespace stele::events {

// Returns the hash by which a term is found; computed on the caller's thread, used by the
// sequencer.
[[nodiscard]] uint64_t term_hash(TermKind kind, std::string_view text);

class TermTable {
 public:
  TermTable() = default;
  TermTable(const TermTable&) = delete;
  TermTable& operator=(const TermTable&) = delete;
  ~TermTable();

  // Returns the postings of a term, null if it never occurred. Any thread.
  [[nodiscard]] const Postings* find(TermKind kind, std::string_view text) const;

  // Returns the terms of a kind that begin with `prefix` and are behind `behind` (empty: all are),
  // in bytewise order, but at most `max` of them. Any thread. Requires: a kind that is listed, see
  // is_listed().
  [[nodiscard]] std::vector<const Term*> with_prefix(TermKind kind, std::string_view prefix,
                                                     std::string_view behind, size_t max) const {
    return orders_[static_cast<size_t>(kind)].with_prefix(prefix, behind, max);
  }
  // Correlation and causation ids have no order that means anything.
  [[nodiscard]] static bool is_listed(TermKind kind) { return kind <= TermKind::kScope; }

  // Returns the postings of a term, made if it is new. The writer only. May throw std::bad_alloc.
  Postings& intern(TermKind kind, std::string_view text, uint64_t hash);

  // Brings the place of a term into the cache, for an intern() that comes soon. The writer only.
  void prefetch(uint64_t hash) const {
    const Shard& shard = shards_[hash % kShards];
    if (shard.slots.empty()) return;
    __builtin_prefetch(&shard.slots[(hash / kShards) & (shard.slots.size() - 1)]);
  }

  [[nodiscard]] uint64_t size() const { return size_.load(std::memory_order_relaxed); }
  // Returns the memory it takes, without that of long lists of positions. Any thread.
  [[nodiscard]] uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  // Calls visit(const Term&) for each term, in no order. Requires: nobody writes.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const Shard& shard : shards_) {
      for (const Slot& slot : shard.slots) {
        if (slot.term != nullptr) visit(*slot.term);
      }
    }
  }

 private:
  // The hash lies beside the pointer, so that a probe that fails costs no second cache line.
  struct Slot {
    uint64_t hash = 0;
    Term* term = nullptr;  // In arena_.
  };
  struct Shard {
    mutable std::shared_mutex mutex;
    std::vector<Slot> slots;  // Open addressing, linear; a power of two.
    size_t used = 0;
  };
  static constexpr size_t kShards = 16;

  // Returns the slot of the term, or the empty slot where it belongs. Requires: there are slots.
  static size_t slot_of(const Shard& shard, TermKind kind, std::string_view text, uint64_t hash);
  void grow(Shard& shard);
  void count_bytes();

  uint64_t slot_bytes_ = 0;  // The writer's.

  ByteArena arena_;                    // The writer's.
  std::array<Shard, kShards> shards_;  // The lowest bits of the hash choose.
  std::array<TermOrder, kTermKinds> orders_;
  std::atomic<uint64_t> size_ = 0;
  std::atomic<uint64_t> bytes_ = sizeof(TermTable);
};

}  // namespace stele::events
