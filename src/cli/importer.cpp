#include "cli/importer.h"

#include <fmt/format.h>

#include "cli/failure.h"
#include "cli/figures.h"
#include "cli/interrupt.h"
#include "cli/single_event.h"

namespace stele::cli {

namespace {

// Of lines in one commit; a longer line is a commit of its own.
constexpr uint64_t kBatchBytes = uint64_t{8} << 20;

}  // namespace

Importer::Importer(const Database& database, ImportPlan plan, ProgressBar& progress)
    : database_(database),
      plan_(std::move(plan)),
      progress_(progress),
      batch_(make_batch(database)),
      adder_(batch_.get(), plan_.input, plan_.format),
      committed_(plan_.offset) {}

ImportReport Importer::run(LineSource& lines) {
  try {
    import_all(lines);
  } catch (const Failure& failure) {
    throw Failure(failure.status(), fmt::format("{}\n{}", failure.what(), done_so_far()));
  }
  return report_;
}

void Importer::import_all(LineSource& lines) {
  Line line;
  while (interrupted() == 0) {
    const LineSource::Outcome outcome = lines.next(line);
    if (outcome == LineSource::Outcome::kInterrupted) continue;
    if (outcome == LineSource::Outcome::kEnd) return commit();
    add(line);
    progress_.update(line.end, report_.events + waiting_events_);
  }
  commit();
  throw interruption();
}

void Importer::add(const Line& line) {
  if (waiting_events_ > 0 && waiting_bytes_ + line.text.size() > kBatchBytes) commit();
  if (!adder_.add(line)) return;
  waiting_ = {{}, line.number, line.end};
  waiting_bytes_ += line.text.size();
  if (++waiting_events_ == plan_.batch_events) commit();
}

void Importer::commit() {
  if (waiting_events_ == 0) return;
  stele_error error = STELE_ERROR_INIT;
  if (!plan_.source.empty()) {
    check(stele_batch_track(batch_.get(), plan_.source.data(), plan_.source.size(), committed_,
                            waiting_.end, &error),
          error);
  }
  stele_commit_result result{};
  result.struct_size = sizeof result;
  const stele_status status = stele_commit(database_.get(), batch_.get(), &result, &error);
  if (status == STELE_CONFLICT) {
    throw Failure(
        ExitStatus::kOutcome,
        fmt::format("another import of this source has moved on to byte {}", error.position));
  }
  if (status == STELE_EXISTS) fail_existing(error.position);
  check(status, error);
  adder_.start_next();
  if (report_.events == 0) report_.first_position = result.first_position;
  report_.last_position = result.last_position;
  report_.events += waiting_events_;
  committed_ = waiting_.end;
  committed_line_ = waiting_.number;
  waiting_events_ = waiting_bytes_ = 0;
}

// An event that the database has already: the file was imported under another source, or in part.
void Importer::fail_existing(uint64_t position) const {
  const auto id = id_at(database_, position);
  std::string text;
  append_uuid(text, id.data());
  throw Failure(ExitStatus::kOutcome,
                fmt::format("{}: line {}: this event is there already, at position {}, with the id "
                            "{}; nothing of its batch was imported",
                            plan_.input, adder_.line_with(id), position, text));
}

std::string Importer::done_so_far() const {
  std::string text = report_.events == 0
                         ? "This run has imported nothing."
                         : fmt::format("This run has imported {}, up to line {}.",
                                       format_counted(report_.events, "event"), committed_line_);
  if (!plan_.source.empty()) {
    text += fmt::format(" To continue:\n  {}", plan_.rerun);
  } else if (report_.events > 0) {
    text += " They would be imported again: without --source no progress is recorded.";
  }
  return text;
}

}  // namespace stele::cli
