// Lives and deaths of a database.
#include "crash/crash_run.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "page/superblock.h"

namespace stele::crash {

namespace {

using sim::Death;
using sim::Op;
using sim::Side;

constexpr std::array<Side, 3> kSides = {Side::kBefore, Side::kInside, Side::kAfter};

// True for a segment under its final name.
bool is_segment(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".wal") && name.find_first_not_of("0123456789") == name.size() - 4;
}

bool is_site(const sim::Moment& moment, os::SyncSite site) {
  return moment.site && *moment.site == site;
}

}  // namespace

CrashRun::CrashRun(const RunOptions& options, Tally& tally)
    : options_(options),
      tally_(tally),
      machine_(options.seed),
      session_(machine_, ledger_, tally),
      dice_(options.seed, 0x6c697665),
      workload_(options.seed, ledger_, dice_.chance(70) ? 30'000 : 90'000),
      checkpoints_(dice_.chance(70)) {
  machine_.disk.furnish(kParent);
  static constexpr std::array<engine::Durability, 3> kLevels = {
      engine::Durability::kSync, engine::Durability::kInterval, engine::Durability::kOs};
  static constexpr std::array<uint64_t, 4> kLogs = {1, 10'000, 60'000, UINT64_MAX};
  session_.set(
      {.durability = dice_.chance(50) ? engine::Durability::kSync : dice_.pick(kLevels),
       .background_threads = options.bursts && dice_.chance(50),
       .checkpoint_log = checkpoints_ ? dice_.pick(kLogs) : UINT64_MAX,
       .checkpoint_close = checkpoints_ ? dice_.pick(kLogs) : UINT64_MAX,
       .memory_budget = dice_.chance(50) ? db::kMemoryBudgetMin : db::kMemoryBudgetDefault});
  if (options.elided) machine_.disk.elide(*options.elided);
}

// Any of the next operations, or the next of a kind: names change rarely, and yet much depends on
// the moments when they do.
void CrashRun::plan_death(uint64_t within) {
  static constexpr std::array<Op, 4> kOps = {Op::kRename, Op::kSyncDirectory, Op::kCreate,
                                             Op::kSync};
  const bool after_kill = death_ == Death::kKill && phase_ == Phase::kOpening;
  death_ = dice_.chance(after_kill ? 90 : 70) ? Death::kPowerFailure : Death::kKill;
  // The syncs whose absence is the hardest to notice are those of names.
  if (dice_.chance(options_.elided ? 60 : 30)) {
    machine_.disk.end_process_at_next(
        options_.elided ? kOps[dice_.between(0, 1)] : dice_.pick(kOps), dice_.between(1, 2),
        dice_.pick(kSides), death_);
  } else {
    machine_.disk.end_process_in(dice_.between(1, within), dice_.pick(kSides), death_);
  }
}

void CrashRun::plan_fault() {
  static constexpr std::array<Op, 8> kOps = {Op::kWrite,  Op::kWrite,        Op::kSync,
                                             Op::kSync,   Op::kCreate,       Op::kRename,
                                             Op::kResize, Op::kSyncDirectory};
  static constexpr std::array<int, 2> kErrors = {EIO, ENOSPC};
  const sim::Fault fault = {.op = dice_.pick(kOps),
                            .nth = dice_.between(1, 8),
                            .for_ever = dice_.chance(30),
                            .error_number = dice_.pick(kErrors)};
  machine_.disk.add_fault(fault);
  session_.note(cat("fault planned: ", sim::name_of(fault.op), " number ", fault.nth,
                    fault.for_ever ? " and all later ones" : "", ", errno ", fault.error_number));
}

void CrashRun::count_commit_moment(const sim::Moment& moment) {
  const bool commits = (moment.op == Op::kWrite && is_segment(moment.path)) ||
                       is_site(moment, os::SyncSite::kGroup) ||
                       is_site(moment, os::SyncSite::kSegmentEnd);
  if (commits) tally_.hit(Hit::kInsideGroup);
  if (commits && in_burst_) tally_.hit(Hit::kInsideGroupOfSeveral);
  if (commits && in_burst_ && rivals_) tally_.hit(Hit::kWithRejected);
  if (is_segment(moment.target) || is_site(moment, os::SyncSite::kSegmentEnd) ||
      is_site(moment, os::SyncSite::kSegmentDirectory)) {
    tally_.hit(Hit::kSegmentRoll);
  }
  if (moment.path.starts_with(cat(kWal, "/")) && !is_segment(moment.path)) {
    tally_.hit(Hit::kPreparingSegment);
  }
}

// What a checkpoint does: pages, superblocks, names, and the log that it is the end of.
void CrashRun::count_checkpoint_moment(const sim::Moment& moment) {
  const bool pages = moment.path.starts_with(kPages);
  const bool makes =
      moment.path == cat(kPages, ".tmp") || is_site(moment, os::SyncSite::kPageFileName);
  const bool releases =
      is_site(moment, os::SyncSite::kRecycledName) ||
      ((moment.op == Op::kRename || moment.op == Op::kRemove) && is_segment(moment.path));
  if (pages || makes || releases) tally_.hit(Hit::kInsideCheckpoint);
  if (makes) tally_.hit(Hit::kMakingPageFile);
  if (releases) tally_.hit(Hit::kInsideRelease);
  if (!pages || makes) return;
  const bool writes = moment.op == Op::kWrite;
  if ((writes && moment.offset < 2 * page::kSlotSize) ||
      is_site(moment, os::SyncSite::kSuperblock)) {
    return tally_.hit(Hit::kInsideSuperblock);
  }
  if (writes && moment.offset < pages_end_) tally_.hit(Hit::kInsideReuse);
  if (moment.op == Op::kResize && moment.size > pages_end_) tally_.hit(Hit::kInsideGrowth);
}

void CrashRun::look_at_pages() {
  const auto file = session_.database()->checkpointer().file();
  if (file == nullptr) return;
  const auto state = file->state();
  pages_end_ = state->page_count * file->page_size();
  generation_ = state->generation;
}

// Sorts the moment at which the process ended into what the tally asks for.
void CrashRun::record_death() {
  const auto moment = machine_.disk.ended_at();
  const std::string_view name = death_ == Death::kKill ? "killed" : "power failure";
  tally_.hit(death_ == Death::kKill ? Hit::kKill : Hit::kPowerFailure);
  session_.note(cat(name, moment ? " at " : "", moment ? describe(*moment) : ""));
  if (!moment) return;
  count_checkpoint_moment(*moment);
  if (phase_ == Phase::kFirstCheckpoint) {
    return tally_.hit(depth_ == 0 ? Hit::kInsideFirstCheckpoint : Hit::kInsideFirstCheckpointAgain);
  }
  if (phase_ == Phase::kWorking) return count_commit_moment(*moment);
  if (phase_ == Phase::kClosing) return tally_.hit(Hit::kInsideClose);
  if (!created_) return tally_.hit(Hit::kCreatingDatabase);
  static constexpr std::array<Hit, 3> kDepths = {Hit::kInsideRecovery, Hit::kInsideRecoveryOfThat,
                                                 Hit::kInsideRecoveryOfThatAgain};
  tally_.hit(kDepths[std::min<uint64_t>(depth_, 2)]);
}

void CrashRun::reboot() {
  record_death();
  session_.abandon(death_);
  machine_.disk.reboot();
  if (machine_.disk.faults_hit() > 0) tally_.hit(Hit::kFault);
  machine_.disk.clear_faults();
}

Verdict CrashRun::open(uint64_t verify_percent) {
  phase_ = Phase::kOpening;
  if (auto wrong = session_.open()) return wrong;
  if (!session_.is_open()) return std::nullopt;
  created_ = true;
  if (session_.ended()) return std::nullopt;
  look_at_pages();
  if (!dice_.chance(verify_percent)) return std::nullopt;
  auto wrong = verify_all(session_.database());
  // A thread of the database may have come to the end of the process meanwhile.
  return session_.ended() ? std::nullopt : wrong;
}

// What was recovered goes into trees at once, and that may be the end, too.
Verdict CrashRun::make_first_checkpoint() {
  phase_ = Phase::kFirstCheckpoint;
  machine_.disk.let_live();
  if (depth_ < 3 && dice_.chance(70)) plan_death(12);
  if (auto wrong = session_.checkpoint()) return wrong;
  if (!session_.ended()) look_at_pages();
  return std::nullopt;
}

Verdict CrashRun::open_after_deaths() {
  for (depth_ = 0;;) {
    machine_.disk.let_live();
    phase_ = Phase::kOpening;
    const bool after_kill = death_ == Death::kKill;
    if (depth_ < 3 && dice_.chance(after_kill ? 75 : 50)) plan_death(7);
    if (options_.faults && dice_.chance(5)) plan_fault();
    if (auto wrong = open(100)) return wrong;
    if (!session_.ended() && session_.is_open() && checkpoints_ && dice_.chance(40)) {
      if (auto wrong = make_first_checkpoint()) return wrong;
    }
    if (session_.ended()) {
      reboot();
      ++depth_;
    } else if (session_.is_open()) {
      return std::nullopt;
    } else {
      machine_.disk.clear_faults();  // The same process tries again.
    }
  }
}

Verdict CrashRun::close() {
  phase_ = Phase::kClosing;
  return session_.close();
}

Verdict CrashRun::step() {
  phase_ = Phase::kWorking;
  in_burst_ = false;
  machine_.clock.advance(static_cast<int64_t>(dice_.between(0, 3000)) - 500);
  const uint64_t kind = dice_.between(0, 99);
  if (kind < 5) {
    if (auto wrong = close()) return wrong;
    return session_.ended() ? std::nullopt : open(25);
  }
  if (kind < 8) return session_.sync();
  if (kind < 18 && checkpoints_) {
    if (dice_.chance(50)) plan_death(12);
    return session_.checkpoint();
  }
  if (kind < 21 && checkpoints_) {
    if (auto wrong = session_.check_view()) return wrong;
    session_.hold_view();
    return std::nullopt;
  }
  if (kind < 42 && options_.bursts) {
    const auto all = workload_.burst(dice_.between(2, 6));
    in_burst_ = true;
    rivals_ = std::ranges::any_of(all, &Submission::may_fail);
    return session_.commit_together(all);
  }
  return session_.commit(workload_.next());
}

Verdict CrashRun::work() {
  phase_ = Phase::kWorking;
  machine_.disk.let_live();
  if (dice_.chance(90)) plan_death(dice_.chance(50) ? 12 : 60);
  if (options_.faults && dice_.chance(20)) plan_fault();
  for (uint64_t left = dice_.between(2, 20); left > 0; --left) {
    if (auto wrong = step()) return wrong;
    if (session_.ended() || !session_.is_open()) break;  // Not open: a fault hit the reopening.
    look_at_pages();
  }
  return session_.ended() ? std::nullopt : session_.check_view();
}

Verdict CrashRun::end_life() {
  if (!session_.ended() && session_.is_open() && dice_.chance(30)) {
    if (auto wrong = close()) return wrong;
  }
  machine_.disk.let_live();  // So that no thread of the database comes before us.
  if (!session_.ended()) {
    death_ = dice_.chance(75) ? Death::kPowerFailure : Death::kKill;
    machine_.disk.end_process(death_);
  }
  reboot();
  return std::nullopt;
}

Verdict CrashRun::live(uint64_t number) {
  session_.note(cat("---- life ", number));
  if (auto wrong = open_after_deaths()) return wrong;
  if (auto wrong = work()) return wrong;
  return end_life();
}

// After all deaths: a second opening changes nothing, appending works, and a close is for ever.
Verdict CrashRun::epilogue() {
  session_.note("---- epilogue");
  for (int i = 0; i < 2; ++i) {
    if (auto wrong = open(25)) return wrong;
    if (auto wrong = close()) return wrong;
    if (auto wrong = open(25)) return wrong;
    if (auto wrong = session_.commit(workload_.next())) return wrong;
    if (checkpoints_ && dice_.chance(50)) {
      if (auto wrong = session_.checkpoint()) return wrong;
    }
    if (auto wrong = verify_all(session_.database())) return wrong;
    look_at_pages();
    if (auto wrong = close()) return wrong;
    machine_.disk.end_process(Death::kPowerFailure);
    machine_.disk.reboot();
  }
  tally_.commits += ledger_.commits();
  if (generation_ >= 6) tally_.hit(Hit::kManyGenerations);
  for (uint64_t left = ledger_.survivors(); left > 0; --left) tally_.hit(Hit::kSurvivor);
  return rot();
}

// A bit of a closed database flips. Whatever it is, no commit may be lost in silence.
Verdict CrashRun::rot() {
  std::vector<std::string> segments;
  const auto names = machine_.disk.list(kWal);
  STELE_CHECK(names.has_value());
  for (const std::string& name : *names) {
    if (is_segment(name)) segments.push_back(cat(kWal, "/", name));
  }
  if (segments.empty()) return std::nullopt;  // Nothing was ever committed.
  if (segments.size() >= 3) tally_.hit(Hit::kManySegments);
  const std::string path = dice_.chance(70) ? segments.back() : dice_.pick(segments);
  const auto bytes = machine_.disk.cached(path);
  const auto last = std::find_if(bytes->rbegin(), bytes->rend(), [](uint8_t b) { return b != 0; });
  const auto used = static_cast<uint64_t>(bytes->rend() - last);
  if (used == 0) return std::nullopt;
  // Mostly near the end, where damage is hardest to tell from a torn write.
  const uint64_t reach = dice_.chance(70) ? std::min<uint64_t>(used, 400) : used;
  const uint64_t at = used - dice_.between(1, reach);
  machine_.disk.flip(path, at, static_cast<unsigned>(dice_.between(0, 7)));
  session_.note(cat("a bit flips in ", path, " at byte ", at));
  const auto opened = db::Database::open(machine_.environment(), kPath, {});
  return opened ? ledger_.check(*opened) : std::nullopt;
}

Verdict CrashRun::run() {
  ++tally_.runs;
  Verdict wrong;
  const uint64_t lives = dice_.between(1, 4);
  for (uint64_t number = 1; number <= lives && !wrong; ++number) wrong = live(number);
  if (!wrong) wrong = epilogue();
  for (size_t i = 0; i < os::kSyncSiteCount; ++i) {
    tally_.reached[i] += machine_.disk.reached(static_cast<os::SyncSite>(i));
  }
  return wrong ? cat(*wrong, session_.history()) : wrong;
}

}  // namespace stele::crash
