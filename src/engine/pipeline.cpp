// Sequencing, leading and following.
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

uint64_t frame_length(const Batch& batch) {
  uint64_t length = wal::kFrameHeaderSize + kCommitHeaderSize;
  for (const Part* part : batch.parts) length += kSectionHeaderSize + align_up(part->size());
  return length;
}

Error rejection(size_t guard, const Objection& conflict) {
  return Error(conflict.code, cat("commit: guard ", guard, ": ", conflict.message))
      .with_guard(static_cast<uint32_t>(guard))
      .with_position(conflict.position);
}

}  // namespace

Pipeline::Pipeline(const os::Environment& environment, const Digest& genesis)
    : environment_(environment), root_(genesis) {}

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
  last_recorded_ = stamp.recorded;
  root_ = commit->chained_root();
  visible_tsn_.store(frame.tsn, std::memory_order_release);
  return {};
}

Status Pipeline::start(wal::Writer::Options options, const wal::LogEnd& end) {
  writer_ = std::make_unique<wal::Writer>(environment_, std::move(options), end);
  std::vector<ByteSpan> pending;
  for (uint64_t tsn = end.durable.tsn + 1; tsn <= end.last_tsn; ++tsn) {
    // The arena's memory is ours to write; only readers see it as const.
    auto* frame = const_cast<uint8_t*>(commits_[tsn - 1]) - wal::kFrameHeaderSize;
    pending.emplace_back(frame, align_up(wal::claimed_length(frame)));
  }
  if (pending.empty()) return {};
  Status written = writer_->rewrite_pending(pending);
  if (!written) failure_ = written.error();  // So that stop() leaves the log alone, too.
  return written;
}

Snapshot Pipeline::snapshot() const {
  const uint64_t tsn = visible_tsn_.load(std::memory_order_acquire);
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

Snapshot Pipeline::sequenced() const {
  return {commits_.size(), next_position_ - 1};
}

Status Pipeline::refuse_to_write() const {
  if (!failure_) return {};
  return fail(Error(Code::kReadOnly,
                    cat("commit: nothing is written since an error: ", failure_->message()))
                  .with_os_errno(failure_->os_errno()));
}

Result<Stamp> Pipeline::commit(const Batch& batch) {
  const uint64_t length = frame_length(batch);
  if (length > wal::kFrameLengthMax) {
    return fail(Code::kTooLarge, cat("commit: the batch takes ", length, " bytes, at most ",
                                     wal::kFrameLengthMax, " are allowed"));
  }
  const Snapshot held = snapshot();
  for (size_t i = 0; i < batch.guards.size(); ++i) {
    if (const auto conflict = batch.guards[i]->check({}, held)) {
      rejected_.fetch_add(1, std::memory_order_relaxed);
      return fail(rejection(i, *conflict));
    }
  }

  Lock lock(mutex_);
  if (stopped_) return fail(Code::kClosed, "commit: the database is closed");
  STELE_TRY(refuse_to_write());
  const Snapshot now = sequenced();
  for (size_t i = 0; i < batch.guards.size(); ++i) {
    if (const auto conflict = batch.guards[i]->check(held, now)) {
      rejected_.fetch_add(1, std::memory_order_relaxed);
      STELE_TRY(wait_until_durable(lock, conflict->tsn));  // I3
      return fail(rejection(i, *conflict));
    }
  }
  const auto stamp = sequence(batch);
  if (!stamp) return fail(stamp.error());
  STELE_TRY(wait_for(lock, filling_));
  committed_.fetch_add(1, std::memory_order_relaxed);
  return *stamp;
}

Result<Stamp> Pipeline::sequence(const Batch& batch) {
  Pending pending;
  std::vector<Pending>& group = filling_->commits;
  const size_t group_size = group.size();
  bool indexing = false;
  try {
    if (next_group_ == nullptr) next_group_ = std::make_shared<Group>();
    const uint64_t length = frame_length(batch);
    pending.frame = arena_.allocate(align_up(length));
    pending.parts = batch.parts;
    pending.sections.reserve(batch.parts.size());
    group.emplace_back();  // Its place: once indexed, nothing may fail.
    const int64_t wall = environment_.clock->wall_us();
    pending.stamp = {.tsn = commits_.size() + 1,
                     .first_position = next_position_,
                     .event_count = batch.event_count,
                     .recorded = std::max(wall, last_recorded_ + 1)};
    wal::start_frame(pending.frame, wal::FrameType::kCommit, pending.stamp.tsn, length);
    indexing = true;
    build_frame(batch, pending);
  } catch (const std::bad_alloc&) {
    group.resize(group_size);
    // Half of the batch may be in the indexes already; it must never be followed by another.
    if (indexing) {
      failure_ = Error(Code::kNoMemory, "out of memory while a batch was being sequenced");
    }
    return fail(Code::kNoMemory, "commit: out of memory; the batch was not committed");
  }
  const Stamp stamp = pending.stamp;
  next_position_ += stamp.event_count;
  last_recorded_ = stamp.recorded;
  group.back() = std::move(pending);
  return stamp;
}

void Pipeline::build_frame(const Batch& batch, Pending& pending) {
  const ByteSpan payload = pending.frame.subspan(wal::kFrameHeaderSize);
  encode_commit_header(payload.data(), pending.stamp, static_cast<uint32_t>(batch.parts.size()));
  size_t at = kCommitHeaderSize;
  for (Part* part : batch.parts) {
    const uint64_t size = part->size();
    encode_section_header(payload.data() + at, part->kind(), part->count(), size);
    at += kSectionHeaderSize;
    const ByteSpan section = payload.subspan(at, size);
    part->encode(pending.stamp, section);
    std::ranges::fill(payload.subspan(at + size, align_up(size) - size), uint8_t{0});
    pending.sections.push_back(section);
    at += align_up(size);
  }
  STELE_CHECK(at == payload.size());
  for (size_t i = 0; i < batch.parts.size(); ++i) {
    batch.parts[i]->apply_to_tail(pending.stamp, pending.sections[i],
                                  visible_tsn_.load(std::memory_order_relaxed));
  }
  commits_.push_back(payload.data());
}

Status Pipeline::wait_for(Lock& lock, const std::shared_ptr<Group>& joined) {
  // A copy, because `joined` is filling_ or writing_, which move on while we wait.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const std::shared_ptr<Group> group = joined;
  while (!group->done) {
    if (writing_ == nullptr) {
      lead(lock);
    } else {
      group->done_signal.wait(lock);
    }
  }
  if (group->failure) return fail(*group->failure);
  return {};
}

Status Pipeline::wait_until_durable(Lock& lock, uint64_t tsn) {
  while (visible_tsn_.load(std::memory_order_relaxed) < tsn) {
    // Visible is what every group before was; the TSN is in the group being written, or the next.
    const bool in_writing = writing_ != nullptr && tsn <= writing_->commits.back().stamp.tsn;
    // Why those commits failed is their callers' to know. Who merely asked about them was not
    // written, and cannot be any more.
    if (!wait_for(lock, in_writing ? writing_ : filling_)) return refuse_to_write();
  }
  return {};
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
      visible_tsn_.store(group->commits.back().stamp.tsn, std::memory_order_release);
      groups_.fetch_add(1, std::memory_order_relaxed);
    } else {
      failure_ = written.error();
      group->failure = Error(Code::kOutcomeUnknown, cat("commit: ", failure_->message()))
                           .with_os_errno(failure_->os_errno());
    }
  }
  group->done = true;
  writing_ = nullptr;
  group->done_signal.notify_all();
  filling_->done_signal.notify_one();  // If anyone is there, one of them leads next.
}

Status Pipeline::write(Group& group) {
  try {
    std::vector<ByteSpan> frames;
    frames.reserve(group.commits.size());
    for (Pending& pending : group.commits) {
      seal(pending);
      frames.push_back(pending.frame);
    }
    return writer_->write_group(frames);
  } catch (const std::bad_alloc&) {
    // The leader writes for others, who would wait for ever if this went past it.
    return fail(Code::kNoMemory, "out of memory while a group of commits was being written");
  }
}

void Pipeline::seal(Pending& pending) {
  Digest merkle_root = {};
  for (size_t i = 0; i < pending.parts.size(); ++i) {
    if (const auto root = pending.parts[i]->seal(pending.sections[i])) merkle_root = *root;
  }
  root_ = chained_root_of(pending.stamp, merkle_root, root_);
  store_roots(pending.frame.data() + wal::kFrameHeaderSize, merkle_root, root_);
}

Status Pipeline::stop() {
  Lock lock(mutex_);
  if (stopped_) return {};
  stopped_ = true;
  while (writing_ != nullptr || !filling_->commits.empty()) {
    // What becomes of them is their callers' to hear.
    [[maybe_unused]] const Status told = wait_for(lock, writing_ != nullptr ? writing_ : filling_);
  }
  if (failure_ || writer_ == nullptr) return {};
  return writer_->mark_end();
}

PipelineStats Pipeline::stats() const {
  return {.commits = committed_.load(std::memory_order_relaxed),
          .rejected = rejected_.load(std::memory_order_relaxed),
          .groups = groups_.load(std::memory_order_relaxed),
          .syncs = writer_->syncs(),
          .wal_segments = writer_->segments(),
          .wal_bytes = writer_->bytes_written(),
          .tail_bytes = arena_.bytes()};
}

}  // namespace stele::engine
