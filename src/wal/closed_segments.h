// The segments behind the open one: which commits each holds, and what becomes of them when nobody
// needs those any more.
//
//     released, and kept on request            ->  00000001.kept, which nobody looks at
//     released, not small, and room is wanted  ->  a spare, which becomes a segment again
//     released otherwise                       ->  removed
//
// Room is wanted for what the log takes between one release and the next: a log that goes through
// cycles of writing and releasing then needs no other files than those it has, and one that had
// grown because somebody held it back gives most of its room to the disk when it is released.
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
#include <vector>

#include "base/result.h"
#include "os/file.h"
#include "wal/spares.h"

namespace stele::wal {

struct ClosedSegment {
  uint64_t number;
  uint64_t last_tsn;  // The last commit that counts in it.
  uint64_t bytes;     // That count, header included.
  friend bool operator==(const ClosedSegment&, const ClosedSegment&) = default;
};

// What a log needs room for, as far as its writer knows.
struct RoomNeed {
  uint64_t segment_size;  // That the next segment is to have.
  uint64_t size_max;      // Longer ones are left from a very long frame.
  uint64_t taken;         // By the segments that were begun, ever.
};

class ClosedSegments {
 public:
  // `demand`: how much the log is thought to take between two releases, at first.
  ClosedSegments(os::FileSystem& files, std::string directory, bool keep, uint64_t demand)
      : files_(files), directory_(std::move(directory)), keep_(keep), demand_(demand) {}

  void add(const ClosedSegment& segment);

  // Gives up every segment whose commits are all <= `tsn`, oldest first.
  Status release(uint64_t tsn, Spares& spares, const RoomNeed& need);

  [[nodiscard]] uint64_t count() const;
  [[nodiscard]] uint64_t bytes() const;

 private:
  struct Recycled {
    uint64_t number;
    uint64_t size;
  };
  // Returns how much room for spares is wanted.
  uint64_t room_wanted(const RoomNeed& need);
  // Gives up one, and adds it to `recycled` if it has a spare's name now. `room` is what spares may
  // still take.
  Status give_up(const ClosedSegment& segment, Spares& spares, const RoomNeed& need, uint64_t& room,
                 std::vector<Recycled>& recycled);

  os::FileSystem& files_;
  std::string directory_;
  bool keep_;
  std::mutex releasing_;  // One at a time.
  // What the log takes between two releases, at most, as of late; and RoomNeed::taken at the last
  // one. Guarded by releasing_.
  uint64_t demand_;
  uint64_t taken_before_ = 0;
  mutable std::mutex mutex_;
  std::deque<ClosedSegment> segments_;  // Oldest first. Guarded by mutex_.
};

}  // namespace stele::wal
