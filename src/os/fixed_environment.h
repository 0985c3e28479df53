// A clock that stands still and random numbers that are known before: FOR TESTS ONLY.
//
// Whoever knows the seed knows every id and salt that a database takes from it, and two databases
// of one seed have the same ones.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "os/environment.h"

namespace stele::os {

// The wall clock shows what it was set to, until it is set again; steady time is the machine's, so
// that what waits for time to pass is not kept for ever.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(int64_t wall_us) : wall_us_(wall_us) {}

  int64_t wall_us() override { return wall_us_.load(std::memory_order_relaxed); }
  int64_t steady_us() override { return machine_.steady_us(); }
  void set(int64_t wall_us) { wall_us_.store(wall_us, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> wall_us_;
  Clock& machine_ = *posix_environment().clock;
};

// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): the
// bytes of its 64-bit numbers one behind the other, each lowest byte first. How many bytes a call
// asks for does not change which come next.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}

  Status fill(ByteSpan into) override;

 private:
  std::mutex mutex_;
  uint64_t state_;
  uint64_t number_ = 0;  // What is left of the last number, in its lowest bytes.
  unsigned left_ = 0;    // The bytes that are left of it.
};

}  // namespace stele::os
