// Makes version 7 UUIDs.
#include "events/ids.h"

#include <algorithm>

#include "base/bytes.h"

namespace stele::events {

uint64_t IdClock::next() {
  const auto now_us = static_cast<uint64_t>(std::max<int64_t>(clock_.wall_us(), 0));
  const uint64_t fraction = now_us % 1000 * 4096 / 1000;
  const uint64_t now = (now_us / 1000) << 12 | fraction;
  uint64_t last = last_.load(std::memory_order_relaxed);
  uint64_t next = 0;
  do {
    next = std::max(now, last + 1);
  } while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return next;
}

void IdClock::observe(const uint8_t* id, int64_t recorded) {
  if ((id[6] & 0xf0) != 0x70) return;
  uint64_t milliseconds = 0;
  for (size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | id[i];
  // Ids run ahead of the clock while more are made than it has time for.
  constexpr int64_t kAheadMax = 60'000;
  if (static_cast<int64_t>(milliseconds) > recorded / 1000 + kAheadMax) return;
  const uint64_t time = milliseconds << 12 | uint64_t{id[6] & 0x0fU} << 8 | id[7];
  uint64_t last = last_.load(std::memory_order_relaxed);
  while (last < time && !last_.compare_exchange_weak(last, time, std::memory_order_relaxed)) {
  }
}

Result<std::array<uint8_t, 16>> IdSource::next() {
  constexpr size_t kRandomBytes = 8;
  if (pool_used_ == pool_.size()) {
    STELE_TRY(random_.fill(pool_));
    pool_used_ = 0;
  }
  std::array<uint8_t, 16> id = {};
  std::copy_n(pool_.begin() + static_cast<ptrdiff_t>(pool_used_), kRandomBytes, id.begin() + 8);
  pool_used_ += kRandomBytes;

  const uint64_t time = clock_.next();
  const uint64_t milliseconds = time >> 12;
  for (size_t i = 0; i < 6; ++i) {
    id[i] = static_cast<uint8_t>(milliseconds >> (40 - 8 * i));
  }
  id[6] = static_cast<uint8_t>(0x70 | ((time >> 8) & 0x0f));
  id[7] = static_cast<uint8_t>(time);
  id[8] = static_cast<uint8_t>(0x80 | (id[8] & 0x3f));
  return id;
}

}  // namespace stele::events
