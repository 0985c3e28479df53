// How much of a long test to run: all of it, or a part where a sanitizer makes each step slow.
#pragma once

#include <cstddef>

namespace stele::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr size_t kSlowness = 5;
#elif defined(__SANITIZE_THREAD__)
inline constexpr size_t kSlowness = 12;  // Most of what is scaled has one thread.
#else
inline constexpr size_t kSlowness = 1;
#endif

// Returns `rounds`, fewer under a sanitizer, at least 1.
[[nodiscard]] constexpr size_t scaled(size_t rounds) {
  return rounds < kSlowness ? 1 : rounds / kSlowness;
}

}  // namespace stele::test
