// stele.meta: what makes a directory a database, and who it is.
//
//    0                8        12       16                              32
//    +----------------+--------+--------+-------------------------------+
//    |   "STELEMTA"   | format |   0    |         database uuid         |
//    +----------------+--------+--------+-------------------------------+
//    |    created     |  segment size   |  zeros ...      |  checksum   |
//    +----------------+-----------------+-----------------+-------------+ 512
//
// It is written once, under a temporary name, when the database is made. On disk: docs/format.md,
// "stele.meta".
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "os/file.h"

namespace stele::db {

inline constexpr uint32_t kFormatVersion = 1;
inline constexpr size_t kMetaSize = 512;

using Uuid = std::array<uint8_t, 16>;

struct Meta {
  Uuid uuid;
  int64_t created;        // Microseconds.
  uint64_t segment_size;  // Of the log, unless the options of an open say otherwise.
};

[[nodiscard]] std::array<uint8_t, kMetaSize> encode_meta(const Meta& meta);

// Reads stele.meta in `directory`. UNSUPPORTED: a newer format; CORRUPT: damaged.
[[nodiscard]] Result<Meta> read_meta(os::FileSystem& files, const std::string& directory);

// Makes the files of a new database in `directory`, which exists and is locked, in an order that
// leaves either a whole database or none. Their names are not durable yet.
[[nodiscard]] Status create_files(os::FileSystem& files, const std::string& directory,
                                  const Meta& meta);

// Brings the names of the database and its files to stable storage. Due before the first segment of
// the log is made, by whoever makes it: the process that created the files may have been killed,
// and then they are there to be seen, but not to stay.
[[nodiscard]] Status make_names_durable(os::FileSystem& files, const std::string& directory);

// What a directory holds, judged by its names.
enum class DirectoryContent : uint8_t { kDatabase, kNothing, kUnfinishedBackup, kSomethingElse };
[[nodiscard]] Result<DirectoryContent> look_at(os::FileSystem& files, const std::string& directory);

[[nodiscard]] std::string wal_directory(const std::string& directory);
[[nodiscard]] std::string lock_path(const std::string& directory);
// The file that says that the directory is no database, however much it looks like one.
[[nodiscard]] std::string backup_mark_path(const std::string& directory);
// The page file of the events, and the number that its checksums know it by.
[[nodiscard]] std::string page_file_path(const std::string& directory);
inline constexpr uint64_t kEventsFileId = 1;

}  // namespace stele::db
