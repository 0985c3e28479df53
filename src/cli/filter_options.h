// The options that select events, of every command that reads them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/query.h"

namespace stele::cli {

struct FilterOptions {
  QueryItem item;                  // An option for each of its fields.
  std::vector<std::string> items;  // --item, JSON
};

// Adds the options, but none for the first position: commands differ in what that is.
void add_filter_options(CLI::App& command, FilterOptions& options);

// Returns the items that the options ask for. Throws a usage Failure.
[[nodiscard]] std::vector<QueryItem> items_of(const FilterOptions& options);

}  // namespace stele::cli
