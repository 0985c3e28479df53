// How many events an entity is expected to have, as --expect says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stele::cli {

struct Expectation {
  std::string_view entity;
  uint64_t sequence = 0;  // Or STELE_SEQUENCE_SOME.
};

// Reads "ENTITY=SEQUENCE", split at the last '='; the result points into `text`. Throws a usage
// Failure that names `option`.
[[nodiscard]] Expectation parse_expectation(std::string_view text, std::string_view option);

}  // namespace stele::cli
