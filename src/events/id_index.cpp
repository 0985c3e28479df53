// Filling and growing the table of ids.
#include "events/id_index.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/checksum.h"
#include "events/record.h"
#include "events/terms.h"

namespace stele::events {

uint64_t id_hash(const uint8_t* id) {
  return checksum({id, kIdSize}, static_cast<uint64_t>(TermKind::kId));
}

void IdIndex::fill_slot(Shard& shard, uint64_t hash, uint64_t position) {
  size_t at = first_slot(shard, hash);
  while (shard.slots[at].position.load(std::memory_order_relaxed) != 0) {
    at = (at + 1) & shard.mask;
  }
  shard.slots[at].hash = hash;
  shard.slots[at].position.store(position, std::memory_order_release);
}

void IdIndex::grow(Shard& shard) {
  const size_t size = shard.slots == nullptr ? 0 : shard.mask + 1;
  const size_t larger = std::max<size_t>(4, 2 * size);
  bytes_.fetch_add((larger - size) * sizeof(Slot), std::memory_order_relaxed);
  Shard grown;
  grown.slots = std::make_unique<Slot[]>(larger);
  grown.mask = larger - 1;
  // Nobody else writes: the old slots may be read without the lock.
  for (size_t i = 0; i < size; ++i) {
    const uint64_t position = shard.slots[i].position.load(std::memory_order_relaxed);
    if (position != 0) fill_slot(grown, shard.slots[i].hash, position);
  }
  const std::unique_lock lock(shard.mutex);
  std::swap(shard.slots, grown.slots);
  std::swap(shard.mask, grown.mask);
}

void IdIndex::add(uint64_t hash, uint64_t position) {
  Shard& shard = shards_[hash % kShards];
  if (shard.slots == nullptr || 4 * (shard.used + 1) > 3 * (shard.mask + 1)) grow(shard);
  fill_slot(shard, hash, position);
  ++shard.used;
}

}  // namespace stele::events
