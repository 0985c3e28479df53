// Time and random numbers as a test wants them.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "os/environment.h"
#include "sim/dice.h"
#include "sim/sim_disk.h"

namespace stele::sim {

// Stands still until it is moved.
class SimClock final : public os::Clock {
 public:
  explicit SimClock(int64_t now_us = 1'700'000'000'000'000) : now_us_(now_us) {}
  int64_t wall_us() override {
    looks_.fetch_add(1, std::memory_order_relaxed);
    return now_us_.load(std::memory_order_relaxed);
  }
  int64_t steady_us() override { return steady_us_.load(std::memory_order_relaxed); }
  // Moves the wall clock only, as somebody who sets it does.
  void set(int64_t now_us) { now_us_.store(now_us, std::memory_order_relaxed); }
  void set_steady(int64_t now_us) { steady_us_.store(now_us, std::memory_order_relaxed); }
  // Lets time pass on both clocks.
  void advance(int64_t by_us) {
    now_us_.fetch_add(by_us, std::memory_order_relaxed);
    steady_us_.fetch_add(by_us, std::memory_order_relaxed);
  }
  // How often anybody asked for the wall time. The sequencer asks once for each commit that it
  // takes.
  [[nodiscard]] uint64_t looks() const { return looks_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> now_us_;
  std::atomic<int64_t> steady_us_ = 1'000'000;
  std::atomic<uint64_t> looks_ = 0;
};

class SimRandom final : public os::Random {
 public:
  explicit SimRandom(uint64_t seed) : dice_(seed, 0x72616e646f6d) {}
  Status fill(ByteSpan into) override {
    const std::lock_guard guard(mutex_);
    for (uint8_t& byte : into) byte = static_cast<uint8_t>(dice_.next());
    return {};
  }

 private:
  std::mutex mutex_;
  Dice dice_;
};

// A machine: a disk, a clock, random numbers.
struct SimMachine {
  explicit SimMachine(uint64_t seed) : disk(seed), random(seed) {}
  SimMachine(uint64_t seed, const SimDisk::Image& image) : disk(seed, image), random(seed) {}

  [[nodiscard]] os::Environment environment() { return {&disk, &clock, &random}; }

  SimDisk disk;
  SimClock clock;
  SimRandom random;
};

}  // namespace stele::sim
