// Prints rows: as JSON lines for programs, as a table for people.
#pragma once

#include <stele/stele.h>

#include <string>

#include "cli/handle.h"
#include "cli/output.h"
#include "cli/row_key.h"

namespace stele::cli {

// Appends {"key":...,"tsn":...,"position":...,"value":...} and a line end, as `stele put --jsonl`
// reads it.
void append_row_line(std::string& out, const stele_row& row, KeyForm form);

// Writes the member "value", or "value_base64" for one that is no text.
void write_row_value(ObjectWriter& line, stele_bytes value);

// Returns the start of a value, for people.
[[nodiscard]] std::string shown_row_value(stele_bytes value);

// Print the rows that a scan has left, at most `limit`.
void print_row_lines(const Scan& scan, uint64_t limit, KeyForm form, Output& output);
void print_row_table(const Scan& scan, uint64_t limit, KeyForm form, Output& output);

}  // namespace stele::cli
