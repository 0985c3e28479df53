// Event ids: UUIDs of version 7, increasing within a database handle.
//
//    48 bits milliseconds | 7 | 12 bits counter | 10 | 62 random bits
//
// The counter is the time's own fraction until two ids meet in it; then it runs ahead.
// RFC 9562, sections 5.7 and 6.2, methods 1 and 3.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/result.h"
#include "os/environment.h"

namespace stele::events {

// The time part of ids: one for each database handle. Threads: any.
class IdClock {
 public:
  explicit IdClock(os::Clock& clock) : clock_(clock) {}
  // Returns milliseconds and counter of the next id, 48 + 12 bits, above all before.
  uint64_t next();
  // Has later ids be above this one, which a commit recorded at `recorded` brought: a clock may
  // stand still or be set back between two lives of a database. An id of version 7 that is far in
  // the future was not made here, and is ignored; so is one of another version.
  void observe(const uint8_t* id, int64_t recorded);

 private:
  os::Clock& clock_;
  std::atomic<uint64_t> last_ = 0;
};

// Makes the ids of one batch; asks for random bytes many ids at a time. Threads: one at a time.
class IdSource {
 public:
  IdSource(IdClock& clock, os::Random& random) : clock_(clock), random_(random) {}
  Result<std::array<uint8_t, 16>> next();

 private:
  IdClock& clock_;
  os::Random& random_;
  std::array<uint8_t, 512> pool_ = {};
  size_t pool_used_ = 512;
};

}  // namespace stele::events
