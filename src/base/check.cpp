// What a failed assert does: one line on standard error, then abort.
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace stele {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "stele: %s:%d: check failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace stele
