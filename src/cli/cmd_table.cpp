// stele table: creates, drops, renames, lists and describes tables.
#include <memory>

#include "cli/commands.h"
#include "cli/handle.h"
#include "cli/kept_history.h"
#include "cli/table_name.h"
#include "cli/table_print.h"

namespace stele::cli {

namespace {

struct TableOptions {
  std::string database;
  TableName table;
  TableName renamed;
  KeptHistory history;
  std::string format = "table";
  bool json = false;
};

stele_table_info described(const Database& database, const TableName& name) {
  const OpenTable table = open_table(database, name);
  stele_table_info info{};
  info.struct_size = sizeof info;
  stele_error error = STELE_ERROR_INIT;
  check(stele_table_describe(table.get(), &info, &error), error);
  return info;
}

void create_table(const TableOptions& options) {
  Database database(options.database, STELE_OPEN_EXISTING);
  stele_table_options wanted{};
  wanted.struct_size = sizeof wanted;
  wanted.history = options.history.kind;
  wanted.history_amount = options.history.amount;
  stele_error error = STELE_ERROR_INIT;
  const auto& [schema, name] = options.table;
  check(stele_table_create(database.get(), schema.data(), schema.size(), name.data(), name.size(),
                           &wanted, &error),
        error);
  database.close();
}

void drop_table(const TableOptions& options) {
  Database database(options.database, STELE_OPEN_EXISTING);
  stele_error error = STELE_ERROR_INIT;
  const auto& [schema, name] = options.table;
  check(stele_table_drop(database.get(), schema.data(), schema.size(), name.data(), name.size(),
                         &error),
        error);
  database.close();
}

void rename_table(const TableOptions& options) {
  Database database(options.database, STELE_OPEN_EXISTING);
  stele_error error = STELE_ERROR_INIT;
  const auto& [schema, name] = options.table;
  const auto& [new_schema, new_name] = options.renamed;
  check(stele_table_rename(database.get(), schema.data(), schema.size(), name.data(), name.size(),
                           new_schema.data(), new_schema.size(), new_name.data(), new_name.size(),
                           &error),
        error);
  database.close();
}

void list_tables(const TableOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  Output output;
  print_tables(database, options.format == "json", output);
  database.close();
  output.finish();
}

void describe_table(const TableOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  const stele_table_info info = described(database, options.table);
  database.close();
  Output output;
  output.write(options.json ? table_line(info) : table_figures(info));
  output.finish();
}

// A command of the group: its database, and what it does.
CLI::App& add_table_command(CLI::App& group, const char* name, const char* help,
                            const std::shared_ptr<TableOptions>& options, Action& action,
                            void (*act)(const TableOptions&)) {
  CLI::App& command = *group.add_subcommand(name, help);
  add_database(command, options->database);
  command.callback([&action, options, act] { action = [options, act] { act(*options); }; });
  return command;
}

void add_history(CLI::App& command, KeptHistory& history) {
  const auto parse = [&history](const std::string& text) {
    const auto parsed = parse_history(text);
    if (!parsed) throw CLI::ValidationError("--history", parsed.error());
    history = *parsed;
  };
  command
      .add_option_function<std::string>(
          "--history", parse,
          "What is kept of rows that are replaced or deleted: none (the default), all, what was "
          "there behind the last N commits (commits:N) or in a last span of time (time:SPAN)")
      ->type_name("HISTORY");
}

void add_table_changes(CLI::App& group, Action& action) {
  const auto options = std::make_shared<TableOptions>();
  CLI::App& create =
      add_table_command(group, "create", "Make a table", options, action, create_table);
  add_table_name(create, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  add_history(create, options->history);
  create.footer(
      "A table can be read as of an earlier moment (--at) as far back as its history goes. SPAN is "
      "a\n"
      "number and us, ms, s, m, h or d.\n\n"
      "Examples:\n"
      "  stele table create shop stock\n"
      "  stele table create shop sales.prices --history all\n"
      "  stele table create shop carts --history time:30d");

  CLI::App& drop = add_table_command(group, "drop", "Drop a table with all its rows", options,
                                     action, drop_table);
  add_table_name(drop, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  drop.footer("Examples:\n  stele table drop shop stock");

  CLI::App& rename = add_table_command(group, "rename", "Give a table another name", options,
                                       action, rename_table);
  add_table_name(rename, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  add_table_name(rename, "NEW", options->renamed, "The new name, in whichever schema");
  rename.footer("Examples:\n  stele table rename shop stock archive.stock");
}

void add_table_views(CLI::App& group, Action& action) {
  const auto options = std::make_shared<TableOptions>();
  CLI::App& list =
      add_table_command(group, "list", "List the tables", options, action, list_tables);
  list.add_option("--as", options->format, "table (the default) or json (lines)")
      ->check(CLI::IsMember({"table", "json"}));
  list.footer(
      "In bytewise order of schemas and names. CREATED is the commit that made the table.\n\n"
      "Examples:\n"
      "  stele table list shop\n"
      "  stele table list shop --as json");

  CLI::App& describe = add_table_command(group, "describe", "Print what a table is", options,
                                         action, describe_table);
  add_table_name(describe, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  describe.add_flag("--json", options->json, "Print a JSON object");
  describe.footer("Examples:\n  stele table describe shop stock --json");
}

}  // namespace

void add_table(CLI::App& app, Action& action) {
  CLI::App& group =
      *app.add_subcommand("table", "Create, drop, rename, list or describe tables of rows");
  group.require_subcommand(1);
  add_table_changes(group, action);
  add_table_views(group, action);
  for (CLI::App* const command : group.get_subcommands([](const CLI::App*) { return true; })) {
    command->group("Commands");
  }
  group.footer(
      "A name without a schema is one of the schema root; `\\.` is a dot in a name.\n"
      "`stele put`, `get`, `scan` and `delete` are for the rows.\n\n"
      "Examples:\n"
      "  stele table create shop stock --history all\n"
      "  stele table list shop");
}

}  // namespace stele::cli
