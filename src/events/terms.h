// The terms of the tail: every type, tag and entity that occurs, each with its postings.
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

#include "events/postings.h"

namespace stele::events {

enum class TermKind : uint8_t { kType = 1, kTag = 2, kEntity = 3 };

// Returns the hash by which a term is found; computed on the caller's thread, used by the
// sequencer.
[[nodiscard]] uint64_t term_hash(TermKind kind, std::string_view text);

class TermTable {
 public:
  TermTable() = default;
  TermTable(const TermTable&) = delete;
  TermTable& operator=(const TermTable&) = delete;

  // Returns the postings of a term, null if it never occurred. Any thread.
  [[nodiscard]] const Postings* find(TermKind kind, std::string_view text) const;

  // Returns the postings of a term, made if it is new. The writer only. May throw std::bad_alloc.
  Postings& intern(TermKind kind, std::string_view text, uint64_t hash);

  [[nodiscard]] uint64_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  struct Term {
    uint64_t hash;
    TermKind kind;
    std::unique_ptr<char[]> text;
    size_t text_size;
    Postings postings;
  };
  struct Shard {
    mutable std::shared_mutex mutex;
    std::vector<std::unique_ptr<Term>> slots;  // Open addressing, linear; a power of two.
    size_t used = 0;
  };
  static constexpr size_t kShards = 16;

  // Returns the slot of the term, or the empty slot where it belongs. Requires: there are slots.
  static size_t slot_of(const Shard& shard, TermKind kind, std::string_view text, uint64_t hash);
  static void grow(Shard& shard);

  std::array<Shard, kShards> shards_;  // The lowest bits of the hash choose.
  std::atomic<uint64_t> size_ = 0;
};

}  // namespace stele::events
