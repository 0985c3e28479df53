// stele get: prints the rows of keys, as they are or as they were.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

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
  std::vector<std::string> keys;
  KeyForm form = KeyForm::kText;
  std::optional<stele_as_of> at;
  bool raw = false;
  bool hex = false;
  bool json = false;
};

void append_row(std::string& out, const GetOptions& options, const stele_row& row) {
  if (options.json) {
    append_row_line(out, row, options.form);
    return;
  }
  if (options.hex) {
    append_hex(out, row.value.data, row.value.size);
  } else {
    out += view(row.value);
  }
  if (!options.raw) out += '\n';
}

// One row: without it nothing is printed, and the library says why.
std::string one_row(const OpenTable& table, const GetOptions& options, const std::string& key) {
  FoundRow found;
  check(get_row(table, options.at, key, found), found.error);
  std::string text;
  append_row(text, options, found.row);
  return text;
}

struct Rows {
  std::string text;
  std::optional<std::string> missing;  // The first key without a row.
};

Rows many_rows(const OpenTable& table, const GetOptions& options,
               const std::vector<std::string>& keys) {
  Rows printed;
  const FoundRows found = get_rows(table, options.at, keys);
  for (size_t i = 0; i < found.rows.size(); ++i) {
    if ((found.rows[i].flags & STELE_ROW_MISSING) == 0) {
      append_row(printed.text, options, found.rows[i]);
    } else if (!printed.missing) {
      printed.missing = shown_row_key(options.form, keys[i]);
    }
  }
  return printed;
}

void run(const GetOptions& options) {
  std::vector<std::string> keys;
  for (const std::string& key : options.keys) keys.push_back(row_key_of(options.form, key, "KEY"));
  Database database(options.database, STELE_OPEN_READ_ONLY);
  Rows rows;
  {
    const OpenTable table = open_table(database, options.table);
    if (keys.size() == 1) {
      rows.text = one_row(table, options, keys.front());
    } else {
      rows = many_rows(table, options, keys);
    }
  }
  database.close();
  Output output;
  output.write(rows.text);
  output.finish();
  if (rows.missing) {
    throw Failure(ExitStatus::kOutcome, fmt::format("there is no row of key {}", *rows.missing));
  }
}

}  // namespace

void add_get(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("get", "Print the rows of keys");
  const auto options = std::make_shared<GetOptions>();
  add_database(command, options->database);
  add_table_name(command, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  command.add_option("KEY", options->keys, "The keys, whose rows are read as of one moment")
      ->required();
  add_key_form(command, options->form);
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
                 "\n\nPrints the value and a line end, of several keys one after the other. Where\n"
                 "one of them has no row, prints the others and exits with 1.\n\n"
                 "Examples:\n"
                 "  stele get shop stock book:dune\n"
                 "  stele get shop stock book:dune --at position:40 --json\n"
                 "  stele get shop stock book:dune book:emma --json\n"
                 "  stele get shop covers dune --raw > dune.png\n"
                 "  stele get shop orders --keys parts text:north,date:2026-11-21,int:7");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
