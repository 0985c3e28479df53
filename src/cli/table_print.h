// Prints what tables there are: as JSON lines for programs, as text for people.
#pragma once

#include <stele/stele.h>

#include <string>

#include "cli/handle.h"
#include "cli/output.h"

namespace stele::cli {

// Stores in `info` the table behind the one that it is, in order; zeros: the first. False: there is
// none.
[[nodiscard]] bool next_table(const Database& database, stele_table_info& info);

// Prints all tables of the database.
void print_tables(const Database& database, bool json, Output& output);

// Returns a table as a line of JSON, and as lines of a name and a value each.
[[nodiscard]] std::string table_line(const stele_table_info& info);
[[nodiscard]] std::string table_figures(const stele_table_info& info);

}  // namespace stele::cli
