// The walk over the log for a verification.
#include "db/verify.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace stele::db {

namespace {

constexpr uint64_t kStepSize = uint64_t{1} << 20;

std::unexpected<Error> verify_failure(Error error) {
  return fail(std::move(error).during("verify"));
}

}  // namespace

Verify::Verify(std::shared_ptr<Database> database, uint64_t bytes_total)
    : database_(std::move(database)),
      last_tsn_(database_->snapshot().tsn),
      bytes_total_(bytes_total),
      chain_(engine::genesis_root(database_->meta().uuid)),
      number_(database_->first_segment() - 1) {}

Result<std::unique_ptr<Verify>> Verify::start(std::shared_ptr<Database> database) {
  const auto stats = database->stats();
  if (!stats) return verify_failure(stats.error());
  return std::unique_ptr<Verify>(new Verify(std::move(database), stats->pipeline.wal.log_bytes));
}

std::unexpected<Error> Verify::failure(Error error) const {
  const uint64_t next = chain_.events() + 1;
  const bool unnamed = error.code() == Code::kCorrupt && error.position() == 0;
  if (unnamed && next <= database_->pipeline().stamp_of(last_tsn_).last_position()) {
    // Damage to a frame says nothing about events; the first one not checked is the first bad one.
    error = std::move(error).with_position(next);
  }
  return verify_failure(std::move(error));
}

uint64_t Verify::bytes_done() const {
  if (done_) return bytes_total_;
  return std::min(bytes_total_, bytes_before_ + (reader_ ? reader_->offset() : 0));
}

Status Verify::enter_next_segment() {
  os::FileSystem& files = *database_->environment().files;
  const std::string directory = wal_directory(database_->path());
  const wal::Uuid& uuid = database_->meta().uuid;
  auto next = wal::SegmentReader::open(files, directory, uuid, number_ + 1);
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

Status Verify::check_ids(const engine::CommitView& commit) const {
  return commit.for_each_section([&](const engine::SectionView& section) -> Status {
    if (section.kind != engine::SectionKind::kEvents) return {};
    for (ByteView rest = section.bytes; !rest.empty();) {
      const auto record = events::RecordView::trusted(rest.data());
      const uint64_t position = record.position();
      const uint64_t first =
          database_->tail().position_of(record.id(), events::id_hash(record.id()), position);
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
  uint64_t budget = kStepSize;
  while (chain_.commits() < last_tsn_) {
    if (!reader_) {
      if (auto entered = enter_next_segment(); !entered) return failure(entered.error());
    }
    const uint64_t before = reader_->offset();
    if (auto checked = check_frame(); !checked) return failure(checked.error());
    const uint64_t after = reader_->offset();
    const uint64_t read = after > before ? after - before : wal::kFrameHeaderSize;
    if (read >= budget) return true;
    budget -= read;
  }
  if (last_tsn_ > 0 && chain_.root() != database_->pipeline().root_of(last_tsn_)) {
    return fail(Code::kCorrupt, "verify: the log on disk is not the one that was opened");
  }
  done_ = true;
  return false;
}

}  // namespace stele::db
