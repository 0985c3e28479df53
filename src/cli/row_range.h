// The rows between two keys, or with a prefix, as options name them.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "cli/row_key.h"

namespace stele::cli {

struct RowRangeOptions {
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> prefix;

  [[nodiscard]] bool any() const { return from || to || prefix; }
};

struct RowRange {
  std::string low;
  std::optional<std::string> high;  // The first key that is not part of it; none: to the end.
};

// Adds --from, --to and --prefix.
void add_row_range(CLI::App& command, RowRangeOptions& options);

// Throws a usage Failure for keys that cannot be read.
[[nodiscard]] RowRange row_range_of(const RowRangeOptions& options, KeyForm form);

}  // namespace stele::cli
