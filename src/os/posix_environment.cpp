// The real clock, the kernel's random numbers, and the count of forks.
#include <pthread.h>
#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "base/check.h"
#include "base/text.h"
#include "os/environment.h"
#include "os/posix_file.h"

namespace stele::os {

namespace {

// The other steady clock stands still while the machine sleeps.
#ifdef CLOCK_BOOTTIME
constexpr clockid_t kSteadyClock = CLOCK_BOOTTIME;
#else
constexpr clockid_t kSteadyClock = CLOCK_MONOTONIC;
#endif

class PosixClock final : public Clock {
 public:
  int64_t wall_us() override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  }
  int64_t steady_us() override {
    timespec now = {};
    // Fails only for a clock that the system does not have.
    STELE_CHECK(::clock_gettime(kSteadyClock, &now) == 0);
    return int64_t{now.tv_sec} * 1'000'000 + int64_t{now.tv_nsec} / 1'000;
  }
};

class PosixRandom final : public Random {
 public:
  Status fill(ByteSpan into) override {
    size_t done = 0;
    while (done < into.size()) {
      // The kernel returns at most 256 bytes at once without the chance of a short read.
      const size_t piece = std::min<size_t>(into.size() - done, 256);
      const ssize_t got = ::getrandom(into.data() + done, piece, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        const int number = errno;
        return fail(
            Error(Code::kIo, cat("random numbers: ", std::generic_category().message(number)))
                .with_os_errno(number));
      }
      done += static_cast<size_t>(got);
    }
    return {};
  }
};

std::atomic<uint64_t> forks = 0;

}  // namespace

Environment posix_environment() {
  // Never destroyed: a program may end with databases open, whose threads go on, or close them in
  // static destructors, which run after those of what was made here.
  static auto* clock = new PosixClock;
  static auto* random = new PosixRandom;
  return {&posix_file_system(), clock, random};
}

uint64_t process_generation() {
  [[maybe_unused]] static const int kRegistered =
      ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  return forks.load(std::memory_order_relaxed);
}

}  // namespace stele::os
