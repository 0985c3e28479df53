// Finding and interning terms.
#include "events/terms.h"

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

#include "base/bytes.h"
#include "base/checksum.h"

namespace stele::events {

uint64_t term_hash(TermKind kind, std::string_view text) {
  return checksum(as_bytes(text), static_cast<uint64_t>(kind));
}

TermTable::~TermTable() {
  for (Shard& shard : shards_) {
    for (const Slot& slot : shard.slots) {
      if (slot.term != nullptr) slot.term->~Term();
    }
  }
}

size_t TermTable::slot_of(const Shard& shard, TermKind kind, std::string_view text, uint64_t hash) {
  const size_t mask = shard.slots.size() - 1;
  size_t slot = (hash / kShards) & mask;
  for (;; slot = (slot + 1) & mask) {
    const Term* term = shard.slots[slot].term;
    if (term == nullptr) return slot;
    if (shard.slots[slot].hash == hash && term->kind == kind && term->view() == text) return slot;
  }
}

const Postings* TermTable::find(TermKind kind, std::string_view text) const {
  const uint64_t hash = term_hash(kind, text);
  const Shard& shard = shards_[hash % kShards];
  const std::shared_lock lock(shard.mutex);
  if (shard.slots.empty()) return nullptr;
  const Term* term = shard.slots[slot_of(shard, kind, text, hash)].term;
  return term == nullptr ? nullptr : &term->postings;
}

void TermTable::grow(Shard& shard) {
  std::vector<Slot> old(std::max<size_t>(4, 2 * shard.slots.size()));
  std::swap(old, shard.slots);
  slot_bytes_ += (shard.slots.size() - old.size()) * sizeof(Slot);
  const size_t mask = shard.slots.size() - 1;
  for (const Slot& taken : old) {
    if (taken.term == nullptr) continue;
    size_t slot = (taken.hash / kShards) & mask;
    while (shard.slots[slot].term != nullptr) slot = (slot + 1) & mask;
    shard.slots[slot] = taken;
  }
}

void TermTable::count_bytes() {
  const uint64_t orders = size_.load(std::memory_order_relaxed) * 2 * sizeof(Term*);
  bytes_.store(sizeof *this + arena_.bytes() + slot_bytes_ + orders, std::memory_order_relaxed);
}

Postings& TermTable::intern(TermKind kind, std::string_view text, uint64_t hash) {
  Shard& shard = shards_[hash % kShards];
  if (!shard.slots.empty()) {
    // Without the lock: nobody else changes the shard.
    Term* term = shard.slots[slot_of(shard, kind, text, hash)].term;
    if (term != nullptr) return term->postings;
  }
  Term* term = new (arena_.allocate(sizeof(Term) + text.size())) Term();
  term->kind = kind;
  term->text_size = static_cast<uint32_t>(text.size());
  std::ranges::copy(text, term->text());
  if (4 * (shard.used + 1) > 3 * shard.slots.size()) {
    const std::unique_lock lock(shard.mutex);
    grow(shard);
  }
  if (is_listed(kind)) orders_[static_cast<size_t>(kind)].add(term);
  const std::unique_lock lock(shard.mutex);
  const size_t slot = slot_of(shard, kind, text, hash);
  shard.slots[slot] = {hash, term};
  ++shard.used;
  size_.fetch_add(1, std::memory_order_relaxed);
  count_bytes();
  return shard.slots[slot].term->postings;
}

}  // namespace stele::events
