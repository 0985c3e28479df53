// A small workload with checkpoints, ended at every single operation; its recovery and the
// checkpoint that follows, at a third of theirs, another third each time; and the recovery from
// that. And the same workload with every single operation failing.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "base/text.h"
#include "crash/session.h"
#include "crash/workload.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

using sim::Death;
using sim::Op;
using sim::Side;

constexpr int kBatches = 12;
// Every operation; under a sanitizer some, since each costs hundreds of openings.
constexpr uint64_t kStride = test::kSlowness == 1 ? 1 : 11;
constexpr uint64_t kDepthMax = 3;
// Recovery and the checkpoint behind it end at one of so many operations, another one each time
// that they are explored; at the last depth at so many in all.
constexpr uint64_t kRecoveryStride = 3;
constexpr uint64_t kLastEndings = 2;

// Ways for a process to end at one operation.
struct End {
  Side side;
  Death death;
};
constexpr std::array<End, 6> kEnds = {{{Side::kBefore, Death::kPowerFailure},
                                       {Side::kInside, Death::kPowerFailure},
                                       {Side::kAfter, Death::kPowerFailure},
                                       {Side::kBefore, Death::kKill},
                                       {Side::kInside, Death::kKill},
                                       {Side::kAfter, Death::kKill}}};

// Half of the seeds are of databases whose commits wait for no sync of their own.
engine::Durability level_of(uint64_t seed) {
  return (seed & 1) != 0 ? engine::Durability::kSync : engine::Durability::kOs;
}

// A machine with the workload of a seed: always the same batches, as long as nothing fails.
class Stage {
 public:
  Stage(uint64_t seed, uint64_t disk_seed, Tally& tally)
      : machine_(disk_seed), session_(machine_, ledger_, tally), workload_(seed, ledger_, 30'000) {
    machine_.disk.furnish(kParent);
    // A close makes a checkpoint whenever there is something to bring into trees.
    session_.set({.durability = level_of(seed), .checkpoint_close = 1});
  }

  // Opens, commits, closes, opens, commits, and makes a checkpoint after every third batch. Stops
  // when the process has ended or cannot open.
  Verdict perform() {
    for (int i = 0; i < kBatches; ++i) {
      if (i == kBatches / 2) {
        if (auto wrong = session_.close()) return wrong;
      }
      if (!session_.is_open() && !session_.ended()) {
        if (auto wrong = open()) return wrong;
      }
      if (session_.ended() || !session_.is_open()) return std::nullopt;
      if (auto wrong = session_.commit(workload_.next())) return wrong;
      if (session_.ended()) return std::nullopt;
      if (i % 3 != 1) continue;
      if (auto wrong = session_.checkpoint()) return wrong;
      if (session_.ended()) return std::nullopt;
    }
    return std::nullopt;
  }

  // Ends the process, if it has not ended yet.
  void end(Death death) {
    if (!session_.ended()) machine_.disk.end_process(death);
    session_.abandon(death);
  }

  sim::SimDisk& disk() { return machine_.disk; }
  [[nodiscard]] uint64_t faults_hit() const { return faults_ + machine_.disk.faults_hit(); }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const Session& session() const { return session_; }

 private:
  Verdict open() {
    if (auto wrong = session_.open()) return wrong;
    if (session_.is_open() || session_.ended()) return std::nullopt;
    faults_ += machine_.disk.faults_hit();
    machine_.disk.clear_faults();  // The same process tries again.
    return session_.open();
  }

  sim::SimMachine machine_;
  Ledger ledger_;
  Session session_;
  Workload workload_;
  uint64_t faults_ = 0;  // That hit before the last were cleared.
};

// Opens what an ended process left: undisturbed, twice; and, each time from the same image, ended
// at an operation of the opening or of a checkpoint at once.
class Explorer {
 public:
  Explorer(uint64_t seed, Tally& tally) : seed_(seed), dice_(seed, 0x6578), tally_(tally) {}

  Verdict explore(const sim::SimDisk::Image& image, const Ledger& ledger, uint64_t depth) {
    uint64_t operations = 0;
    if (auto wrong = open_undisturbed(image, ledger, operations)) return wrong;
    if (depth > kDepthMax) return std::nullopt;
    const bool is_last = depth == kDepthMax;
    const uint64_t stride =
        is_last ? std::max<uint64_t>(operations / kLastEndings, 1) : kRecoveryStride;
    for (uint64_t number = dice_.between(1, stride); number <= operations; number += stride) {
      const End end = dice_.pick(kEnds);
      sim::SimMachine machine(dice_.next(), image);
      Ledger known = ledger;
      Session session(machine, known, tally_);
      machine.disk.end_process_at(number, end.side, end.death);
      if (auto wrong = session.open()) return wrong;
      if (!session.ended()) {
        if (auto wrong = session.checkpoint()) return cat(*wrong, session.history());
      }
      if (!session.ended()) machine.disk.end_process(end.death);  // It struck nobody.
      session.abandon(end.death);
      if (auto wrong = explore(machine.disk.image(), known, depth + 1)) {
        return cat(*wrong, "\n  after an opening that ended at operation ", number,
                   session.history());
      }
    }
    return std::nullopt;
  }

 private:
  Verdict open_undisturbed(const sim::SimDisk::Image& image, const Ledger& ledger,
                           uint64_t& operations) {
    sim::SimMachine machine(dice_.next(), image);
    Ledger known = ledger;
    Session session(machine, known, tally_);
    Workload workload(seed_ ^ dice_.next(), known, 3'000, uint64_t{1} << 40);
    if (auto wrong = session.open()) return cat(*wrong, session.history());
    if (auto wrong = verify_all(session.database())) return cat(*wrong, session.history());
    if (auto wrong = session.checkpoint()) return cat(*wrong, session.history());
    operations = machine.disk.operations();
    for (int i = 0; i < 2; ++i) {
      if (auto wrong = session.commit(workload.next())) return cat(*wrong, session.history());
      if (auto wrong = session.close()) return cat(*wrong, session.history());
      if (auto wrong = session.open()) return cat(*wrong, session.history());
    }
    return verify_all(session.database());
  }

  uint64_t seed_;
  sim::Dice dice_;
  Tally& tally_;
};

std::string reproduction(const test::Seed& seed, const char* name) {
  return cat("\nTo see it again: STELE_SEED=", seed.value(), " test_crash --gtest_filter=", name);
}

TEST(Exhaustive, EveryOperationEndsTheProcess) {
  const test::Seed seed;
  sim::Dice dice(seed.value());
  Tally tally;
  uint64_t endings = 0;
  uint64_t last = 0;
  {
    Stage stage(seed.value(), 1, tally);
    const Verdict wrong = stage.perform();
    ASSERT_FALSE(wrong) << *wrong << stage.session().history();
    last = stage.disk().operations();
    EXPECT_GE(stage.disk().reached(os::SyncSite::kSuperblock), 3U);
    stage.end(Death::kKill);
  }
  for (uint64_t number = 1; number <= last; number += kStride) {
    for (const End end : kEnds) {
      Stage stage(seed.value(), dice.next(), tally);
      stage.disk().end_process_at(number, end.side, end.death);
      Verdict wrong = stage.perform();
      if (!wrong) {
        ASSERT_TRUE(stage.session().ended()) << "operation " << number << " is missing";
        stage.end(end.death);
        wrong = Explorer(dice.next(), tally).explore(stage.disk().image(), stage.ledger(), 2);
      }
      ASSERT_FALSE(wrong) << *wrong << "\n  after the workload had ended at operation " << number
                          << stage.session().history()
                          << reproduction(seed, "Exhaustive.EveryOperationEndsTheProcess");
      ++endings;
    }
  }
  std::cout << "  " << last << " operations, " << endings << " endings, " << tally.opens
            << " openings\n";
}

TEST(Exhaustive, EveryOperationFails) {
  static constexpr std::array<Op, 8> kOps = {Op::kCreate, Op::kMakeDirectory, Op::kWrite,
                                             Op::kResize, Op::kSync,          Op::kSyncDirectory,
                                             Op::kRename, Op::kRemove};
  const test::Seed seed;
  sim::Dice dice(seed.value());
  Tally tally;
  uint64_t faults = 0;
  for (const Op op : kOps) {
    for (uint64_t nth = 1;; nth += kStride) {
      uint64_t hit = 0;
      for (int variant = 0; variant < 8; ++variant) {
        const Death death = (variant & 1) != 0 ? Death::kKill : Death::kPowerFailure;
        const sim::Fault fault = {.op = op,
                                  .nth = nth,
                                  .for_ever = (variant & 2) != 0,
                                  .error_number = (variant & 4) != 0 ? ENOSPC : EIO};
        Stage stage(seed.value(), dice.next(), tally);
        stage.disk().add_fault(fault);
        Verdict wrong = stage.perform();
        hit += stage.faults_hit();
        if (!wrong) {
          stage.disk().clear_faults();
          stage.end(death);
          // After a kill, what a failed sync did not write is still there to be read.
          wrong = Explorer(dice.next(), tally).explore(stage.disk().image(), stage.ledger(), 3);
        }
        ASSERT_FALSE(wrong) << *wrong << "\n  after " << sim::name_of(op) << " number " << nth
                            << " had failed with errno " << fault.error_number
                            << stage.session().history()
                            << reproduction(seed, "Exhaustive.EveryOperationFails");
      }
      if (hit == 0) break;
      ++faults;
    }
  }
  std::cout << "  " << faults << " operations failed, " << tally.opens << " openings\n";
  EXPECT_GE(faults, kOps.size() - 2);
}

// A disk fills up at any byte: what was acknowledged stays, and with room again all goes on.
TEST(Exhaustive, TheDiskFillsUp) {
  const test::Seed seed;
  sim::Dice dice(seed.value());
  Tally tally;
  for (uint64_t capacity = 0; capacity < 900'000; capacity += 4'993 * kStride) {
    Stage stage(seed.value(), dice.next(), tally);
    stage.disk().set_capacity(capacity);
    Verdict wrong = stage.perform();
    if (!wrong) {
      stage.disk().set_capacity(UINT64_MAX);
      stage.end(dice.chance(50) ? Death::kKill : Death::kPowerFailure);
      wrong = Explorer(dice.next(), tally).explore(stage.disk().image(), stage.ledger(), 3);
    }
    ASSERT_FALSE(wrong) << *wrong << "\n  with room for " << capacity << " bytes"
                        << stage.session().history()
                        << reproduction(seed, "Exhaustive.TheDiskFillsUp");
  }
  std::cout << "  " << tally.opens << " openings, " << tally.of(Hit::kRefused) << " refused, "
            << tally.of(Hit::kUnknown) << " unknown\n";
}

}  // namespace
}  // namespace stele::crash
