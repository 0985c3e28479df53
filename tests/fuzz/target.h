// What a fuzz target is, and how it says that something is wrong. libFuzzer or our own driver feeds
// it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/result.h"

// Tries one input. Whatever is wrong ends the process.
extern "C" int LLVMFuzzerTestOneInput(  // NOLINT(readability-identifier-naming): libFuzzer's name
    const uint8_t* data, size_t size);

namespace stele::fuzz {

// Returns how many inputs came through to the end: a target that refuses them all tests nothing.
uint64_t accepted();

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: %s\n", what);
  std::abort();
}

// Damaged bytes may be refused as that, or as a newer version's; nothing else.
inline void require_refusal(const Error& error) {
  if (error.code() == Code::kCorrupt || error.code() == Code::kUnsupported) return;
  std::fprintf(stderr, "fuzz: refused with code %d: %s\n", static_cast<int>(error.code()),
               error.message().c_str());
  std::abort();
}

// Requires a success.
template <typename T>
void require_ok(const Result<T>& result, const char* what) {
  if (result) return;
  std::fprintf(stderr, "fuzz: %s: %s\n", what, result.error().message().c_str());
  std::abort();
}

}  // namespace stele::fuzz
