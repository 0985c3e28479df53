// A commit that was acknowledged survives anything: databases live, die and are opened again, and
// the oracle looks at what is left.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <string>

#include "crash/crash_run.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

struct Lives {
  const char* test;  // Its name, to say how to see a failure again.
  uint64_t count;
  bool bursts;
  std::initializer_list<Hit> moments;  // Each is to be hit `hits` times.
  uint64_t hits;
};

bool all_hit(const Tally& tally, const Lives& lives) {
  return std::ranges::all_of(lives.moments,
                             [&](Hit moment) { return tally.of(moment) >= lives.hits; });
}

// Runs the lives from new seeds, or the one of STELE_SEED. Callers that come at once are not the
// same each time, so that one is tried more than once. Where some moment was hit too seldom to say
// something about it, more lives are led: how often depends on luck, whether it happens does not.
void run_lives(const Lives& lives) {
  const test::Seed seed;
  const bool given = std::getenv("STELE_SEED") != nullptr;
  const uint64_t again = lives.bursts ? 100 : 1;
  const uint64_t count = given ? again : lives.count;
  Tally tally;
  for (uint64_t i = 0; i < count || (!given && i < 10 * count && !all_hit(tally, lives)); ++i) {
    const uint64_t value = seed.value() + (given ? 0 : i);
    CrashRun run({.seed = value, .bursts = lives.bursts}, tally);
    const Verdict wrong = run.run();
    ASSERT_FALSE(wrong) << *wrong << "\nTo see it again: STELE_SEED=" << value
                        << " test_crash --gtest_filter=" << lives.test;
  }
  print(std::cout, tally);
  if (given) return;
  for (const Hit moment : lives.moments) {
    EXPECT_GE(tally.of(moment), lives.hits) << kHitNames[static_cast<size_t>(moment)];
  }
}

TEST(Crash, LivesOfOneCaller) {
  run_lives({.test = "Crash.LivesOfOneCaller",
             .count = test::scaled(3000),
             .bursts = false,
             .moments = {Hit::kInsideGroup,
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
                         Hit::kManySegments},
             .hits = test::scaled(50)});
}

TEST(Crash, LivesOfManyCallers) {
  run_lives(
      {.test = "Crash.LivesOfManyCallers",
       .count = test::scaled(1600),
       .bursts = true,
       .moments = {Hit::kInsideGroup, Hit::kInsideGroupOfSeveral, Hit::kWithRejected,
                   Hit::kSegmentRoll, Hit::kPreparingSegment, Hit::kInsideRecovery,
                   Hit::kInsideRecoveryOfThat, Hit::kInsideCheckpoint, Hit::kInsideFirstCheckpoint,
                   Hit::kInsideSuperblock, Hit::kRejected, Hit::kUnknown, Hit::kRefused},
       .hits = test::scaled(25)});
}

}  // namespace
}  // namespace stele::crash
