// The sequencer: checks a batch against everything before it, finds room for it, gives it its place
// and builds its frame.
#include <algorithm>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "engine/commit_tree.h"
#include "engine/pipeline.h"

namespace stele::engine {

namespace {

uint64_t frame_length(const Batch& batch) {
  uint64_t length = wal::kFrameHeaderSize + kCommitHeaderSize;
  for (const Part* part : batch.parts) length += kSectionHeaderSize + align_up(part->size());
  return length;
}

// One for the next segment, and the reserve for recovery.
constexpr size_t kSpares = 2;

// Whether a batch that is sent again must have the same section. A key does not belong to what is
// asked for; rows and tables follow from the events, and old ones are not kept.
bool is_compared(SectionKind kind) {
  return kind == SectionKind::kEvents || kind == SectionKind::kTracking;
}

Ticket decided(Error error) {
  return {.group = nullptr, .committed = {}, .refusal = std::move(error)};
}

}  // namespace

// A spare that a commit holds until it is sequenced; otherwise it goes back.
class Pipeline::HeldSpare {
 public:
  explicit HeldSpare(wal::Writer* writer) : writer_(writer) {}
  HeldSpare(const HeldSpare&) = delete;
  HeldSpare& operator=(const HeldSpare&) = delete;
  ~HeldSpare() { give_back(); }

  void give_back() {
    if (spare_ != nullptr) writer_->spares().give_back(std::move(spare_));
  }
  std::unique_ptr<wal::Spare>& operator*() { return spare_; }
  [[nodiscard]] bool is_empty() const { return spare_ == nullptr; }

 private:
  wal::Writer* writer_;
  std::unique_ptr<wal::Spare> spare_;
};

Status Pipeline::refuse_to_write() const {
  if (writer_ == nullptr) {
    return fail(Code::kReadOnly, "commit: the database was opened for reading only");
  }
  if (!failure_) return {};
  return fail(Error(Code::kReadOnly,
                    cat("commit: nothing is written since an error: ", failure_->message()))
                  .with_os_errno(failure_->os_errno()));
}

std::optional<Pipeline::Refusal> Pipeline::check(const View& view, const Batch& batch,
                                                 const Snapshot& held, const Snapshot& now) {
  const auto refusal = [](const Objection& objection, const std::string& what) {
    return Refusal{.error = Error(objection.code, cat("commit: ", what, objection.message))
                                .with_position(objection.position)
                                .with_sequence(objection.sequence),
                   .tsn = objection.tsn,
                   .earlier = objection.earlier};
  };
  if (batch.key != nullptr) {
    if (const auto objection = batch.key->check(view, held, now)) return refusal(*objection, "");
  }
  if (batch.tables != nullptr) {
    if (const auto objection = batch.tables->check(view, held, now)) {
      return refusal(*objection, "");
    }
  }
  for (size_t i = 0; i < batch.guards.size(); ++i) {
    const auto objection = batch.guards[i]->check(view, held, now);
    if (!objection) continue;
    Refusal refused = refusal(*objection, cat("guard ", i, ": "));
    refused.error = std::move(refused.error).with_guard(static_cast<uint32_t>(i));
    find_repetition(view, batch, objection->since, refused);
    return refused;
  }
  if (batch.reads != nullptr) {
    if (const auto objection = batch.reads->check(view, held, now)) {
      Refusal refused = refusal(*objection, "");
      find_repetition(view, batch, objection->since, refused);
      return refused;
    }
  }
  if (batch.unique != nullptr) {
    if (const auto objection = batch.unique->check(view, held, now)) return refusal(*objection, "");
  }
  return std::nullopt;
}

void Pipeline::find_repetition(const View& view, const Batch& batch, uint64_t tsn,
                               Refusal& refusal) {
  // Events tell a batch from others like it: two consumers may well move a mark in the same way.
  if (tsn == 0 || batch.event_count == 0) return;
  const Chunk* chunk = view.chunk_of(tsn);
  std::vector<uint8_t> stored;  // What the trees have of the commit.
  if (chunk == nullptr) {
    auto value = CommitTree(*view.trees).value_of(tsn);
    if (!value) {
      refusal.error = std::move(value).error();
      return;
    }
    stored = *std::move(value);
  }
  const auto commit = chunk != nullptr ? chunk->commit(tsn) : CommitView::decode(tsn, stored);
  if (!commit || commit->stamp().event_count != batch.event_count) return;
  const Stamp& stamp = commit->stamp();
  bool same = true;
  auto missing = std::ranges::count_if(batch.parts,
                                       [](const Part* part) { return is_compared(part->kind()); });
  const auto compare = [&](SectionKind kind, ByteView section) {
    const auto part = std::ranges::find(batch.parts, kind, &Part::kind);
    same = same && part != batch.parts.end() && (*part)->is_stored_as(view, stamp, section);
    --missing;
  };
  if (chunk == nullptr) compare(SectionKind::kEvents, {});
  const Status walked = commit->for_each_section([&](const SectionView& section) -> Status {
    if (is_compared(section.kind)) compare(section.kind, section.bytes);
    return {};
  });
  if (walked && same && missing == 0) refusal.earlier = stamp;
}

Ticket Pipeline::refused(Refusal refusal) {
  (refusal.earlier ? repeated_ : rejected_).fetch_add(1, std::memory_order_relaxed);
  return answer(std::move(refusal));
}

Ticket Pipeline::answer(Refusal refusal) {
  Ticket ticket;
  if (refusal.earlier) {
    ticket.committed = {*refusal.earlier, true};
  } else {
    ticket.refusal = std::move(refusal.error);
  }
  if (refusal.tsn <= durable_tsn()) return ticket;
  // Nobody would write the group, and the log is somebody else's by then.
  if (stopped_) return decided(Error(Code::kClosed, "commit: the database is closed"));
  // I3. Nothing is before the group being written but what is in the log already.
  if (writing_ != nullptr && writing_->durable && refusal.tsn <= writing_->last_tsn) {
    ticket.group = writing_;
    return ticket;
  }
  if (next_group_ == nullptr) next_group_ = std::make_shared<Group>();
  filling_->durable = true;
  ticket.group = filling_;
  return ticket;
}

Ticket Pipeline::submit(const Batch& batch, Durability level) {
  Submission submission = {.batch = batch,
                           .level = std::min(level, options_.durability),
                           .length = frame_length(batch),
                           .held = {}};
  if (submission.length > wal::kFrameLengthMax) {
    return decided(
        Error(Code::kTooLarge, cat("commit: the batch takes ", submission.length,
                                   " bytes, at most ", wal::kFrameLengthMax, " are allowed")));
  }
  if (!options_.background_threads) {
    make_spare_if_missing();
    checkpoint_if_due();
  }
  try {
    for (;;) {
      if (auto ticket = submit_once(submission)) return *std::move(ticket);
    }
  } catch (const std::bad_alloc&) {
    return decided(Error(Code::kNoMemory, "commit: out of memory; the batch was not committed"));
  }
}

std::optional<Ticket> Pipeline::submit_once(Submission& submission) {
  const Batch& batch = submission.batch;
  const auto [now, view] = look();
  auto refusal = check(*view, batch, {}, now);
  for (Part* part : batch.parts) {
    if (refusal) break;
    if (auto looked = part->look_up(*view); !looked) {
      return decided(std::move(looked).error().during("commit"));
    }
  }
  submission.held = now;
  submission.looked_at = view->trees->applied.tsn;
  Lock lock(mutex_);
  if (refusal) return refused(*std::move(refusal));
  auto ticket = submit_locked(lock, submission);
  const bool waits = writing_ != nullptr;  // While the leader is idle, hashing is its work.
  lock.unlock();
  if (submission.pending != nullptr && waits) {
    seal_early(*submission.pending, ticket->committed.tsn);
  }
  return ticket;
}

Result<Committed> Pipeline::check_only(const Batch& batch) {
  const auto [now, view] = look();
  auto refusal = check(*view, batch, {}, now);
  if (!refusal) {
    const Lock lock(mutex_);
    if (stopped_) return fail(Code::kClosed, "commit: the database is closed");
    STELE_TRY(refuse_to_write());
    return Committed{
        {.tsn = 0, .first_position = 0, .event_count = batch.event_count, .recorded = 0}};
  }
  Lock lock(mutex_);
  Ticket ticket = answer(*std::move(refusal));
  lock.unlock();
  return wait(ticket);
}

std::optional<Ticket> Pipeline::submit_locked(Lock& lock, Submission& submission) {
  const Batch& batch = submission.batch;
  const uint64_t size = align_up(submission.length);
  HeldSpare spare(writer_.get());
  for (bool has_room = false; !has_room;) {
    if (stopped_) return decided(Error(Code::kClosed, "commit: the database is closed"));
    if (auto refusal = refuse_to_write(); !refusal) return decided(std::move(refusal).error());
    // What a part found in a chunk, and did not look up in the trees, may be there only by now.
    if (view().trees->applied.tsn > submission.looked_at) return std::nullopt;
    const Snapshot now = sequenced();
    if (auto refusal = check(view(), batch, submission.held, now)) {
      return refused(*std::move(refusal));
    }
    submission.held = now;
    const auto found = find_room(lock, size, spare);
    if (!found) return decided(found.error());
    has_room = *found;
  }
  const auto sequenced_as = sequence(batch, submission.length, *spare);
  if (!sequenced_as) return decided(sequenced_as.error());
  submission.pending = *sequenced_as;
  filling_->durable |= submission.level == Durability::kSync;
  filling_->interval |= submission.level == Durability::kInterval;
  return Ticket{.group = filling_, .committed = {submission.pending->stamp, false}, .refusal = {}};
}

Result<bool> Pipeline::find_memory(Lock& lock, uint64_t size) {
  FrameArena& arena = view().active().arena();
  if (options_.tail_max != 0 && arena.bytes() + arena.growth(size) > options_.tail_max) {
    return fail(Code::kNoMemory,
                cat("commit: the batch takes ", size, " bytes, and ", arena.bytes(),
                    " of the tail's ", options_.tail_max, " are in use"));
  }
  if (checkpoint_ == nullptr || !options_.background_threads) return true;
  if (view().active().bytes() < 2 * options_.checkpoint_memory) return true;
  if (checkpoint_error_ && view().chunks.size() > 1) {
    return fail(Error(*checkpoint_error_).during("commit: checkpoint"));
  }
  // Slower, not refused: until the chunk is frozen, or the one before it is in the trees.
  const uint64_t ended = checkpoints_ended_;
  const ViewPtr before = view_;
  checkpointed_signal_.wait(
      lock, [&] { return checkpoints_ended_ != ended || view_ != before || stopped_ || failure_; });
  return false;
}

Result<bool> Pipeline::find_room(Lock& lock, uint64_t size, HeldSpare& spare) {
  // Not with a spare in hand, which others may be waiting for.
  if (spare.is_empty()) {
    auto has_memory = find_memory(lock, size);
    if (!has_memory || !*has_memory) return has_memory;
  }
  if (spare.is_empty() && unwritten_ > 0 && unwritten_ + size > options_.buffer_max) {
    // Slower, not refused. How it went with those others is theirs to hear.
    [[maybe_unused]] const Status told = wait_for(lock, writing_ != nullptr ? writing_ : filling_);
    return false;
  }
  if (size <= room_) {
    spare.give_back();  // Somebody was faster.
    return true;
  }
  const uint64_t needed = wal::segment_size_for(size);
  if (spare.is_empty()) *spare = writer_->spares().take_leaving_one(needed);
  if (!spare.is_empty()) return true;
  STELE_TRY(obtain_spare(lock, needed, spare));
  return false;
}

Status Pipeline::obtain_spare(Lock& lock, uint64_t needed, HeldSpare& spare) {
  if (obtaining_) {
    // Its spare is likely to have room for this commit, too.
    obtained_signal_.wait(lock, [this] { return !obtaining_; });
    return {};
  }
  const Obtaining obtaining(*this);
  const Outside outside(*this, lock);
  const uint64_t wanted = std::max(needed, writer_->next_segment_size());
  auto obtained = writer_->spares().obtain(needed, wanted);
  if (!obtained) return fail(std::move(obtained).error().during("commit"));
  *spare = *std::move(obtained);
  return {};
}

Pipeline::Obtaining::Obtaining(Pipeline& pipeline) : pipeline_(pipeline) {
  pipeline_.obtaining_ = true;
}

Pipeline::Obtaining::~Obtaining() {
  pipeline_.obtaining_ = false;
  pipeline_.obtained_signal_.notify_all();
}

Pipeline::Outside::Outside(Pipeline& pipeline, Lock& lock) : pipeline_(pipeline), lock_(lock) {
  ++pipeline_.outside_;
  lock_.unlock();
}

Pipeline::Outside::~Outside() {
  lock_.lock();
  if (--pipeline_.outside_ == 0) pipeline_.outside_signal_.notify_all();
}

void Pipeline::make_spare_if_missing() {
  Lock lock(mutex_);
  if (stopped_ || writer_ == nullptr || writer_->stats().segments == 0) return;
  const Outside outside(*this, lock);
  const uint64_t size = writer_->next_segment_size();
  if (writer_->spares().has(size, kSpares)) return;
  // Nobody needs it yet. Who does will try again, and be told.
  try {
    [[maybe_unused]] const Status made = writer_->spares().make(size, kSpares);
  } catch (const std::bad_alloc&) {
    return;
  }
}

Result<Pending*> Pipeline::sequence(const Batch& batch, uint64_t length,
                                    std::unique_ptr<wal::Spare>& spare) {
  Pending pending;
  std::deque<Pending>& group = filling_->commits;
  const size_t group_size = group.size();
  bool indexing = false;
  try {
    if (next_group_ == nullptr) next_group_ = std::make_shared<Group>();
    pending.frame = view().active().arena().allocate(align_up(length));
    pending.parts = batch.parts;
    pending.sections.reserve(batch.parts.size());
    pending.owner = batch.owner;
    pending.view = view_;
    group.emplace_back();  // Its place: once indexed, nothing may fail.
    const auto recorded = recorded_.next();
    if (!recorded) {
      while (group.size() > group_size) group.pop_back();
      return fail(Error(recorded.error()).during("commit"));
    }
    pending.stamp = {.tsn = sequenced_tsn_ + 1,
                     .first_position = next_position_,
                     .event_count = batch.event_count,
                     .recorded = *recorded};
    wal::start_frame(pending.frame, wal::FrameType::kCommit, pending.stamp.tsn, length);
    indexing = true;
    build_frame(batch, pending);
  } catch (const std::bad_alloc&) {
    while (group.size() > group_size) group.pop_back();
    // Half of the batch may be in the indexes already; it must never be followed by another.
    if (indexing) {
      failure_ = Error(Code::kNoMemory, "out of memory while a batch was being sequenced");
      checkpointed_signal_.notify_all();
    }
    return fail(Code::kNoMemory, "commit: out of memory; the batch was not committed");
  }
  const uint64_t size = pending.frame.size();
  room_ = (spare == nullptr ? room_ : wal::segment_room(spare->size)) - size;
  filling_->begins_segment |= spare != nullptr;
  pending.segment = std::move(spare);
  unwritten_ += size;
  chunk_log_ += size;
  commit_bytes_.fetch_add(size, std::memory_order_relaxed);
  if (checkpoint_is_due()) checkpoint_signal_.notify_one();
  filling_->bytes += size;
  filling_->last_tsn = pending.stamp.tsn;
  next_position_ += pending.stamp.event_count;
  group.back() = std::move(pending);
  return &group.back();
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
    batch.parts[i]->apply_to_tail(view(), pending.stamp, pending.sections[i], durable_tsn());
  }
  view().active().add(payload.data());
  sequenced_tsn_ = pending.stamp.tsn;
}

}  // namespace stele::engine
