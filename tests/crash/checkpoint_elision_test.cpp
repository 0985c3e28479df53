// The syncs of a checkpoint that are missed only after several rare events, one after the other:
// programs that aim at those events show that each of these syncs is needed by a whole database.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "crash/session.h"
#include "crash/workload.h"
#include "page/superblock.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

using os::SyncSite;
using sim::Death;
using sim::Op;
using sim::Side;

// A machine with a database on it.
class AimedStage {
 public:
  AimedStage(uint64_t seed, std::optional<SyncSite> elided, Tally& tally)
      : tally_(tally),
        machine_(seed),
        session_(machine_, ledger_, tally),
        workload_(seed, ledger_, 30'000) {
    machine_.disk.furnish(kParent);
    if (elided) machine_.disk.elide(*elided);
  }
  // Goes on where another stage, after a reboot, has left off.
  AimedStage(uint64_t seed, const AimedStage& other, std::optional<SyncSite> elided)
      : tally_(other.tally_),
        machine_(seed, other.machine_.disk.image()),
        ledger_(other.ledger_),
        session_(machine_, ledger_, tally_),
        workload_(seed, ledger_, 30'000, uint64_t{1} << 40) {
    if (elided) machine_.disk.elide(*elided);
  }
  ~AimedStage() {
    for (size_t i = 0; i < os::kSyncSiteCount; ++i) {
      tally_.reached[i] += machine_.disk.reached(static_cast<SyncSite>(i));
    }
  }
  AimedStage(const AimedStage&) = delete;
  AimedStage& operator=(const AimedStage&) = delete;

  sim::SimDisk& disk() { return machine_.disk; }
  Session& session() { return session_; }
  Workload& workload() { return workload_; }

  // Opens and checks everything. Nobody is home afterwards if the process ended.
  Verdict open() {
    if (auto wrong = session_.open()) return wrong;
    if (session_.ended()) return std::nullopt;
    return verify_all(session_.database());
  }

  Verdict commit(uint64_t count) {
    for (; count > 0 && !session_.ended(); --count) {
      if (auto wrong = session_.commit(workload_.next())) return wrong;
    }
    return std::nullopt;
  }

  Verdict checkpoint() { return session_.ended() ? std::nullopt : session_.checkpoint(); }

  void reboot() {
    disk().let_live();
    if (!session_.ended()) disk().end_process(Death::kPowerFailure);
    session_.note(disk().ended_at() ? cat("ended at ", describe(*disk().ended_at())) : "ended");
    session_.abandon(Death::kPowerFailure);
    disk().reboot();
  }

 private:
  Tally& tally_;
  sim::SimMachine machine_;
  Ledger ledger_;
  Session session_;
  Workload workload_;
};

// Segments that fill up fast and checkpoints that recycle them, ended by power failures inside
// syncs.
//
// How a database that does not sync superblocks breaks: the log is released up to the one before
// the newest. The newest is not there after a power failure; the next process writes the one before
// once more, it is torn, and what counts then is older than the log.
Verdict live_and_die(uint64_t seed, std::optional<SyncSite> elided, Tally& tally) {
  AimedStage stage(seed, elided, tally);
  sim::Dice dice(seed, 0x6169);
  stage.workload().set_shape(30'000, 1);  // Two of them fill a segment.
  for (uint64_t life = dice.between(3, 7); life > 0; --life) {
    if (auto wrong = stage.open()) return cat(*wrong, stage.session().history());
    const uint64_t kind = dice.between(0, 99);
    if (kind < 90) {
      const Op op = kind < 30 ? Op::kSyncDirectory : Op::kSync;
      stage.disk().end_process_at_next(op, dice.between(1, 9), Side::kInside, Death::kPowerFailure);
    }
    for (uint64_t step = dice.between(1, 14); step > 0; --step) {
      auto wrong = dice.chance(70) ? stage.commit(1) : stage.checkpoint();
      if (wrong) return cat(*wrong, stage.session().history());
    }
    stage.reboot();
  }
  const auto wrong = stage.open();
  return wrong ? cat(*wrong, stage.session().history()) : wrong;
}

// How a database that does not sync the names of recycled segments breaks:
//
//     1  a released segment becomes a spare, and that a new segment; the power fails while the
//        latter name is synced, and only that one lasts: the file has two names
//     2  the next process would cut the file short, but the power fails before
//     3  the next one finds the old name, which nobody needs, recycles it again, and writes a new
//        segment over one that is in use
//     4  yet another writes the newest superblock once more, it is torn, and the one before counts:
//        the log from there on is needed, and was written over
class Recycling {
 public:
  Recycling(uint64_t seed, std::optional<SyncSite> elided, Tally& tally)
      : stage_(seed, elided, tally) {
    stage_.workload().set_shape(20'000, 1);  // Three of them fill a segment.
    stage_.disk().set_hook([this](const sim::Moment& moment) { look_at(moment); });
  }

  Verdict run() {
    auto wrong = run_lives();
    return wrong ? cat(*wrong, stage_.session().history()) : wrong;
  }

 private:
  struct Reuse {
    std::string old_name;
    std::string new_name;
  };

  // Notes which segments become spares, and when such a spare becomes a segment.
  void look_at(const sim::Moment& moment) {
    if (ends_at_trim_ && moment.op == Op::kResize && moment.path == reuse_.new_name) {
      stage_.disk().end_process_at_next(Op::kResize, 1, Side::kBefore, Death::kPowerFailure);
    }
    if (moment.op != Op::kRename) return;
    const auto recycled = recycled_.find(moment.path);
    if (recycled == recycled_.end()) {
      if (moment.target.contains("spare")) recycled_[moment.target] = moment.path;
      return;
    }
    reuse_ = {recycled->second, moment.target};
    recycled_.erase(recycled);
    if (!ends_at_reuse_) return;
    stage_.disk().end_process_at_next(Op::kSyncDirectory, 1, Side::kInside, Death::kPowerFailure);
  }

  [[nodiscard]] bool is_there(const std::string& path) {
    if (path.empty()) return false;
    const auto kind = stage_.disk().kind(path);
    return kind && *kind == os::FileKind::kFile;
  }

  Verdict run_lives() {
    if (auto wrong = stage_.open()) return wrong;
    if (auto wrong = stage_.commit(6)) return wrong;
    if (auto wrong = stage_.checkpoint()) return wrong;
    if (auto wrong = stage_.commit(4)) return wrong;
    stage_.reboot();

    // With luck no spare is left but what is recycled now, and a segment is made of that at once.
    if (auto wrong = stage_.open()) return wrong;
    if (auto wrong = stage_.checkpoint()) return wrong;
    ends_at_reuse_ = true;
    if (auto wrong = stage_.commit(3)) return wrong;
    ends_at_reuse_ = false;
    stage_.reboot();
    if (!is_there(reuse_.old_name) || !is_there(reuse_.new_name)) return std::nullopt;

    // The file would be cut short next, and one so short is not recycled.
    ends_at_trim_ = true;
    if (auto wrong = stage_.open()) return wrong;
    ends_at_trim_ = false;
    stage_.reboot();

    const std::string twice = reuse_.old_name;
    if (auto wrong = stage_.open()) return wrong;
    if (auto wrong = stage_.commit(1)) return wrong;
    if (auto wrong = stage_.checkpoint()) return wrong;
    reuse_ = {};
    for (int left = 16; left > 0 && reuse_.old_name != twice; --left) {
      if (auto wrong = stage_.commit(1)) return wrong;
    }
    stage_.reboot();

    if (auto wrong = stage_.open()) return wrong;
    if (auto wrong = stage_.commit(1)) return wrong;
    stage_.disk().end_process_at_next(Op::kSync, 1, Side::kInside, Death::kPowerFailure);
    if (auto wrong = stage_.checkpoint()) return wrong;
    stage_.reboot();
    return stage_.open();
  }

  AimedStage stage_;
  std::map<std::string, std::string> recycled_;  // Spares, each with what it was before.
  Reuse reuse_;                                  // The last one.
  bool ends_at_reuse_ = false;
  bool ends_at_trim_ = false;
};

Verdict recycle_twice(uint64_t seed, std::optional<SyncSite> elided, Tally& tally) {
  return Recycling(seed, elided, tally).run();
}

// A process that makes a checkpoint, and, if `syncs` is not 0, ends before that many of its syncs.
Verdict make_checkpoint(AimedStage& stage, uint64_t syncs) {
  if (auto wrong = stage.open()) return wrong;
  if (auto wrong = stage.commit(2)) return wrong;
  if (syncs > 0) {
    stage.disk().end_process_at_next(Op::kSync, syncs, Side::kBefore, Death::kPowerFailure);
  }
  auto wrong = stage.checkpoint();
  stage.reboot();
  return wrong;
}

// Returns whether some zeros would make a torn superblock whole: where all bytes that it uses are
// as they should be, and others not.
bool zeros_complete_a_slot(const std::vector<uint8_t>& file) {
  constexpr size_t kUsed = 1024;  // As long as there are few trees; then zeros, and the checksum.
  constexpr size_t kSector = 512;
  for (const size_t slot : {0U, 1U}) {
    std::vector<uint8_t> bytes(file.begin() + static_cast<ptrdiff_t>(slot * page::kSlotSize),
                               file.begin() + static_cast<ptrdiff_t>((slot + 1) * page::kSlotSize));
    if (page::decode_superblock(bytes, slot, kPages)) continue;
    std::fill(bytes.begin() + kUsed, bytes.end() - kSector, uint8_t{0});
    if (page::decode_superblock(bytes, slot, kPages)) return true;
  }
  return false;
}

// Two power failures: one while a superblock is written, which leaves it torn; one in the next
// process, while the pages that it names are written over and the slot is being cleared. If the
// clearing is not synced before, a part of it may complete the torn superblock. The second one is
// tried in many ways.
Verdict tear_twice(uint64_t seed, std::optional<SyncSite> elided, Tally& tally) {
  AimedStage stage(seed, elided, tally);
  if (auto wrong = make_checkpoint(stage, 0)) return cat(*wrong, stage.session().history());
  // The sync of the pages; the sync of the superblock.
  if (auto wrong = make_checkpoint(stage, 2)) return cat(*wrong, stage.session().history());
  if (!zeros_complete_a_slot(*stage.disk().cached(kPages))) return std::nullopt;
  for (uint64_t way = 0; way < 50; ++way) {
    AimedStage next(seed ^ way << 32, stage, elided);
    // The sync of the clearing; the sync of the pages.
    auto wrong = make_checkpoint(next, 2);
    if (!wrong) wrong = next.open();
    if (wrong) return cat(*wrong, stage.session().history(), next.session().history());
  }
  return std::nullopt;
}

constexpr uint64_t kProgramsMax = 20'000;

using Program = std::function<Verdict(uint64_t seed, std::optional<SyncSite>, Tally&)>;

// Runs programs without the sync until one of them goes wrong; that of seed `known` is likely to.
void expect_noticed(SyncSite site, const Program& program, uint64_t known) {
  const test::Search search(known);
  Tally tally;
  for (uint64_t i = 0; i < kProgramsMax; ++i) {
    if (const Verdict wrong = program(search.seed(i), site, tally)) {
      std::cout << "noticed in run " << i + 1 << ": " << wrong->substr(0, wrong->find('\n'))
                << '\n';
      return;
    }
  }
  FAIL() << "without the sync " << os::kSyncSiteNames[static_cast<size_t>(site)]
         << " all is well: it is not needed, or the tests are blind";
}

TEST(CheckpointElision, NothingIsLostWithAllSyncs) {
  const test::Seed seed;
  Tally tally;
  for (const Program& program :
       {Program(live_and_die), Program(recycle_twice), Program(tear_twice)}) {
    for (uint64_t i = 0; i < test::scaled(500); ++i) {
      const Verdict wrong = program(seed.value() + i, std::nullopt, tally);
      ASSERT_FALSE(wrong) << "STELE_SEED=" << seed.value() + i << ": " << *wrong;
    }
  }
  const std::array sites = {SyncSite::kRecycledName, SyncSite::kSuperblock, SyncSite::kSlotCleared};
  for (const SyncSite site : sites) {
    std::cout << "  " << os::kSyncSiteNames[static_cast<size_t>(site)] << ": reached "
              << tally.of(site) << " times\n";
    EXPECT_GT(tally.of(site), 0U);
  }
}

TEST(CheckpointElision, TheNameOfARecycledSegmentIsMissed) {
  expect_noticed(SyncSite::kRecycledName, recycle_twice, 4);
}

TEST(CheckpointElision, TheSuperblockIsMissed) {
  expect_noticed(SyncSite::kSuperblock, live_and_die, 317);
}

TEST(CheckpointElision, TheClearingOfATornSuperblockIsMissed) {
  expect_noticed(SyncSite::kSlotCleared, tear_twice, 39);
}

}  // namespace
}  // namespace stele::crash
