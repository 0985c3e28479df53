// The machine's files without their syncs: what is written stays in the page cache.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "os/environment.h"
#include "os/file.h"

namespace stele::bench {

class UnsyncedFiles final : public os::FileSystem {
 public:
  Result<std::unique_ptr<os::File>> open(const std::string& path, os::OpenFor purpose) override {
    auto file = files_.open(path, purpose);
    if (!file) return file;
    return std::make_unique<UnsyncedFile>(*std::move(file));
  }
  Result<os::FileKind> kind(const std::string& path) override { return files_.kind(path); }
  Result<std::vector<std::string>> list(const std::string& path) override {
    return files_.list(path);
  }
  Status create_directory(const std::string& path) override {
    return files_.create_directory(path);
  }
  Status rename(const std::string& from, const std::string& to) override {
    return files_.rename(from, to);
  }
  Status remove(const std::string& path) override { return files_.remove(path); }
  Status sync_directory(const std::string& /*path*/, os::SyncSite /*site*/) override { return {}; }
  Result<std::unique_ptr<os::DirectoryLock>> lock(const std::string& path) override {
    return files_.lock(path);
  }
  Result<std::unique_ptr<os::DirectoryLock>> lock_for_reading(const std::string& path) override {
    return files_.lock_for_reading(path);
  }

 private:
  class UnsyncedFile final : public os::File {
   public:
    explicit UnsyncedFile(std::unique_ptr<os::File> file) : file_(std::move(file)) {}
    Result<size_t> read_at(uint64_t offset, ByteSpan into) override {
      return file_->read_at(offset, into);
    }
    Status write_at(uint64_t offset, std::span<const ByteView> pieces) override {
      return file_->write_at(offset, pieces);
    }
    Status sync(os::SyncSite /*site*/) override { return {}; }
    Status resize(uint64_t size) override { return file_->resize(size); }
    Status allocate(uint64_t size) override { return file_->allocate(size); }
    void write_back() override {}
    void will_need(uint64_t offset, uint64_t size) override { file_->will_need(offset, size); }
    Result<uint64_t> size() override { return file_->size(); }
    const std::string& path() const override { return file_->path(); }

   private:
    std::unique_ptr<os::File> file_;
  };

  os::FileSystem& files_ = *os::posix_environment().files;
};

}  // namespace stele::bench
