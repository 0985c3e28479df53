// Asserts for our own mistakes: STELE_CHECK always, STELE_DCHECK where STELE_DEBUG is defined.
//
// A failed check stops the process: what follows would write wrong bytes into somebody's history.
// Bytes from disk or from callers are never asserted; they are decoded to a Status.
#pragma once

namespace stele {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace stele

#define STELE_CHECK(condition) \
  ((condition) ? void(0) : ::stele::check_failed(#condition, __FILE__, __LINE__))

#if defined(STELE_DEBUG)
#define STELE_DCHECK(condition) STELE_CHECK(condition)
#else
#define STELE_DCHECK(condition) void(sizeof(!(condition)))
#endif
