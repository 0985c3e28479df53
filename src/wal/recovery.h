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
//
// Where the reading begins: at the header of the segment that holds the first commit needed; or at
// a place inside it that the caller remembers, behind a commit that is not needed:
//
//     | header | 5 | 6 | 7 | 8 | 9 | 10 | room
//                        ^ place, behind commit 7; floor >= 7
//
// Such a place is believed only where it is proved: a whole frame stands there, under the salt of
// that segment, and continues the chain that the place names. Its `prev. checksum` is 64 bits over
// everything before, so no frame of another place, life or history does. Without that proof
// (another log, a file cut short, nothing behind the place, a torn frame) the scan begins at the
// header, as if there were no place. So the judgement is the same in both ways: behind the place
// the same frames are read with the same chain, X is behind it, and so are the frames that may know
// X to have been durable. The one difference is damage before the place, which only the scan from
// the header meets: to bytes that nobody needs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/file.h"
#include "os/scratch.h"
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
  Chain durable;               // The chain at that end: all commits up to durable.tsn are durable;
                               // never below the floor.
  uint64_t last_tsn = 0;       // The last whole commit; those behind durable.tsn are pending.
  uint64_t cut = 0;            // Bytes behind the last whole frame that are not room: torn writes.
  std::vector<ClosedSegment> closed;  // The segments before it, oldest first.
  std::vector<uint64_t> unneeded;     // Numbers of segments before the floor that are still there.
  std::vector<uint64_t> spares;       // The numbers of the spares there are.
  friend bool operator==(const LogEnd&, const LogEnd&) = default;
};

// What of a log is needed.
struct LogStart {
  // Commits up to it are known to be durable, and nobody needs them from the log.
  uint64_t floor = 0;
  // Where to begin reading, behind a commit <= floor, if known: Writer::place_of. One that does not
  // fit does no harm. The nearer to the floor it is, the less is read.
  std::optional<LogPlace> place = {};
};

// Receives every whole commit frame, in order. The bytes live for the call only. Those up to the
// floor come, too, when they are behind the place where the reading begins.
using FrameSink = std::function<Status(const FrameView& frame)>;

// Reads the log in `directory` from the segment on that holds commit `start.floor` + 1. A log that
// ends before the floor is CORRUPT. Writes nothing; frames too large for memory are read into
// `scratch`, if there is one.
[[nodiscard]] Result<LogEnd> recover(os::FileSystem& files, const std::string& directory,
                                     const Uuid& uuid, const LogStart& start, const FrameSink& sink,
                                     os::ScratchPtr scratch = nullptr);

}  // namespace stele::wal
