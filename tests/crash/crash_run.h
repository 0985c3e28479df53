// One random story of a database: processes that open it, work, and end badly.
//
//     open ── check ── batches, bursts, checkpoints ── death ─┐     death: power failure or kill,
//                      reopenings                             │     at
//      ▲                                                      │     an operation chosen before, or
//      └──────────────────── reboot ◄─────────────────────────┘     when the work is done
//
// Death may strike inside the opening as well, and inside the opening after that, and inside the
// first checkpoint after an opening. In some lives an operation fails first. Everything follows
// from the seed, but for the order in which the callers of a burst come.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crash/session.h"
#include "crash/workload.h"

namespace stele::crash {

struct RunOptions {
  uint64_t seed = 1;
  bool bursts = true;  // Several callers at once, at times.
  bool faults = true;
  std::optional<os::SyncSite> elided = {};
};

class CrashRun {
 public:
  CrashRun(const RunOptions& options, Tally& tally);

  // Returns what the oracle found wrong, with the history of the run.
  Verdict run();

 private:
  enum class Phase : uint8_t { kOpening, kFirstCheckpoint, kWorking, kClosing };

  Verdict live(uint64_t number);
  Verdict open(uint64_t verify_percent);
  Verdict open_after_deaths();
  Verdict make_first_checkpoint();
  Verdict close();
  Verdict work();
  Verdict step();
  Verdict end_life();
  Verdict epilogue();
  Verdict rot();

  void plan_death(uint64_t within);
  void plan_fault();
  void record_death();
  void count_commit_moment(const sim::Moment& moment);
  void count_checkpoint_moment(const sim::Moment& moment);
  void look_at_pages();
  void reboot();

  RunOptions options_;
  Tally& tally_;
  sim::SimMachine machine_;
  Ledger ledger_;
  Session session_;
  sim::Dice dice_;
  Workload workload_;

  Phase phase_ = Phase::kOpening;
  sim::Death death_ = sim::Death::kPowerFailure;  // That is planned, or was the last.
  uint64_t depth_ = 0;       // How many openings before this one ended in death.
  bool created_ = false;     // The database was open once.
  bool checkpoints_;         // There are some.
  uint64_t pages_end_ = 0;   // The bytes of the page file that a superblock counted when last seen.
  uint64_t generation_ = 0;  // The same for its generation.
  bool in_burst_ = false;    // The last step was one,
  bool rivals_ = false;      // and some in it had to lose.
};

}  // namespace stele::crash
