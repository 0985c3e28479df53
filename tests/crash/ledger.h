// The oracle: what a database must hold after whatever happened to it.
//
// The ledger is told of every batch and of every answer, and compares them with the database after
// each opening:
//
//    I1  It holds commits 1, 2, 3 ... without holes, each with exactly the events and tracking of
//        one batch, at the positions and in the order in which they were answered.
//    I2  Every commit that has to be durable is there, and so is everything that a reader or a
//        rejection showed before: nothing that was seen is ever taken back.
//    I3  What was rejected or refused is not there. What nobody was told of is there or not, whole.
//    I4  The guards of everything committed held at its place.
//    I5  Sequences, tracked positions, times and the hash chain follow from that.
//
// What is there once is required from then on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crash/submission.h"
#include "crash/table_twin.h"
#include "db/database.h"
#include "events/record.h"

namespace stele::crash {

// How the last process ended; decides what commits of weaker levels may be lost.
enum class Ending : uint8_t { kClose, kKill, kPowerFailure };

// What is wrong, if anything.
using Verdict = std::optional<std::string>;

class Ledger {
 public:
  // Takes note of a batch that was submitted, with its answer.
  void add(const SubmissionPointer& submission) { recent_.push_back(submission); }
  // Every commit up to `tsn` has to be there from now on: a sync covered it.
  void require(uint64_t tsn) { required_ = std::max(required_, tsn); }
  // A reader saw commits up to `tsn`: they have to be there unless the power fails.
  void see(uint64_t tsn) { seen_ = std::max(seen_, tsn); }
  // The process that all answers came from has ended; the worst end since the last check counts.
  void end_process(Ending ending) { ending_ = std::max(ending_, ending); }

  // Compares everything. What is found becomes what has to be there.
  Verdict check(const std::shared_ptr<db::Database>& database);

  // ---- What a generator of batches needs to know: of the commits that succeeded. ----

  [[nodiscard]] uint64_t head() const { return head_; }
  [[nodiscard]] uint64_t commits() const { return commits_.size(); }
  // Returns how many of the commits were answered OUTCOME_UNKNOWN.
  [[nodiscard]] uint64_t survivors() const {
    return static_cast<uint64_t>(std::ranges::count_if(
        commits_, [](const Commit& c) { return c.submission->outcome == Outcome::kUnknown; }));
  }
  // Returns the last position whose event matches, 0 if there is none.
  [[nodiscard]] uint64_t last_match(const events::Query& query) const;
  [[nodiscard]] uint64_t tracked(const std::string& source) const;
  // Extends that knowledge by the successes among what was added. Requires: no holes between them.
  void learn();

 private:
  struct Commit {
    SubmissionPointer submission;
    uint64_t first_position;
  };
  // The events that the database holds, by commit; a commit without events has none.
  struct Found {
    uint64_t commits = 0;
    std::vector<std::vector<std::vector<uint8_t>>> records;  // At [TSN - 1].
  };

  static Verdict read(db::Database& database, Found& found);
  Verdict resolve(db::Database& database, const Found& found);
  [[nodiscard]] SubmissionPointer identify(db::Database& database,
                                           const std::vector<std::vector<uint8_t>>& records) const;
  Verdict check_required(uint64_t found) const;
  Verdict check_content(const Found& found) const;
  Verdict check_answers() const;
  Verdict check_guards(const Commit& commit) const;
  Verdict check_tracking(db::Database& database) const;
  Verdict check_order() const;
  void append(const SubmissionPointer& submission);

  std::vector<Commit> commits_;             // At [TSN - 1].
  std::vector<events::RecordView> events_;  // At [position - 1]; as submitted.
  uint64_t head_ = 0;
  std::map<std::string, uint64_t> tracked_;
  TableTwin tables_;
  uint64_t required_ = 0;
  uint64_t seen_ = 0;
  Ending ending_ = Ending::kClose;
  std::vector<SubmissionPointer> recent_;  // Since the last check.
};

// Returns "" if the hash chain of everything in the log is sound, else what verify says.
[[nodiscard]] Verdict verify_all(const std::shared_ptr<db::Database>& database);

}  // namespace stele::crash
