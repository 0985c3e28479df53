// Writes groups of frames to the end of the log, and turns spares into segments when one is full.
//
// Who sequences a commit decides where its frame goes, so that there is room for it before it has a
// TSN: either in the open segment, or at the start of a spare that comes with it.
//
//     sequencer:  room_for(frame) <= room left ?  else spares().take(), Placed::segment
//     leader:     write(group)      seal, write, sync
//
// Threads: one at a time; the commit pipeline lets one leader in. What any thread may call says so.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/environment.h"
#include "wal/closed_segments.h"
#include "wal/recovery.h"
#include "wal/segment.h"
#include "wal/spares.h"

namespace stele::wal {

// A frame and its place.
struct Placed {
  ByteSpan frame;
  std::unique_ptr<Spare> segment;  // Set: the frame is the first of this new segment.
};

// The bytes of frames that a segment file of `size` has room for. The watermark at its end, which a
// close writes, always has its place.
[[nodiscard]] constexpr uint64_t segment_room(uint64_t size) {
  return size - kSegmentHeaderSize - kFrameHeaderSize;
}

// The size of a segment file that has room for `bytes` of frames.
[[nodiscard]] constexpr uint64_t segment_size_for(uint64_t bytes) {
  return bytes + kSegmentHeaderSize + kFrameHeaderSize;
}

struct WriterStats {
  uint64_t syncs;
  uint64_t sync_us;      // In all.
  uint64_t sync_us_max;  // The slowest.
  uint64_t segments;     // There are.
  uint64_t log_bytes;    // In use in them.
  uint64_t written;      // Bytes of commits, through this writer.
};

class Writer {
 public:
  struct Options {
    std::string directory;
    Uuid uuid;
    uint64_t segment_size;
    bool keep_segments = false;  // Released ones keep their bytes, under another name.
    bool fill = true;            // Spares are written with zeros where that pays.
  };

  // Continues the log at `end`. Nothing is written before the first frame. A recovered segment is
  // never written to again, so that no remains behind its end can come to life.
  Writer(const os::Environment& environment, Options options, const LogEnd& end);

  // Writes the pending commits, those behind end.durable.tsn, into a new segment and syncs it: one
  // segment, whatever its size, for as soon as that has its name they do not count in the old one.
  // FULL: there is no room, and nothing has changed. Requires: called first if there are any;
  // frames in order, without gaps.
  Status rewrite_pending(std::span<const ByteSpan> frames);

  // Seals the frames and writes them; if `durable`, all that was written is on stable storage when
  // this returns. After a failure the log's end is unknown and the writer must not be used again.
  Status write(std::span<Placed> frames, bool durable);

  // Brings everything written to stable storage. A failure is as one of write().
  Status sync();

  // Syncs, then writes and syncs a watermark frame unless the log ends with one: from then on
  // damage to any commit can be told from a torn write. Requires: the caller set kFrameHeaderSize
  // bytes of the room aside, or this is the end.
  Status mark();

  // Marks the end and gives room that was not used back to the disk.
  Status close();

  // Nobody needs commits up to `tsn` from the log any more. Threads: any.
  Status release(uint64_t tsn);

  // The room left behind the last frame written.
  [[nodiscard]] uint64_t room() const;
  [[nodiscard]] bool is_marked() const { return file_ == nullptr || marked_tsn_ == chain_.tsn; }
  [[nodiscard]] uint64_t durable_tsn() const { return durable_tsn_; }

  // Threads: any, for all that follows.
  [[nodiscard]] Spares& spares() { return spares_; }
  // Writes zeros into the next spare, to be as far in it as the log in its segment, twice over.
  void fill_ahead();
  // The size of the next segment: a quarter of the log or less, so that a small one takes little
  // room, and that most of it can be released.
  [[nodiscard]] uint64_t next_segment_size() const;
  [[nodiscard]] WriterStats stats() const;
  // The last place behind a group of commits, as far as it is written: see recovery.h. What is in
  // front of it is as durable as its commit. Segment 0 in a log without segments.
  [[nodiscard]] LogPlace place() const;
  // The last place remembered behind `tsn` or an earlier commit; of the newest kPlaces groups each
  // has one.
  [[nodiscard]] std::optional<LogPlace> place_of(uint64_t tsn) const;

  static constexpr size_t kPlaces = 64;

 private:
  // What segments are to have as long as nothing else speaks for another size.
  [[nodiscard]] uint64_t size_for_log() const;
  // Makes the spare a segment with these frames in it.
  Status start_segment(std::unique_ptr<Spare> spare, std::span<const ByteSpan> frames);
  Result<SegmentHeader> next_header(bool reused);
  // Seals and writes the frames at the end of the open segment, behind `header` if there is one.
  Status append(ByteView header, std::span<const ByteSpan> frames);
  // Remembers the place behind the commits that were written, in a segment that has its name.
  void remember_place();
  Status sync_file(os::File& file, os::SyncSite site);
  Status sync_open(os::SyncSite site);
  // The last segment that was recovered has a successor: its room is not needed any more. Does
  // nothing if `segment`, the one before the open one, is another.
  void trim_recovered(const ClosedSegment& segment);

  os::Environment environment_;
  Options options_;
  Spares spares_;
  ClosedSegments closed_;

  std::unique_ptr<os::File> file_;  // The open segment; null until the first frame.
  uint64_t capacity_ = 0;           // Of the open segment.
  uint64_t number_;                 // Of the open segment, or of the last one before.
  uint64_t salt_ = 0;
  uint64_t end_;          // Where the next frame goes, or where the recovered segment ends.
  Chain chain_;           // Behind the last frame written.
  uint64_t durable_tsn_;  // Every commit up to it is on stable storage.
  uint64_t marked_tsn_;   // The highest watermark in the log.
  bool unsynced_ = false;
  bool names_durable_ = false;  // Those that recovery found.
  uint64_t recovered_size_;     // Of the last segment that was recovered.

  mutable std::mutex places_mutex_;
  std::array<LogPlace, kPlaces> places_ = {};  // A ring; both under places_mutex_.
  size_t next_place_ = 0;                      // The oldest, if it has come round.

  std::atomic<uint64_t> syncs_ = 0;
  std::atomic<uint64_t> sync_us_ = 0;
  std::atomic<uint64_t> sync_us_max_ = 0;
  std::atomic<uint64_t> open_bytes_;  // In use in the newest segment.
  std::atomic<bool> has_segment_;
  std::atomic<uint64_t> written_ = 0;
  // What size_for_log() was when segments were released: the log is likely to be as large again,
  // and files that are long enough for that from the start need not grow on the way.
  std::atomic<uint64_t> size_before_release_ = 0;
  std::atomic<uint64_t> taken_ = 0;  // By the files of segments that this writer has begun.
};

}  // namespace stele::wal
