// A clock that a test moves and random numbers that it can make fail, for os::Environment.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>

#include "os/environment.h"

namespace stele::test {

class FakeClock final : public os::Clock {
 public:
  explicit FakeClock(int64_t now = 1'700'000'000'000'000) : now_(now) {}
  int64_t wall_us() override { return now_.load(); }
  int64_t steady_us() override { return steady_.load(); }
  // Moves the wall clock only.
  void set(int64_t now) { now_ = now; }
  void set_steady(int64_t now) { steady_ = now; }

 private:
  std::atomic<int64_t> now_;
  std::atomic<int64_t> steady_ = 1'000'000;
};

// Repeatable "random" bytes.
class FakeRandom final : public os::Random {
 public:
  Status fill(ByteSpan into) override {
    if (fails_) return fail(Code::kIo, "random numbers: there are none");
    const std::lock_guard lock(mutex_);
    for (uint8_t& byte : into) byte = static_cast<uint8_t>(generator_());
    return {};
  }
  void fail_from_now_on() { fails_ = true; }

 private:
  std::atomic<bool> fails_ = false;
  std::mutex mutex_;
  std::mt19937 generator_{1};
};

}  // namespace stele::test
