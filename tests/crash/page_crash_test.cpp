// A page file alone, through random programs, on a disk that loses what was not synced: after every
// crash it is at the last generation that was committed, or at the one that was being committed,
// whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "os/sync_site.h"
#include "page/files.h"
#include "sim/dice.h"
#include "sim/sim_disk.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

using os::SyncSite;
using page::PageRef;
using sim::Death;
using sim::Op;
using sim::Side;

using Verdict = std::optional<std::string>;  // What is wrong.

struct PageTally {
  std::array<uint64_t, os::kSyncSiteCount> reached = {};
  uint64_t runs = 0;
  uint64_t commits = 0;
  uint64_t crashes = 0;
  uint64_t crashes_in_open = 0;
  uint64_t in_flight = 0;     // Generations that were being committed, and are there.
  uint64_t torn = 0;          // Slots that were found damaged.
  uint64_t failed_syncs = 0;  // Planned.
  uint64_t taken_back = 0;    // Generations that a failed sync had left uncertain, and are gone.
};

// What a generation holds.
struct Content {
  uint64_t tsn = 0;
  struct Written {
    PageRef ref;
    uint64_t what;   // Is on it.
    uint64_t birth;  // The generation that wrote it.
  };
  std::vector<Written> pages = {};
};

// One page file through several lives, each of which ends in a crash.
class PageRun {
 public:
  struct Options {
    uint64_t seed;
    std::optional<SyncSite> elided = {};
    bool syncs_fail = false;  // In most lives.
  };
  PageRun(const Options& options, PageTally& tally)
      : tally_(tally),
        dice_(options.seed),
        disk_(dice_.chance(80) ? 4096U : 16384U,
              /*cache_bytes=*/dice_.chance(50) ? 64U << 10 : 1U << 20, options.seed) {
    if (options.elided) disk_.machine.disk.elide(*options.elided);
    syncs_fail_ = options.syncs_fail;
    with_failures_ = syncs_fail_ || dice_.chance(20);
  }

  Verdict run() {
    for (uint64_t life = dice_.between(2, 12); life > 0 && !wrong_; --life) {
      if (dice_.chance(90)) plan_death();
      if (open()) live();
      file_ = nullptr;
      held_.clear();
      end_life();
    }
    if (!wrong_) open();  // And what the last crash has left.
    file_ = nullptr;
    ++tally_.runs;
    for (size_t i = 0; i < os::kSyncSiteCount; ++i) {
      tally_.reached[i] += disk_.machine.disk.reached(static_cast<SyncSite>(i));
    }
    return wrong_;
  }

 private:
  [[nodiscard]] sim::SimDisk& disk() { return disk_.machine.disk; }

  Death any_death() { return dice_.chance(40) ? Death::kKill : Death::kPowerFailure; }

  void plan_death() {
    static constexpr std::array kSides = {Side::kBefore, Side::kInside, Side::kAfter};
    if (dice_.chance(50)) {
      const uint64_t number = disk().operations() + dice_.between(1, 40);
      disk().end_process_at(number, dice_.pick(kSides), any_death());
    } else {
      static constexpr std::array kDeadly = {Op::kSyncDirectory, Op::kRename, Op::kSync,
                                             Op::kSync,          Op::kWrite,  Op::kResize};
      disk().end_process_at_next(dice_.pick(kDeadly), dice_.between(1, 8), dice_.pick(kSides),
                                 any_death());
    }
  }

  void end_life() {
    disk().let_live();
    disk().clear_faults();
    if (!disk().ended()) disk().end_process(any_death());
    ++tally_.crashes;
    disk().reboot();
  }

  // Returns true if `status` is a success. A failure is wrong unless the process has ended, or
  // failures were asked for.
  bool went_well(const Status& status, const char* what) {
    if (status) return true;
    if (!disk().ended() && disk().faults_hit() == 0) {
      wrong_ = cat(what, ": ", status.error().message());
    }
    return false;
  }
  bool is_wrong(std::string what) {
    wrong_ = std::move(what);
    return false;
  }

  // Opens the file, or creates it as long as it may be missing, and compares.
  bool open() {
    disk_.cache = std::make_unique<page::PageCache>(disk_.cache->budget());
    const auto kind = disk().kind(page::Fixture::kPath);
    if (!kind) return went_well(fail(kind.error()), "kind");
    if (*kind == os::FileKind::kMissing && is_created_) return is_wrong("the file is gone");
    const bool is_new = *kind == os::FileKind::kMissing;
    auto file = is_new ? page::PageFile::create(disk_.machine.environment(), page::Fixture::kPath,
                                                disk_.options, *disk_.cache)
                       : disk_.try_open();
    if (!file) {
      ++tally_.crashes_in_open;
      is_uncertain_ = is_uncertain_ || disk().faults_hit() != 0;
      return went_well(fail(file.error()), is_new ? "create" : "open");
    }
    if (is_new) committed_ = {.tsn = 0};
    file_ = std::move(*file);
    is_created_ = true;
    tally_.torn += file_->slot_damage() ? 1 : 0;
    return take_over();
  }

  // The generation there is the last one committed, or the one that was in flight. Two things may
  // take the last one away, but never what older_applied_tsn() has promised: its sync had failed,
  // though it could be seen afterwards; or its slot, written once more by the first commit of a
  // process, is torn.
  bool take_over() {
    const auto state = file_->state();
    if (state->applied_tsn == in_flight_.tsn && in_flight_.tsn != committed_.tsn) {
      committed_ = in_flight_;
      ++tally_.in_flight;
    } else if (is_uncertain_ && state->applied_tsn != committed_.tsn &&
               state->applied_tsn >= promised_tsn_) {
      committed_ = history_.at(state->applied_tsn);
      ++tally_.taken_back;
    }
    promised_tsn_ = std::max(promised_tsn_, file_->older_applied_tsn());
    is_first_commit_ = true;
    if (state->applied_tsn != committed_.tsn) {
      return is_wrong(cat("TSN ", committed_.tsn, " was committed, the file is at ",
                          state->applied_tsn, ", generation ", state->generation));
    }
    return check(*state, committed_) && check_free(*state);
  }

  bool check(const page::State& state, const Content& content) {
    for (const auto& [ref, what, birth] : content.pages) {
      const auto pin = file_->read(ref, page::PageUse::kOnce);
      if (!pin) return went_well(fail(pin.error()), "a committed page");
      if (!page::is_page_of(pin->bytes(), file_->page_size(), what)) {
        return is_wrong(cat("page ", ref.number, " of TSN ", state.applied_tsn, " is another"));
      }
    }
    return true;
  }

  bool check_free(const page::State& state) {
    page::PageCensus census(*file_, state);
    Status counted = census.mark_free();
    for (const auto& [ref, what, birth] : committed_.pages) {
      if (counted) counted = census.mark(ref.number);
    }
    if (counted) counted = census.finish();
    return went_well(counted, "the census");
  }

  void live() {
    if (with_failures_ && dice_.chance(50)) add_fault();
    for (uint64_t step = dice_.between(0, 8); step > 0; --step) {
      if (!commit_something()) return;
      while (!held_.empty() && dice_.chance(50)) held_.pop_back();
      for (const auto& [state, content] : held_) {
        if (!check(*state, content)) return;
      }
    }
  }

  void add_fault() {
    static constexpr std::array kOps = {Op::kSync, Op::kSync, Op::kWrite, Op::kResize};
    const Op op = syncs_fail_ ? Op::kSync : dice_.pick(kOps);
    if (op == Op::kSync) ++tally_.failed_syncs;
    disk().add_fault({.op = op,
                      .nth = dice_.between(1, 8),
                      .for_ever = dice_.chance(20),
                      .error_number = op == Op::kResize ? 28 : 5});
  }

  // Writes, frees, and commits or not. Returns false if that was the end.
  bool commit_something() {
    auto writer = file_->begin();
    if (!writer) return went_well(fail(writer.error()), "begin");
    Content next = committed_;
    ++tsn_;
    next.tsn = tsn_;
    const uint64_t most = dice_.chance(10) ? 120 : 12;
    for (uint64_t change = dice_.between(0, most); change > 0; --change) {
      if (!next.pages.empty() && dice_.chance(45)) {
        const size_t at = dice_.between(0, next.pages.size() - 1);
        (*writer)->free(next.pages[at].ref.number, next.pages[at].birth);
        next.pages[at] = next.pages.back();
        next.pages.pop_back();
      } else {
        const uint64_t what = dice_.next();
        page::PageBytes bytes = page::page_of(file_->page_size(), what);
        const auto ref = (*writer)->write(bytes);
        if (!ref) return went_well(fail(ref.error()), "write");
        next.pages.push_back({*ref, what, (*writer)->generation()});
      }
    }
    if (dice_.chance(10)) return true;
    if (dice_.chance(10)) {  // All of it goes, so that the file shrinks.
      for (const auto& [ref, what, birth] : next.pages) (*writer)->free(ref.number, birth);
      next.pages.clear();
    }
    return commit(**writer, std::move(next));
  }

  bool commit(page::PageWriter& writer, Content next) {
    if (dice_.chance(30)) held_.emplace_back(file_->state(), committed_);
    page::Roots roots;
    if (!next.pages.empty()) roots["tree"] = {next.pages[0].ref, 1, next.pages.size()};
    in_flight_ = next;
    history_[next.tsn] = next;
    is_uncertain_ = is_uncertain_ || std::exchange(is_first_commit_, false);
    if (!went_well(writer.commit(roots, next.tsn, {}), "commit")) {
      is_uncertain_ = is_uncertain_ || disk().faults_hit() != 0;
      return false;
    }
    if (file_->older_applied_tsn() != committed_.tsn) return is_wrong("the older slot's TSN");
    promised_tsn_ = committed_.tsn;
    is_uncertain_ = false;
    committed_ = std::move(next);
    ++tally_.commits;
    return check(*file_->state(), committed_);
  }

  PageTally& tally_;
  sim::Dice dice_;
  page::Fixture disk_;
  bool syncs_fail_ = false;
  bool with_failures_ = false;
  bool is_created_ = false;
  page::FilePtr file_;
  std::vector<std::pair<std::shared_ptr<const page::State>, Content>> held_;
  Content committed_;
  Content in_flight_;
  std::map<uint64_t, Content> history_ = {{0, {}}};  // All that was to be committed, by TSN.
  bool is_first_commit_ = true;                      // Of the process.
  bool is_uncertain_ = false;
  uint64_t promised_tsn_ = 0;
  uint64_t tsn_ = 0;
  Verdict wrong_;
};

constexpr uint64_t kRunsMax = 20'000;

constexpr std::array kPageSites = {SyncSite::kPageFileNew,    SyncSite::kPageFileName,
                                   SyncSite::kPageFileOpened, SyncSite::kPages,
                                   SyncSite::kSuperblock,     SyncSite::kSlotCleared};

TEST(PageCrash, TheLastGenerationIsWhole) {
  const test::Seed seed;
  PageTally tally;
  for (uint64_t i = 0; i < test::scaled(4000); ++i) {
    const Verdict wrong = PageRun({.seed = seed.value() + i}, tally).run();
    ASSERT_FALSE(wrong) << "STELE_SEED=" << seed.value() + i << ": " << *wrong;
  }
  std::cout << "  runs " << tally.runs << ", commits " << tally.commits << ", crashes "
            << tally.crashes << ", in an open " << tally.crashes_in_open
            << ", commits in flight found " << tally.in_flight << ", torn slots " << tally.torn
            << ", failed syncs planned " << tally.failed_syncs << ", generations taken back "
            << tally.taken_back << '\n';
  for (const SyncSite site : kPageSites) {
    const auto index = static_cast<size_t>(site);
    std::cout << "  " << os::kSyncSiteNames[index] << ": reached " << tally.reached[index]
              << " times\n";
    EXPECT_GT(tally.reached[index], 0U) << os::kSyncSiteNames[index];
  }
  EXPECT_GT(tally.crashes_in_open, 0U);
  EXPECT_GT(tally.in_flight, 0U);
  EXPECT_GT(tally.torn, 0U);
}

// A sync that failed leaves a superblock that can be seen and is not on the disk. Who opens the
// file then and goes on keeps the generations whole that may be there instead.
TEST(PageCrash, ASuperblockThatOnlySeemsToBeThereHarmsNothing) {
  const test::Seed seed;
  PageTally tally;
  for (uint64_t i = 0; i < test::scaled(4000); ++i) {
    const Verdict wrong = PageRun({.seed = seed.value() + i, .syncs_fail = true}, tally).run();
    ASSERT_FALSE(wrong) << "STELE_SEED=" << seed.value() + i << ": " << *wrong;
  }
  std::cout << "  failed syncs planned " << tally.failed_syncs << ", generations taken back "
            << tally.taken_back << '\n';
  EXPECT_GT(tally.taken_back, 0U);
}

// Two power failures: one inside the write of a superblock, one while the next process writes over
// the pages that it named. Returns what is wrong; `torn` counts those that the first one left torn.
Verdict fail_twice(uint64_t seed, std::optional<SyncSite> elided, uint64_t& torn) {
  page::Fixture fixture(page::kPageSizeMin, uint64_t{1} << 16, seed);
  sim::SimDisk& disk = fixture.machine.disk;
  if (elided) disk.elide(*elided);
  // What is to be read in the end: the pages of the generation before, or of the torn one.
  std::map<uint64_t, std::pair<PageRef, uint64_t>> pages;
  const auto live = [&](uint64_t tsn, const std::function<void()>& before_commit) {
    const page::FilePtr file = tsn == 1 ? fixture.create() : fixture.open();
    torn += file->slot_damage() ? 1 : 0;
    const page::WriterPtr writer = page::begin(*file);
    pages[tsn] = {page::write(*writer, seed + tsn), seed + tsn};
    before_commit();
    return page::commit(*writer, {pages[tsn].first}, tsn).has_value();
  };
  if (!live(1, [] {})) return "the first commit";
  for (const uint64_t tsn : {2U, 3U}) {
    const uint64_t write = tsn == 2 ? 3 : 1;  // Pages, the newest superblock again, the next one.
    live(tsn,
         [&] { disk.end_process_at_next(Op::kWrite, write, Side::kAfter, Death::kPowerFailure); });
    disk.let_live();
    disk.reboot();
  }
  const page::FilePtr file = fixture.open();
  const auto state = file->state();
  if (state->applied_tsn == 0) return std::nullopt;
  const auto& [ref, content] = pages.at(state->applied_tsn);
  if (const auto held = page::holds(*file, ref, content); !held) return held.message();
  return std::nullopt;
}

constexpr uint64_t kTornRunsMax = 100'000;

// A torn superblock is cleared before the pages that it names are written: else another torn write
// could complete it.
TEST(PageCrash, ATornSuperblockDoesNotComeBack) {
  const test::Seed seed;
  uint64_t torn = 0;
  for (uint64_t i = 0; i < test::scaled(5000); ++i) {
    const Verdict wrong = fail_twice(seed.value() + i, std::nullopt, torn);
    ASSERT_FALSE(wrong) << "STELE_SEED=" << seed.value() + i << ": " << *wrong;
  }
  EXPECT_GT(torn, 0U);
  for (uint64_t i = 0; i < kTornRunsMax; ++i) {
    if (const Verdict wrong = fail_twice(seed.value() + i, SyncSite::kSlotCleared, torn)) {
      std::cout << "without the sync noticed in run " << i + 1 << ": " << *wrong << '\n';
      return;
    }
  }
  FAIL() << "without the sync all is well";
}

class PageElision : public ::testing::TestWithParam<SyncSite> {};

TEST_P(PageElision, IsNoticed) {
  const test::Seed seed;
  PageTally tally;
  for (uint64_t i = 0; i < kRunsMax; ++i) {
    if (const Verdict wrong =
            PageRun({.seed = seed.value() + i, .elided = GetParam()}, tally).run()) {
      std::cout << "noticed in run " << i + 1 << ": " << *wrong << '\n';
      return;
    }
  }
  FAIL() << "it was reached " << tally.reached[static_cast<size_t>(GetParam())]
         << " times, and never missed";
}

// The last site is proven above.
INSTANTIATE_TEST_SUITE_P(Sync, PageElision,
                         ::testing::ValuesIn(kPageSites.begin(), kPageSites.end() - 1),
                         [](const ::testing::TestParamInfo<SyncSite>& site) {
                           return std::string(os::kSyncSiteNames[static_cast<size_t>(site.param)]);
                         });

}  // namespace
}  // namespace stele::crash
