// The commit pipeline: guards, order, log, visibility.
//
//      callers          sequencer (one lock)                leader (a caller, or the log thread)
//    check guards   ->  check guards over (S, now]      ->  hashes, checksums, write, sync
//    up to S            room, TSN, positions, recorded      then: visible, wake the group
//                       build the frame, index it
//
// Commits that arrive while a group is being written gather in the next one, and one of their
// callers leads it when the first is done: the busier the device, the larger the groups, without
// any timer.
//
//    I1  At most one group is being written; groups are written in TSN order.
//    I2  A TSN becomes visible only when its frame is in the log as durably as the strongest of its
//        group asked, and in order.
//    I3  No answer rests on a commit that is not durable: a rejection, and the first result of a
//        repeated key, wait for the commit that is their reason, at every level.
//    I4  After a failed write nothing more is written, and what was sequenced but not written never
//        becomes visible.
//    I5  A commit is sequenced only when there is room for its frame; a full disk refuses it
//    before.
//
// Group commit by leader and followers: DeWitt et al., "Implementation techniques for main memory
// database systems" (SIGMOD 1984), section 5.2.
//
// Sources: pipeline.cpp (start, stop, figures), sequencer.cpp, leader.cpp, background.cpp.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "base/result.h"
#include "engine/batch.h"
#include "engine/chunk.h"
#include "engine/group.h"
#include "engine/recorded_clock.h"
#include "engine/snapshot.h"
#include "engine/view.h"
#include "engine/watchers.h"
#include "os/environment.h"
#include "os/scratch.h"
#include "wal/writer.h"

namespace stele::engine {

struct PipelineOptions {
  Durability durability = Durability::kSync;  // What a commit asks for that does not say.
  uint64_t interval_us = 100'000;             // Of Durability::kInterval.
  uint64_t buffer_max = uint64_t{64} << 20;   // Bytes sequenced but not written; then callers wait.
  uint64_t tail_max = 0;                      // Bytes of memory for commits; 0: any.
  // A checkpoint is due when the chunk that commits are added to has so many bytes in the log, or
  // takes so much memory; while the one before is still being written, commits wait at twice the
  // memory.
  uint64_t checkpoint_log = uint64_t{64} << 20;
  uint64_t checkpoint_memory = uint64_t{96} << 20;
  uint64_t arena_size = uint64_t{1} << 20;  // Memory for frames is taken so many bytes at a time.
  os::ScratchPtr scratch = nullptr;         // Where frames are that are too large for memory.
  uint64_t clock_jump_max = uint64_t{86'400} * 1'000'000;  // Microseconds; 0: any.
  // Without them: asynchronous commits are led by who submits them, spares are made by who needs
  // them, and neither intervals nor idle watermarks exist. For tests that must be reproducible.
  bool background_threads = true;
};

struct PipelineStats {
  uint64_t commits;
  uint64_t rejected;
  uint64_t repeated;
  uint64_t groups;
  uint64_t group_max;  // Commits of the largest.
  uint64_t queue;      // Commits that wait to be written now.
  uint64_t tail_bytes;
  uint64_t commit_bytes;  // Of the frames of those commits.
  uint64_t durable_tsn;
  int64_t clock_behind_us;  // How far the wall clock is behind the last commit.
  wal::WriterStats wal;
};

class Pipeline {
 public:
  // `genesis` is the chained root before the first commit; the participants must outlive the
  // pipeline.
  Pipeline(const os::Environment& environment, const PipelineOptions& options,
           const Digest& genesis, std::vector<Participant*> participants);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline();

  // Begins behind what is in the trees. Requires: before replay(), if there are trees.
  Status begin_behind(const std::shared_ptr<const Trees>& trees);

  // Adds a commit that recovery read from the log; one that is in the trees is passed over.
  // Requires: before start(), in order.
  Status replay(const wal::FrameView& frame);

  // Takes over the log where recovery found its end, and makes pending commits durable.
  Status start(wal::Writer::Options options, const wal::LogEnd& end);

  // Or: writes nothing, now or ever. What was read counts as durable, for want of a way to know.
  void start_reading();
  [[nodiscard]] bool writes() const { return writer_ != nullptr; }

  // Commits a batch. Returns its stamp when it is visible, and as durable as asked. A level below
  // that of the options has no effect. Threads: any.
  Result<Committed> commit(const Batch& batch, Durability level);

  // Sequences a batch, or decides that it cannot be; the answer comes with wait(). The batch's
  // parts must outlive the answer, or batch.owner keep them. Threads: any.
  Ticket submit(const Batch& batch, Durability level);
  // Says what commit() would answer now, and commits nothing. A success has the stamp of a batch
  // that was committed before, or no TSN. Threads: any.
  Result<Committed> check_only(const Batch& batch);

  // Waits for the answer, for ever or until the deadline: TIMEOUT. Threads: one at a time a ticket.
  Result<Committed> wait(Ticket& ticket,
                         const std::optional<std::chrono::steady_clock::time_point>& deadline = {});
  [[nodiscard]] bool is_done(const Ticket& ticket) const;
  // Returns whether the answer is there; if not, tells the listener once it is.
  bool listen(Ticket& ticket, Listener& listener);
  void unlisten(Ticket& ticket, Listener& listener);

  // Returns whether a commit behind `tsn` is durable, or none will ever be; if not, tells the
  // listener once it is. It is brought about within the interval of the options. Whatever it
  // returns, the listener must live until unwatch().
  bool watch(uint64_t tsn, Listener& listener);
  void unwatch(Listener& listener) { watchers_.remove(listener); }

  // Has the ticket's group written although nobody may come to wait for it.
  void write_soon(const Ticket& ticket);

  // Brings all commits made so far to stable storage.
  Status sync();
  // Nobody needs commits up to `tsn` from the log any more: their segments are recycled.
  Status release(uint64_t tsn);

  // Waits for commits in progress, refuses later ones with CLOSED and marks the end of the log.
  Status stop();
  // In a child of the process: the threads are not there, and the log is not ours.
  void abandon();

  // Everything that is visible. Whoever wants to read takes this first and then a view, which holds
  // all of it; the other way round, what is visible may be in a chunk that the view does not have.
  [[nodiscard]] Snapshot snapshot() const { return visible_.get(); }
  // The two together, and nothing behind the snapshot is in the view's trees.
  struct Look {
    Snapshot snapshot;
    ViewPtr view;
  };
  [[nodiscard]] Look look() const;
  // The same of what is durable.
  [[nodiscard]] Snapshot durable() const { return durable_.get(); }
  [[nodiscard]] uint64_t durable_tsn() const {
    return durable_tsn_.load(std::memory_order_acquire);
  }
  [[nodiscard]] const Views& views() const { return views_; }
  [[nodiscard]] PipelineStats stats() const;

  // Keeps the log behind a TSN while it lives, for who reads it.
  class LogHold {
   public:
    LogHold(Pipeline& pipeline, uint64_t tsn) : pipeline_(pipeline), tsn_(tsn) {
      const Lock lock(pipeline_.mutex_);
      pipeline_.holds_.insert(tsn_);
    }
    LogHold(const LogHold&) = delete;
    LogHold& operator=(const LogHold&) = delete;
    ~LogHold() { move_to(UINT64_MAX); }
    // From now on only what is behind `tsn`.
    void move_to(uint64_t tsn) {
      const Lock lock(pipeline_.mutex_);
      const auto held = pipeline_.holds_.find(tsn_);
      if (held != pipeline_.holds_.end()) pipeline_.holds_.erase(held);
      tsn_ = tsn;
      if (tsn != UINT64_MAX) pipeline_.holds_.insert(tsn);
    }

   private:
    Pipeline& pipeline_;
    uint64_t tsn_;
  };

  // ---- For checkpoints. ----
  // `checkpoint` is run when one is due: by a thread of the pipeline, or by who commits where there
  // are no threads. Requires: before start().
  void set_checkpoint(std::function<Status()> checkpoint) { checkpoint_ = std::move(checkpoint); }
  // Runs it now, whether it is due or not. However it ends, those who wait for memory learn of it,
  // and one that failed is tried again. Requires: set_checkpoint() was called.
  Status checkpoint();
  // Lets commits go on in a new chunk. Returns the view of which the oldest chunk is frozen by now,
  // null if there is nothing in it. Its commits may still be on their way into the log.
  [[nodiscard]] ViewPtr freeze();
  // The oldest chunk is in these trees. Requires: freeze() returned it, all of it is durable.
  void replace_trees(std::shared_ptr<const Trees> trees);
  // The same trees are in a new generation.
  void renew_trees(std::shared_ptr<Trees> trees);
  // Returns a place in the log behind `tsn` or a commit before it, if one is known.
  [[nodiscard]] std::optional<wal::LogPlace> place_of(uint64_t tsn) const {
    return writer_ == nullptr ? std::nullopt : writer_->place_of(tsn);
  }
  // Returns the bytes in the log that no tree holds yet.
  [[nodiscard]] uint64_t log_behind_trees() const;

 private:
  using Lock = std::unique_lock<std::mutex>;
  using SteadyTime = std::chrono::steady_clock::time_point;

  // Work on the log's files without the lock, which stop() waits for: afterwards they belong to
  // whoever opens the database next.
  class Outside {
   public:
    Outside(Pipeline& pipeline, Lock& lock);
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;
    ~Outside();

   private:
    Pipeline& pipeline_;
    Lock& lock_;
  };

  // The one commit that makes spares: with as many as there are threads, each would make its own.
  class Obtaining {
   public:
    explicit Obtaining(Pipeline& pipeline);
    Obtaining(const Obtaining&) = delete;
    Obtaining& operator=(const Obtaining&) = delete;
    ~Obtaining();

   private:
    Pipeline& pipeline_;
  };
  class HeldSpare;

  // ---- sequencer.cpp: under mutex_, which find_room() gives up in between. ----
  [[nodiscard]] Status refuse_to_write() const;
  [[nodiscard]] Snapshot sequenced() const { return {sequenced_tsn_, next_position_ - 1}; }
  [[nodiscard]] const View& view() const { return *view_; }
  void set_view(ViewPtr view);
  // Returns the snapshot behind a commit in the view. Requires: it was sequenced.
  [[nodiscard]] Snapshot snapshot_behind(uint64_t tsn) const;
  struct Refusal {
    Error error;
    uint64_t tsn = 0;                   // The commit it rests on.
    std::optional<Stamp> earlier = {};  // It is a repetition and no refusal.
  };
  static std::optional<Refusal> check(const View& view, const Batch& batch, const Snapshot& held,
                                      const Snapshot& now);
  // Stores in `refusal` that a commit has stored exactly what the batch asks for, if so.
  static void find_repetition(const View& view, const Batch& batch, uint64_t tsn, Refusal& refusal);
  // A batch on its way through submit().
  struct Submission {
    const Batch& batch;
    Durability level;
    uint64_t length;
    Snapshot held;           // Its guards held there ...
    uint64_t looked_at = 0;  // ... and its parts know what the trees said that were at this TSN.
    Pending* pending = nullptr;  // Once it is sequenced.
  };
  // Returns nothing when there are newer trees than those that the submission knows: look again.
  std::optional<Ticket> submit_locked(Lock& lock, Submission& submission);
  std::optional<Ticket> submit_once(Submission& submission);
  // Counts a refusal and answers it; answer() alone is for a dry run.
  Ticket refused(Refusal refusal);
  Ticket answer(Refusal refusal);
  // Returns true if there is room for the frame: in the segment, or in the spare it then gives.
  // False: the lock was given up, so look again, with what `spare` holds by now. FULL, NO_MEMORY:
  // there is none.
  Result<bool> find_room(Lock& lock, uint64_t size, HeldSpare& spare);
  // The same for memory.
  Result<bool> find_memory(Lock& lock, uint64_t size);
  // Gets a spare of `needed` bytes, or waits for somebody who does. Gives the lock up.
  Status obtain_spare(Lock& lock, uint64_t needed, HeldSpare& spare);
  Result<Pending*> sequence(const Batch& batch, uint64_t length,
                            std::unique_ptr<wal::Spare>& spare);
  void build_frame(const Batch& batch, Pending& pending);
  void make_spare_if_missing();

  // ---- leader.cpp: under mutex_, which the leader gives up while it writes. ----
  Status await(const std::shared_ptr<Group>& group);  // Without the lock.
  Status wait_for(Lock& lock, const std::shared_ptr<Group>& group);
  static void sleep_until_woken(Lock& lock, Group& group);
  [[nodiscard]] Error refusal_to_write() const;  // Without the lock.
  void lead(Lock& lock);
  void lead_mark(Lock& lock, std::shared_ptr<Group> standing_in);
  void note_written(const Group& group);
  void fail_group(Group& group, const Error& error);
  void finish(Group& group);
  void set_durable(uint64_t tsn);  // Under mutex_.
  Status write(Group& group);      // This and the next without the lock, by one leader at a time.
  Status write_mark();
  void seal(Pending& pending);  // Under seal_mutex_, in the order of TSNs.
  void seal_early(Pending& pending, uint64_t tsn);

  // ---- background.cpp ----
  [[nodiscard]] bool checkpoint_is_due() const;  // Under mutex_.
  void checkpoint_if_due();                      // Without it.
  void note_checkpoint(const Status& made);      // Under mutex_.
  void run_checkpoints();
  void start_threads();
  void stop_threads();
  void run_log();
  void run_spares();
  void fill_spare();
  [[nodiscard]] std::optional<SteadyTime> due() const;
  void lead_what_is_due(Lock& lock);
  void schedule(const Group& group);

  os::Environment environment_;
  PipelineOptions options_;
  std::vector<Participant*> participants_;
  Views views_;
  std::unique_ptr<wal::Writer> writer_;  // Belongs to the leader; null: nothing can be written.

  std::mutex seal_mutex_;    // Taken after mutex_, or alone.
  Digest root_;              // Chained root behind the last sealed frame.
  uint64_t sealed_tsn_ = 0;  // The last sealed frame.

  mutable std::mutex mutex_;
  ViewPtr view_;  // What views_ has.
  uint64_t sequenced_tsn_ = 0;
  uint64_t next_position_ = 1;
  RecordedClock recorded_;
  uint64_t room_ = 0;       // Left in the segment that the next frame goes to.
  uint64_t unwritten_ = 0;  // Bytes sequenced, but not in the log.
  std::shared_ptr<Group> filling_ = std::make_shared<Group>();
  std::shared_ptr<Group> next_group_;  // There when filling_ has work: leading cannot fail.
  std::shared_ptr<Group> writing_;     // Null when no leader is at work.
  std::optional<Error> failure_;       // Why this handle cannot write any more.
  bool stopped_ = false;
  std::multiset<uint64_t> holds_;  // Of LogHold.
  uint64_t outside_ = 0;
  std::condition_variable outside_signal_;
  bool obtaining_ = false;
  std::condition_variable obtained_signal_;

  std::function<Status()> checkpoint_;
  uint64_t chunk_log_ = 0;                       // Bytes of the active chunk's frames ...
  uint64_t frozen_log_ = 0;                      // ... and of the chunks before it.
  std::optional<Error> checkpoint_error_;        // Why the last one failed.
  std::condition_variable checkpoint_signal_;    // One may be due.
  std::condition_variable checkpointed_signal_;  // One has ended.
  uint64_t checkpoints_ended_ = 0;
  std::thread checkpoint_thread_;

  std::thread log_thread_;
  std::thread spare_thread_;
  bool threads_end_ = false;
  std::optional<SteadyTime> log_thread_until_;  // It will wake by itself then.
  bool spare_wanted_ = false;
  uint64_t written_since_fill_ = 0;
  std::condition_variable log_signal_;
  std::condition_variable spare_signal_;
  std::optional<SteadyTime> sync_due_;  // Of Durability::kInterval.
  std::optional<SteadyTime> mark_due_;

  Watchers watchers_;

  PublishedSnapshot visible_;
  PublishedSnapshot durable_;
  std::atomic<uint64_t> durable_tsn_ = 0;  // Of durable_, set behind it.
  std::atomic<uint64_t> committed_ = 0;
  std::atomic<uint64_t> commit_bytes_ = 0;
  std::atomic<uint64_t> rejected_ = 0;
  std::atomic<uint64_t> repeated_ = 0;
  std::atomic<uint64_t> groups_ = 0;
  std::atomic<uint64_t> group_max_ = 0;
};

}  // namespace stele::engine
