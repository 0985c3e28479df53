// Prints versions of a row: as JSON lines for programs, as a table for people.
#pragma once

#include <stele/stele.h>

#include <cstdint>

#include "cli/handle.h"
#include "cli/output.h"

namespace stele::cli {

// Print the versions that a history has left, at most `limit`.
void print_version_lines(const RowHistory& history, uint64_t limit, Output& output);
void print_version_table(const RowHistory& history, uint64_t limit, Output& output);

}  // namespace stele::cli
