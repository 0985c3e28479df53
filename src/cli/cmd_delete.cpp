// stele delete: deletes the row of a key, or the rows of a range.
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/handle.h"
#include "cli/key_parts.h"
#include "cli/row_change.h"
#include "cli/row_range.h"
#include "cli/table_name.h"

namespace stele::cli {

namespace {

struct DeleteOptions {
  std::string database;
  TableName table;
  KeyForm keys = KeyForm::kText;
  std::optional<std::string> key;
  RowRangeOptions range;
  bool all = false;
  RowExpectation expected;
  bool json = false;
};

void check_together(const DeleteOptions& options) {
  const bool range = options.range.any();
  if (options.key.has_value() + range + options.all != 1) {
    throw Failure(ExitStatus::kUsage,
                  "give one of KEY, a range (--from, --to, or --prefix) and --all");
  }
  if (options.expected.any() && !options.key) {
    throw Failure(ExitStatus::kUsage, "--expect-tsn: only for one row");
  }
}

void add_deletion(const Batch& batch, const OpenTable& table, const std::string& key) {
  stele_error error = STELE_ERROR_INIT;
  check(stele_batch_delete(batch.get(), table.get(), reinterpret_cast<const uint8_t*>(key.data()),
                           key.size(), &error),
        error);
}

void add_deletion(const Batch& batch, const OpenTable& table, const RowRange& range) {
  const auto* const high =
      range.high ? reinterpret_cast<const uint8_t*>(range.high->data()) : nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_batch_delete_range(
            batch.get(), table.get(), reinterpret_cast<const uint8_t*>(range.low.data()),
            range.low.size(), high, range.high ? range.high->size() : 0, &error),
        error);
}

void run(const DeleteOptions& options) {
  check_together(options);
  const std::string key = options.key ? row_key_of(options.keys, *options.key, "KEY") : "";
  const RowRange range = row_range_of(options.range, options.keys);
  Database database(options.database, STELE_OPEN_EXISTING);
  stele_commit_result result{};
  {
    const OpenTable table = open_table(database, options.table);
    const Batch batch = make_batch(database);
    if (options.key) {
      expect_row(batch, table, key, options.expected);
      add_deletion(batch, table, key);
    } else {
      add_deletion(batch, table, range);
    }
    result = commit_rows(database, batch, table, key, options.json, "deleted");
  }
  database.close();
  report_rows(result, options.json);
}

}  // namespace

void add_delete(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("delete", "Delete a row of a table, or a range of them");
  const auto options = std::make_shared<DeleteOptions>();
  add_database(command, options->database);
  add_table_name(command, "TABLE", options->table, "NAME, or SCHEMA.NAME");
  add_text(command, "KEY", options->key, "The key");
  add_key_form(command, options->keys);
  add_row_range(command, options->range);
  command.add_flag("--all", options->all, "All rows");
  add_expected_tsn(command, options->expected);
  command.add_flag("--json", options->json, "Print the outcome as a JSON object");
  command.footer(std::string(key_parts_help()) +
                 "\n\nPrints the commit (TSN). The rows need not be there, unless one is expected "
                 "to be.\n\n"
                 "Examples:\n"
                 "  stele delete shop stock book:dune\n"
                 "  stele delete shop stock book:dune --expect-tsn 5\n"
                 "  stele delete shop stock --prefix book:");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
