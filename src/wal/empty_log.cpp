// Writes the one header there is.
#include "wal/empty_log.h"

#include <utility>

namespace stele::wal {

Status make_empty_log(os::FileSystem& files, const std::string& directory, const Uuid& uuid,
                      uint64_t first_tsn, uint64_t salt) {
  constexpr uint64_t kNumber = 2;
  auto file = files.open(segment_path(directory, kNumber), os::OpenFor::kCreating);
  if (!file) return fail(std::move(file).error());
  const auto header = encode_segment_header({.uuid = uuid,
                                             .number = kNumber,
                                             .salt = salt,
                                             .first_tsn = first_tsn,
                                             .previous_end = kSegmentHeaderSize,
                                             .previous_checksum = 0,
                                             .reused = false});
  const ByteView bytes = header;
  STELE_TRY((*file)->write_at(0, {&bytes, 1}));
  STELE_TRY((*file)->sync(os::SyncSite::kBackupLog));
  return files.sync_directory(directory, os::SyncSite::kBackupLogName);
}

}  // namespace stele::wal
