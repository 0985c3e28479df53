// Gets one row into memory of its own.
#pragma once

#include <stele/stele.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/handle.h"

namespace stele::cli {

struct FoundRow {
  stele_row row{};  // Points to the key that was asked for and into `value`.
  std::vector<uint8_t> value;
  stele_error error = STELE_ERROR_INIT;
};

// Requires: `key` lives as long as `found` is used.
[[nodiscard]] stele_status get_row(const OpenTable& table, const std::optional<stele_as_of>& at,
                                   const std::string& key, FoundRow& found);

}  // namespace stele::cli
