// How a command fails: with a message for the user and the status the process exits with.
#pragma once

#include <stdexcept>
#include <string>

namespace stele::cli {

// The numbers are documented in `stele --help`; scripts rely on them.
enum class ExitStatus {
  kOk = 0,
  kOutcome = 1,        // What a correct script expects: a conflict, not found, there already.
  kUsage = 2,          // The command line could not be understood.
  kError = 3,          // Everything else: bad input, damage, the operating system.
  kInterrupted = 130,  // SIGINT: stopped after what was begun had been finished.
  kTerminated = 143    // SIGTERM: likewise.
};

// Ends a command. `what()` is printed behind "stele: <command>: ".
class Failure : public std::runtime_error {
 public:
  Failure(ExitStatus status, const std::string& message)
      : std::runtime_error(message), status_(status) {}

  [[nodiscard]] ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

// Ends a command quietly: who read our output has closed it, as `head` does, and wants no more.
class OutputClosed : public std::exception {};

}  // namespace stele::cli
