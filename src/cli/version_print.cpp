#include "cli/version_print.h"

#include <string>
#include <string_view>

#include "cli/object_writer.h"
#include "cli/row_print.h"
#include "cli/table.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

bool next_version(const RowHistory& history, stele_row_version& version) {
  version = {};
  version.struct_size = sizeof version;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_row_history_next(history.get(), &version, &error);
  if (status == STELE_END) return false;
  check(status, error);
  return true;
}

bool is_deletion(const stele_row_version& version) {
  return (version.flags & STELE_ROW_DELETED) != 0;
}

void append_version_line(std::string& out, const stele_row_version& version) {
  ObjectWriter line(out);
  line.number("tsn", version.tsn);
  line.number("position", version.position);
  line.time("recorded", version.recorded);
  if (is_deletion(version)) {
    line.member("deleted") += "true";
  } else {
    write_row_value(line, version.value);
  }
  line.end();
  out += '\n';
}

}  // namespace

void print_version_lines(const RowHistory& history, uint64_t limit, Output& output) {
  stele_row_version version{};
  std::string line;
  for (uint64_t printed = 0; printed < limit && next_version(history, version); ++printed) {
    line.clear();
    append_version_line(line, version);
    output.write(line);
  }
}

void print_version_table(const RowHistory& history, uint64_t limit, Output& output) {
  Table table(output, {{"TSN", true}, {"POSITION", true}, {"RECORDED"}, {"ROW"}, {"VALUE"}},
              output_columns());
  stele_row_version version{};
  for (uint64_t printed = 0; printed < limit && next_version(history, version); ++printed) {
    std::string recorded;
    append_timestamp(recorded, version.recorded);
    table.add({std::to_string(version.tsn), std::to_string(version.position), recorded,
               is_deletion(version) ? "deleted" : "put", shown_row_value(version.value)});
  }
  table.flush();
}

}  // namespace stele::cli
