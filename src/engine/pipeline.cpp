// Start, stop and figures of the pipeline.
#include "engine/pipeline.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace stele::engine {

namespace {

Stamp stamp_at(uint64_t tsn, const uint8_t* payload) {
  return {.tsn = tsn,
          .first_position = load_le<uint64_t>(payload + kCommitFirstPositionOffset),
          .event_count = load_le<uint32_t>(payload + kCommitEventCountOffset),
          .recorded = load_le<int64_t>(payload + kCommitRecordedOffset)};
}

}  // namespace

Pipeline::Pipeline(const os::Environment& environment, const PipelineOptions& options,
                   const Digest& genesis)
    : environment_(environment),
      options_(options),
      root_(genesis),
      recorded_(*environment.clock, options.clock_jump_max) {}

Pipeline::~Pipeline() {
  stop_threads();
}

Status Pipeline::replay(const wal::FrameView& frame, std::span<Participant* const> participants) {
  const ByteSpan kept = arena_.allocate(frame.bytes.size());
  copy_bytes(kept.data(), frame.bytes);
  const ByteSpan payload = kept.subspan(wal::kFrameHeaderSize);
  const auto commit = CommitView::decode(frame.tsn, payload);
  if (!commit) return fail(commit.error());
  const Stamp& stamp = commit->stamp();
  if (stamp.first_position != next_position_) {
    return fail(Code::kCorrupt, cat("commit ", frame.tsn, ": its first position is ",
                                    stamp.first_position, ", expected ", next_position_));
  }
  if (commits_.size() > 0 && stamp.recorded <= recorded_.last()) {
    return fail(Code::kCorrupt,
                cat("commit ", frame.tsn, ": it was recorded no later than the commit before it"));
  }
  uint64_t event_count = 0;
  STELE_TRY(commit->for_each_section([&](const SectionView& section) -> Status {
    if (section.kind == SectionKind::kEvents) event_count += section.count;
    const auto user = std::ranges::find(participants, section.kind, &Participant::kind);
    if (user == participants.end()) {
      return fail(Code::kUnsupported, cat("commit ", frame.tsn, ": section kind ",
                                          static_cast<int>(section.kind), " is not known"));
    }
    return (*user)->replay(stamp, section.count, section.bytes);
  }));
  if (event_count != stamp.event_count) {
    return fail(Code::kCorrupt, cat("commit ", frame.tsn, ": it counts ", stamp.event_count,
                                    " events, its sections ", event_count));
  }
  commits_.push_back(payload.data());
  next_position_ = stamp.first_position + stamp.event_count;
  recorded_.set_last(stamp.recorded);
  root_ = commit->chained_root();
  sealed_tsn_ = frame.tsn;
  visible_tsn_.store(frame.tsn, std::memory_order_release);
  return {};
}

Status Pipeline::start(wal::Writer::Options options, const wal::LogEnd& end) {
  // Zeros ahead of the log pay for themselves where syncs are many.
  options.fill &= options_.durability == Durability::kSync;
  writer_ = std::make_unique<wal::Writer>(environment_, std::move(options), end);
  std::vector<ByteSpan> pending;
  for (uint64_t tsn = end.durable.tsn + 1; tsn <= end.last_tsn; ++tsn) {
    // What replay() copied.
    auto* frame = const_cast<uint8_t*>(commits_[tsn - 1]) - wal::kFrameHeaderSize;
    pending.emplace_back(frame, align_up(wal::claimed_length(frame)));
  }
  if (!pending.empty()) {
    Status written = writer_->rewrite_pending(pending);
    if (!written) {
      failure_ = written.error();  // So that stop() leaves the log alone, too.
      return written;
    }
  }
  room_ = writer_->room();
  durable_tsn_.store(commits_.size(), std::memory_order_release);
  if (options_.background_threads) start_threads();
  return {};
}

Snapshot Pipeline::snapshot() const {
  const uint64_t tsn = visible_tsn_.load(std::memory_order_acquire);
  return {tsn, tsn == 0 ? 0 : stamp_of(tsn).last_position()};
}

Snapshot Pipeline::durable() const {
  const uint64_t tsn = durable_tsn();
  return {tsn, tsn == 0 ? 0 : stamp_of(tsn).last_position()};
}

Stamp Pipeline::stamp_of(uint64_t tsn) const {
  return stamp_at(tsn, commits_[tsn - 1]);
}

Digest Pipeline::root_of(uint64_t tsn) const {
  Digest root;
  std::copy_n(commits_[tsn - 1] + kCommitChainedOffset, root.size(), root.begin());
  return root;
}

uint64_t Pipeline::commit_at(int64_t time, uint64_t last) const {
  uint64_t low = 0;          // Recorded in time, if there is such a commit ...
  uint64_t high = last + 1;  // ... and too late.
  while (high - low > 1) {
    const uint64_t middle = low + (high - low) / 2;
    (stamp_of(middle).recorded <= time ? low : high) = middle;
  }
  return low;
}

void Pipeline::start_reading() {
  durable_tsn_.store(commits_.size(), std::memory_order_release);
}

Status Pipeline::sync() {
  Lock lock(mutex_);
  if (stopped_) return fail(Code::kClosed, "sync: the database is closed");
  if (writer_ == nullptr) return {};
  STELE_TRY(refuse_to_write());
  if (durable_tsn() == commits_.size()) return {};
  if (next_group_ == nullptr) next_group_ = std::make_shared<Group>();
  filling_->durable = true;
  if (!wait_for(lock, filling_)) return fail(*failure_);
  return {};
}

Status Pipeline::release(uint64_t tsn) {
  STELE_CHECK(writer_ != nullptr);
  Lock lock(mutex_);
  if (stopped_) return fail(Code::kClosed, "release: the database is closed");
  STELE_TRY(refuse_to_write());
  Status released;
  {
    const Outside outside(*this, lock);
    released = writer_->release(std::min(tsn, durable_tsn()));
  }
  if (!released && !failure_) failure_ = released.error();
  return released;
}

Status Pipeline::stop() {
  Lock lock(mutex_);
  if (stopped_) return {};
  stopped_ = true;
  watchers_.tell();
  while (writing_ != nullptr || filling_->has_work()) {
    // What becomes of them is their callers' to hear.
    [[maybe_unused]] const Status told = wait_for(lock, writing_ != nullptr ? writing_ : filling_);
  }
  outside_signal_.wait(lock, [this] { return outside_ == 0; });
  lock.unlock();
  stop_threads();
  if (writer_ == nullptr) return {};
  if (failure_) return durable_tsn() == snapshot().tsn ? Status() : fail(*failure_);
  return writer_->close();
}

PipelineStats Pipeline::stats() const {
  PipelineStats stats = {.commits = committed_.load(std::memory_order_relaxed),
                         .rejected = rejected_.load(std::memory_order_relaxed),
                         .repeated = repeated_.load(std::memory_order_relaxed),
                         .groups = groups_.load(std::memory_order_relaxed),
                         .group_max = group_max_.load(std::memory_order_relaxed),
                         .queue = 0,
                         .tail_bytes = arena_.bytes(),
                         .durable_tsn = durable_tsn(),
                         .clock_behind_us = 0,
                         .wal = {}};
  if (writer_ != nullptr) stats.wal = writer_->stats();
  const Lock lock(mutex_);
  stats.queue = filling_->commits.size();
  if (commits_.size() > 0) {
    stats.clock_behind_us = recorded_.behind_us();
  }
  return stats;
}

}  // namespace stele::engine
