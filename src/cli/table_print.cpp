#include "cli/table_print.h"

#include <fmt/format.h>

#include <cstring>
#include <string_view>

#include "cli/figures.h"
#include "cli/kept_history.h"
#include "cli/object_writer.h"
#include "cli/table.h"
#include "cli/table_name.h"

namespace stele::cli {

namespace {

std::string_view schema_of(const stele_table_info& info) {
  return static_cast<const char*>(info.schema);
}

std::string_view name_of(const stele_table_info& info) {
  return static_cast<const char*>(info.name);
}

std::string history_of(const stele_table_info& info) {
  return history_text({.kind = info.history, .amount = info.history_amount});
}

std::string_view projection_of(const stele_table_info& info) {
  return static_cast<const char*>(info.projection);
}

}  // namespace

bool next_table(const Database& database, stele_table_info& info) {
  stele_error error = STELE_ERROR_INIT;
  stele_table_info next{};
  next.struct_size = sizeof next;
  const std::string_view schema = schema_of(info);
  const std::string_view name = name_of(info);
  const stele_status status = stele_table_next(database.get(), schema.data(), schema.size(),
                                               name.data(), name.size(), &next, &error);
  if (status == STELE_END) return false;
  check(status, error);
  info = next;
  return true;
}

std::string table_line(const stele_table_info& info) {
  std::string out;
  ObjectWriter line(out);
  line.string("schema", schema_of(info));
  line.string("name", name_of(info));
  line.number("id", info.id);
  line.string("history", history_of(info));
  line.number("created_tsn", info.created_tsn);
  if (!projection_of(info).empty()) line.string("projection", projection_of(info));
  line.end();
  return out + "\n";
}

std::string table_figures(const stele_table_info& info) {
  std::string text =
      fmt::format("table    {}\nschema   {}\nid       {}\nhistory  {}\ncreated  by commit {}\n",
                  printable(name_of(info)), printable(schema_of(info)), info.id, history_of(info),
                  format_count(info.created_tsn));
  if (!projection_of(info).empty()) {
    text += fmt::format("rows of  projection {}\n", printable(projection_of(info)));
  }
  return text;
}

void print_tables(const Database& database, bool json, Output& output) {
  Table table(output, {{"ID", true}, {"HISTORY"}, {"CREATED", true}, {"TABLE"}}, output_columns());
  stele_table_info info{};
  while (next_table(database, info)) {
    if (json) {
      output.write(table_line(info));
    } else {
      table.add({std::to_string(info.id), history_of(info), std::to_string(info.created_tsn),
                 printable(table_path(schema_of(info), name_of(info)))});
    }
  }
  if (!json) table.flush();
}

}  // namespace stele::cli
