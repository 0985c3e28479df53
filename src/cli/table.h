// A table for people: aligned columns, with nothing in it that a terminal would obey.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"

namespace stele::cli {

// Returns `text` with control characters as \u001b and bytes that are not UTF-8 as U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

// Returns `text` in at most `columns` characters, the last one "…" if something had to go. Counts
// characters, not the two columns that some of them take. Requires: `text` is UTF-8.
[[nodiscard]] std::string shorten(std::string_view text, size_t columns);

// Prints rows some hundreds at a time, so that a table of any length needs little memory; a column
// that grows does so from there on.
class Table {
 public:
  struct Column {
    std::string heading;
    bool right = false;  // Aligned to the right.
  };

  // The last column takes what is left of `columns`, the width of the whole table.
  Table(Output& output, std::vector<Column> layout, size_t columns);

  // Adds a row: printable texts, one for each column.
  void add(std::vector<std::string> row);

  // Prints the rows that are waiting, and the headings if nothing was printed before.
  void flush();

 private:
  void print(const std::vector<std::string>& row);

  Output& output_;
  std::vector<Column> layout_;
  std::vector<size_t> widths_;  // The widest text so far of each column.
  std::vector<std::vector<std::string>> waiting_;
  size_t columns_;
  bool headed_ = false;  // The headings were printed.
};

// Returns the width of the terminal that standard output is, or a width that most have.
[[nodiscard]] size_t output_columns();

}  // namespace stele::cli
