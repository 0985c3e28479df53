// Marking, checking and finishing such a directory.
#include "db/unfinished.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/checksum.h"
#include "base/text.h"
#include "wal/empty_log.h"

namespace stele::db {

namespace {

// The uuid of the database, and its checksum.
constexpr size_t kMarkSize = 16 + 8;

bool is_whole_mark(ByteView mark) {
  return mark.size() == kMarkSize &&
         checksum(mark.first(16), 0) == load_le<uint64_t>(mark.data() + 16);
}

}  // namespace

UnfinishedDirectory::~UnfinishedDirectory() = default;

Result<std::unique_ptr<UnfinishedDirectory>> UnfinishedDirectory::begin(os::FileSystem& files,
                                                                        const std::string& path,
                                                                        const Uuid& uuid) {
  std::unique_ptr<UnfinishedDirectory> directory(new UnfinishedDirectory(files, path));
  STELE_TRY(directory->prepare(uuid));
  return directory;
}

Status UnfinishedDirectory::prepare(const Uuid& uuid) {
  const auto kind = files_.kind(path_);
  if (!kind) return fail(kind.error());
  if (*kind == os::FileKind::kMissing) {
    STELE_TRY(files_.create_directory(path_));
  } else if (*kind != os::FileKind::kDirectory) {
    return fail(Code::kInvalid, cat(path_, " is not a directory"));
  }
  // Looked at before the lock, so that no lock file is left in a directory that is not ours.
  for (int round = 0; round < 2; ++round) {
    const auto content = look_at(files_, path_);
    if (!content) return fail(content.error());
    if (*content == DirectoryContent::kDatabase) {
      // It may be the end of this work that a killed process has left, seen and not yet durable.
      STELE_TRY(make_names_durable(files_, path_));
      return fail(Code::kExists, cat("there is a database in ", path_, " already"));
    }
    if (*content == DirectoryContent::kSomethingElse) {
      return fail(Code::kInvalid, cat(path_, " holds files that are no unfinished backup"));
    }
    if (round > 0) break;
    auto lock = files_.lock(lock_path(path_));
    if (!lock) return fail(std::move(lock).error());
    lock_ = *std::move(lock);
  }
  STELE_TRY(check_mark(uuid));
  return empty_log();
}

// Whose it is stands in the mark. One that a crash has left in pieces belongs to nobody,
// and is written again.
Status UnfinishedDirectory::check_mark(const Uuid& uuid) {
  const std::string path = backup_mark_path(path_);
  std::array<uint8_t, kMarkSize> mark = {};
  std::ranges::copy(uuid, mark.begin());
  store_le(mark.data() + uuid.size(), checksum(uuid, 0));
  const auto kind = files_.kind(path);
  if (!kind) return fail(kind.error());
  if (*kind != os::FileKind::kMissing) {
    const auto bytes = read_file(files_, path, kMarkSize);
    if (!bytes) return fail(bytes.error());
    if (is_whole_mark(*bytes) && !std::ranges::equal(*bytes, mark)) {
      return fail(Code::kInvalid, cat(path_, " holds an unfinished backup of another database"));
    }
  }
  auto file = files_.open(
      path, *kind == os::FileKind::kMissing ? os::OpenFor::kCreating : os::OpenFor::kWriting);
  if (!file) return fail(std::move(file).error());
  const ByteView bytes = mark;
  STELE_TRY((*file)->write_at(0, {&bytes, 1}));
  // Files that are there without it would be taken for somebody's, and could not be gone on with.
  return files_.sync_directory(path_, os::SyncSite::kBackupMark);
}

Status UnfinishedDirectory::empty_log() {
  const std::string directory = wal_directory(path_);
  const auto kind = files_.kind(directory);
  if (!kind) return fail(kind.error());
  if (*kind == os::FileKind::kMissing) return files_.create_directory(directory);
  const auto names = files_.list(directory);
  if (!names) return fail(names.error());
  for (const std::string& name : *names) STELE_TRY(files_.remove(cat(directory, "/", name)));
  return {};
}

Status UnfinishedDirectory::finish(const Meta& meta, uint64_t applied_tsn, bool has_log,
                                   os::Random& random) {
  if (!has_log && applied_tsn > 0) {
    std::array<uint8_t, 8> salt = {};
    STELE_TRY(random.fill(salt));
    STELE_TRY(wal::make_empty_log(files_, wal_directory(path_), meta.uuid, applied_tsn + 1,
                                  load_le<uint64_t>(salt.data())));
  } else {
    STELE_TRY(files_.sync_directory(wal_directory(path_), os::SyncSite::kBackupLogName));
  }
  STELE_TRY(create_files(files_, path_, meta));
  STELE_TRY(files_.sync_directory(path_, os::SyncSite::kBackupMeta));
  STELE_TRY(files_.remove(backup_mark_path(path_)));
  STELE_TRY(make_names_durable(files_, path_));
  lock_.reset();
  return {};
}

}  // namespace stele::db
