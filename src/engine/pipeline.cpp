// Start, stop and figures of the pipeline.
#include "engine/pipeline.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace stele::engine {

namespace {

ViewPtr first_view(const Snapshot& before, std::shared_ptr<const Trees> trees,
                   std::span<Participant* const> participants, const PipelineOptions& options) {
  auto view = std::make_shared<View>();
  view->trees = std::move(trees);
  view->chunks.push_back(
      std::make_shared<Chunk>(before, participants, options.arena_size, options.scratch));
  return view;
}

}  // namespace

Pipeline::Pipeline(const os::Environment& environment, const PipelineOptions& options,
                   const Digest& genesis, std::vector<Participant*> participants)
    : environment_(environment),
      options_(options),
      participants_(std::move(participants)),
      views_(first_view({}, std::make_shared<Trees>(), participants_, options), *environment.clock),
      root_(genesis),
      view_(views_.current()),
      recorded_(*environment.clock, options.clock_jump_max) {}

Pipeline::~Pipeline() {
  stop_threads();
}

void Pipeline::set_view(ViewPtr view) {
  view_ = view;
  views_.replace(std::move(view));
}

Status Pipeline::begin_behind(const std::shared_ptr<const Trees>& trees) {
  const Snapshot& applied = trees->applied;
  set_view(first_view(applied, trees, participants_, options_));
  sequenced_tsn_ = applied.tsn;
  next_position_ = applied.head + 1;
  sealed_tsn_ = applied.tsn;
  if (applied.tsn > 0) {
    const auto last = commit_info(*view_, applied.tsn);
    if (!last) return fail(last.error());
    root_ = last->chained_root;
    recorded_.set_last(last->stamp.recorded);
  }
  visible_.set(applied);
  set_durable(applied.tsn);
  return {};
}

Status Pipeline::replay(const wal::FrameView& frame) {
  if (frame.tsn <= sequenced_tsn_) return {};
  Chunk& chunk = view_->active();
  const ByteSpan kept = chunk.arena().allocate(frame.bytes.size());
  copy_bytes(kept.data(), frame.bytes);
  const ByteSpan payload = kept.subspan(wal::kFrameHeaderSize);
  const auto commit = CommitView::decode(frame.tsn, payload);
  if (!commit) return fail(commit.error());
  const Stamp& stamp = commit->stamp();
  if (stamp.first_position != next_position_) {
    return fail(Code::kCorrupt, cat("commit ", frame.tsn, ": its first position is ",
                                    stamp.first_position, ", expected ", next_position_));
  }
  if (sequenced_tsn_ > 0 && stamp.recorded <= recorded_.last()) {
    return fail(Code::kCorrupt,
                cat("commit ", frame.tsn, ": it was recorded no later than the commit before it"));
  }
  uint64_t event_count = 0;
  STELE_TRY(commit->for_each_section([&](const SectionView& section) -> Status {
    if (section.kind == SectionKind::kEvents) event_count += section.count;
    const auto user = std::ranges::find(participants_, section.kind, &Participant::kind);
    if (user == participants_.end()) {
      return fail(Code::kUnsupported, cat("commit ", frame.tsn, ": section kind ",
                                          static_cast<int>(section.kind), " is not known"));
    }
    return (*user)->replay(*view_, stamp, section.count, section.bytes);
  }));
  if (event_count != stamp.event_count) {
    return fail(Code::kCorrupt, cat("commit ", frame.tsn, ": it counts ", stamp.event_count,
                                    " events, its sections ", event_count));
  }
  chunk.add(payload.data());
  chunk_log_ += frame.bytes.size();
  sequenced_tsn_ = frame.tsn;
  next_position_ = stamp.first_position + stamp.event_count;
  recorded_.set_last(stamp.recorded);
  root_ = commit->chained_root();
  sealed_tsn_ = frame.tsn;
  visible_.set(sequenced());
  return {};
}

Status Pipeline::start(wal::Writer::Options options, const wal::LogEnd& end) {
  // Zeros ahead of the log pay for themselves where syncs are many.
  options.fill &= options_.durability == Durability::kSync;
  writer_ = std::make_unique<wal::Writer>(environment_, std::move(options), end);
  std::vector<ByteSpan> pending;
  for (uint64_t tsn = end.durable.tsn + 1; tsn <= end.last_tsn; ++tsn) {
    const Chunk* chunk = view_->chunk_of(tsn);
    if (chunk == nullptr) continue;
    // What replay() copied.
    auto* frame = const_cast<uint8_t*>(chunk->payload(tsn)) - wal::kFrameHeaderSize;
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
  set_durable(sequenced_tsn_);
  if (options_.background_threads) start_threads();
  return {};
}

Pipeline::Look Pipeline::look() const {
  for (;;) {
    const Snapshot now = snapshot();
    ViewPtr view = views_.current();
    // Unless a checkpoint came in between.
    if (view->trees->applied.tsn <= now.tsn) return {now, std::move(view)};
  }
}

Snapshot Pipeline::snapshot_behind(uint64_t tsn) const {
  const Chunk* chunk = view_->chunk_of(tsn);
  if (chunk == nullptr) return view_->trees->applied;
  return {tsn, chunk->stamp_of(tsn).last_position()};
}

ViewPtr Pipeline::freeze() {
  const Lock lock(mutex_);
  if (view_->chunks.front()->count() == 0) return nullptr;
  if (view_->chunks.size() == 1) {
    auto next = std::make_shared<View>(*view_);
    next->chunks.push_back(
        std::make_shared<Chunk>(sequenced(), participants_, options_.arena_size, options_.scratch));
    set_view(std::move(next));
    frozen_log_ = std::exchange(chunk_log_, 0);
    checkpointed_signal_.notify_all();
  }
  return view_;
}

void Pipeline::replace_trees(std::shared_ptr<const Trees> trees) {
  const Lock lock(mutex_);
  STELE_CHECK(view_->chunks.size() > 1);
  STELE_CHECK(view_->chunks[1]->before().tsn == trees->applied.tsn);
  auto next = std::make_shared<View>(*view_);
  next->trees = std::move(trees);
  next->chunks.erase(next->chunks.begin());
  set_view(std::move(next));
  frozen_log_ = 0;
}

void Pipeline::renew_trees(std::shared_ptr<Trees> trees) {
  const Lock lock(mutex_);
  trees->applied = view_->trees->applied;
  auto next = std::make_shared<View>(*view_);
  next->trees = std::move(trees);
  set_view(std::move(next));
}

uint64_t Pipeline::log_behind_trees() const {
  const Lock lock(mutex_);
  return chunk_log_ + frozen_log_;
}

void Pipeline::start_reading() {
  set_durable(sequenced_tsn_);
}

Status Pipeline::sync() {
  Lock lock(mutex_);
  if (stopped_) return fail(Code::kClosed, "sync: the database is closed");
  if (writer_ == nullptr) return {};
  STELE_TRY(refuse_to_write());
  if (durable_tsn() == sequenced_tsn_) return {};
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
  if (!holds_.empty()) tsn = std::min(tsn, *holds_.begin());
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
  checkpointed_signal_.notify_all();
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
                         .tail_bytes = 0,
                         .commit_bytes = commit_bytes_.load(std::memory_order_relaxed),
                         .durable_tsn = durable_tsn(),
                         .clock_behind_us = 0,
                         .wal = {}};
  if (writer_ != nullptr) stats.wal = writer_->stats();
  const Lock lock(mutex_);
  stats.queue = filling_->commits.size();
  for (const auto& chunk : view_->chunks) stats.tail_bytes += chunk->bytes();
  if (sequenced_tsn_ > 0) stats.clock_behind_us = recorded_.behind_us();
  return stats;
}

}  // namespace stele::engine
