// Leading and following: one caller, or the log thread, writes for all who came meanwhile.
#include <algorithm>
#include <new>
#include <utility>

#include "base/text.h"
#include "engine/pipeline.h"

namespace stele::engine {

namespace {

// Events of a commit from which on its hashing is worth a lock of its own.
constexpr uint32_t kSealEarly = 16;

}  // namespace

Result<Committed> Pipeline::commit(const Batch& batch, Durability level) {
  Ticket ticket = submit(batch, level);
  return wait(ticket);
}

Result<Committed> Pipeline::wait(Ticket& ticket, const std::optional<SteadyTime>& deadline) {
  if (ticket.group != nullptr) {
    if (deadline) {
      Listener listener;
      const bool done = listen(ticket, listener);
      if (!done) listener.wait(deadline);
      unlisten(ticket, listener);
    }
    if (deadline && !ticket.group->done) return fail(Code::kTimeout, "the commit is under way");
    const Status written = await(ticket.group);
    ticket.group = nullptr;
    if (!written) {
      // Why those commits failed is their callers' to know. Who merely asked about them was not
      // written, and cannot be any more.
      const bool asked = ticket.refusal || ticket.committed.repeated;
      ticket.refusal = asked ? refusal_to_write() : written.error();
    } else if (!ticket.refusal && !ticket.committed.repeated) {
      committed_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  if (ticket.refusal) return fail(*ticket.refusal);
  return ticket.committed;
}

bool Pipeline::is_done(const Ticket& ticket) const {
  const Lock lock(mutex_);
  return ticket.group == nullptr || ticket.group->done;
}

bool Pipeline::listen(Ticket& ticket, Listener& listener) {
  const Lock lock(mutex_);
  if (ticket.group == nullptr || ticket.group->done) return true;
  ticket.group->listeners.push_back(&listener);
  return false;
}

void Pipeline::unlisten(Ticket& ticket, Listener& listener) {
  const Lock lock(mutex_);
  if (ticket.group != nullptr) std::erase(ticket.group->listeners, &listener);
}

void Pipeline::write_soon(const Ticket& ticket) {
  Lock lock(mutex_);
  if (ticket.group == nullptr || ticket.group->done || writing_ != nullptr) return;
  if (options_.background_threads) {
    log_signal_.notify_one();
  } else {
    lead(lock);
  }
}

Error Pipeline::refusal_to_write() const {
  const Lock lock(mutex_);
  return refuse_to_write().error();
}

Status Pipeline::await(const std::shared_ptr<Group>& group) {
  if (!group->done.load(std::memory_order_acquire)) {
    Lock lock(mutex_);
    while (!group->done.load(std::memory_order_relaxed)) {
      if (writing_ == nullptr) {
        lead(lock);
        continue;
      }
      sleep_until_woken(lock, *group);
      if (group->done.load(std::memory_order_acquire)) break;
      lock.lock();
    }
  }
  if (group->failure) return fail(*group->failure);
  return {};
}

Status Pipeline::wait_for(Lock& lock, const std::shared_ptr<Group>& joined) {
  // A copy, because `joined` may be filling_ or writing_, which move on while we wait.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const std::shared_ptr<Group> group = joined;
  lock.unlock();
  Status written = await(group);
  lock.lock();
  return written;
}

// Gives the lock up, and does not take it again.
void Pipeline::sleep_until_woken(Lock& lock, Group& group) {
  const uint32_t seen = group.wake.load(std::memory_order_relaxed);
  group.waiting.fetch_add(1, std::memory_order_relaxed);
  lock.unlock();
  os::sleep_while(group.wake, seen);
  group.waiting.fetch_sub(1, std::memory_order_relaxed);
}

void Pipeline::lead(Lock& lock) {
  writing_ = std::exchange(filling_, std::move(next_group_));
  const std::shared_ptr<Group> group = writing_;
  if (const auto refused = refuse_to_write(); !refused) {
    group->failure = refused.error();  // I4: not written, so these commits are certainly not there.
  } else {
    lock.unlock();
    const Status written = write(*group);
    lock.lock();
    if (written) {
      note_written(*group);
    } else {
      fail_group(*group, written.error());
    }
  }
  unwritten_ -= group->bytes;
  finish(*group);
}

void Pipeline::lead_mark(Lock& lock, std::shared_ptr<Group> standing_in) {
  room_ -= wal::kFrameHeaderSize;
  writing_ = std::move(standing_in);
  const std::shared_ptr<Group> group = writing_;
  lock.unlock();
  const Status marked = write_mark();
  lock.lock();
  if (marked) {
    set_durable(writer_->durable_tsn());
  } else {
    fail_group(*group, marked.error());
  }
  finish(*group);
}

void Pipeline::fail_group(Group& group, const Error& error) {
  failure_ = error;
  watchers_.tell();
  checkpointed_signal_.notify_all();  // None will come.
  group.failure = Error(Code::kOutcomeUnknown, cat("commit: ", error.message()))
                      .with_os_errno(error.os_errno());
}

void Pipeline::note_written(const Group& group) {
  if (group.last_tsn != 0) {
    visible_.set(snapshot_behind(group.last_tsn));
    groups_.fetch_add(1, std::memory_order_relaxed);
    if (group.count > group_max_.load(std::memory_order_relaxed)) {
      group_max_.store(group.count, std::memory_order_relaxed);
    }
  }
  set_durable(writer_->durable_tsn());
  if (options_.background_threads) schedule(group);
}

void Pipeline::set_durable(uint64_t tsn) {
  if (tsn != 0) durable_.set(snapshot_behind(tsn));
  durable_tsn_.store(tsn, std::memory_order_seq_cst);
  watchers_.tell();
}

bool Pipeline::watch(uint64_t tsn, Listener& listener) {
  watchers_.add(listener);
  if (durable_tsn_.load(std::memory_order_seq_cst) > tsn) return true;
  const Lock lock(mutex_);
  if (stopped_) return true;
  if (writer_ == nullptr || failure_) return false;  // Nothing will come but the end.
  if (visible_.get().tsn > tsn && !sync_due_) {
    sync_due_ = std::chrono::steady_clock::now() + std::chrono::microseconds(options_.interval_us);
    log_signal_.notify_one();
  }
  return false;
}

void Pipeline::finish(Group& group) {
  writing_ = nullptr;
  for (Listener* listener : group.listeners) listener->tell();
  group.listeners.clear();
  group.done.store(true, std::memory_order_release);
  group.wake_all();
  if (filling_->has_work() && filling_->waiting.load(std::memory_order_relaxed) > 0) {
    filling_->wake_one();  // One of them leads next.
    return;
  }
  // What is due now may be due before what it sleeps for.
  const auto next = due();
  if (filling_->has_work() || !log_thread_until_ || (next && *next < *log_thread_until_)) {
    log_signal_.notify_one();
  }
}

Status Pipeline::write_mark() {
  try {
    return writer_->mark();
  } catch (const std::bad_alloc&) {
    return fail(Code::kNoMemory, "out of memory while the end of the log was being marked");
  }
}

Status Pipeline::write(Group& group) {
  try {
    std::vector<wal::Placed> frames;
    frames.reserve(group.commits.size());
    {
      const std::lock_guard sealing(seal_mutex_);
      for (Pending& pending : group.commits) {
        if (pending.stamp.tsn > sealed_tsn_) seal(pending);
      }
    }
    for (Pending& pending : group.commits) {
      frames.push_back({pending.frame, std::move(pending.segment)});
    }
    group.count = group.commits.size();
    STELE_TRY(writer_->write(frames, group.durable));
    group.commits.clear();  // Here, because whom they own goes with them.
    return {};
  } catch (const std::bad_alloc&) {
    // The leader writes for others, who would wait for ever if this went past it.
    return fail(Code::kNoMemory, "out of memory while a group of commits was being written");
  }
}

// Hashes a large commit on its caller's thread, while the group before it is being written. If it
// is not its turn yet, or not its turn any more, the leader does it. `tsn` is that of `pending`,
// which must not be looked at unless it is its turn: only then is it certain to be there.
void Pipeline::seal_early(Pending& pending, uint64_t tsn) {
  const std::lock_guard sealing(seal_mutex_);
  if (sealed_tsn_ + 1 == tsn && pending.stamp.event_count >= kSealEarly) seal(pending);
}

void Pipeline::seal(Pending& pending) {
  Digest merkle_root = {};
  for (size_t i = 0; i < pending.parts.size(); ++i) {
    if (const auto root = pending.parts[i]->seal(pending.sections[i])) merkle_root = *root;
  }
  root_ = chained_root_of(pending.stamp, merkle_root, root_);
  store_roots(pending.frame.data() + wal::kFrameHeaderSize, merkle_root, root_);
  sealed_tsn_ = pending.stamp.tsn;
}

}  // namespace stele::engine
