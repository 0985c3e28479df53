// The commit pipeline: guards, order, log, visibility.
//
//      callers          sequencer (one lock)                leader (one of the callers)
//    check guards   ->  check guards over (S, now]      ->  hashes, checksums, write, sync
//    up to S            TSN, positions, recorded            then: visible, wake the group
//                       build the frame, index it
//
// Commits that arrive while a group is being written gather in the next one, and one of their
// callers leads it when the first is done: the busier the device, the larger the groups, without
// any timer.
//
//    I1  At most one group is being written; groups are written in TSN order.
//    I2  A TSN becomes visible only when its frame is on stable storage, and in order.
//    I3  No answer rests on a commit that is not durable: a rejection waits for the commit that is
//    its
//        reason.
//    I4  After a failed write nothing more is written, and what was sequenced but not durable never
//        becomes visible.
//
// Group commit by leader and followers: DeWitt et al., "Implementation techniques for main memory
// database systems" (SIGMOD 1984), section 5.2.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/stable_vector.h"
#include "engine/batch.h"
#include "engine/frame_arena.h"
#include "os/environment.h"
#include "wal/writer.h"

namespace stele::engine {

struct PipelineStats {
  uint64_t commits;
  uint64_t rejected;
  uint64_t groups;
  uint64_t syncs;
  uint64_t wal_segments;
  uint64_t wal_bytes;  // Written through this handle.
  uint64_t tail_bytes;
};

class Pipeline {
 public:
  // `genesis` is the chained root before the first commit.
  Pipeline(const os::Environment& environment, const Digest& genesis);

  // Adds a commit that recovery read from the log. Requires: before start(), in order.
  Status replay(const wal::FrameView& frame, std::span<Participant* const> participants);

  // Takes over the log where recovery found its end, and makes pending commits durable.
  Status start(wal::Writer::Options options, const wal::LogEnd& end);

  // Commits a batch. Returns its stamp when it is durable and visible. Threads: any.
  Result<Stamp> commit(const Batch& batch);

  // Waits for commits in progress, refuses later ones with CLOSED and marks the end of the log.
  Status stop();

  [[nodiscard]] Snapshot snapshot() const;
  // Returns the stamp of a visible commit. Requires: 1 <= tsn <= snapshot().tsn.
  [[nodiscard]] Stamp stamp_of(uint64_t tsn) const;
  // Returns the chained root of a visible commit. Requires: as stamp_of.
  [[nodiscard]] Digest root_of(uint64_t tsn) const;
  [[nodiscard]] PipelineStats stats() const;

 private:
  struct Pending {
    ByteSpan frame;
    Stamp stamp;
    std::vector<Part*> parts;
    std::vector<ByteSpan> sections;
  };
  struct Group {
    std::vector<Pending> commits;
    std::condition_variable done_signal;
    bool done = false;
    std::optional<Error> failure;  // What its callers are told, when it was not written.
  };
  using Lock = std::unique_lock<std::mutex>;

  // All of these run under mutex_.
  [[nodiscard]] Status refuse_to_write() const;
  [[nodiscard]] Snapshot sequenced() const;
  Result<Stamp> sequence(const Batch& batch);
  void build_frame(const Batch& batch, Pending& pending);
  Status wait_until_durable(Lock& lock, uint64_t tsn);
  Status wait_for(Lock& lock, const std::shared_ptr<Group>& group);
  void lead(Lock& lock);

  // Runs without the lock, by one leader at a time.
  Status write(Group& group);
  void seal(Pending& pending);

  os::Environment environment_;
  std::unique_ptr<wal::Writer> writer_;  // Belongs to the leader.
  Digest root_;                          // Chained root behind the last sealed frame. The leader's.

  mutable std::mutex mutex_;
  FrameArena arena_;
  StableVector<const uint8_t*> commits_;  // Payload of commit TSN at [TSN - 1].
  uint64_t next_position_ = 1;
  int64_t last_recorded_ = INT64_MIN;
  std::shared_ptr<Group> filling_ = std::make_shared<Group>();
  std::shared_ptr<Group> next_group_;  // There when filling_ holds a commit: leading cannot fail.
  std::shared_ptr<Group> writing_;     // Null when no leader is at work.
  std::optional<Error> failure_;       // Why this handle cannot write any more.
  bool stopped_ = false;

  std::atomic<uint64_t> visible_tsn_ = 0;
  std::atomic<uint64_t> committed_ = 0;
  std::atomic<uint64_t> rejected_ = 0;
  std::atomic<uint64_t> groups_ = 0;
};

}  // namespace stele::engine
