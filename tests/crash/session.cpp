// Opening, submitting, judging.
#include "crash/session.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/checksum.h"
#include "base/text.h"
#include "crash/table_twin.h"
#include "db/batch.h"
#include "events/history.h"

namespace stele::crash {

std::string Session::history() const {
  std::string text;
  for (const std::string& line : history_) text += cat("\n    ", line);
  return text;
}

Verdict Session::open() {
  ++tally_.opens;
  auto opened =
      db::Database::open(machine_.environment(), kPath,
                         {.mode = db::OpenMode::kCreate,
                          .segment_size = db::kSegmentSizeMin,
                          .memory_budget = settings_.memory_budget,
                          .checkpoint_close = settings_.checkpoint_close,
                          .pipeline = {.durability = settings_.durability,
                                       .interval_us = 2000,
                                       .checkpoint_log = settings_.checkpoint_log,
                                       .clock_jump_max = 0,
                                       .background_threads = settings_.background_threads}});
  if (ended()) return std::nullopt;
  if (!opened) {
    const Code code = opened.error().code();
    const std::string failure = cat("open failed: ", opened.error().message());
    note(failure);
    const bool excused =
        machine_.disk.faults_hit() > 0 && (code == Code::kIo || code == Code::kFull);
    return excused ? Verdict() : failure;
  }
  database_ = *std::move(opened);
  note(cat("opened, ", database_->snapshot().tsn, " commits"));
  auto wrong = ledger_.check(database_);
  // A checkpoint that came by itself may have brought the end, and what is dead cannot be read.
  return ended() ? std::nullopt : wrong;
}

Result<engine::Committed> Session::commit_async(db::Batch& batch) {
  const auto ticket = batch.commit_async();
  if (!ticket) return fail(ticket.error());
  return (*ticket)->wait({});
}

void Session::submit(Submission& submission, bool alone) const {
  db::Batch batch(database_);
  Status added;
  for (const auto& record : submission.records) {
    if (added) added = batch.add_records(record);
  }
  for (const SubmittedGuard& guard : submission.guards) {
    if (added) added = batch.add_guard(guard.query, guard.after);
  }
  if (added && submission.tracking) added = batch.add_tracking(*submission.tracking);
  STELE_CHECK(added.has_value());
  if (auto work = add_table_work(database_, batch, submission, alone); !work) {
    // The tables cannot be looked at, and then nothing was asked of the database.
    submission.message = work.error().message();
    submission.outcome = Outcome::kRefused;
    return;
  }

  submission.level = std::min(submission.level, settings_.durability);
  batch.set_durability(submission.level);
  const auto stamp = submission.async ? commit_async(batch) : batch.commit();
  if (stamp) {
    submission.stamp = *stamp;
    submission.outcome = Outcome::kCommitted;
    return;
  }
  const Error& error = stamp.error();
  submission.message = error.message();
  switch (error.code()) {
    case Code::kConflict:
      submission.outcome = Outcome::kRejected;
      submission.conflict_position = error.position();
      submission.failed_guard = error.guard();
      break;
    case Code::kReadOnly:
    case Code::kFull:
    case Code::kIo:
    case Code::kClosed:
      submission.outcome = Outcome::kRefused;
      break;
    case Code::kOutcomeUnknown:
      submission.outcome = Outcome::kUnknown;
      break;
    default:
      break;
  }
}

void Session::count(const Submission& submission) {
  if (submission.outcome == Outcome::kRejected) tally_.hit(Hit::kRejected);
  if (submission.outcome == Outcome::kUnknown) tally_.hit(Hit::kUnknown);
  if (submission.outcome == Outcome::kRefused) tally_.hit(Hit::kRefused);
}

Verdict Session::judge(const Submission& submission) const {
  const std::string where =
      cat("batch ", submission.number,
          " was answered: ", submission.message.empty() ? "success" : submission.message);
  switch (submission.outcome) {
    case Outcome::kCommitted:
      if (submission.must_fail) return cat(where, ", but a guard does not hold");
      break;
    case Outcome::kRejected:
      if (!submission.must_fail && !submission.may_fail) return cat(where, ", but all guards hold");
      break;
    case Outcome::kRefused:
    case Outcome::kUnknown:
      if (!is_troubled()) return cat(where, ", but nothing has failed");
      break;
    case Outcome::kNone:
      return cat(where, ", which is none of the answers that callers expect");
  }
  return std::nullopt;
}

Verdict Session::commit(const SubmissionPointer& submission) {
  submit(*submission, /*alone=*/true);
  count(*submission);
  ledger_.add(submission);
  ledger_.learn();
  note(cat("batch ", submission->number, ", ", submission->records.size(), " events: ",
           submission->outcome == Outcome::kCommitted ? cat("commit ", submission->stamp.tsn)
                                                      : submission->message));
  return judge(*submission);
}

Verdict Session::commit_together(const std::vector<SubmissionPointer>& all) {
  const auto rivals = static_cast<uint64_t>(std::ranges::count_if(all, &Submission::may_fail));
  const uint64_t expected = machine_.clock.looks() + all.size() - (rivals > 0 ? rivals - 1 : 0);
  // Shared, because a thread of the database may be in the hook when this is over.
  struct Arrivals {
    std::atomic<size_t> entered = 0;
    std::atomic<bool> held = false;
  };
  const auto arrivals = std::make_shared<Arrivals>();
  const size_t callers = all.size();
  machine_.disk.set_hook([this, arrivals, callers, expected](const sim::Moment& moment) {
    if (moment.op != sim::Op::kWrite || !moment.path.starts_with(kWal)) return;
    if (arrivals->held.exchange(true)) return;
    const auto start = std::chrono::steady_clock::now();
    // Who has been sequenced cannot be seen from here for sure, so nobody waits for ever.
    const auto is_late = [&] {
      return std::chrono::steady_clock::now() - start > std::chrono::milliseconds(2);
    };
    while (arrivals->entered < callers && !is_late()) std::this_thread::yield();
    while (machine_.clock.looks() < expected && !is_late()) std::this_thread::yield();
  });
  {
    std::vector<std::jthread> threads;
    for (const SubmissionPointer& submission : all) {
      threads.emplace_back([&arrivals, &submission, this] {
        arrivals->entered.fetch_add(1);
        submit(*submission, /*alone=*/false);
      });
    }
  }
  machine_.disk.set_hook(nullptr);
  std::string answers;
  uint64_t winners = 0;
  bool all_told = true;
  for (const SubmissionPointer& submission : all) {
    ledger_.add(submission);
    count(*submission);
    const bool success = submission->outcome == Outcome::kCommitted;
    winners += static_cast<uint64_t>(success && submission->may_fail);
    all_told &= success || submission->outcome == Outcome::kRejected;
    answers += cat(" ", submission->number, ":", success ? cat(submission->stamp.tsn) : "-");
  }
  ledger_.learn();
  note(cat(all.size(), " callers at once, batch:commit", answers));
  for (const SubmissionPointer& submission : all) {
    if (auto wrong = judge(*submission)) return wrong;
  }
  if (rivals > 0 && all_told && winners != 1) return cat(winners, " of ", rivals, " rivals won");
  return std::nullopt;
}

Verdict Session::sync() {
  const Status synced = database_->sync();
  if (ended()) return std::nullopt;
  note(synced ? "synced" : synced.error().message());
  if (synced) ledger_.require(database_->snapshot().tsn);
  return synced || is_troubled() ? Verdict() : cat("sync failed: ", synced.error().message());
}

Verdict Session::checkpoint() {
  const uint64_t before = database_->snapshot().tsn;
  const Status made = database_->checkpoint();
  if (ended()) return std::nullopt;
  note(cat("checkpoint: ", made ? "made" : made.error().message()));
  if (made) ledger_.require(before);
  return made || is_troubled() ? Verdict() : cat("checkpoint failed: ", made.error().message());
}

Result<std::vector<uint64_t>> Session::hashes_of_view() const {
  events::History history(*view_);
  std::vector<uint64_t> hashes;
  for (uint64_t position = 1; position <= view_->trees->applied.head; ++position) {
    const auto record = history.record(position);
    if (!record) return fail(history.status().error());
    hashes.push_back(checksum(record->bytes(), 0));
  }
  return hashes;
}

void Session::hold_view() {
  view_ = database_->views().current();
  auto hashes = hashes_of_view();
  if (hashes) {
    view_hashes_ = *std::move(hashes);
  } else {
    view_ = nullptr;  // The process is about to end.
  }
}

Verdict Session::check_view() {
  if (view_ == nullptr) return std::nullopt;
  const auto hashes = hashes_of_view();
  view_ = nullptr;
  if (ended()) return std::nullopt;
  if (!hashes) return cat("a held view cannot be read: ", hashes.error().message());
  tally_.hit(Hit::kHeldView);
  return *hashes == view_hashes_ ? Verdict() : "a held view has other events than it had";
}

Verdict Session::close() {
  view_ = nullptr;
  const Status closed = database_->close();
  if (ended()) return std::nullopt;
  note(closed ? "closed" : closed.error().message());
  if (!closed && machine_.disk.faults_hit() == 0) {
    return cat("close failed: ", closed.error().message());
  }
  ledger_.see(database_->snapshot().tsn);
  ledger_.require(closed ? database_->snapshot().tsn : database_->pipeline().durable_tsn());
  ledger_.end_process(Ending::kClose);
  database_.reset();
  return std::nullopt;
}

void Session::abandon(sim::Death death) {
  STELE_CHECK(ended());  // The dead must not tidy up.
  view_ = nullptr;
  if (database_ != nullptr) {
    const uint64_t seen = database_->snapshot().tsn;
    const uint64_t durable = database_->pipeline().durable_tsn();
    if (durable < seen) tally_.hit(Hit::kUndurable);
    ledger_.see(seen);
    ledger_.require(durable);
  }
  database_.reset();
  ledger_.end_process(death == sim::Death::kKill ? Ending::kKill : Ending::kPowerFailure);
}

}  // namespace stele::crash
