// The segments behind the open one: which commits each holds, and what becomes of them when nobody
// needs those any more.
//
//     released, and kept on request   ->  00000001.kept, which nobody looks at
//     released, of the usual size     ->  a spare, which becomes a segment again; up to a number
//     released otherwise              ->  removed
//
// The floor is the lowest commit that somebody still needs from the log. It is the caller's to
// know: recovery must be told at least the same one.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "base/result.h"
#include "os/file.h"
#include "wal/spares.h"

namespace stele::wal {

struct ClosedSegment {
  uint64_t number;
  uint64_t last_tsn;  // The last commit that counts in it.
  uint64_t bytes;     // That count, header included.
};

class ClosedSegments {
 public:
  ClosedSegments(os::FileSystem& files, std::string directory, bool keep)
      : files_(files), directory_(std::move(directory)), keep_(keep) {}

  void add(const ClosedSegment& segment);

  // Gives up every segment whose commits are all <= `tsn`, oldest first. Those of `spare_size`
  // bytes become spares until three are ready: two always are, made ahead, and it is the third that
  // a log at work takes again and again.
  Status release(uint64_t tsn, Spares& spares, uint64_t spare_size);

  [[nodiscard]] uint64_t count() const;
  [[nodiscard]] uint64_t bytes() const;

 private:
  Status give_up(const ClosedSegment& segment, Spares& spares, uint64_t spare_size);
  Status recycle(const std::string& path, std::unique_ptr<os::File> file, uint64_t size,
                 Spares& spares);

  os::FileSystem& files_;
  std::string directory_;
  bool keep_;
  std::mutex releasing_;  // One at a time.
  mutable std::mutex mutex_;
  std::deque<ClosedSegment> segments_;  // Oldest first. Guarded by mutex_.
};

}  // namespace stele::wal
