#include "cli/interrupt.h"

#include <csignal>

namespace stele::cli {

namespace {

volatile std::sig_atomic_t arrived = 0;

void remember(int signal) {
  arrived = signal;
}

}  // namespace

void watch_interrupts() {
  struct sigaction action{};
  action.sa_handler = remember;
  // Without SA_RESTART a read() that waits for input returns, and the command can stop.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int interrupted() {
  return arrived;
}

Failure interruption() {
  const bool by_user = interrupted() == SIGINT;
  return {by_user ? ExitStatus::kInterrupted : ExitStatus::kTerminated, "interrupted"};
}

}  // namespace stele::cli
