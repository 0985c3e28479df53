// The walk over the log for a verification.
#include "db/verify.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace stele::db {

namespace {

constexpr uint64_t kVerifyStep = uint64_t{1} << 20;

std::unexpected<Error> verify_failure(Error error) {
  return fail(std::move(error).during("verify"));
}

}  // namespace

Verify::Verify(std::shared_ptr<Database> database, uint64_t log_bytes)
    : database_(std::move(database)),
      hold_(database_->pipeline(), 0),
      now_(database_->snapshot()),
      held_(database_->views(), database_->reader_age_us()),
      history_(*held_.view()),
      last_tsn_(std::max(now_.tsn, history_.view().trees->applied.tsn)),
      head_(std::max(now_.head, history_.view().trees->applied.head)),
      log_bytes_(log_bytes),
      chain_(engine::genesis_root(database_->meta().uuid)),
      trees_(history_.view(), chain_) {
  hold_.move_to(history_.view().trees->applied.tsn);
  bytes_total_ = trees_.bytes_total() + log_bytes_;
  held_.rest();
}

Result<std::unique_ptr<Verify>> Verify::start(std::shared_ptr<Database> database) {
  const auto stats = database->stats();
  if (!stats) return verify_failure(stats.error());
  // What is in the trees is read there.
  const uint64_t log = stats->applied.tsn == 0 ? stats->pipeline.wal.log_bytes
                                               : database->pipeline().log_behind_trees();
  return std::unique_ptr<Verify>(new Verify(std::move(database), log));
}

std::unexpected<Error> Verify::failure(Error error) const {
  const uint64_t next = chain_.events() + 1;
  const bool unnamed = error.code() == Code::kCorrupt && error.position() == 0;
  if (unnamed && next <= head_) {
    // Damage to a frame says nothing about events; the first one not checked is the first bad one.
    error = std::move(error).with_position(next);
  }
  return verify_failure(std::move(error));
}

void Verify::note_progress() {
  const uint64_t log = bytes_before_ + (reader_ ? reader_->offset() : 0);
  bytes_done_ = done_ ? bytes_total_ : trees_.bytes_done() + std::min(log_bytes_, log);
}

Status Verify::enter_first_segment() {
  os::FileSystem& files = *database_->environment().files;
  const std::string directory = wal_directory(database_->path());
  const auto log = wal::list_log(files, directory);
  if (!log) return fail(log.error());
  // The first in which a commit that is in no tree can be.
  const uint64_t first = chain_.commits() + 1;
  for (size_t i = log->segments.size(); i-- > 0;) {
    auto reader = wal::SegmentReader::open(files, directory, database_->meta().uuid,
                                           log->segments[i], database_->scratch());
    if (!reader) return fail(std::move(reader).error());
    const wal::SegmentHeader& header = reader->header();
    if (header.first_tsn > first) continue;
    reader->set_chain({header.first_tsn - 1, header.previous_checksum});
    reader_.emplace(*std::move(reader));
    number_ = log->segments[i];
    return find_end();
  }
  return corruption(wal::segment_path(directory, 1), 0, "the segment is missing");
}

Status Verify::enter_next_segment() {
  os::FileSystem& files = *database_->environment().files;
  const std::string directory = wal_directory(database_->path());
  const wal::Uuid& uuid = database_->meta().uuid;
  auto next = wal::SegmentReader::open(files, directory, uuid, number_ + 1, database_->scratch());
  if (!next) return fail(std::move(next).error());
  wal::Chain chain;
  if (reader_) {
    chain = reader_->chain();
    bytes_before_ += reader_->offset();
    if (next->header().previous_checksum != chain.checksum ||
        next->header().previous_end != reader_->offset()) {
      return corruption(next->path(), 0, "the segment does not continue the one before it");
    }
  }
  next->set_chain(chain);
  reader_.emplace(*std::move(next));
  ++number_;
  return find_end();
}

Status Verify::find_end() {
  os::FileSystem& files = *database_->environment().files;
  const std::string directory = wal_directory(database_->path());
  const wal::Uuid& uuid = database_->meta().uuid;
  // Bytes behind the end that the following segment names are remains of a torn write.
  end_ = UINT64_MAX;
  const auto kind = files.kind(wal::segment_path(directory, number_ + 1));
  if (!kind) return fail(kind.error());
  if (*kind == os::FileKind::kFile) {
    const auto following = wal::SegmentReader::open(files, directory, uuid, number_ + 1);
    if (!following) return fail(following.error());
    end_ = following->header().previous_end;
  }
  return {};
}

Status Verify::check_ids(const engine::CommitView& commit) {
  return commit.for_each_section([&](const engine::SectionView& section) -> Status {
    if (section.kind != engine::SectionKind::kEvents) return {};
    for (ByteView rest = section.bytes; !rest.empty();) {
      const auto record = events::RecordView::trusted(rest.data());
      const uint64_t position = record.position();
      const uint64_t first = history_.position_of(record.id(), position);
      if (!history_.status()) return history_.status();
      if (first != position) {
        return fail(
            Error(Code::kCorrupt, cat("event ", position, ": its id is that of event ", first))
                .with_position(position));
      }
      rest = rest.subspan(record.size());
    }
    return {};
  });
}

Status Verify::check_frame() {
  const uint64_t at = reader_->offset();
  const auto step = reader_->next(end_);
  if (!step) return fail(step.error());
  if (!step->found) {
    const std::string directory = wal_directory(database_->path());
    const auto kind =
        database_->environment().files->kind(wal::segment_path(directory, number_ + 1));
    if (!kind) return fail(kind.error());
    if (*kind == os::FileKind::kFile) {
      // The segment may have been closed since it was entered; its end must then be here.
      if (end_ == UINT64_MAX || end_ == at) return enter_next_segment();
    }
    return corruption(reader_->path(), at, step->reason);
  }
  if (step->frame.type != wal::FrameType::kCommit) return {};
  if (step->frame.tsn <= chain_.commits()) return {};  // It is in the trees, and checked.
  const auto commit = engine::CommitView::decode(step->frame.tsn, step->frame.payload());
  Status checked = commit ? chain_.add(*commit) : Status(fail(commit.error()));
  if (checked) checked = check_ids(*commit);
  if (!checked) {
    const uint64_t position = checked.error().position();
    return fail(std::move(checked)
                    .error()
                    .during(cat(reader_->path(), ", byte ", at))
                    .with_offset(at)
                    .with_position(position));
  }
  return {};
}

Result<bool> Verify::step() {
  if (database_->closed()) return fail(Code::kClosed, "verify: the database is closed");
  if (!held_.read()) {
    hold_.move_to(UINT64_MAX);  // Nor the log.
    return verify_failure(engine::too_old("the verification").error());
  }
  auto made = make_step();
  note_progress();
  held_.rest();
  return made;
}

Result<bool> Verify::make_step() {
  uint64_t budget = kVerifyStep;
  const auto more = trees_.step(budget);
  if (!more) return failure(more.error());
  if (*more) return true;
  while (chain_.commits() < last_tsn_) {
    if (!reader_) {
      if (auto entered = enter_first_segment(); !entered) return failure(entered.error());
    }
    const uint64_t before = reader_->offset();
    if (auto checked = check_frame(); !checked) return failure(checked.error());
    const uint64_t after = reader_->offset();
    const uint64_t read = after > before ? after - before : wal::kFrameHeaderSize;
    if (read >= budget) return true;
    budget -= read;
  }
  if (last_tsn_ > 0) {
    const auto last = engine::commit_info(history_.view(), last_tsn_);
    if (!last) return failure(last.error());
    if (chain_.root() != last->chained_root) {
      return fail(Code::kCorrupt, "verify: the log on disk is not the one that was opened");
    }
  }
  done_ = true;
  return false;
}

}  // namespace stele::db
