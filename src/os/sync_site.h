// The names of all places that bring something to stable storage.
//
// Each call that syncs says which of these it is. Durability rests on every one of them; a test can
// leave out one at a time and must then see data lost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stele::os {

enum class SyncSite : uint8_t {
  kMetaFile,          // stele.meta under its temporary name, before the rename.
  kWalName,           // The database directory, when wal/ was made and stele.meta is to be renamed.
  kMetaDirectory,     // The database directory, after stele.meta was renamed.
  kParentDirectory,   // The directory that holds a new database directory.
  kRecoveredNames,    // wal/, whose names recovery has seen and is about to build on.
  kRecycledName,      // wal/, after a released segment was renamed to be a spare.
  kSegmentFile,       // A new segment under its spare's name: header and first frames.
  kSegmentDirectory,  // wal/, after the rename of a new segment.
  kGroup,             // A group of frames at the end of the segment: the commit itself.
  kLog,               // What commits of weaker levels have written: on request, in time, at close.
  kSegmentEnd,        // The last group of a segment, before the next segment is used.
  kWatermark,         // The watermark frame that a close writes.
};

inline constexpr size_t kSyncSiteCount = 12;
inline constexpr std::array<std::string_view, kSyncSiteCount> kSyncSiteNames = {
    "meta_file",       "wal_name",      "meta_directory", "parent_directory",
    "recovered_names", "recycled_name", "segment_file",   "segment_directory",
    "group",           "log",           "segment_end",    "watermark",
};

}  // namespace stele::os
