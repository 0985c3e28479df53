// Interleaved rounds: A for a while, B for a while, A again; medians over the rounds.
//
// Disks here are throttled and processors shared, so that a figure taken alone says little. What is
// compared runs in turn, within the same second.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "report.h"

namespace stele::bench {

using SteadyClock = std::chrono::steady_clock;

[[nodiscard]] inline double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// What one side of a comparison has measured.
struct Side {
  std::vector<double> rates;         // Operations per second, one for each round.
  std::vector<double> latencies_us;  // Of single operations.
  [[nodiscard]] double rate() const { return percentile(rates, 0.5); }
};

// Runs `operation` until `seconds` have passed, at least once, and adds the rate to `side`.
inline void run_for(double seconds, Side& side, const std::function<void()>& operation) {
  const auto start = SteadyClock::now();
  uint64_t count = 0;
  double elapsed = 0;
  do {
    const auto before = SteadyClock::now();
    operation();
    side.latencies_us.push_back(seconds_since(before) * 1e6);
    ++count;
    elapsed = seconds_since(start);
  } while (elapsed < seconds);
  side.rates.push_back(static_cast<double>(count) / elapsed);
}

}  // namespace stele::bench
