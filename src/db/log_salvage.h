// What can still be read of a damaged log: every whole commit frame of every segment whose header
// is whole, whatever is between them.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/file.h"
#include "wal/segment.h"

namespace stele::db {

class LogSalvage {
 public:
  // `files` must outlive it. A log that is missing has nothing.
  LogSalvage(os::FileSystem& files, std::string directory, const wal::Uuid& uuid);

  // Looks at the next segment. Returns false when all were looked at.
  bool scan();
  // Bytes of the segments looked at, and of all.
  [[nodiscard]] uint64_t bytes_done() const { return bytes_done_; }
  [[nodiscard]] uint64_t bytes_total() const { return bytes_total_; }
  // Segments that could not be opened, and stretches between whole frames.
  [[nodiscard]] uint64_t damaged() const { return damaged_; }

  // The rest requires that all was looked at. ---------------------------------------------------

  // Returns the payload of a commit, if a whole frame has it.
  std::optional<std::vector<uint8_t>> commit(uint64_t tsn);
  // Returns the first commit >= `from` that there is, or 0.
  [[nodiscard]] uint64_t next_commit(uint64_t from) const;
  // The last commit that a frame says was durable.
  [[nodiscard]] uint64_t durable_tsn() const { return durable_tsn_; }

 private:
  struct Place {
    uint64_t tsn;
    uint64_t segment;
    uint64_t offset;
    uint64_t size;
    uint64_t salt;
  };
  void look_at(uint64_t number);

  os::FileSystem& files_;
  std::string directory_;
  wal::Uuid uuid_;
  std::vector<uint64_t> segments_;
  size_t next_ = 0;
  uint64_t bytes_done_ = 0;
  uint64_t bytes_total_ = 0;
  uint64_t damaged_ = 0;
  uint64_t durable_tsn_ = 0;
  std::vector<Place> places_;  // By TSN, each once.
  std::unique_ptr<os::File> file_;
  uint64_t file_number_ = 0;  // Of the segment that file_ is; 0: none.
};

}  // namespace stele::db
