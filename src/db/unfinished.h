// A directory that becomes a database only when all of it is there: a backup, or a repaired one.
//
//     begin    the mark backup.unfinished is there, with the uuid of whose database it will be:
//              until it is gone, the directory is no database
//     ...      files are made, in any order, by whoever makes them
//     finish   an empty log if there is none, stele.meta, all names durable, and then the mark goes
//
// Killed at any point, it is begun again. On disk: docs/format.md, "Directory".
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "db/meta.h"
#include "os/environment.h"

namespace stele::db {

class UnfinishedDirectory {
 public:
  // Makes the directory if it is missing, locks and marks it, and empties its log: what an earlier
  // attempt has left there may be from another time than the pages. EXISTS: there is a database;
  // INVALID: there are other files, or something unfinished of another database; BUSY: somebody
  // else is at work there.
  static Result<std::unique_ptr<UnfinishedDirectory>> begin(os::FileSystem& files,
                                                            const std::string& path,
                                                            const Uuid& uuid);
  UnfinishedDirectory(const UnfinishedDirectory&) = delete;
  UnfinishedDirectory& operator=(const UnfinishedDirectory&) = delete;
  ~UnfinishedDirectory();

  // Makes it a database, durably, of which everything up to commit `applied_tsn` is in its trees.
  // With `has_log` the log is there already; otherwise an empty one is made. Gives the directory
  // back.
  Status finish(const Meta& meta, uint64_t applied_tsn, bool has_log, os::Random& random);

 private:
  UnfinishedDirectory(os::FileSystem& files, std::string path)
      : files_(files), path_(std::move(path)) {}
  Status prepare(const Uuid& uuid);
  Status check_mark(const Uuid& uuid);
  Status empty_log();

  os::FileSystem& files_;
  std::string path_;
  std::unique_ptr<os::DirectoryLock> lock_;
};

}  // namespace stele::db
