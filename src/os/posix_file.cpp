// Files, directories and locks by system calls; every error says the call's object and errno.
#include "os/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "base/text.h"
#include "os/failure.h"
#include "os/scratch.h"

namespace stele::os {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

int open_retrying(const std::string& path, int flags) {
  for (;;) {
    const int number = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    if (number >= 0 || errno != EINTR) return number;
  }
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<size_t> read_at(uint64_t offset, ByteSpan into) override {
    size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(descriptor_.get(), into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return os_failure("read", path_, errno);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

  Status write_at(uint64_t offset, std::span<const ByteView> pieces) override {
    size_t next = 0;        // The first piece not yet written whole,
    size_t skip_front = 0;  // and how much of it is.
    while (next < pieces.size()) {
      std::array<iovec, 64> vectors;
      int count = 0;
      for (size_t i = next; i < pieces.size() && count < 64; ++i) {
        const ByteView rest = pieces[i].subspan(i == next ? skip_front : 0);
        vectors[static_cast<size_t>(count++)] = {const_cast<uint8_t*>(rest.data()), rest.size()};
      }
      const ssize_t wrote =
          ::pwritev(descriptor_.get(), vectors.data(), count, static_cast<off_t>(offset));
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return os_failure("write", path_, errno);
      offset += static_cast<uint64_t>(wrote);
      skip_front += static_cast<size_t>(wrote);
      while (next < pieces.size() && skip_front >= pieces[next].size()) {
        skip_front -= pieces[next++].size();
      }
    }
    return {};
  }

  Status sync(SyncSite /*site*/) override {
    // Not retried, also not on EINTR: after a failed sync the kernel may call dirty pages clean.
    if (::fdatasync(descriptor_.get()) != 0) return os_failure("sync", path_, errno);
    return {};
  }

  Status resize(uint64_t size) override {
    while (::ftruncate(descriptor_.get(), static_cast<off_t>(size)) != 0) {
      if (errno != EINTR) return os_failure("resize", path_, errno);
    }
    return {};
  }

  Status allocate(uint64_t size) override {
    if (size == 0) return {};  // Which the call below does not take.
    for (;;) {
      const int number = ::posix_fallocate(descriptor_.get(), 0, static_cast<off_t>(size));
      if (number == 0) return {};
      if (number != EINTR) return os_failure("allocate", path_, number);
    }
  }

  void write_back() override {
#ifdef __linux__
    [[maybe_unused]] const int started =
        ::sync_file_range(descriptor_.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
  }

  void will_need([[maybe_unused]] uint64_t offset, [[maybe_unused]] uint64_t size) override {
#ifdef POSIX_FADV_WILLNEED
    [[maybe_unused]] const int told =
        ::posix_fadvise(descriptor_.get(), static_cast<off_t>(offset), static_cast<off_t>(size),
                        POSIX_FADV_WILLNEED);
#endif
  }

  Result<uint64_t> size() override {
    struct stat about = {};
    if (::fstat(descriptor_.get(), &about) != 0) return os_failure("stat", path_, errno);
    return static_cast<uint64_t>(about.st_size);
  }

  const std::string& path() const override { return path_; }

 private:
  Descriptor descriptor_;
  std::string path_;
};

struct flock whole_file(short type) {
  struct flock whole = {};
  whole.l_type = type;
  whole.l_whence = SEEK_SET;
  return whole;
}

// An open-file-description lock: unlike a plain POSIX lock it also keeps out other handles of this
// process, and closing an unrelated descriptor of the file does not drop it.
class PosixLock final : public DirectoryLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  PosixLock(const PosixLock&) = delete;
  PosixLock& operator=(const PosixLock&) = delete;
  ~PosixLock() override {
    // Children that were forked meanwhile share the descriptor, and closing ours leaves it locked
    // by theirs. In a child, though, the lock is the parent's to give back.
    if (::getpid() != owner_) return;
    struct flock none = whole_file(F_UNLCK);
    [[maybe_unused]] const int unlocked = ::fcntl(descriptor_.get(), F_OFD_SETLK, &none);
  }

 private:
  Descriptor descriptor_;
  pid_t owner_ = ::getpid();
};

std::string lock_holder(int descriptor) {
  std::array<char, 32> text = {};
  if (::pread(descriptor, text.data(), text.size() - 1, 0) <= 0) return "another process";
  const long holder = std::strtol(text.data(), nullptr, 10);
  if (holder <= 0) return "another process";
  if (holder == ::getpid()) return "another handle of this process";
  return cat("process ", holder);
}

// Returns BUSY. It is a moment later, so the holder may be another one by now, or gone.
std::unexpected<Error> busy(int descriptor, const std::string& path) {
  struct flock held = whole_file(F_WRLCK);
  // Readers do not write their numbers: the file still has the last owner's.
  const bool read_locked = ::fcntl(descriptor, F_OFD_GETLK, &held) == 0 && held.l_type == F_RDLCK;
  const std::string holder = read_locked ? "a reader" : lock_holder(descriptor);
  return fail(Code::kBusy, cat(path, " is locked by ", holder));
}

// Takes a lock of this type.
Status take_lock(const Descriptor& descriptor, short type, const std::string& path) {
  struct flock whole = whole_file(type);
  if (::fcntl(descriptor.get(), F_OFD_SETLK, &whole) == 0) return {};
  if (errno != EAGAIN && errno != EACCES) return os_failure("lock", path, errno);
  return busy(descriptor.get(), path);
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenFor purpose) override {
    int flags = O_RDONLY;
    if (purpose == OpenFor::kWriting) flags = O_RDWR;
    if (purpose == OpenFor::kCreating) flags = O_RDWR | O_CREAT | O_TRUNC;
    Descriptor descriptor(open_retrying(path, flags));
    if (descriptor.get() < 0) return os_failure("open", path, errno);
    return std::make_unique<PosixFile>(std::move(descriptor), path);
  }

  Result<FileKind> kind(const std::string& path) override {
    struct stat about = {};
    if (::stat(path.c_str(), &about) != 0) {
      if (errno == ENOENT) return FileKind::kMissing;
      return os_failure("look at", path, errno);
    }
    if (S_ISDIR(about.st_mode)) return FileKind::kDirectory;
    return S_ISREG(about.st_mode) ? FileKind::kFile : FileKind::kOther;
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    const auto close = [](DIR* open) { ::closedir(open); };
    const std::unique_ptr<DIR, decltype(close)> directory(::opendir(path.c_str()));
    if (directory == nullptr) return os_failure("list", path, errno);
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    if (errno != 0) return os_failure("list", path, errno);
    std::ranges::sort(names);
    return names;
  }

  Status create_directory(const std::string& path) override {
    if (::mkdir(path.c_str(), 0777) != 0) return os_failure("create directory", path, errno);
    return {};
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return os_failure("rename", from, errno);
    return {};
  }

  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return os_failure("remove", path, errno);
    return {};
  }

  Status sync_directory(const std::string& path, SyncSite /*site*/) override {
    const Descriptor descriptor(open_retrying(path, O_RDONLY | O_DIRECTORY));
    if (descriptor.get() < 0) return os_failure("open", path, errno);
    if (::fsync(descriptor.get()) != 0) return os_failure("sync", path, errno);
    return {};
  }

  Result<std::unique_ptr<DirectoryLock>> lock(const std::string& path) override {
    Descriptor descriptor(open_retrying(path, O_RDWR | O_CREAT));
    if (descriptor.get() < 0) return os_failure("open", path, errno);
    STELE_TRY(take_lock(descriptor, F_WRLCK, path));
    // The number is for the message above only; nothing depends on it.
    const std::string holder = cat(::getpid(), "\n");
    if (::ftruncate(descriptor.get(), 0) == 0) {
      [[maybe_unused]] const ssize_t wrote =
          ::pwrite(descriptor.get(), holder.data(), holder.size(), 0);
    }
    return std::make_unique<PosixLock>(std::move(descriptor));
  }

  Result<std::unique_ptr<DirectoryLock>> lock_for_reading(const std::string& path) override {
    Descriptor descriptor(open_retrying(path, O_RDONLY));
    if (descriptor.get() < 0 && errno == ENOENT) return std::make_unique<DirectoryLock>();
    if (descriptor.get() < 0) return os_failure("open", path, errno);
    STELE_TRY(take_lock(descriptor, F_RDLCK, path));
    return std::make_unique<PosixLock>(std::move(descriptor));
  }

  uint8_t* take_scratch(const std::string& directory, uint64_t size) override {
    return map_unnamed_file(directory, size);
  }
  void give_back_scratch(uint8_t* memory, uint64_t size) noexcept override {
    unmap_unnamed_file(memory, size);
  }
};

}  // namespace

FileSystem& posix_file_system() {
  static auto* files = new PosixFileSystem;  // Never destroyed: see posix_environment().
  return *files;
}

}  // namespace stele::os
