// Gets one row, or many as of one moment, into memory of their own.
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

struct FoundRows {
  std::vector<stele_row> rows;  // In the order of the keys; they point into `buffer`.
  std::vector<uint8_t> buffer;
};

// Gets the rows of many keys; those that are not there have STELE_ROW_MISSING. Throws a Failure.
[[nodiscard]] FoundRows get_rows(const OpenTable& table, const std::optional<stele_as_of>& at,
                                 const std::vector<std::string>& keys);

}  // namespace stele::cli
