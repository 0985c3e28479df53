#include "cli/row_print.h"

#include <string_view>

#include "cli/table.h"
#include "cli/utf8.h"

namespace stele::cli {

namespace {

bool next_row(const Scan& scan, stele_row& row) {
  row = {};
  row.struct_size = sizeof row;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_scan_next(scan.get(), &row, &error);
  if (status == STELE_END) return false;
  check(status, error);
  return true;
}

}  // namespace

void write_row_value(ObjectWriter& line, stele_bytes value) {
  if (is_utf8(view(value))) {
    line.string("value", view(value));
  } else {
    line.base64("value_base64", view(value));
  }
}

// No terminal shows more, and it may be long.
std::string shown_row_value(stele_bytes value) {
  constexpr size_t kShown = 4096;
  return printable(view(value).substr(0, kShown));
}

void append_row_line(std::string& out, const stele_row& row, KeyForm form) {
  ObjectWriter line(out);
  write_row_key(line, form, view(row.key));
  line.number("tsn", row.tsn);
  line.number("position", row.position);
  write_row_value(line, row.value);
  line.end();
  out += '\n';
}

void print_row_lines(const Scan& scan, uint64_t limit, KeyForm form, Output& output) {
  stele_row row{};
  std::string line;
  for (uint64_t printed = 0; printed < limit && next_row(scan, row); ++printed) {
    line.clear();
    append_row_line(line, row, form);
    output.write(line);
  }
}

void print_row_table(const Scan& scan, uint64_t limit, KeyForm form, Output& output) {
  Table table(output, {{"TSN", true}, {"POSITION", true}, {"KEY"}, {"VALUE"}}, output_columns());
  stele_row row{};
  for (uint64_t printed = 0; printed < limit && next_row(scan, row); ++printed) {
    table.add({std::to_string(row.tsn), std::to_string(row.position),
               shown_row_key(form, view(row.key)), shown_row_value(row.value)});
  }
  table.flush();
}

}  // namespace stele::cli
