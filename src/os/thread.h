// What a thread may ask of the operating system for itself.
#pragma once

namespace stele::os {

// Lets the calling thread step back where others want the processor. Advice; does not fail.
void yield_to_others();

}  // namespace stele::os
