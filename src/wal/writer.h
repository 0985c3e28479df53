// Writes groups of frames to the end of the log, and starts a new segment when one is full.
//
// Threads: one at a time; the commit pipeline lets one leader in.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "os/environment.h"
#include "wal/recovery.h"
#include "wal/segment.h"

namespace stele::wal {

class Writer {
 public:
  struct Options {
    std::string directory;
    Uuid uuid;
    uint64_t segment_size;
  };

  // Continues the log at `end`. Nothing is written before the first frame. A recovered segment is
  // never written to again, so that no remains behind its end can come to life.
  Writer(const os::Environment& environment, Options options, const LogEnd& end);

  // Writes the pending commits, those behind end.durable.tsn, into a new segment and syncs it: one
  // segment, whatever its size, for as soon as that has its name they do not count in the old one.
  // Requires: called first if there are any; frames in order, without gaps.
  Status rewrite_pending(std::span<const ByteSpan> frames);

  // Seals the frames, writes them and syncs. On success every one of them is on stable storage.
  // After a failure the log's end is unknown and the writer must not be used again.
  Status write_group(std::span<const ByteSpan> frames);

  // Writes and syncs a watermark frame, unless the log ends with one: from then on damage to any
  // commit can be told from a torn write.
  Status mark_end();

  [[nodiscard]] uint64_t durable_tsn() const { return durable_tsn_; }
  // Figures for stats; may be read by any thread.
  [[nodiscard]] uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
  [[nodiscard]] uint64_t segments() const { return segments_.load(std::memory_order_relaxed); }
  [[nodiscard]] uint64_t bytes_written() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  // Starts segment number_ + 1 with these frames in it.
  Status start_segment(std::span<const ByteSpan> frames);
  // Seals and writes the frames at the end of the open segment.
  Status append(std::span<const ByteSpan> frames);
  // Returns how many of the frames fit between `offset` and the end of the segment.
  [[nodiscard]] size_t count_fitting(std::span<const ByteSpan> frames, uint64_t offset) const;
  Status sync(os::SyncSite site);

  os::Environment environment_;
  Options options_;

  std::unique_ptr<os::File> file_;  // The open segment; null until the first frame.
  uint64_t number_;                 // Of the open segment, or of the last one before.
  uint64_t salt_ = 0;
  uint64_t end_;          // Where the next frame goes, or where the recovered segment ends.
  Chain chain_;           // Behind the last frame written.
  uint64_t durable_tsn_;  // Every commit up to it is on stable storage.
  uint64_t marked_tsn_;   // The highest watermark in the log.

  std::atomic<uint64_t> syncs_ = 0;
  std::atomic<uint64_t> segments_;
  std::atomic<uint64_t> bytes_ = 0;
};

}  // namespace stele::wal
