// Makes, reads and recognises database directories.
#include "db/meta.h"

#include <algorithm>
#include <string_view>

#include "base/checksum.h"
#include "base/text.h"

namespace stele::db {

namespace {

constexpr std::string_view kMagic = "STELEMTA";
constexpr size_t kFormatOffset = 8;
constexpr size_t kUuidOffset = kFormatOffset + 8;
constexpr size_t kCreatedOffset = kUuidOffset + 16;
constexpr size_t kSegmentSizeOffset = kCreatedOffset + 8;
constexpr size_t kChecksumOffset = kMetaSize - 8;
static_assert(kSegmentSizeOffset == 40);

constexpr std::string_view kMetaName = "stele.meta";
constexpr std::string_view kUnfinishedName = "stele.meta.tmp";
constexpr std::string_view kLockName = "lock";
constexpr std::string_view kBackupMarkName = "backup.unfinished";
constexpr std::string_view kWalName = "wal";

std::string meta_path(const std::string& directory) {
  return cat(directory, "/", kMetaName);
}

}  // namespace

std::string wal_directory(const std::string& directory) {
  return cat(directory, "/", kWalName);
}
std::string backup_mark_path(const std::string& directory) {
  return cat(directory, "/", kBackupMarkName);
}

std::string lock_path(const std::string& directory) {
  return cat(directory, "/", kLockName);
}

std::string page_file_path(const std::string& directory) {
  return cat(directory, "/events.pages");
}

std::array<uint8_t, kMetaSize> encode_meta(const Meta& meta) {
  std::array<uint8_t, kMetaSize> bytes = {};
  copy_bytes(bytes.data(), as_bytes(kMagic));
  store_le(bytes.data() + kFormatOffset, kFormatVersion);
  copy_bytes(bytes.data() + kUuidOffset, meta.uuid);
  store_le(bytes.data() + kCreatedOffset, meta.created);
  store_le(bytes.data() + kSegmentSizeOffset, meta.segment_size);
  store_le(bytes.data() + kChecksumOffset, checksum({bytes.data(), kChecksumOffset}, 0));
  return bytes;
}

Result<Meta> read_meta(os::FileSystem& files, const std::string& directory) {
  const std::string path = meta_path(directory);
  const auto bytes = os::read_file(files, path, uint64_t{1} << 20);
  if (!bytes && bytes.error().code() == Code::kTooLarge) {
    return corruption(path, 0, "this is not the file of a Stele database");
  }
  if (!bytes) return fail(bytes.error());
  if (bytes->size() < kFormatOffset + 4 || as_text({bytes->data(), kMagic.size()}) != kMagic) {
    return corruption(path, 0, "this is not the file of a Stele database");
  }
  const auto format = load_le<uint32_t>(bytes->data() + kFormatOffset);
  if (format > kFormatVersion) {
    return fail(Code::kUnsupported, cat(path, ": written in format ", format,
                                        "; this library reads up to ", kFormatVersion));
  }
  if (format == 0) return corruption(path, kFormatOffset, "format 0 never was");
  if (bytes->size() != kMetaSize) {
    return corruption(path, bytes->size(), cat("the file should have ", kMetaSize, " bytes"));
  }
  const uint64_t sum = checksum(ByteView(*bytes).first(kChecksumOffset), 0);
  if (sum != load_le<uint64_t>(bytes->data() + kChecksumOffset)) {
    return corruption(path, 0, "the checksum does not match");
  }
  Meta meta = {};
  std::copy_n(bytes->data() + kUuidOffset, meta.uuid.size(), meta.uuid.data());
  meta.created = load_le<int64_t>(bytes->data() + kCreatedOffset);
  meta.segment_size = load_le<uint64_t>(bytes->data() + kSegmentSizeOffset);
  return meta;
}

Result<DirectoryContent> look_at(os::FileSystem& files, const std::string& directory) {
  const auto names = files.list(directory);
  if (!names) return fail(names.error());
  if (std::ranges::find(*names, kBackupMarkName) != names->end()) {
    return DirectoryContent::kUnfinishedBackup;
  }
  if (std::ranges::find(*names, kMetaName) != names->end()) return DirectoryContent::kDatabase;
  // An interrupted creation leaves these, and the log is empty then.
  for (const std::string& name : *names) {
    if (name != kLockName && name != kUnfinishedName && name != kWalName) {
      return DirectoryContent::kSomethingElse;
    }
  }
  if (std::ranges::find(*names, kWalName) != names->end()) {
    const auto segments = files.list(wal_directory(directory));
    if (!segments) return fail(segments.error());
    if (!segments->empty()) {
      return corruption(meta_path(directory), 0, "the file is missing, but there is a log");
    }
  }
  return DirectoryContent::kNothing;
}

Status create_files(os::FileSystem& files, const std::string& directory, const Meta& meta) {
  const auto wal = files.kind(wal_directory(directory));
  if (!wal) return fail(wal.error());
  if (*wal == os::FileKind::kMissing) STELE_TRY(files.create_directory(wal_directory(directory)));

  // The name stele.meta, lasting or not, must never be there without wal/.
  STELE_TRY(files.sync_directory(directory, os::SyncSite::kWalName));

  const std::string unfinished = cat(directory, "/", kUnfinishedName);
  auto file = files.open(unfinished, os::OpenFor::kCreating);
  if (!file) return fail(std::move(file).error());
  const auto bytes = encode_meta(meta);
  const ByteView piece = bytes;
  STELE_TRY((*file)->write_at(0, {&piece, 1}));
  STELE_TRY((*file)->sync(os::SyncSite::kMetaFile));
  return files.rename(unfinished, meta_path(directory));
}

Status make_names_durable(os::FileSystem& files, const std::string& directory) {
  STELE_TRY(files.sync_directory(directory, os::SyncSite::kMetaDirectory));
  return files.sync_directory(os::parent_of(directory), os::SyncSite::kParentDirectory);
}

}  // namespace stele::db
