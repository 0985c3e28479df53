// Reads a database and holds it against what was submitted.
#include "crash/ledger.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "db/verify.h"
#include "events/reader.h"

namespace stele::crash {

namespace {

using Records = std::vector<std::vector<uint8_t>>;

bool item_matches(const events::QueryItem& item, const events::RecordView& event) {
  if (!item.types.empty() && std::ranges::find(item.types, event.type()) == item.types.end()) {
    return false;
  }
  return std::ranges::all_of(item.tags, [&](const std::string& wanted) {
    bool found = false;
    event.for_each_tag([&](std::string_view tag) { found |= tag == wanted; });
    return found;
  });
}

bool matches(const events::Query& query, const events::RecordView& event) {
  if (query.items.empty()) return true;
  return std::ranges::any_of(query.items, [&](const auto& i) { return item_matches(i, event); });
}

// Zeros what the commit filled in, so that the rest can be compared with what was submitted.
void blank_stamp(std::vector<uint8_t>& record) {
  std::fill_n(record.begin() + events::kPositionOffset,
              events::kVersionOffset - events::kPositionOffset, uint8_t{0});
  if ((record[events::kFlagsOffset] & events::kTimeIsRecorded) != 0) {
    std::fill_n(record.begin() + events::kTimeOffset, 8, uint8_t{0});
  }
}

std::string name_of(const Submission& submission) {
  return cat("batch ", submission.number, " of caller ", submission.caller, " (",
             submission.records.size(), " events",
             submission.tracking ? cat(", tracking ", submission.tracking->source, " to ",
                                       submission.tracking->position)
                                 : "",
             submission.message.empty() ? "" : ", answered: ", submission.message, ")");
}

// Returns how far the database says that a source was worked off; a number that nobody has when it
// cannot be read.
uint64_t tracked_by(const db::Database& database, const std::string& source) {
  const auto tracked = database.tracked(source);
  return tracked ? *tracked : UINT64_MAX;
}

}  // namespace

Verdict verify_all(const std::shared_ptr<db::Database>& database) {
  auto verify = db::Verify::start(database);
  if (!verify) return cat("verify does not start: ", verify.error().message());
  for (;;) {
    const auto more = (*verify)->step();
    if (!more) return cat("the hash chain is broken: ", more.error().message());
    if (!*more) return std::nullopt;
  }
}

uint64_t Ledger::last_match(const events::Query& query) const {
  for (uint64_t position = events_.size(); position > 0; --position) {
    if (matches(query, events_[position - 1])) return position;
  }
  return 0;
}

uint64_t Ledger::tracked(const std::string& source) const {
  const auto found = tracked_.find(source);
  return found == tracked_.end() ? 0 : found->second;
}

void Ledger::append(const SubmissionPointer& submission) {
  commits_.push_back({submission, head_ + 1});
  for (const auto& record : submission->records) {
    events_.push_back(events::RecordView::trusted(record.data()));
  }
  head_ += submission->records.size();
  if (submission->tracking) tracked_[submission->tracking->source] = submission->tracking->position;
  tables_.apply(*submission);
}

void Ledger::learn() {
  std::map<uint64_t, SubmissionPointer> successes;
  for (const auto& submission : recent_) {
    if (submission->outcome == Outcome::kCommitted) {
      successes.emplace(submission->stamp.tsn, submission);
    }
  }
  for (const auto& [tsn, submission] : successes) {
    if (tsn == commits_.size() + 1) append(submission);
  }
}

Verdict Ledger::read(db::Database& database, Found& found) {
  const engine::Snapshot snapshot = database.snapshot();
  found.commits = snapshot.tsn;
  found.records.resize(snapshot.tsn);
  events::Reader reader(database.views(), {}, {}, snapshot);
  uint64_t position = 0;
  uint64_t tsn = 0;
  int64_t recorded = INT64_MIN;
  std::map<std::string, uint64_t, std::less<>> sequences;
  for (;;) {
    const auto next = reader.peek();
    if (!next) return next.error().message();
    const auto& event = *next;
    if (!event) break;
    ++position;
    if (event->position() != position) {
      return cat("position ", position, " is missing: there is ", event->position());
    }
    if (event->tsn() < tsn || event->tsn() > snapshot.tsn) {
      return cat("the event at ", position, " is of commit ", event->tsn(), ", behind ", tsn);
    }
    if (event->tsn() == tsn ? event->recorded() != recorded : event->recorded() <= recorded) {
      return cat("the event at ", position, " was recorded at ", event->recorded(), ", behind ",
                 recorded);
    }
    tsn = event->tsn();
    recorded = event->recorded();
    if (!event->entity().empty()) {
      const uint64_t expected = ++sequences[std::string(event->entity())];
      if (event->sequence() != expected) {
        return cat("the event at ", position, " has sequence ", event->sequence(), ", expected ",
                   expected);
      }
    }
    if ((event->flags() & events::kTimeIsRecorded) != 0 && event->time() != recorded) {
      return cat("the event at ", position, " has time ", event->time());
    }
    const ByteView bytes = event->bytes();
    found.records[tsn - 1].emplace_back(bytes.begin(), bytes.end());
    reader.advance();
  }
  if (position != snapshot.head) {
    return cat("the head is ", snapshot.head, ", but the last event ", position);
  }
  return std::nullopt;
}

SubmissionPointer Ledger::identify(db::Database& database, const Records& records) const {
  const auto is_known = [&](const SubmissionPointer& submission) {
    return std::ranges::find(commits_, submission, &Commit::submission) != commits_.end();
  };
  for (const auto& submission : recent_) {
    if (is_known(submission)) continue;
    if (!records.empty()) {
      const auto record = events::RecordView::trusted(records.front().data());
      if (number_in(record.id()) == submission->number) return submission;
    } else if (submission->records.empty() && submission->outcome == Outcome::kUnknown &&
               tracked_by(database, submission->tracking->source) ==
                   submission->tracking->position) {
      return submission;
    }
  }
  return nullptr;
}

Verdict Ledger::check_required(uint64_t found) const {
  uint64_t required = ending_ == Ending::kPowerFailure ? required_ : std::max(required_, seen_);
  for (const auto& submission : recent_) {
    const bool survives =
        submission->level == engine::Durability::kSync || ending_ != Ending::kPowerFailure;
    if (submission->outcome == Outcome::kCommitted && survives) {
      required = std::max(required, submission->stamp.tsn);
    }
  }
  if (found >= required) return std::nullopt;
  return cat("commit ", found + 1, " and later are lost, but everything up to ", required,
             " was acknowledged or seen");
}

// Finds out which batch each commit beyond the known ones is, and adopts them.
Verdict Ledger::resolve(db::Database& database, const Found& found) {
  std::map<uint64_t, SubmissionPointer> answered;
  for (const auto& submission : recent_) {
    if (submission->outcome == Outcome::kCommitted) {
      const auto [place, added] = answered.emplace(submission->stamp.tsn, submission);
      if (!added) return cat("two batches were told that they are commit ", place->first);
    }
  }
  for (uint64_t tsn = commits_.size() + 1; tsn <= found.commits; ++tsn) {
    const auto known = answered.find(tsn);
    const SubmissionPointer submission =
        known != answered.end() ? known->second : identify(database, found.records[tsn - 1]);
    if (submission == nullptr) {
      return cat("commit ", tsn, " of ", found.records[tsn - 1].size(),
                 " events is nothing that was submitted");
    }
    if (submission->outcome != Outcome::kCommitted && submission->outcome != Outcome::kUnknown) {
      return cat("commit ", tsn, " should not be there: ", name_of(*submission));
    }
    append(submission);
  }
  return std::nullopt;
}

Verdict Ledger::check_content(const Found& found) const {
  uint64_t position = 1;
  for (uint64_t tsn = 1; tsn <= found.commits; ++tsn) {
    const Commit& commit = commits_[tsn - 1];
    const Submission& submission = *commit.submission;
    const Records& records = found.records[tsn - 1];
    const std::string where = cat("commit ", tsn, ", ", name_of(submission), ": ");
    if (records.size() != submission.records.size()) {
      return cat(where, "it has ", records.size(), " events");
    }
    for (size_t i = 0; i < records.size(); ++i) {
      std::vector<uint8_t> record = records[i];
      blank_stamp(record);
      if (record != submission.records[i]) {
        return cat(where, "event ", i, " is not what was submitted");
      }
    }
    if (submission.outcome == Outcome::kCommitted &&
        (submission.stamp.tsn != tsn || submission.stamp.first_position != position)) {
      return cat(where, "it was answered as commit ", submission.stamp.tsn, " at ",
                 submission.stamp.first_position, ", not at ", position);
    }
    position += records.size();
  }
  return std::nullopt;
}

Verdict Ledger::check_guards(const Commit& commit) const {
  for (const SubmittedGuard& guard : commit.submission->guards) {
    for (uint64_t at = guard.after + 1; at < commit.first_position; ++at) {
      if (matches(guard.query, events_[at - 1])) {
        return cat(name_of(*commit.submission), " was committed at ", commit.first_position,
                   " although the event at ", at, " matches its guard");
      }
    }
  }
  return std::nullopt;
}

// What stood in the way of a rejected batch must be there, else its caller was told a lie.
Verdict Ledger::check_answers() const {
  for (const auto& submission : recent_) {
    if (submission->outcome != Outcome::kRejected) continue;
    const uint64_t position = submission->conflict_position;
    const size_t guard = submission->failed_guard.value_or(UINT32_MAX);
    if (guard < submission->guards.size()) {
      const SubmittedGuard& failed = submission->guards[guard];
      if (position > head_ || position <= failed.after ||
          !matches(failed.query, events_[position - 1])) {
        return cat(name_of(*submission), ": there is no such event at ", position);
      }
    } else if (submission->tracking && tracked(submission->tracking->source) < position) {
      return cat(name_of(*submission), ": the source stands at ",
                 tracked(submission->tracking->source));
    }
  }
  return std::nullopt;
}

Verdict Ledger::check_tracking(db::Database& database) const {
  std::set<std::string> sources;
  for (const auto& [source, position] : tracked_) sources.insert(source);
  for (const auto& submission : recent_) {
    if (submission->tracking) sources.insert(submission->tracking->source);
  }
  for (const std::string& source : sources) {
    const uint64_t found = tracked_by(database, source);
    if (found != tracked(source)) {
      return cat("source ", source, " stands at ", found, ", expected ", tracked(source));
    }
  }
  return std::nullopt;
}

Verdict Ledger::check_order() const {
  std::map<uint64_t, uint64_t> last;  // By caller.
  for (const Commit& commit : commits_) {
    uint64_t& before = last[commit.submission->caller];
    if (commit.submission->number <= before) {
      return cat(name_of(*commit.submission), " was committed behind batch ", before);
    }
    before = commit.submission->number;
  }
  return std::nullopt;
}

Verdict Ledger::check(const std::shared_ptr<db::Database>& opened) {
  db::Database& database = *opened;
  Found found;
  if (auto wrong = read(database, found)) return wrong;
  if (auto wrong = check_required(found.commits)) return wrong;
  // Commits that a weaker level allows to be lost are not known any more.
  if (commits_.size() > found.commits) {
    const std::vector<Commit> all = std::exchange(commits_, {});
    events_.clear();
    tracked_.clear();
    tables_.clear();
    head_ = 0;
    for (uint64_t i = 0; i < found.commits; ++i) append(all[i].submission);
  }
  const size_t known = commits_.size();
  if (auto wrong = resolve(database, found)) return wrong;
  if (auto wrong = check_content(found)) return wrong;
  if (auto wrong = check_answers()) return wrong;
  if (auto wrong = check_tracking(database)) return wrong;
  if (auto wrong = check_order()) return wrong;
  // Some moment, a different one each time.
  const uint64_t moment = found.commits == 0 ? 0 : 1 + 7919 % found.commits;
  if (auto wrong = tables_.check(opened, moment)) return wrong;
  const size_t unchecked = recent_.empty() ? known : 0;
  for (size_t i = unchecked; i < commits_.size(); ++i) {
    if (auto wrong = check_guards(commits_[i])) return wrong;
  }
  recent_.clear();
  required_ = found.commits;
  seen_ = found.commits;
  ending_ = Ending::kClose;
  return std::nullopt;
}

}  // namespace stele::crash
