// Backups on a disk that loses what was not synced: a directory is a database only when its backup
// had come to its end, and then it is the whole one; before, the backup can be begun again.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/text.h"
#include "db/backup.h"
#include "os/sync_site.h"
#include "sim/dice.h"
#include "sim/sim_environment.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

using os::SyncSite;
using Wrong = std::optional<std::string>;

constexpr std::array kBackupSites = {SyncSite::kBackupMark, SyncSite::kBackupPages,
                                     SyncSite::kBackupLog, SyncSite::kBackupLogName,
                                     SyncSite::kBackupMeta};
constexpr const char* kOriginal = "/home/db";
constexpr const char* kCopy = "/home/copy";

struct BackupTally {
  std::array<uint64_t, os::kSyncSiteCount> reached = {};
  uint64_t crashes = 0;
  uint64_t finished = 0;
};

// One database, and backups of it that are killed until one of them is finished.
class BackupRun {
 public:
  BackupRun(uint64_t seed, std::optional<SyncSite> elided, BackupTally& tally)
      : tally_(tally), dice_(seed), machine_(seed) {
    machine_.disk.furnish("/home");
    if (elided) machine_.disk.elide(*elided);
  }

  Wrong run() {
    for (int round = 0; round < 12 && !wrong_ && !is_finished_; ++round) {
      live(round == 11);
    }
    if (!wrong_) check_copy();
    for (size_t i = 0; i < os::kSyncSiteCount; ++i) {
      tally_.reached[i] += machine_.disk.reached(static_cast<SyncSite>(i));
    }
    return wrong_;
  }

 private:
  // Opens the database, adds to it, and makes a backup, in which the machine dies.
  void live(bool is_last) {
    {
      const auto database = db::Database::open(machine_.environment(), kOriginal, options());
      if (!database) return is_wrong("open", database.error());
      for (uint64_t i = dice_.between(0, 20); i > 0; --i) {
        const std::string data(dice_.between(0, 9000), 'x');
        const auto made = test::commit(*database, {{test::tagged("a", data)}});
        if (!made) return is_wrong("commit", made.error());
      }
      if (!is_last) {
        constexpr std::array kOps = {sim::Op::kWrite, sim::Op::kSync, sim::Op::kSyncDirectory,
                                     sim::Op::kRemove};
        const sim::Op op = dice_.pick(kOps);
        const uint64_t most = op == sim::Op::kRemove ? 2 : 12;
        machine_.disk.end_process_at_next(op, dice_.between(1, most), any_side(), any_death());
      }
      back_up(*database);
    }
    machine_.disk.let_live();
    if (!machine_.disk.ended()) machine_.disk.end_process(any_death());
    ++tally_.crashes;
    machine_.disk.reboot();
  }

  void back_up(const test::DatabasePtr& database) {
    auto backup = db::Backup::start(database, machine_.disk, kCopy);
    if (!backup) {
      // The end of the backup before was on its way when the machine died.
      if (backup.error().code() == Code::kExists && was_at_end_) {
        is_finished_ = true;
      } else if (!machine_.disk.ended()) {
        is_wrong("start", backup.error());
      }
      return;
    }
    head_ = (*backup)->content().head;
    for (;;) {
      was_at_end_ = (*backup)->bytes_done() == (*backup)->bytes_total();
      const auto more = (*backup)->step();
      if (!more) {
        if (!machine_.disk.ended()) is_wrong("step", more.error());
        return;
      }
      if (*more) continue;
      is_finished_ = true;
      ++tally_.finished;
      return;
    }
  }

  void check_copy() {
    const auto copy = db::Database::open(machine_.environment(), kCopy, options());
    if (!copy) {
      is_wrong("open the copy", copy.error());
      return;
    }
    if ((*copy)->snapshot().head != head_) {
      wrong_ = cat("the copy has ", (*copy)->snapshot().head, " events, not ", head_);
      return;
    }
    if (const Status sound = test::verify(*copy); !sound) is_wrong("verify", sound.error());
  }

  static db::OpenOptions options() {
    return {.segment_size = db::kSegmentSizeMin, .pipeline = {.background_threads = false}};
  }
  sim::Side any_side() {
    constexpr std::array kSides = {sim::Side::kBefore, sim::Side::kInside, sim::Side::kAfter};
    return dice_.pick(kSides);
  }
  sim::Death any_death() {
    return dice_.chance(80) ? sim::Death::kPowerFailure : sim::Death::kKill;
  }
  void is_wrong(const char* what, const Error& error) { wrong_ = cat(what, ": ", error.message()); }

  BackupTally& tally_;
  sim::Dice dice_;
  sim::SimMachine machine_;
  bool is_finished_ = false;
  bool was_at_end_ = false;
  uint64_t head_ = 0;
  Wrong wrong_;
};

TEST(BackupCrash, IsADatabaseWhenItIsWholeAndBeganAgainBefore) {
  const test::Seed seed;
  BackupTally tally;
  for (uint64_t i = 0; i < test::scaled(1000); ++i) {
    const Wrong wrong = BackupRun(seed.value() + i, std::nullopt, tally).run();
    ASSERT_FALSE(wrong) << "STELE_SEED=" << seed.value() + i << ": " << *wrong;
  }
  std::cout << "  crashes " << tally.crashes << ", finished " << tally.finished << '\n';
  for (const SyncSite site : kBackupSites) {
    EXPECT_GT(tally.reached[static_cast<size_t>(site)], 0U)
        << os::kSyncSiteNames[static_cast<size_t>(site)];
  }
}

class BackupElision : public ::testing::TestWithParam<SyncSite> {};

TEST_P(BackupElision, IsNoticed) {
  // From which seed it is noticed: two of them are rare.
  const std::map<SyncSite, uint64_t> known = {{SyncSite::kBackupMark, 158},
                                              {SyncSite::kBackupMeta, 129}};
  const auto found = known.find(GetParam());
  const test::Search search(found == known.end() ? 2 : found->second);
  BackupTally tally;
  for (uint64_t i = 0; i < 20'000; ++i) {
    if (const Wrong wrong = BackupRun(search.seed(i), GetParam(), tally).run()) {
      std::cout << "noticed in run " << i + 1 << ": " << *wrong << '\n';
      return;
    }
  }
  FAIL() << "never missed";
}

INSTANTIATE_TEST_SUITE_P(Sync, BackupElision, ::testing::ValuesIn(kBackupSites),
                         [](const ::testing::TestParamInfo<SyncSite>& site) {
                           return std::string(os::kSyncSiteNames[static_cast<size_t>(site.param)]);
                         });

}  // namespace
}  // namespace stele::crash
