// The threads of a pipeline: one leads what nobody waits for and keeps the log's appointments,
// the other makes spares.
//
//     log thread     asynchronous commits; the sync an interval promised, or that somebody watches
//                    for; the watermark of an idle log, 50 ms after its last commit
//     spare thread   the next spare, as soon as one was taken
//     checkpoints    one after the other, when the tail has grown enough
#include <new>
#include <utility>

#include "engine/pipeline.h"
#include "os/thread.h"

namespace stele::engine {

namespace {

constexpr std::chrono::milliseconds kMarkDelay{50};
constexpr uint64_t kFillEvery = uint64_t{256} << 10;

}  // namespace

void Pipeline::start_threads() {
  log_thread_ = std::thread([this] { run_log(); });
  spare_thread_ = std::thread([this] { run_spares(); });
  if (checkpoint_ != nullptr) checkpoint_thread_ = std::thread([this] { run_checkpoints(); });
}

void Pipeline::stop_threads() {
  if (!log_thread_.joinable() && !spare_thread_.joinable()) return;
  {
    const Lock lock(mutex_);
    threads_end_ = true;
    log_signal_.notify_all();
    spare_signal_.notify_all();
    checkpoint_signal_.notify_all();
  }
  if (checkpoint_thread_.joinable()) checkpoint_thread_.join();
  if (log_thread_.joinable()) log_thread_.join();
  if (spare_thread_.joinable()) spare_thread_.join();
}

void Pipeline::abandon() {
  if (log_thread_.joinable()) log_thread_.detach();
  if (spare_thread_.joinable()) spare_thread_.detach();
  if (checkpoint_thread_.joinable()) checkpoint_thread_.detach();
}

std::optional<Pipeline::SteadyTime> Pipeline::due() const {
  if (sync_due_ && mark_due_) return std::min(*sync_due_, *mark_due_);
  return sync_due_ ? sync_due_ : mark_due_;
}

void Pipeline::schedule(const Group& group) {
  const SteadyTime now = std::chrono::steady_clock::now();
  const bool durable = durable_tsn() == visible_.get().tsn;
  if (durable) {
    sync_due_.reset();
  } else if ((group.interval || watchers_.any()) && !sync_due_) {
    sync_due_ = now + std::chrono::microseconds(options_.interval_us);
  }
  if (group.last_tsn != 0) mark_due_ = now + kMarkDelay;
  written_since_fill_ += group.bytes;
  if (written_since_fill_ >= kFillEvery || group.begins_segment) {
    written_since_fill_ = 0;
    spare_wanted_ = true;
    spare_signal_.notify_one();
  }
}

void Pipeline::run_log() {
  Lock lock(mutex_);
  while (!threads_end_) {
    const auto when = due();
    if (writing_ == nullptr && filling_->has_work() &&
        filling_->waiting.load(std::memory_order_relaxed) == 0) {
      lead(lock);
    } else if (writing_ == nullptr && when && *when <= std::chrono::steady_clock::now()) {
      lead_what_is_due(lock);
    } else if (writing_ == nullptr && when) {
      log_thread_until_ = when;
      log_signal_.wait_until(lock, *when);
      log_thread_until_.reset();
    } else {
      log_signal_.wait(lock);
    }
  }
}

void Pipeline::lead_what_is_due(Lock& lock) {
  const SteadyTime now = std::chrono::steady_clock::now();
  const bool sync = sync_due_ && *sync_due_ <= now;
  (sync ? sync_due_ : mark_due_).reset();
  const bool durable = durable_tsn() == visible_.get().tsn;
  try {
    if (sync && !durable) {
      if (next_group_ == nullptr) next_group_ = std::make_shared<Group>();
      filling_->durable = true;
      lead(lock);
    } else if (!sync && filling_->has_work()) {
      // The log is not idle, and room_ may be that of a segment which only this group begins.
      mark_due_ = now + kMarkDelay;
    } else if (!sync && !failure_ && !writer_->is_marked() && room_ >= wal::kFrameHeaderSize) {
      lead_mark(lock, std::make_shared<Group>());
    }
  } catch (const std::bad_alloc&) {
    mark_due_ = now + kMarkDelay;  // Later, then.
  }
}

bool Pipeline::checkpoint_is_due() const {
  if (checkpoint_ == nullptr || view_->chunks.size() > 1) return false;
  return chunk_log_ >= options_.checkpoint_log ||
         view_->active().bytes() >= options_.checkpoint_memory;
}

void Pipeline::checkpoint_if_due() {
  {
    const Lock lock(mutex_);
    if (stopped_ || failure_ || !checkpoint_is_due()) return;
  }
  // What became of it is for those to hear who find no memory.
  [[maybe_unused]] const Status made = checkpoint();
}

Status Pipeline::checkpoint() {
  Status made;
  try {
    made = checkpoint_();
  } catch (const std::bad_alloc&) {
    made = fail(Code::kNoMemory, "out of memory during a checkpoint");
  }
  const Lock lock(mutex_);
  note_checkpoint(made);
  return made;
}

void Pipeline::note_checkpoint(const Status& made) {
  ++checkpoints_ended_;
  checkpoint_error_.reset();
  if (!made) {
    checkpoint_error_ = made.error();
    // A disk that is full may have room again; whatever else went wrong may go wrong again.
    const Code code = made.error().code();
    const bool passes = code == Code::kFull || code == Code::kNoMemory || code == Code::kClosed ||
                        code == Code::kReadOnly;
    if (!passes && !failure_) failure_ = made.error();
  }
  checkpointed_signal_.notify_all();
  checkpoint_signal_.notify_one();
}

void Pipeline::run_checkpoints() {
  constexpr std::chrono::seconds kRetry{1};
  Lock lock(mutex_);
  while (!threads_end_) {
    const bool again = checkpoint_error_ && view_->chunks.size() > 1;
    if (stopped_ || failure_ || (!again && !checkpoint_is_due())) {
      checkpoint_signal_.wait(lock);
      continue;
    }
    if (again) {
      checkpoint_signal_.wait_for(lock, kRetry);
      if (threads_end_ || stopped_ || failure_) continue;
    }
    lock.unlock();
    [[maybe_unused]] const Status made = checkpoint();
    lock.lock();
  }
}

void Pipeline::fill_spare() {
  try {
    writer_->fill_ahead();
  } catch (const std::bad_alloc&) {
    return;  // Nothing rests on it.
  }
}

void Pipeline::run_spares() {
  os::yield_to_others();  // Zeros are for idle time; where there is none, they cost more than they
                          // save.
  Lock lock(mutex_);
  while (!threads_end_) {
    if (std::exchange(spare_wanted_, false)) {
      lock.unlock();
      make_spare_if_missing();
      fill_spare();
      lock.lock();
    } else {
      spare_signal_.wait(lock);
    }
  }
}

}  // namespace stele::engine
