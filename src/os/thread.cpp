// Thread priority by niceness, which on Linux is a thread's own; sleeping on a word by futex.
#include "os/thread.h"

#include <climits>

#ifdef __linux__
#include <linux/futex.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace stele::os {

namespace {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));

#ifdef __linux__
void wake(const std::atomic<uint32_t>& word, int count) {
  (void)::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}
#endif

}  // namespace

void sleep_while(const std::atomic<uint32_t>& word, uint32_t seen) {
#ifdef __linux__
  (void)::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
#else
  word.wait(seen, std::memory_order_relaxed);
#endif
}

void wake_one(const std::atomic<uint32_t>& word) {
#ifdef __linux__
  wake(word, 1);
#else
  const_cast<std::atomic<uint32_t>&>(word).notify_one();
#endif
}

void wake_all(const std::atomic<uint32_t>& word) {
#ifdef __linux__
  wake(word, INT_MAX);
#else
  const_cast<std::atomic<uint32_t>&>(word).notify_all();
#endif
}

void yield_to_others() {
#ifdef __linux__
  constexpr int kNicer = 10;
  const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
  (void)::setpriority(PRIO_PROCESS, thread, kNicer);
#endif
}

}  // namespace stele::os
