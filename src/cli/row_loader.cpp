#include "cli/row_loader.h"

#include <fmt/format.h>

#include "cli/failure.h"
#include "cli/figures.h"
#include "cli/interrupt.h"
#include "cli/json_text.h"
#include "cli/line_reader.h"

namespace stele::cli {

namespace {

// Of rows in one commit; a longer row is a commit of its own.
constexpr uint64_t kRowBytesOfCommit = uint64_t{8} << 20;

// Between tabs, a blank may be a key.
bool holds_nothing(std::string_view text, RowFormat format) {
  return format == RowFormat::kTabs ? text.empty() : trim_json(text).empty();
}

}  // namespace

RowLoader::RowLoader(const Database& database, const OpenTable& table, RowPlan plan)
    : database_(database), table_(table), plan_(std::move(plan)), batch_(make_batch(database)) {}

RowReport RowLoader::run(LineSource& lines) {
  try {
    load(lines);
  } catch (const Failure& failure) {
    const std::string done =
        report_.rows == 0 ? "This run has put nothing."
                          : fmt::format("This run has put {}, up to line {}.",
                                        format_counted(report_.rows, "row"), report_.last_line);
    throw Failure(failure.status(), fmt::format("{}\n{}", failure.what(), done));
  }
  return report_;
}

void RowLoader::load(LineSource& lines) {
  Line line;
  while (interrupted() == 0) {
    const LineSource::Outcome outcome = lines.next(line);
    if (outcome == LineSource::Outcome::kInterrupted) continue;
    if (outcome == LineSource::Outcome::kEnd) return commit();
    add(line);
  }
  commit();
  throw interruption();
}

void RowLoader::add(const Line& line) {
  if (holds_nothing(line.text, plan_.format)) return;
  if (waiting_rows_ > 0 && waiting_bytes_ + line.text.size() > kRowBytesOfCommit) commit();
  try {
    decode_row(line.text, plan_.format, plan_.keys, row_);
  } catch (const LineFault& fault) {
    throw Failure(ExitStatus::kError, fmt::format("{}: line {}, byte {}: {}", plan_.input,
                                                  line.number, fault.byte(), fault.what()));
  }
  stele_error error = STELE_ERROR_INIT;
  const stele_status status =
      stele_batch_put(batch_.get(), table_.get(), reinterpret_cast<const uint8_t*>(row_.key.data()),
                      row_.key.size(), reinterpret_cast<const uint8_t*>(row_.value.data()),
                      row_.value.size(), &error);
  if (status != STELE_OK) {
    throw Failure(ExitStatus::kError, fmt::format("{}: line {}: {}", plan_.input, line.number,
                                                  message_of(status, error)));
  }
  waiting_bytes_ += line.text.size();
  waiting_line_ = line.number;
  if (++waiting_rows_ == plan_.batch_rows) commit();
}

void RowLoader::commit() {
  if (waiting_rows_ == 0) return;
  stele_commit_result result{};
  result.struct_size = sizeof result;
  stele_error error = STELE_ERROR_INIT;
  check(stele_commit(database_.get(), batch_.get(), &result, &error), error);
  report_.rows += waiting_rows_;
  report_.last_tsn = result.tsn;
  report_.last_line = waiting_line_;
  ++report_.commits;
  waiting_rows_ = waiting_bytes_ = 0;
}

}  // namespace stele::cli
