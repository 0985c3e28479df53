// Finding and interning terms.
#include "events/terms.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/bytes.h"
#include "base/checksum.h"

namespace stele::events {

uint64_t term_hash(TermKind kind, std::string_view text) {
  return checksum(as_bytes(text), static_cast<uint64_t>(kind));
}

size_t TermTable::slot_of(const Shard& shard, TermKind kind, std::string_view text, uint64_t hash) {
  const size_t mask = shard.slots.size() - 1;
  size_t slot = (hash / kShards) & mask;
  for (;; slot = (slot + 1) & mask) {
    const Term* term = shard.slots[slot].get();
    if (term == nullptr) return slot;
    if (term->hash == hash && term->kind == kind &&
        std::string_view(term->text.get(), term->text_size) == text) {
      return slot;
    }
  }
}

const Postings* TermTable::find(TermKind kind, std::string_view text) const {
  const uint64_t hash = term_hash(kind, text);
  const Shard& shard = shards_[hash % kShards];
  const std::shared_lock lock(shard.mutex);
  if (shard.slots.empty()) return nullptr;
  const Term* term = shard.slots[slot_of(shard, kind, text, hash)].get();
  return term == nullptr ? nullptr : &term->postings;
}

void TermTable::grow(Shard& shard) {
  std::vector<std::unique_ptr<Term>> old(std::max<size_t>(16, 2 * shard.slots.size()));
  std::swap(old, shard.slots);
  const size_t mask = shard.slots.size() - 1;
  for (std::unique_ptr<Term>& term : old) {
    if (term == nullptr) continue;
    size_t slot = (term->hash / kShards) & mask;
    while (shard.slots[slot] != nullptr) slot = (slot + 1) & mask;
    shard.slots[slot] = std::move(term);
  }
}

Postings& TermTable::intern(TermKind kind, std::string_view text, uint64_t hash) {
  Shard& shard = shards_[hash % kShards];
  if (!shard.slots.empty()) {
    // Without the lock: nobody else changes the shard.
    Term* term = shard.slots[slot_of(shard, kind, text, hash)].get();
    if (term != nullptr) return term->postings;
  }
  auto term = std::make_unique<Term>();
  term->hash = hash;
  term->kind = kind;
  term->text = std::make_unique_for_overwrite<char[]>(text.size());
  term->text_size = text.size();
  std::ranges::copy(text, term->text.get());
  const std::unique_lock lock(shard.mutex);
  if (4 * (shard.used + 1) > 3 * shard.slots.size()) grow(shard);
  const size_t slot = slot_of(shard, kind, text, hash);
  shard.slots[slot] = std::move(term);
  ++shard.used;
  size_.fetch_add(1, std::memory_order_relaxed);
  return shard.slots[slot]->postings;
}

}  // namespace stele::events
