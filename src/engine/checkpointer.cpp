// The steps of a checkpoint.
#include "engine/checkpointer.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "engine/commit_merge.h"
#include "engine/commit_tree.h"
#include "engine/held_view.h"
#include "page/page_writer.h"

namespace stele::engine {

namespace {

// What a superblock keeps of the log: where the last commit in its trees ends. Zeros: it is not
// known.
constexpr size_t kNoteSegment = 0;
constexpr size_t kNoteOffset = kNoteSegment + 8;
constexpr size_t kNoteTsn = kNoteOffset + 8;
constexpr size_t kNoteChecksum = kNoteTsn + 8;

page::Note note_of(const std::optional<wal::LogPlace>& place) {
  page::Note note = {};
  if (!place) return note;
  store_le(note.data() + kNoteSegment, place->segment);
  store_le(note.data() + kNoteOffset, place->offset);
  store_le(note.data() + kNoteTsn, place->chain.tsn);
  store_le(note.data() + kNoteChecksum, place->chain.checksum);
  return note;
}

std::optional<wal::LogPlace> place_in(const page::Note& note) {
  const auto number = [&](size_t at) { return load_le<uint64_t>(note.data() + at); };
  if (number(kNoteSegment) == 0) return std::nullopt;
  return wal::LogPlace{.segment = number(kNoteSegment),
                       .offset = number(kNoteOffset),
                       .chain = {.tsn = number(kNoteTsn), .checksum = number(kNoteChecksum)}};
}

}  // namespace

Checkpointer::Checkpointer(const os::Environment& environment, Options options,
                           page::PageCache& cache, Pipeline& pipeline,
                           std::vector<Participant*> participants)
    : environment_(environment),
      options_(std::move(options)),
      cache_(cache),
      pipeline_(pipeline),
      participants_(std::move(participants)) {}

Status Checkpointer::open(wal::LogStart& start) {
  const std::lock_guard lock(mutex_);
  start = {};
  const auto kind = environment_.files->kind(options_.path);
  if (!kind) return fail(kind.error());
  if (*kind == os::FileKind::kMissing) return {};
  auto file =
      page::PageFile::open(environment_, options_.path, options_.file, cache_, options_.writes);
  if (!file) return fail(std::move(file).error());
  file_ = *std::move(file);
  auto trees = std::make_shared<Trees>();
  trees->scratch = options_.scratch;
  trees->file = file_;
  trees->state = file_->state();
  const uint64_t floor = trees->state->applied_tsn;
  start = {.floor = floor, .place = place_in(trees->state->note)};
  if (floor > 0) {
    const auto last = CommitTree(*trees).info_of(floor);
    if (!last) return fail(last.error());
    trees->applied = {floor, last->stamp.last_position()};
  }
  return pipeline_.begin_behind(trees);
}

Status Checkpointer::make_file() {
  if (file_ != nullptr) return {};
  auto file = page::PageFile::create(environment_, options_.path, options_.file, cache_);
  if (!file) return fail(std::move(file).error());
  file_ = *std::move(file);
  return {};
}

Result<Roots> Checkpointer::apply(page::PageWriter& writer, const View& view) {
  Roots roots;
  if (view.trees->state != nullptr) roots = view.trees->state->roots;
  uint64_t timed = UINT64_MAX;
  for (Participant* participant : participants_) {
    const auto from = participant->times_needed_from(view);
    if (!from) return fail(from.error());
    timed = std::min(timed, *from);
  }
  STELE_TRY(add_commits(writer, view, timed, roots));
  for (Participant* participant : participants_) {
    STELE_TRY(participant->checkpoint(writer, view, roots));
  }
  return roots;
}

Status Checkpointer::checkpoint(const ViewPtr& view) {
  // The first that does not belong to it, so that this one is complete.
  const Snapshot applied = view->chunks[1]->before();
  STELE_TRY(pipeline_.sync());
  STELE_CHECK(pipeline_.durable_tsn() >= applied.tsn);
  STELE_TRY(make_file());
  auto trees = std::make_shared<Trees>();
  trees->scratch = options_.scratch;
  {
    auto writer = file_->begin();
    if (!writer) return fail(std::move(writer).error());
    const auto roots = apply(**writer, *view);
    if (!roots) return fail(roots.error());
    STELE_TRY((*writer)->commit(*roots, applied.tsn, note_of(pipeline_.place_of(applied.tsn))));
  }
  trees->file = file_;
  trees->state = file_->state();
  trees->applied = applied;
  pipeline_.replace_trees(std::move(trees));
  pipeline_.views().readers().take_old(pipeline_.views().current());
  return {};
}

Status Checkpointer::renew() {
  if (file_ == nullptr) return {};
  const auto state = file_->state();
  if (file_->older_applied_tsn() == state->applied_tsn) return {};
  return make_again(*state, [](page::PageWriter&, const page::State& same) -> Result<page::Roots> {
    return same.roots;
  });
}

Status Checkpointer::make_again(const page::State& state, const Rewrite& rewrite) {
  {
    auto writer = file_->begin();
    if (!writer) return fail(std::move(writer).error());
    const auto roots = rewrite(**writer, state);
    if (!roots) return fail(roots.error());
    STELE_TRY((*writer)->commit(*roots, state.applied_tsn, state.note));
  }
  auto trees = std::make_shared<Trees>();
  trees->scratch = options_.scratch;
  trees->file = file_;
  trees->state = file_->state();
  pipeline_.renew_trees(std::move(trees));
  pipeline_.views().readers().take_old(pipeline_.views().current());
  return {};
}

Status Checkpointer::rewrite(const Rewrite& rewrite) {
  const std::lock_guard lock(mutex_);
  if (!options_.writes) return fail(Code::kReadOnly, "the database was opened for reading only");
  if (closed_) return fail(Code::kClosed, "the database is closed");
  if (file_ == nullptr) return fail(Code::kNotFound, "there was no checkpoint yet");
  return make_again(*file_->state(), rewrite);
}

Status Checkpointer::run() {
  const std::lock_guard lock(mutex_);
  if (!options_.writes) return fail(Code::kReadOnly, "the database was opened for reading only");
  if (closed_) return fail(Code::kClosed, "the database is closed");
  const int64_t started = environment_.clock->steady_us();
  const ViewPtr view = pipeline_.freeze();
  STELE_TRY(view != nullptr ? checkpoint(view) : renew());
  if (file_ == nullptr) return {};
  if (view != nullptr) {
    const auto us = static_cast<uint64_t>(environment_.clock->steady_us() - started);
    checkpoints_.fetch_add(1, std::memory_order_relaxed);
    us_.fetch_add(us, std::memory_order_relaxed);
    us_max_.store(std::max(us, us_max_.load(std::memory_order_relaxed)), std::memory_order_relaxed);
  }
  return pipeline_.writes() ? pipeline_.release(file_->older_applied_tsn()) : Status();
}

void Checkpointer::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

std::shared_ptr<page::PageFile> Checkpointer::file() const {
  const std::lock_guard lock(mutex_);
  return file_;
}

CheckpointStats Checkpointer::stats() const {
  return {.checkpoints = checkpoints_.load(std::memory_order_relaxed),
          .us = us_.load(std::memory_order_relaxed),
          .us_max = us_max_.load(std::memory_order_relaxed)};
}

}  // namespace stele::engine
