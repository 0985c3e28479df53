// The log alone, with segments that are released and recycled, on a disk that loses what was not
// synced: what was acknowledged as durable above the floor is there after every crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "os/sync_site.h"
#include "sim/dice.h"
#include "sim/sim_disk.h"
#include "sim/sim_environment.h"
#include "support/scale.h"
#include "support/seed.h"
#include "wal/log.h"
#include "wal/recovery.h"
#include "wal/writer.h"

namespace stele::crash {
namespace {

using os::SyncSite;
using sim::Death;
using sim::Op;
using sim::Side;
using wal::Payload;

using Verdict = std::optional<std::string>;  // What is wrong.

struct LogTally {
  std::array<uint64_t, os::kSyncSiteCount> reached = {};
  uint64_t runs = 0;
  uint64_t commits = 0;
  uint64_t crashes = 0;
  uint64_t crashes_in_recovery = 0;
  uint64_t unneeded = 0;  // Segments that recovery found below the floor.
  uint64_t places = 0;    // Recoveries that were told of a place.
};

// One log through several lives, each of which ends in a crash, or in a close and then a crash.
class LogRun {
 public:
  LogRun(uint64_t seed, std::optional<SyncSite> elided, LogTally& tally)
      : tally_(tally), dice_(seed), machine_(seed) {
    machine_.disk.furnish(kDirectory);
    if (elided) machine_.disk.elide(*elided);
    static constexpr std::array<uint64_t, 3> kLags = {4, 16, 100};
    keep_segments_ = dice_.chance(5);
    lag_ = dice_.pick(kLags);
  }

  Verdict run() {
    for (uint64_t life = dice_.between(3, 20); life > 0 && !wrong_; --life) {
      if (dice_.chance(90)) plan_death();
      if (open()) live();
      writer_.reset();
      if (wrong_) break;
      machine_.disk.let_live();
      if (!machine_.disk.ended()) machine_.disk.end_process(any_death());
      ++tally_.crashes;
      machine_.disk.reboot();
    }
    if (!wrong_) open();  // And what the last crash has left.
    ++tally_.runs;
    tally_.commits += commits_.size();
    for (size_t i = 0; i < os::kSyncSiteCount; ++i) {
      tally_.reached[i] += machine_.disk.reached(static_cast<SyncSite>(i));
    }
    return wrong_;
  }

 private:
  static constexpr const char* kDirectory = "/wal";
  static constexpr wal::Uuid kUuid = {7, 7, 7};

  Death any_death() {
    killed_ = dice_.chance(40);
    return killed_ ? Death::kKill : Death::kPowerFailure;
  }

  void plan_death() {
    static constexpr std::array kSides = {Side::kBefore, Side::kInside, Side::kAfter};
    if (killed_ && dice_.chance(50)) return plan_death_of_names(3);
    if (dice_.chance(50)) {
      const uint64_t number = machine_.disk.operations() + dice_.between(1, 60);
      machine_.disk.end_process_at(number, dice_.pick(kSides), any_death());
    } else {
      static constexpr std::array kDeadly = {Op::kSyncDirectory, Op::kRename, Op::kSync,
                                             Op::kWrite,         Op::kResize, Op::kCreate,
                                             Op::kRemove};
      machine_.disk.end_process_at_next(dice_.pick(kDeadly), dice_.between(1, 6),
                                        dice_.pick(kSides), any_death());
    }
  }

  // While some names are not durable that later ones rest on: what was renamed by a process that
  // was killed, or by a release.
  void plan_death_of_names(uint64_t syncs_max) {
    const Side side = dice_.chance(50) ? Side::kBefore : Side::kInside;
    machine_.disk.end_process_at_next(Op::kSyncDirectory, dice_.between(1, syncs_max), side,
                                      Death::kPowerFailure);
  }

  // Returns true if `status` is a success. A failure is wrong unless the process has ended.
  bool went_well(const Status& status, const char* what) {
    if (status) return true;
    if (!machine_.disk.ended()) wrong_ = cat(what, ": ", status.error().message());
    return false;
  }

  bool is_wrong(std::string what) {
    wrong_ = std::move(what);
    return false;
  }

  // Recovers, compares, and repeats what is pending. Returns false if the process ended, or if
  // something is wrong.
  bool open() {
    std::vector<wal::Frame> frames;
    const wal::FrameSink sink = [&](const wal::FrameView& frame) -> Status {
      frames.emplace_back(frame.bytes.begin(), frame.bytes.end());
      return {};
    };
    const wal::LogStart start = {.floor = floor_, .place = place_};
    const auto end = wal::recover(machine_.disk, kDirectory, kUuid, start, sink);
    if (!end) return went_well(fail(end.error()), "recover");
    if (!check(*end, frames) || !check_place(*end)) return false;
    tally_.unneeded += end->unneeded.size();
    static constexpr std::array<uint64_t, 5> kSegmentSizes = {4096, 4096, 4096, 5000, 8000};
    writer_ = std::make_unique<wal::Writer>(
        machine_.environment(),
        wal::Writer::Options{.directory = kDirectory,
                             .uuid = kUuid,
                             .segment_size = dice_.pick(kSegmentSizes),
                             .keep_segments = keep_segments_,
                             .fill = dice_.chance(50)},
        *end);
    std::vector<ByteSpan> pending;
    for (uint64_t tsn = end->durable.tsn + 1; tsn <= end->last_tsn; ++tsn) {
      pending.emplace_back(frames[frames.size() - 1 - (end->last_tsn - tsn)]);
    }
    if (!pending.empty() && !went_well(writer_->rewrite_pending(pending), "rewrite")) {
      ++tally_.crashes_in_recovery;
      return false;
    }
    commits_.resize(end->last_tsn);
    durable_ = end->last_tsn;
    return true;
  }

  bool check(const wal::LogEnd& end, const std::vector<wal::Frame>& frames) {
    if (end.last_tsn < durable_) {
      return is_wrong(
          cat("commits up to ", durable_, " are durable, the log ends at ", end.last_tsn));
    }
    if (end.last_tsn > commits_.size()) {
      return is_wrong(cat("there is a commit ", end.last_tsn, " of ", commits_.size()));
    }
    if (frames.size() < end.last_tsn - floor_ || frames.size() > end.last_tsn) {
      return is_wrong(cat("of the commits behind ", floor_, " to ", end.last_tsn, " there are ",
                          frames.size()));
    }
    uint64_t tsn = end.last_tsn - frames.size();
    for (const wal::Frame& frame : frames) {
      const Payload& payload = commits_[tsn++];
      const auto length = load_le<uint32_t>(frame.data() + wal::kFrameLengthOffset);
      const ByteView found = ByteView(frame).first(length).subspan(wal::kFrameHeaderSize);
      const bool same = std::equal(found.begin(), found.end(), payload.begin(), payload.end());
      if (!same || load_le<uint64_t>(frame.data() + wal::kFrameTsnOffset) != tsn) {
        return is_wrong(cat("commit ", tsn, " is not what was committed"));
      }
    }
    return true;
  }

  // The place where the recovery began makes no difference to what it has found.
  bool check_place(const wal::LogEnd& found) {
    if (!place_) return true;
    const wal::FrameSink nobody = [](const wal::FrameView&) -> Status { return {}; };
    const auto end = wal::recover(machine_.disk, kDirectory, kUuid, {.floor = floor_}, nobody);
    if (!end) return went_well(fail(end.error()), "recover without a place");
    ++tally_.places;
    return *end == found || is_wrong("another end was found from the place than without it");
  }

  void live() {
    // Who opens a log may have seen to it before that less of it is needed.
    if (dice_.chance(50) && !release()) return;
    for (uint64_t step = dice_.between(0, 15); step > 0; --step) {
      if (!do_something()) return;
      durable_ = writer_->durable_tsn();
    }
    if (dice_.chance(50) && went_well(writer_->close(), "close")) durable_ = commits_.size();
  }

  bool do_something() {
    const uint64_t choice = dice_.between(0, 99);
    if (choice < 65) return write();
    if (choice < 80) return release();
    if (choice < 88) return went_well(writer_->sync(), "sync");
    if (choice < 94) {
      return went_well(writer_->spares().make(writer_->next_segment_size()), "make");
    }
    // The place of the watermark at the close is not to be used up.
    if (writer_->room() < wal::kFrameHeaderSize) return true;
    return went_well(writer_->mark(), "mark");
  }

  bool write() {
    std::vector<Payload> group;
    for (uint64_t count = dice_.between(1, 4); count > 0; --count) {
      group.push_back(wal::payload_of(dice_.next(), dice_.between(0, 300)));
    }
    const uint64_t last_tsn = commits_.size();
    commits_.insert(commits_.end(), group.begin(), group.end());
    const bool durable = dice_.chance(60);
    return went_well(wal::Log::write(*writer_, last_tsn, group, durable), "write");
  }

  // The user needs less of the log from now on. That is durable with whom the log is not.
  bool release() {
    floor_ = std::max(floor_, durable_ - std::min(durable_, dice_.between(0, lag_)));
    place_ = writer_->place_of(floor_);
    if (!went_well(writer_->release(floor_), "release")) return false;
    if (dice_.chance(20)) plan_death_of_names(2);
    return true;
  }

  LogTally& tally_;
  sim::Dice dice_;
  sim::SimMachine machine_;
  bool keep_segments_;
  bool killed_ = false;  // The last end that was chosen is a kill.
  uint64_t lag_;
  std::unique_ptr<wal::Writer> writer_;
  std::vector<Payload> commits_;  // Commit i + 1; those behind durable_ may be lost.
  uint64_t durable_ = 0;          // The last one that was acknowledged as durable.
  uint64_t floor_ = 0;
  std::optional<wal::LogPlace> place_;  // Kept with the floor.
  Verdict wrong_;
};

constexpr uint64_t kRunsMax = 20'000;

constexpr std::array kLogSites = {SyncSite::kRecoveredNames, SyncSite::kRecycledName,
                                  SyncSite::kSegmentFile,    SyncSite::kSegmentDirectory,
                                  SyncSite::kGroup,          SyncSite::kLog,
                                  SyncSite::kSegmentEnd,     SyncSite::kWatermark};

TEST(LogCrash, NothingDurableAboveTheFloorIsLost) {
  const test::Seed seed;
  LogTally tally;
  for (uint64_t i = 0; i < test::scaled(3000); ++i) {
    const Verdict wrong = LogRun(seed.value() + i, std::nullopt, tally).run();
    ASSERT_FALSE(wrong) << "STELE_SEED=" << seed.value() + i << ": " << *wrong;
  }
  std::cout << "  runs " << tally.runs << ", commits " << tally.commits << ", crashes "
            << tally.crashes << ", in recovery " << tally.crashes_in_recovery
            << ", segments found unneeded " << tally.unneeded << '\n';
  for (const SyncSite site : kLogSites) {
    const auto index = static_cast<size_t>(site);
    std::cout << "  " << os::kSyncSiteNames[index] << ": reached " << tally.reached[index]
              << " times\n";
    EXPECT_GT(tally.reached[index], 0U) << os::kSyncSiteNames[index];
  }
  EXPECT_GT(tally.crashes_in_recovery, 0U);
  EXPECT_GT(tally.unneeded, 0U);
  EXPECT_GT(tally.places, 0U);
}

// Another thread may release all that is durable while the next segment has no durable name yet:
// the one before it is the last that there is.
TEST(LogCrash, AReleaseBesideASegmentStartLeavesALogBehind) {
  for (const Side side : {Side::kBefore, Side::kAfter}) {
    sim::SimMachine machine(5);
    machine.disk.furnish("/wal");
    constexpr wal::Uuid kUuid = {7};
    const wal::Writer::Options options = {.directory = "/wal", .uuid = kUuid, .segment_size = 5000};
    wal::Writer writer(machine.environment(), options, {});
    ASSERT_TRUE(test::succeeded(wal::Log::write(writer, 0, {wal::payload_of(1, 500)})));
    bool released = false;
    machine.disk.set_hook([&](const sim::Moment& moment) {
      if (moment.site != SyncSite::kSegmentDirectory || released) return;
      released = true;
      EXPECT_TRUE(test::succeeded(writer.release(1)));
    });
    machine.disk.end_process_at_next(Op::kSyncDirectory, 1, side, Death::kPowerFailure);
    ASSERT_FALSE(wal::Log::write(writer, 1, {wal::payload_of(2, 500)}));
    ASSERT_TRUE(released);
    machine.disk.set_hook(nullptr);
    machine.disk.reboot();
    const auto end = wal::recover(machine.disk, "/wal", kUuid, {.floor = 1},
                                  [](const wal::FrameView&) -> Status { return {}; });
    ASSERT_TRUE(test::succeeded(end));
    EXPECT_EQ(end->last_tsn, side == Side::kBefore ? 1U : 2U);
  }
}

class LogElision : public ::testing::TestWithParam<SyncSite> {};

TEST_P(LogElision, IsNoticed) {
  const test::Seed seed;
  LogTally tally;
  for (uint64_t i = 0; i < kRunsMax; ++i) {
    if (const Verdict wrong = LogRun(seed.value() + i, GetParam(), tally).run()) {
      std::cout << "noticed in run " << i + 1 << ": " << *wrong << '\n';
      return;
    }
  }
  FAIL() << "it was reached " << tally.reached[static_cast<size_t>(GetParam())]
         << " times, and never missed";
}

INSTANTIATE_TEST_SUITE_P(Sync, LogElision, ::testing::ValuesIn(kLogSites),
                         [](const ::testing::TestParamInfo<SyncSite>& site) {
                           return std::string(os::kSyncSiteNames[static_cast<size_t>(site.param)]);
                         });

}  // namespace
}  // namespace stele::crash
