// What a database takes from outside: files, time and random numbers; and the process it lives in.
//
// A database uses only the environment it was opened with. Tests hand it one with a simulated disk,
// a clock that they move and ids that they know.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "os/file.h"

namespace stele::os {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  // Returns microseconds since 1970-01-01T00:00:00Z. May jump in both directions.
  [[nodiscard]] virtual int64_t wall_us() = 0;
  // Returns microseconds since some moment of the past; never goes back, and counts while the
  // machine sleeps.
  [[nodiscard]] virtual int64_t steady_us() = 0;
};

class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;
  // Fills `into` with unpredictable bytes.
  [[nodiscard]] virtual Status fill(ByteSpan into) = 0;
};

struct Environment {
  FileSystem* files;
  Clock* clock;
  Random* random;
};

// Returns this machine's file system, clock and random numbers.
[[nodiscard]] Environment posix_environment();

// Returns a number that differs between a process and the children that fork() made of it. Locks,
// threads and buffers do not survive a fork, so handles remember it and refuse to work in a child.
[[nodiscard]] uint64_t process_generation();

}  // namespace stele::os
