// Prints what projections there are: as JSON lines for programs, as text for people.
#pragma once

#include <stele/stele.h>

#include <string>
#include <vector>

#include "cli/handle.h"
#include "cli/output.h"

namespace stele::cli {

// Prints all projections of the database, and rebuilds under way.
void print_projections(const Database& database, bool json, Output& output);

// A projection and its tables.
struct Projection {
  stele_projection_state state;
  std::vector<stele_table_info> tables;
};
// Throws a Failure when there is none of that name.
[[nodiscard]] Projection find_projection(const Database& database, const std::string& name);

// Returns it as a line of JSON, and as lines of a name and a value each.
[[nodiscard]] std::string projection_line(const Projection& projection);
[[nodiscard]] std::string projection_figures(const Projection& projection);

}  // namespace stele::cli
