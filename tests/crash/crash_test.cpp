// A commit that was acknowledged survives anything: databases live, die and are opened again, and
// the oracle looks at what is left.
#include <gtest/gtest.h>

#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <string>

#include "crash/crash_run.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

// Runs `count` lives from new seeds, or the one of STELE_SEED. Callers that come at once are not
// the same each time, so that one is tried more than once.
void run_lives(const char* test, uint64_t count, bool bursts, Tally& tally) {
  const test::Seed seed;
  const bool given = std::getenv("STELE_SEED") != nullptr;
  if (given && bursts) count = 100;
  if (given && !bursts) count = 1;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t value = seed.value() + (given ? 0 : i);
    CrashRun run({.seed = value, .bursts = bursts}, tally);
    const Verdict wrong = run.run();
    ASSERT_FALSE(wrong) << *wrong << "\nTo see it again: STELE_SEED=" << value
                        << " test_crash --gtest_filter=" << test;
  }
}

// Asserts that each of these moments was hit often enough to say something about it.
void expect_hits(const Tally& tally, std::initializer_list<Hit> moments) {
  print(std::cout, tally);
  if (std::getenv("STELE_SEED") != nullptr) return;
  for (const Hit moment : moments) {
    EXPECT_GE(tally.of(moment), test::scaled(50)) << kHitNames[static_cast<size_t>(moment)];
  }
}

TEST(Crash, LivesOfOneCaller) {
  Tally tally;
  run_lives("Crash.LivesOfOneCaller", test::scaled(3000), false, tally);
  expect_hits(tally, {Hit::kInsideGroup,
                      Hit::kSegmentRoll,
                      Hit::kPreparingSegment,
                      Hit::kInsideClose,
                      Hit::kCreatingDatabase,
                      Hit::kInsideRecovery,
                      Hit::kInsideRecoveryOfThat,
                      Hit::kInsideRecoveryOfThatAgain,
                      Hit::kPowerFailure,
                      Hit::kKill,
                      Hit::kFault,
                      Hit::kInsideCheckpoint,
                      Hit::kInsideFirstCheckpoint,
                      Hit::kInsideFirstCheckpointAgain,
                      Hit::kInsideSuperblock,
                      Hit::kInsideReuse,
                      Hit::kInsideGrowth,
                      Hit::kMakingPageFile,
                      Hit::kInsideRelease,
                      Hit::kManyGenerations,
                      Hit::kHeldView,
                      Hit::kRejected,
                      Hit::kUnknown,
                      Hit::kRefused,
                      Hit::kSurvivor,
                      Hit::kManySegments});
}

TEST(Crash, LivesOfManyCallers) {
  Tally tally;
  run_lives("Crash.LivesOfManyCallers", test::scaled(1600), true, tally);
  expect_hits(tally,
              {Hit::kInsideGroup, Hit::kInsideGroupOfSeveral, Hit::kWithRejected, Hit::kSegmentRoll,
               Hit::kPreparingSegment, Hit::kInsideRecovery, Hit::kInsideRecoveryOfThat,
               Hit::kInsideCheckpoint, Hit::kInsideFirstCheckpoint, Hit::kInsideSuperblock,
               Hit::kRejected, Hit::kUnknown, Hit::kRefused});
}

}  // namespace
}  // namespace stele::crash
