// Recovery: finds out what of the log counts after the last process ended, in whatever way.
//
// All segments but the last are closed: each must hold whole frames up to the end that the next one
// names. The last one ends in room for more, or in a torn write. Where its frames stop, at X, one
// of these is true:
//
//     zeros, the end of the file, or bytes that are not the next frame
//       and no later frame knows X to have been durable   ->  torn: cut, it was never acknowledged
//       and some later frame does                         ->  damage: CORRUPT, nothing is cut
//
// Commits beyond the last watermark are whole, but perhaps only in the page cache of a disk whose
// sync failed. They are `pending`: the writer repeats them in a new segment before anyone sees
// them.
//
// What cannot be told apart: damage to the newest group of commits, while no later frame has been
// written. A close writes one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/file.h"
#include "wal/closed_segments.h"
#include "wal/frame.h"
#include "wal/segment.h"

namespace stele::wal {

// What a new segment must continue.
struct LogEnd {
  uint64_t first_segment = 0;  // Number of the oldest segment that was read; 0 when there is none.
  uint64_t last_segment = 0;   // Number of the newest segment; 0 when there is none.
  uint64_t first_tsn = 0;      // That its header names.
  uint64_t file_size = 0;      // Of the newest segment.
  uint64_t end = 0;            // Bytes of it that count and are durable.
  Chain durable;               // The chain at that end: all commits up to durable.tsn are durable.
  uint64_t last_tsn = 0;       // The last whole commit; those behind durable.tsn are pending.
  uint64_t cut = 0;            // Bytes behind the last whole frame that are not room: torn writes.
  std::vector<ClosedSegment> closed;  // The segments before it, oldest first.
  std::vector<uint64_t> unneeded;     // Numbers of segments before the floor that are still there.
  std::vector<uint64_t> spares;       // The numbers of the spares there are.
};

// Receives every whole commit frame, in order. The bytes live for the call only.
using FrameSink = std::function<Status(const FrameView& frame)>;

// Reads the log in `directory` from the segment on that holds commit `floor` + 1; nobody needs
// those before. Commits up to `floor` are known to be durable: a log that ends before it is
// CORRUPT. Writes nothing.
[[nodiscard]] Result<LogEnd> recover(os::FileSystem& files, const std::string& directory,
                                     const Uuid& uuid, uint64_t floor, const FrameSink& sink);

}  // namespace stele::wal
