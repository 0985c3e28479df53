// Counts of what a run of the crash suite went through: it proves nothing about moments it missed.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>
#include <string_view>

#include "os/sync_site.h"

namespace stele::crash {

enum class Hit : uint8_t {
  kInsideGroup,           // The process ended while commits were written or synced.
  kInsideGroupOfSeveral,  // The same, of several callers.
  kWithRejected,          // The same, with batches in it that had to be rejected.
  kSegmentRoll,           // Between the end of a segment and the durable name of the next one.
  kPreparingSegment,      // While a spare was made or became a segment.
  kInsideClose,
  kCreatingDatabase,
  kInsideRecovery,
  kInsideRecoveryOfThat,
  kInsideRecoveryOfThatAgain,
  kInsideCheckpoint,            // While pages were written, or segments released.
  kInsideFirstCheckpoint,       // The first one after a death,
  kInsideFirstCheckpointAgain,  // and after one in there.
  kInsideSuperblock,            // While a superblock was written or synced.
  kInsideReuse,                 // While pages that were free were written over.
  kInsideGrowth,                // While the page file grew.
  kMakingPageFile,
  kInsideRelease,  // While a segment of the log was recycled or removed.
  kPowerFailure,
  kKill,
  kFault,            // An operation failed, and the process lived on.
  kRejected,         // Batches told CONFLICT.
  kUnknown,          // Batches told OUTCOME_UNKNOWN.
  kRefused,          // Batches told READ_ONLY or FULL.
  kSurvivor,         // Unknown batches that turned out to be there.
  kManySegments,     // Databases that ended with three segments or more.
  kUndurable,        // The process ended when something visible was not durable.
  kHeldView,         // Views that were held over several steps, and were the same then.
  kManyGenerations,  // Databases whose page file ended with six generations or more.
};
inline constexpr std::array<std::string_view, 29> kHitNames = {
    "inside a group",
    "inside a group of several",
    "with rejected batches",
    "segment roll",
    "preparing a segment",
    "inside a close",
    "creating",
    "inside recovery",
    "inside recovery of recovery",
    "and of that again",
    "inside a checkpoint",
    "inside the first after a death",
    "and after a death in there",
    "inside a superblock",
    "inside page reuse",
    "inside growth",
    "making the page file",
    "inside a release",
    "power failures",
    "kills",
    "faults",
    "rejected batches",
    "unknown outcomes",
    "refused batches",
    "unknown and there",
    "databases of >= 3 segments",
    "visible but not durable",
    "views held",
    "databases of >= 6 generations",
};

struct Tally {
  std::array<uint64_t, kHitNames.size()> hits = {};
  std::array<uint64_t, os::kSyncSiteCount> reached = {};  // By sync site.
  uint64_t runs = 0;
  uint64_t opens = 0;
  uint64_t commits = 0;

  void hit(Hit what) { ++hits[static_cast<size_t>(what)]; }
  [[nodiscard]] uint64_t of(Hit what) const { return hits[static_cast<size_t>(what)]; }
  [[nodiscard]] uint64_t of(os::SyncSite site) const { return reached[static_cast<size_t>(site)]; }
};

inline void print(std::ostream& to, const Tally& tally) {
  to << "  runs " << tally.runs << ", openings " << tally.opens << ", commits " << tally.commits
     << '\n';
  for (size_t i = 0; i < kHitNames.size(); ++i) {
    to << "  " << kHitNames[i] << ": " << tally.hits[i] << '\n';
  }
  for (size_t i = 0; i < os::kSyncSiteCount; ++i) {
    to << "  sync " << os::kSyncSiteNames[i] << ": " << tally.reached[i] << '\n';
  }
}

}  // namespace stele::crash
