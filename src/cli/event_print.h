// Prints events: as JSON lines for programs, as a table for people.
#pragma once

#include <string>

#include "cli/event_stream.h"
#include "cli/output.h"

namespace stele::cli {

// Prints all events that are left.
void print_lines(EventStream& events, Output& output);
void print_table(EventStream& events, Output& output);

// Returns a text so that a terminal shows it and obeys nothing in it.
[[nodiscard]] std::string shown(stele_text text);

// Returns "2026-11-21 11:32:35": who needs more reads JSON.
[[nodiscard]] std::string short_time(int64_t time);

}  // namespace stele::cli
