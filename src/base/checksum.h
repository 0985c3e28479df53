// XXH3-64, the checksum of everything on disk, in the widest form the processor has.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace stele {

// Returns XXH3-64 of `bytes` with `seed`.
[[nodiscard]] uint64_t checksum(ByteView bytes, uint64_t seed);

}  // namespace stele
