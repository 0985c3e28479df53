// Files that live in memory and are gone with their last user, for databases that are not kept.
//
// They behave as those of a POSIX file system do: a file that was removed or replaced serves those
// who have it open, and then gives its memory back. Syncs succeed at once, for nothing is stable.
// Every path starts at the root "/", which exists; "." and empty parts of a path mean nothing, so
// that "a/./b" is "/a/b", and ".." is a name like any other.
//
// A file is cut into chunks that are made when they are first written to, so that allocate() takes
// no memory. Nothing here can promise that there will be any: where it runs out, calls throw
// std::bad_alloc, and a write may have happened in part.
//
// Threads: any, also on one file. A read sees a concurrent write_at whole or not at all. Files and
// locks may outlive the file system.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "os/file.h"

namespace stele::os {

struct MemoryNode;

class MemoryFiles final : public FileSystem {
 public:
  MemoryFiles();
  ~MemoryFiles() override;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenFor purpose) override;
  Result<FileKind> kind(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Status create_directory(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_directory(const std::string& path, SyncSite site) override;
  Result<std::unique_ptr<DirectoryLock>> lock(const std::string& path) override;
  Result<std::unique_ptr<DirectoryLock>> lock_for_reading(const std::string& path) override;

  // Returns the bytes of memory that the chunks of all files take, of removed ones as well while
  // somebody has them open.
  [[nodiscard]] uint64_t memory_used() const;

 private:
  using NodePointer = std::shared_ptr<MemoryNode>;
  struct Place;

  // These need the lock; `what` is what an error says was being done.
  [[nodiscard]] Result<Place> find(const std::string& what, const std::string& path) const;
  [[nodiscard]] Result<NodePointer> find_or_create(const std::string& what,
                                                   const std::string& path) const;

  mutable std::mutex mutex_;  // Over the names of all directories.
  std::shared_ptr<std::atomic<uint64_t>> memory_used_;
  NodePointer root_;
};

}  // namespace stele::os
