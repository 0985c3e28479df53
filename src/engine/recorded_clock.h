// The clock that commits are recorded by: the wall clock, made strictly increasing, and distrusted
// when it leaps ahead.
//
// A wall clock may be set back: then `recorded` goes on by microseconds until it is caught up with.
// It may be set far ahead by mistake: one commit recorded then would hold up the clock of this
// database for years. A leap is what the wall clock gained on the steady one since the last commit.
//
// Threads: one at a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/result.h"
#include "base/text.h"
#include "os/environment.h"

namespace stele::engine {

class RecordedClock {
 public:
  // `jump_max`: microseconds; 0 trusts every leap.
  RecordedClock(os::Clock& clock, uint64_t jump_max) : clock_(clock), jump_max_(jump_max) {}

  // The last commit of the log was recorded at `recorded`.
  void set_last(int64_t recorded) { last_ = recorded; }
  [[nodiscard]] int64_t last() const { return last_; }

  // Returns how far the wall clock is behind the last commit; at most what the type can say.
  [[nodiscard]] int64_t behind_us() const {
    const int64_t wall = clock_.wall_us();
    if (last_ <= wall) return 0;
    const uint64_t behind = static_cast<uint64_t>(last_) - static_cast<uint64_t>(wall);
    return static_cast<int64_t>(std::min<uint64_t>(behind, INT64_MAX));
  }

  // Returns the time of a commit that comes now. IO: the clock has leapt, or there is no later
  // time.
  Result<int64_t> next() {
    const int64_t wall = clock_.wall_us();
    const int64_t steady = clock_.steady_us();
    if (jump_max_ != 0 && seen_) {
      const int64_t gained = (wall - wall_) - (steady - steady_);
      if (gained > 0 && static_cast<uint64_t>(gained) > jump_max_) {
        return fail(Code::kIo, cat("the system clock jumped ahead by ", gained / 1'000'000,
                                   " s, more than max_clock_jump allows; set it right, or reopen "
                                   "the database to accept it"));
      }
    }
    if (last_ == INT64_MAX) {
      return fail(Code::kIo, "the last commit was recorded at the end of time; none can be later");
    }
    seen_ = true;
    wall_ = wall;
    steady_ = steady;
    return last_ = std::max(wall, last_ + 1);
  }

 private:
  os::Clock& clock_;
  uint64_t jump_max_;
  int64_t last_ = INT64_MIN;
  bool seen_ = false;
  int64_t wall_ = 0;
  int64_t steady_ = 0;
};

}  // namespace stele::engine
