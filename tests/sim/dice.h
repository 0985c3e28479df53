// The random decisions of a simulated world, all of them from one printed seed.
#pragma once

#include <cstdint>
#include <iterator>

namespace stele::sim {

// SplitMix64: small, the same on every machine, and any seed is a good one. Cheap enough to make a
// new one for each purpose, so that one purpose drawing more does not change what another gets.
class Dice {
 public:
  // `stream` tells apart the dice that come from one seed.
  explicit Dice(uint64_t seed, uint64_t stream = 0)
      : state_(seed * 0x9e3779b97f4a7c15 + stream * 0xd1342543de82ef95) {
    next();  // Neighbouring seeds must not begin alike.
  }

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // Returns a number in [low, high], both included.
  uint64_t between(uint64_t low, uint64_t high) {
    const uint64_t span = high - low + 1;
    return span == 0 ? next() : low + next() % span;
  }

  // True in `percent` of a hundred cases.
  bool chance(uint64_t percent) { return between(0, 99) < percent; }

  // Returns one of the elements. Requires: there is one.
  template <typename Range>
  const auto& pick(const Range& range) {
    return range[between(0, std::size(range) - 1)];
  }

 private:
  uint64_t state_;
};

}  // namespace stele::sim
