// The files and locks that a simulated disk hands out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "os/file.h"
#include "sim/sim_disk.h"

namespace stele::sim {

class SimFile final : public os::File {
 public:
  SimFile(SimDisk& disk, uint64_t process, NodePointer node, std::string path, bool writable)
      : disk_(disk),
        process_(process),
        node_(std::move(node)),
        path_(std::move(path)),
        writable_(writable) {}

  Result<size_t> read_at(uint64_t offset, ByteSpan into) override;
  Status write_at(uint64_t offset, std::span<const ByteView> pieces) override;
  Status sync(os::SyncSite site) override;
  Status resize(uint64_t size) override;
  Status allocate(uint64_t size) override;
  void write_back() override {}  // Whether a page is on the disk already is not to be relied on.
  void will_need(uint64_t /*offset*/, uint64_t /*size*/) override {}
  Result<uint64_t> size() override;
  const std::string& path() const override { return path_; }

 private:
  SimDisk& disk_;
  uint64_t process_;  // The one that opened it.
  NodePointer node_;
  std::string path_;
  bool writable_;
};

class SimLock final : public os::DirectoryLock {
 public:
  SimLock(SimDisk& disk, uint64_t process, std::string path, bool is_shared)
      : disk_(disk), process_(process), path_(std::move(path)), is_shared_(is_shared) {}
  ~SimLock() override;

 private:
  SimDisk& disk_;
  uint64_t process_;
  std::string path_;
  bool is_shared_;
};

}  // namespace stele::sim
