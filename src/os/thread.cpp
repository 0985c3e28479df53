// Thread priority by niceness, which on Linux is a thread's own.
#include "os/thread.h"

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace stele::os {

void yield_to_others() {
#ifdef __linux__
  constexpr int kNicer = 10;
  const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
  (void)::setpriority(PRIO_PROCESS, thread, kNicer);
#endif
}

}  // namespace stele::os
