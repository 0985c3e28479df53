// A file system that fails, waits or throws where a test says so, around the real one.
//
// Counts writes, allocations, syncs and the calls on directories in one order; a plan names the
// n-th of a kind. It does not lose what was not synced: that is a simulated disk's job.
#pragma once

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "os/file.h"
#include "os/posix_file.h"

namespace stele::test {

class FaultFiles final : public os::FileSystem {
 public:
  enum class Call : uint8_t {
    kOpen,
    kWrite,
    kAllocate,
    kSync,
    kRename,
    kSyncDirectory,
    kCreateDirectory
  };
  struct Event {
    Call call;
    std::string path;
    std::optional<os::SyncSite> site = {};  // Of kSync and kSyncDirectory.
  };
  // Says what becomes of a call: nothing (it is made), or an error instead. May block or throw.
  using Judge = std::function<Status(const Event&)>;

  // Asked before every call from now on; null: all are made.
  void set_judge(Judge judge) {
    const std::lock_guard lock(mutex_);
    judge_ = std::make_shared<Judge>(std::move(judge));
  }
  // Calls every sync done without doing it: for tests of threads, which need many commits.
  void skip_syncs() { skips_syncs_ = true; }
  // Of how many bytes it was said that they are read soon, which is not passed on.
  [[nodiscard]] uint64_t told_bytes() const { return told_bytes_; }
  void let_all_pass() {
    const std::lock_guard lock(mutex_);
    judge_ = nullptr;
  }
  // Fails the `number`-th (from 1) call that `which` accepts, and all that follow it if `for_ever`.
  void fail(uint64_t number, std::function<bool(const Event&)> which, bool for_ever,
            int os_errno = EIO) {
    auto seen = std::make_shared<std::atomic<uint64_t>>(0);
    set_judge([=](const Event& event) -> Status {
      if (!which(event)) return {};
      const uint64_t now = seen->fetch_add(1) + 1;
      if (now != number && !(for_ever && now > number)) return {};
      const Code code = os_errno == ENOSPC ? Code::kFull : Code::kIo;
      return stele::fail(Error(code, cat("told to fail: ", event.path)).with_os_errno(os_errno));
    });
  }

  static bool is_write(const Event& event) { return event.call == Call::kWrite; }
  static bool is_sync(const Event& event) { return event.call == Call::kSync; }
  static bool is_change(const Event& event) { return event.call != Call::kOpen; }

  Result<std::unique_ptr<os::File>> open(const std::string& path, os::OpenFor purpose) override {
    STELE_TRY(judge({Call::kOpen, path}));
    auto file = files_.open(path, purpose);
    if (!file) return stele::fail(std::move(file).error());
    return std::make_unique<FaultFile>(*this, *std::move(file));
  }
  Result<os::FileKind> kind(const std::string& path) override { return files_.kind(path); }
  Result<std::vector<std::string>> list(const std::string& path) override {
    return files_.list(path);
  }
  Status create_directory(const std::string& path) override {
    STELE_TRY(judge({Call::kCreateDirectory, path}));
    return files_.create_directory(path);
  }
  Status rename(const std::string& from, const std::string& to) override {
    STELE_TRY(judge({Call::kRename, from}));
    return files_.rename(from, to);
  }
  Status remove(const std::string& path) override { return files_.remove(path); }
  Status sync_directory(const std::string& path, os::SyncSite site) override {
    STELE_TRY(judge({Call::kSyncDirectory, path, site}));
    return files_.sync_directory(path, site);
  }
  Result<std::unique_ptr<os::DirectoryLock>> lock(const std::string& path) override {
    return files_.lock(path);
  }
  Result<std::unique_ptr<os::DirectoryLock>> lock_for_reading(const std::string& path) override {
    return files_.lock_for_reading(path);
  }

 private:
  class FaultFile final : public os::File {
   public:
    FaultFile(FaultFiles& owner, std::unique_ptr<os::File> file)
        : owner_(owner), file_(std::move(file)) {}
    Result<size_t> read_at(uint64_t offset, ByteSpan into) override {
      return file_->read_at(offset, into);
    }
    Status write_at(uint64_t offset, std::span<const ByteView> pieces) override {
      STELE_TRY(owner_.judge({Call::kWrite, file_->path()}));
      return file_->write_at(offset, pieces);
    }
    Status sync(os::SyncSite site) override {
      STELE_TRY(owner_.judge({Call::kSync, file_->path(), site}));
      if (owner_.skips_syncs_) return {};
      return file_->sync(site);
    }
    Status resize(uint64_t size) override { return file_->resize(size); }
    Status allocate(uint64_t size) override {
      STELE_TRY(owner_.judge({Call::kAllocate, file_->path()}));
      return file_->allocate(size);
    }
    void write_back() override {
      if (!owner_.skips_syncs_) file_->write_back();
    }
    void will_need(uint64_t /*offset*/, uint64_t size) override { owner_.told_bytes_ += size; }
    Result<uint64_t> size() override { return file_->size(); }
    const std::string& path() const override { return file_->path(); }

   private:
    FaultFiles& owner_;
    std::unique_ptr<os::File> file_;
  };

  Status judge(const Event& event) {
    std::shared_ptr<Judge> judge;
    {
      const std::lock_guard lock(mutex_);
      judge = judge_;
    }
    return judge == nullptr ? Status() : (*judge)(event);
  }

  os::FileSystem& files_ = os::posix_file_system();
  std::mutex mutex_;
  std::shared_ptr<Judge> judge_;
  std::atomic<bool> skips_syncs_ = false;
  std::atomic<uint64_t> told_bytes_ = 0;
};

// A door that holds the calls that come to it until it is opened.
class Gate {
 public:
  // Waits until the gate is open, and counts who came.
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  // Returns when `count` calls have come to the gate.
  void wait_for(uint64_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t arrived_ = 0;
  bool open_ = false;
};

}  // namespace stele::test
