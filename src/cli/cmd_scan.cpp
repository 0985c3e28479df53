// stele scan: prints rows of a table in the order of their keys.
#include <limits>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/handle.h"
#include "cli/key_parts.h"
#include "cli/moment.h"
#include "cli/row_print.h"
#include "cli/row_range.h"
#include "cli/table_name.h"

namespace stele::cli {

namespace {

struct ScanOptions {
  std::string database;
  TableName table;
  KeyForm keys = KeyForm::kText;
  RowRangeOptions range;
  std::optional<stele_as_of> at;
  std::optional<uint64_t> limit;
  bool backward = false;
  std::string format = "table";
};

Scan open_scan(const OpenTable& table, const ScanOptions& options, const RowRange& range) {
  const auto bytes = [](const std::string& key) {
    return stele_bytes{reinterpret_cast<const uint8_t*>(key.data()), key.size()};
  };
  stele_scan_options wanted{};
  wanted.struct_size = sizeof wanted;
  if (options.backward) wanted.flags |= STELE_SCAN_BACKWARD;
  wanted.low = bytes(range.low);
  if (range.high) wanted.high = bytes(*range.high);
  if (options.at) wanted.as_of = *options.at;
  stele_scan* scan = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_scan_open(table.get(), &wanted, &scan, &error), error);
  return Scan(scan);
}

void run(const ScanOptions& options) {
  const RowRange range = row_range_of(options.range, options.keys);
  Database database(options.database, STELE_OPEN_READ_ONLY);
  {
    const OpenTable table = open_table(database, options.table);
    const Scan scan = open_scan(table, options, range);
    const uint64_t limit = options.limit.value_or(std::numeric_limits<uint64_t>::max());
    Output output;
    if (options.format == "json") {
      print_row_lines(scan, limit, options.keys, output);
    } else {
      print_row_table(scan, limit, options.keys, output);
    }
    output.finish();
  }
  database.close();
}

}  // namespace

void add_scan(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("scan", "Print rows of a table in the order of keys");
  const auto options = std::make_shared<ScanOptions>();
  add_database(command, options->database);
  add_table_name(command, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  add_key_form(command, options->keys);
  add_row_range(command, options->range);
  command.add_flag("--backward,--reverse", options->backward, "From the highest key down");
  add_number(command, "--limit", options->limit, "Print at most so many rows");
  add_moment(command, options->at);
  command.add_option("--as", options->format, "table (the default) or json (lines)")
      ->check(CLI::IsMember({"table", "json"}));
  command.footer(std::string(key_parts_help()) +
                 "\n\nA line of JSON has \"key\" (or \"key_hex\", \"key_parts\", \"key_base64\"), "
                 "\"tsn\" and\n"
                 "\"position\" of the commit that wrote the row and of the event before it, and\n"
                 "\"value\" (or \"value_base64\"). `stele put --jsonl` reads it.\n\n"
                 "Examples:\n"
                 "  stele scan shop stock --prefix book: --limit 10\n"
                 "  stele scan shop stock --at time:2026-11-01T00:00:00Z --as json\n"
                 "  stele scan shop orders --keys parts --prefix text:north --backward");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
