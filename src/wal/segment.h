// A segment: one file of the log, its header and its name.
//
//    0                8                16                              32
//    +----------------+--------+-------+--------------------------------+
//    |   "STELEWAL"   | format |   0   |         database uuid          |
//    +----------------+--------+-------+--------------------------------+
//    |     number     |      salt      |   first TSN    |  previous end  |
//    +----------------+----------------+----------------+----------------+
//    | prev. checksum | reused |  zeros ...             |    checksum    |
//    +----------------+---------------------------------+----------------+  4096, then frames
//
//    I1  A segment exists under its name only when its header is on stable storage.
//    I2  What counts in segment n-1 ends at `previous end`, with a frame whose checksum is
//        `prev. checksum`; it was on stable storage before segment n was used. Bytes behind it are
//        remains of a torn write.
//
// On disk: docs/format.md, "Segment".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "os/file.h"
#include "wal/frame.h"

namespace stele::wal {

using Uuid = std::array<uint8_t, 16>;

inline constexpr uint32_t kFormatVersion = 1;
inline constexpr size_t kSegmentHeaderSize = 4096;

struct SegmentHeader {
  Uuid uuid;
  uint64_t number;
  uint64_t salt;
  uint64_t first_tsn;
  uint64_t previous_end;       // Bytes of the segment before that count; 0 for the first one.
  uint64_t previous_checksum;  // Of the last frame that counts there; 0 for the first one.
  bool reused;                 // The file held something else before.
};

// A place in the log, behind the frame of a commit that is durable or in front of a segment's first
// frame: whoever needs only what follows may begin to read there.
struct LogPlace {
  uint64_t segment = 0;  // Its number; 0: no place.
  uint64_t offset = 0;   // In its file.
  Chain chain = {};      // Behind the commit before.
  friend bool operator==(const LogPlace&, const LogPlace&) = default;
};

using SegmentHeaderBytes = std::array<uint8_t, kSegmentHeaderSize>;

[[nodiscard]] SegmentHeaderBytes encode_segment_header(const SegmentHeader& header);

// Decodes the header of the segment file at `path` (for messages) that should be number `number` of
// the database `uuid`.
[[nodiscard]] Result<SegmentHeader> decode_segment_header(ByteView bytes, const std::string& path,
                                                          const Uuid& uuid, uint64_t number);

// Returns the path of a segment: directory/00000001.wal.
[[nodiscard]] std::string segment_path(const std::string& directory, uint64_t number);

// The name of a segment that nobody needs but that was to be kept: directory/00000001.kept.
[[nodiscard]] std::string kept_segment_path(const std::string& directory, uint64_t number);

// What the names in the log's directory say is there. Other names are left alone.
struct LogFiles {
  std::vector<uint64_t> segments;  // Ascending.
  std::vector<uint64_t> spares;    // Ascending.
};
[[nodiscard]] Result<LogFiles> list_log(os::FileSystem& files, const std::string& directory);

}  // namespace stele::wal
