// stele history: prints what a row was, version by version.
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/handle.h"
#include "cli/key_parts.h"
#include "cli/moment.h"
#include "cli/row_key.h"
#include "cli/table_name.h"
#include "cli/version_print.h"

namespace stele::cli {

namespace {

struct HistoryOptions {
  std::string database;
  TableName table;
  std::string key;
  KeyForm keys = KeyForm::kText;
  std::optional<stele_as_of> since;
  std::optional<stele_as_of> until;
  std::optional<uint64_t> limit;
  bool oldest_first = false;
  std::string format = "table";
};

RowHistory open_history(const OpenTable& table, const HistoryOptions& options,
                        const std::string& key) {
  stele_row_history_options wanted{};
  wanted.struct_size = sizeof wanted;
  if (options.oldest_first) wanted.flags |= STELE_ROW_HISTORY_OLDEST_FIRST;
  if (options.since) wanted.since = *options.since;
  if (options.until) wanted.until = *options.until;
  stele_row_history* history = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_row_history_open(table.get(), reinterpret_cast<const uint8_t*>(key.data()),
                               key.size(), &wanted, &history, &error),
        error);
  return RowHistory(history);
}

void run(const HistoryOptions& options) {
  const std::string key = row_key_of(options.keys, options.key, "KEY");
  Database database(options.database, STELE_OPEN_READ_ONLY);
  {
    const OpenTable table = open_table(database, options.table);
    const RowHistory history = open_history(table, options, key);
    const uint64_t limit = options.limit.value_or(std::numeric_limits<uint64_t>::max());
    Output output;
    if (options.format == "json") {
      print_version_lines(history, limit, output);
    } else {
      print_version_table(history, limit, output);
    }
    output.finish();
  }
  database.close();
}

}  // namespace

void add_history(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("history", "Print what a row was, version by version");
  const auto options = std::make_shared<HistoryOptions>();
  add_database(command, options->database);
  add_table_name(command, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  command.add_option("KEY", options->key, "The key")->required();
  add_key_form(command, options->keys);
  command.add_flag("--oldest-first", options->oldest_first,
                   "In the order in which they came about; without, the newest one first");
  add_moment(command, "--since", options->since,
             "Begin with what was there at tsn:N, position:N or time:TIME");
  add_moment(command, "--until", options->until, "End with what was there at that moment");
  add_number(command, "--limit", options->limit, "Print at most so many versions");
  command.add_option("--as", options->format, "table (the default) or json (lines)")
      ->check(CLI::IsMember({"table", "json"}));
  command.footer(
      std::string(key_parts_help()) +
      "\n\nA table that keeps its history has every version; one that keeps a part of it, "
      "those of\n"
      "that part; any other the present one. A line of JSON has \"tsn\", \"position\" and\n"
      "\"recorded\" of the commit that made the version, and \"value\" (or "
      "\"value_base64\"),\n"
      "or \"deleted\".\n\n"
      "Examples:\n"
      "  stele history shop stock book:dune\n"
      "  stele history shop stock book:dune --since time:2026-11-01T00:00:00Z --as json\n"
      "  stele history shop stock book:dune --oldest-first --limit 1");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
