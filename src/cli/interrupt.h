// Lets a long command finish what it has begun when the user stops it.
#pragma once

#include "cli/failure.h"

namespace stele::cli {

// From now on the first SIGINT or SIGTERM only makes interrupted() true. The second one ends the
// process at once, as usual; that is safe too, as a crash is.
void watch_interrupts();

// Returns the signal that has arrived; 0 when none has.
[[nodiscard]] int interrupted();

// Returns what ends a command that was interrupted. Requires: interrupted() != 0.
[[nodiscard]] Failure interruption();

}  // namespace stele::cli
