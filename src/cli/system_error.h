// Failures of the operating system.
#pragma once

#include <string>

#include "cli/failure.h"

namespace stele::cli {

// Returns a failure that says `what` could not be done, and why, as `number` (an errno) says.
[[nodiscard]] Failure system_failure(const std::string& what, int number);

}  // namespace stele::cli
