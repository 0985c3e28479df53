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
  kPageFileNew,       // A new page file under its temporary name: both slots, before the rename.
  kPageFileName,      // The directory of a new page file, after the rename.
  kPageFileOpened,    // A page file and its name, as an open finds them and is about to build on.
  kSlotCleared,       // A torn superblock that was overwritten, before pages of it are.
  kPages,             // The pages of a generation, before its superblock is written.
  kSuperblock,        // The superblock of a generation: from then on it is the one that counts.
  kBackupMark,        // A backup's directory with the mark, before anything else is in it.
  kBackupPages,       // The page file of a backup, superblocks included.
  kBackupLog,         // A segment of a backup.
  kBackupLogName,     // wal/ of a backup.
  kBackupMeta,        // A backup's directory with stele.meta, before it is not unfinished any more.
};

inline constexpr size_t kSyncSiteCount = 23;
inline constexpr std::array<std::string_view, kSyncSiteCount> kSyncSiteNames = {
    "meta_file",
    "wal_name",
    "meta_directory",
    "parent_directory",
    "recovered_names",
    "recycled_name",
    "segment_file",
    "segment_directory",
    "group",
    "log",
    "segment_end",
    "watermark",
    "page_file_new",
    "page_file_name",
    "page_file_opened",
    "slot_cleared",
    "pages",
    "superblock",
    "backup_mark",
    "backup_pages",
    "backup_log",
    "backup_log_name",
    "backup_meta",
};

}  // namespace stele::os
