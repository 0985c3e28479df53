// One process and its database: opens it, submits batches, and says which answers are wrong.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crash/ledger.h"
#include "crash/submission.h"
#include "crash/tally.h"
#include "db/batch.h"
#include "db/database.h"
#include "sim/sim_environment.h"

namespace stele::crash {

inline constexpr const char* kParent = "/home";
inline constexpr const char* kPath = "/home/shop";
inline constexpr const char* kWal = "/home/shop/wal";
inline constexpr const char* kPages = "/home/shop/events.pages";

// In all of these a verdict says what is wrong. The end of the process is not: ended() tells.
class Session {
 public:
  // Everything given must outlive the session.
  Session(sim::SimMachine& machine, Ledger& ledger, Tally& tally)
      : machine_(machine), ledger_(ledger), tally_(tally) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  struct Settings {
    engine::Durability durability = engine::Durability::kSync;
    bool background_threads = false;         // With them, operations come in no certain order.
    uint64_t checkpoint_log = UINT64_MAX;    // Bytes of the log after which a checkpoint comes by
                                             // itself;
    uint64_t checkpoint_close = UINT64_MAX;  // and those with which a close makes one.
    uint64_t memory_budget = db::kMemoryBudgetDefault;
  };
  void set(const Settings& settings) { settings_ = settings; }

  // Opens the database, or creates it, and holds it against the ledger. It is not open afterwards
  // when the process has ended, or a fault excuses the failure.
  Verdict open();
  // Submits a batch. The ledger learns of it.
  Verdict commit(const SubmissionPointer& submission);
  // Submits all of them at once, each by a thread of its own. The first group is held back until
  // all have been sequenced or wait for another, so that the second group holds all the others.
  Verdict commit_together(const std::vector<SubmissionPointer>& all);
  // Brings all commits to stable storage.
  Verdict sync();
  // Brings all commits into trees.
  Verdict checkpoint();
  // Takes a view and keeps it, as a reader between two batches does.
  void hold_view();
  // Reads all that is in the trees of that view once more, and lets go of it.
  Verdict check_view();
  // Closes the database and lets go of it.
  Verdict close();
  // Lets go of the database after the process has ended: what a reader saw by then is required.
  void abandon(sim::Death death);

  [[nodiscard]] bool is_open() const { return database_ != nullptr; }
  [[nodiscard]] bool ended() const { return machine_.disk.ended(); }
  [[nodiscard]] const std::shared_ptr<db::Database>& database() const { return database_; }

  // What happened so far, a line each.
  void note(std::string what) { history_.push_back(std::move(what)); }
  [[nodiscard]] std::string history() const;

 private:
  static Result<engine::Committed> commit_async(db::Batch& batch);
  // `alone`: nothing else is under way.
  void submit(Submission& submission, bool alone) const;
  void count(const Submission& submission);
  [[nodiscard]] Result<std::vector<uint64_t>> hashes_of_view() const;
  [[nodiscard]] Verdict judge(const Submission& submission) const;
  [[nodiscard]] bool is_troubled() const { return ended() || machine_.disk.faults_hit() > 0; }

  sim::SimMachine& machine_;
  Ledger& ledger_;
  Tally& tally_;
  Settings settings_;
  std::shared_ptr<db::Database> database_;
  engine::ViewPtr view_;               // Held; never longer than the database.
  std::vector<uint64_t> view_hashes_;  // Of the records that it had when it was taken.
  std::vector<std::string> history_;
};

}  // namespace stele::crash
