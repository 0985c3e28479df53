// stele put: puts one row under a condition or without, or the rows of a file.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/encoding.h"
#include "cli/failure.h"
#include "cli/figures.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/key_parts.h"
#include "cli/output.h"
#include "cli/row_change.h"
#include "cli/row_loader.h"
#include "cli/table_name.h"

namespace stele::cli {

namespace {

constexpr uint64_t kRowsOfCommit = 512;

struct PutOptions {
  std::string database;
  TableName table;
  KeyForm keys = KeyForm::kText;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::optional<std::string> file;  // Of the value, or "-".
  std::optional<std::string> hex;
  std::optional<std::string> lines;  // A file of JSON lines, or "-".
  std::optional<std::string> tabs;   // A file of keys and values with tabs between, or "-".
  std::optional<uint64_t> batch;
  RowExpectation expected;
  bool json = false;

  [[nodiscard]] bool many() const { return lines || tabs; }
};

[[noreturn]] void fail_put(const std::string& reason) {
  throw Failure(ExitStatus::kUsage, reason);
}

void check_together(const PutOptions& options) {
  if (options.lines && options.tabs) fail_put("--jsonl: does not go with --tsv");
  if (options.expected.absent && options.expected.tsn) {
    fail_put("--expect-absent: does not go with --expect-tsn");
  }
  if (options.batch == 0) fail_put("--batch: must not be 0");
  if (options.many()) {
    const bool of_one = options.key || options.value || options.file || options.hex;
    if (of_one) fail_put("a file of rows goes with neither a key nor a value");
    if (options.expected.any()) fail_put("--expect-absent, --expect-tsn: only for one row");
    return;
  }
  if (!options.key) fail_put("KEY is required, or --jsonl or --tsv for many rows");
  if (options.batch) fail_put("--batch: goes with --jsonl and --tsv only");
  if (options.value.has_value() + options.file.has_value() + options.hex.has_value() != 1) {
    fail_put("give one of VALUE, --file (- for standard input) and --hex");
  }
}

std::string value_of(const PutOptions& options) {
  if (options.value) return *options.value;
  if (options.file) return read_whole(Input(*options.file));
  auto bytes = parse_hex(*options.hex);
  if (!bytes) fail_put("--hex: expected pairs of hexadecimal digits");
  return *std::move(bytes);
}

void put_one(const PutOptions& options) {
  const std::string key = row_key_of(options.keys, *options.key, "KEY");
  const std::string value = value_of(options);
  Database database(options.database, STELE_OPEN_EXISTING);
  stele_commit_result result{};
  {
    const OpenTable table = open_table(database, options.table);
    const Batch batch = make_batch(database);
    expect_row(batch, table, key, options.expected);
    stele_error error = STELE_ERROR_INIT;
    check(stele_batch_put(batch.get(), table.get(), reinterpret_cast<const uint8_t*>(key.data()),
                          key.size(), reinterpret_cast<const uint8_t*>(value.data()), value.size(),
                          &error),
          error);
    result = commit_rows(database, batch, table, key, options.json, "put");
  }
  database.close();
  report_rows(result, options.json);
}

void report_many(const RowReport& report, const std::string& input, bool json) {
  Output output;
  if (json) {
    output.write(fmt::format("{{\"rows\":{},\"commits\":{},\"tsn\":{}}}\n", report.rows,
                             report.commits, report.last_tsn));
  } else if (report.rows == 0) {
    output.write(fmt::format("nothing to do: {} holds no rows\n", input));
  } else {
    output.write(fmt::format("put {} in {}\n", format_counted(report.rows, "row"),
                             format_counted(report.commits, "commit")));
  }
  output.finish();
}

void put_many(const PutOptions& options) {
  watch_interrupts();
  const Input input(options.lines ? *options.lines : *options.tabs);
  const RowPlan plan = {.input = input.name(),
                        .format = options.lines ? RowFormat::kJson : RowFormat::kTabs,
                        .keys = options.keys,
                        .batch_rows = options.batch.value_or(kRowsOfCommit)};
  Database database(options.database, STELE_OPEN_EXISTING);
  RowReport report;
  {
    const OpenTable table = open_table(database, options.table);
    LineSource lines(input.descriptor(), input.name());
    report = RowLoader(database, table, plan).run(lines);
  }
  database.close();
  report_many(report, plan.input, options.json);
}

void run(const PutOptions& options) {
  check_together(options);
  if (options.many()) return put_many(options);
  put_one(options);
}

void add_put_options(CLI::App& command, PutOptions& options) {
  add_text(command, "KEY", options.key, "The key");
  add_text(command, "VALUE", options.value, "The value; or one of these two:");
  add_text(command, "--file", options.file, "All bytes of a file, or - for standard input")
      ->type_name("FILE");
  add_text(command, "--hex", options.hex, "Any bytes, as hexadecimal digits")->type_name("HEX");
  add_key_form(command, options.keys);
  command.add_flag("--expect-absent", options.expected.absent, "Only if there is no such row");
  add_expected_tsn(command, options.expected);
  add_text(command, "--jsonl", options.lines,
           "Many rows, a JSON object a line: a file, or - for standard input")
      ->type_name("FILE");
  add_text(command, "--tsv", options.tabs,
           "Many rows, on each line a key, a tab and a value: a file, or -")
      ->type_name("FILE");
  add_number(command, "--batch", options.batch, "Of these, rows of a commit, at most (512)");
  command.add_flag("--json", options.json, "Print the outcome as a JSON object");
}

}  // namespace

void add_put(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("put", "Put one row into a table, or those of a file");
  const auto options = std::make_shared<PutOptions>();
  add_database(command, options->database);
  add_table_name(command, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  add_put_options(command, *options);
  command.footer(
      std::string(key_parts_help()) +
      "\n\nPrints the commit (TSN). When the row is not as expected, says which commit wrote it,\n"
      "puts nothing and exits with 1. What begins with a hyphen goes behind --.\n\n"
      "A line of JSON has \"key\", \"key_base64\", \"key_hex\" or \"key_parts\"; and \"value\", a "
      "text "
      "or\n"
      "any JSON, which is kept byte for byte, or \"value_base64\": what `stele scan` writes. Of\n"
      "--tsv, a value may have tabs, but no line ends.\n\n"
      "Examples:\n"
      "  stele put shop stock book:dune 12 --expect-absent\n"
      "  stele put shop stock book:dune 11 --expect-tsn 5\n"
      "  stele put shop covers dune --file dune.png\n"
      "  stele put shop orders --keys parts text:north,date:2026-11-21,desc:int:7 '{\"total\":9}'\n"
      "  stele scan shop stock --as json | stele put copy stock --jsonl -");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
