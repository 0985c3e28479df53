#include "cli/row_change.h"

#include <fmt/format.h>

#include "cli/failure.h"
#include "cli/object_writer.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/row_get.h"

namespace stele::cli {

namespace {

// Nobody else has the database, so what is there now is what stood in the way.
[[noreturn]] void fail_conflict(const OpenTable& table, const std::string& key, bool json,
                                const char* verb) {
  FoundRow found;
  const stele_status status = get_row(table, std::nullopt, key, found);
  if (status != STELE_NOT_FOUND) check(status, found.error);
  const uint64_t tsn = status == STELE_OK ? found.row.tsn : 0;
  if (json) {
    Output output;
    output.write(fmt::format("{{\"conflict\":{{\"tsn\":{}}}}}\n", tsn));
    output.finish();
  }
  const std::string reason =
      tsn > 0 ? fmt::format("the row was written by commit {}", tsn) : "there is no such row";
  throw Failure(ExitStatus::kOutcome, fmt::format("conflict: {}; nothing was {}", reason, verb));
}

}  // namespace

void add_expected_tsn(CLI::App& command, RowExpectation& expected) {
  add_number(command, "--expect-tsn", expected.tsn,
             "Only if the row was written by this commit, as `get --json` says (0: it is not "
             "there)");
}

void expect_row(const Batch& batch, const OpenTable& table, std::string_view key,
                const RowExpectation& expected) {
  if (!expected.any()) return;
  stele_error error = STELE_ERROR_INIT;
  check(
      stele_batch_expect_row(batch.get(), table.get(), reinterpret_cast<const uint8_t*>(key.data()),
                             key.size(), expected.tsn.value_or(0), &error),
      error);
}

stele_commit_result commit_rows(const Database& database, const Batch& batch,
                                const OpenTable& table, const std::string& key, bool json,
                                const char* verb) {
  stele_commit_result result{};
  result.struct_size = sizeof result;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_commit(database.get(), batch.get(), &result, &error);
  if (status == STELE_CONFLICT) fail_conflict(table, key, json, verb);
  check(status, error);
  return result;
}

void report_rows(const stele_commit_result& result, bool json) {
  std::string text;
  if (json) {
    ObjectWriter line(text);
    line.number("tsn", result.tsn);
    line.time("recorded", result.recorded);
    line.end();
  } else {
    text = std::to_string(result.tsn);
  }
  Output output;
  output.write(text + "\n");
  output.finish();
}

}  // namespace stele::cli
