// stele get: prints the row of a key, as it is or as it was.
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/encoding.h"
#include "cli/handle.h"
#include "cli/key_parts.h"
#include "cli/moment.h"
#include "cli/row_get.h"
#include "cli/row_print.h"
#include "cli/table_name.h"

namespace stele::cli {

namespace {

struct GetOptions {
  std::string database;
  TableName table;
  std::string key;
  KeyForm keys = KeyForm::kText;
  std::optional<stele_as_of> at;
  bool raw = false;
  bool hex = false;
  bool json = false;
};

std::string printed(const GetOptions& options, const FoundRow& found) {
  std::string text;
  if (options.json) {
    append_row_line(text, found.row, options.keys);
    return text;
  }
  if (options.hex) {
    append_hex(text, found.row.value.data, found.row.value.size);
  } else {
    text = view(found.row.value);
  }
  if (!options.raw) text += '\n';
  return text;
}

void run(const GetOptions& options) {
  const std::string key = row_key_of(options.keys, options.key, "KEY");
  Database database(options.database, STELE_OPEN_READ_ONLY);
  FoundRow found;
  {
    const OpenTable table = open_table(database, options.table);
    check(get_row(table, options.at, key, found), found.error);
  }
  database.close();
  Output output;
  output.write(printed(options, found));
  output.finish();
}

}  // namespace

void add_get(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("get", "Print the row of a key");
  const auto options = std::make_shared<GetOptions>();
  add_database(command, options->database);
  add_table_name(command, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  command.add_option("KEY", options->key, "The key")->required();
  add_key_form(command, options->keys);
  add_moment(command, options->at);
  CLI::Option* const raw =
      command.add_flag("--raw", options->raw, "Only the bytes of the value, without a line end");
  CLI::Option* const hex =
      command.add_flag("--hex", options->hex, "The value as hexadecimal digits");
  CLI::Option* const json = command.add_flag("--json", options->json, "Print a JSON object");
  raw->excludes(json);
  raw->excludes(hex);
  hex->excludes(json);
  command.footer(std::string(key_parts_help()) +
                 "\n\nPrints the value and a line end. Without such a row, exits with 1.\n\n"
                 "Examples:\n"
                 "  stele get shop stock book:dune\n"
                 "  stele get shop stock book:dune --at position:40 --json\n"
                 "  stele get shop covers dune --raw > dune.png\n"
                 "  stele get shop orders --keys parts text:north,date:2026-11-21,int:7");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
