// The one door to files: what the rest of Stele may ask of an operating system's file system.
//
// Nothing else in the library calls the kernel for files, so that tests can put a disk of their own
// behind this interface: one that loses, tears and refuses writes.
//
// Threads: a FileSystem may be used by all threads at once. A File may be read by all at once;
// write_at, resize, allocate and sync belong to one thread at a time; write_back and
// will_need may run beside anything.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "os/sync_site.h"

namespace stele::os {

class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  virtual ~File() = default;

  // Fills `into` from byte `offset` on. Returns the bytes read: fewer only at the end of the file.
  [[nodiscard]] virtual Result<size_t> read_at(uint64_t offset, ByteSpan into) = 0;
  // Writes the pieces one behind the other at byte `offset`, all of them or an error.
  [[nodiscard]] virtual Status write_at(uint64_t offset, std::span<const ByteView> pieces) = 0;
  // Brings the file's bytes and size to stable storage. After a failure nothing is known about what
  // was written since the last success, and trying again proves nothing.
  [[nodiscard]] virtual Status sync(SyncSite site) = 0;
  [[nodiscard]] virtual Status resize(uint64_t size) = 0;
  // Makes the file at least `size` bytes long and gives it room for all of them, so that later
  // writes inside it cannot fail for want of room. New bytes read as zeros. After a failure the
  // file may be longer than it was, but not longer than `size`.
  [[nodiscard]] virtual Status allocate(uint64_t size) = 0;
  // Asks the system to bring what was written to the device soon, so that a later sync has less to
  // do. Promises nothing and cannot fail.
  virtual void write_back() = 0;
  // Tells the system that these bytes are read soon, so that it can fetch them meanwhile, and those
  // of several such calls at once. Promises nothing and cannot fail.
  virtual void will_need(uint64_t offset, uint64_t size) = 0;
  [[nodiscard]] virtual Result<uint64_t> size() = 0;
  [[nodiscard]] virtual const std::string& path() const = 0;
};

// Held while a process owns or reads a directory; given back by the destructor. One that is only
// this base class holds nothing.
class DirectoryLock {
 public:
  DirectoryLock() = default;
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  virtual ~DirectoryLock() = default;
};

enum class FileKind : uint8_t { kMissing, kFile, kDirectory, kOther };
enum class OpenFor : uint8_t {
  kReading,
  kWriting,
  kCreating
};  // kCreating: empties what is there.

class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  [[nodiscard]] virtual Result<std::unique_ptr<File>> open(const std::string& path,
                                                           OpenFor purpose) = 0;
  [[nodiscard]] virtual Result<FileKind> kind(const std::string& path) = 0;
  // Returns the names in a directory, sorted, without "." and "..".
  [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  [[nodiscard]] virtual Status create_directory(const std::string& path) = 0;
  [[nodiscard]] virtual Status rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual Status remove(const std::string& path) = 0;
  // Makes the creations, renames and removals of names in a directory durable.
  [[nodiscard]] virtual Status sync_directory(const std::string& path, SyncSite site) = 0;
  // Takes the exclusive lock on the file at `path`, created if missing. BUSY names the holder.
  [[nodiscard]] virtual Result<std::unique_ptr<DirectoryLock>> lock(const std::string& path) = 0;
  // Takes the shared lock on the file at `path`: any number of readers hold it at once, but none
  // beside the exclusive lock. BUSY names the holder. Never creates or writes the file: where it is
  // missing, as it may be on read-only media, returns a lock that holds nothing and keeps no writer
  // out.
  [[nodiscard]] virtual Result<std::unique_ptr<DirectoryLock>> lock_for_reading(
      const std::string& path) = 0;

  // Memory that need not be this process's own: see scratch.h. Throws std::bad_alloc.
  [[nodiscard]] virtual uint8_t* take_scratch(const std::string& /*directory*/, uint64_t size) {
    return new uint8_t[size];
  }
  virtual void give_back_scratch(uint8_t* memory, uint64_t /*size*/) noexcept { delete[] memory; }
};

// Reads a whole file. Returns TOO_LARGE when it has more than `size_max` bytes.
[[nodiscard]] Result<std::vector<uint8_t>> read_file(FileSystem& files, const std::string& path,
                                                     uint64_t size_max);

// Returns the directory part of `path`: "." for a bare name.
[[nodiscard]] std::string parent_of(const std::string& path);

}  // namespace stele::os
