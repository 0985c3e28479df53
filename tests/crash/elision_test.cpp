// Each sync is needed, and the crash tests would notice if one were missing: with any one of them
// left out, some database loses what it must not lose.
#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <vector>

#include "base/text.h"
#include "crash/crash_run.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

constexpr uint64_t kRunsMax = 20'000;

os::SyncSite site_at(size_t index) {
  return static_cast<os::SyncSite>(index);
}

// It takes several rare events one after the other to miss these: checkpoint_elision_test.cpp aims
// at them. These databases make no backups: backup_crash_test.cpp does.
bool is_proven_elsewhere(os::SyncSite site) {
  return site == os::SyncSite::kRecycledName || site == os::SyncSite::kSuperblock ||
         site == os::SyncSite::kSlotCleared || site >= os::SyncSite::kBackupMark;
}

std::vector<size_t> sites() {
  std::vector<size_t> all;
  for (size_t i = 0; i < os::kSyncSiteCount; ++i) {
    if (!is_proven_elsewhere(site_at(i))) all.push_back(i);
  }
  return all;
}

// From which seed a missing sync is noticed: for those that take long to find.
uint64_t known_seed(os::SyncSite site) {
  switch (site) {
    case os::SyncSite::kWalName:
      return 129;
    case os::SyncSite::kRecoveredNames:
      return 595;
    case os::SyncSite::kLog:
      return 136;
    case os::SyncSite::kPageFileNew:
      return 54;
    case os::SyncSite::kPageFileName:
      return 33;
    case os::SyncSite::kPageFileOpened:
      return 56;
    case os::SyncSite::kPages:
      return 8;
    default:
      return 1;
  }
}

class Elision : public ::testing::TestWithParam<size_t> {};

TEST_P(Elision, IsNoticed) {
  const os::SyncSite site = site_at(GetParam());
  const test::Search search(known_seed(site));
  Tally tally;
  for (uint64_t i = 0; i < kRunsMax; ++i) {
    CrashRun run({.seed = search.seed(i), .elided = site}, tally);
    if (const Verdict wrong = run.run()) {
      std::cout << "noticed in run " << i + 1 << ": " << wrong->substr(0, wrong->find('\n'))
                << '\n';
      EXPECT_GT(tally.of(site), 0U);
      return;
    }
  }
  EXPECT_GT(tally.of(site), 0U) << "the sync " << os::kSyncSiteNames[GetParam()]
                                << " was never reached: the crash tests say nothing about it";
  FAIL() << "without the sync " << os::kSyncSiteNames[GetParam()] << ", reached " << tally.of(site)
         << " times, all crash tests pass: it is not needed, or they are blind";
}

INSTANTIATE_TEST_SUITE_P(Sync, Elision, ::testing::ValuesIn(sites()),
                         [](const ::testing::TestParamInfo<size_t>& site) {
                           return std::string(os::kSyncSiteNames[site.param]);
                         });

TEST(SyncSites, AreListedAndAllReached) {
  const test::Seed seed;
  Tally tally;
  for (uint64_t i = 0; i < test::scaled(300); ++i) {
    CrashRun run({.seed = seed.value() + i}, tally);
    const Verdict wrong = run.run();
    ASSERT_FALSE(wrong) << *wrong;
  }
  for (const size_t i : sites()) {
    std::cout << "  " << os::kSyncSiteNames[i] << ": reached " << tally.of(site_at(i))
              << " times\n";
    EXPECT_GT(tally.of(site_at(i)), 0U) << os::kSyncSiteNames[i] << " was never reached";
  }
}

}  // namespace
}  // namespace stele::crash
