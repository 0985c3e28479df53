// The steps of a backup.
#include "db/backup.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace stele::db {

namespace {

constexpr uint64_t kBackupStep = uint64_t{1} << 20;
constexpr uint64_t kPieceSize = uint64_t{64} << 10;  // In memory.

std::string name_of_segment(uint64_t number) {
  const std::string path = wal::segment_path("", number);
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

Backup::~Backup() {
  held_.reset();  // First: until then, what it copies may be taken away by another thread.
}

Result<std::unique_ptr<Backup>> Backup::start(std::shared_ptr<Database> database,
                                              os::FileSystem& files, const std::string& path) {
  std::unique_ptr<Backup> backup(new Backup(std::move(database), files, path));
  Database& from = *backup->database_;
  auto directory = UnfinishedDirectory::begin(files, path, from.meta().uuid);
  if (!directory) return fail(std::move(directory).error());
  backup->directory_ = *std::move(directory);
  // The snapshot before the view, which has everything in it then.
  backup->content_ = from.snapshot();
  if (!backup->copies_log()) {
    STELE_TRY(from.checkpoint());
    backup->read();
    backup->content_ = backup->view().trees->applied;
  } else {
    backup->read();
    STELE_TRY(backup->list_segments());
  }
  STELE_TRY(backup->begin_pages());
  backup->held_->rest();
  return backup;
}

void Backup::read() {
  held_.emplace(database_->views(), database_->reader_age_us(), [this] { pages_.reset(); });
}

Status Backup::begin_pages() {
  const std::string path = page_file_path(path_);
  const auto kind = files_.kind(path);
  if (!kind) return fail(kind.error());
  const engine::Trees& trees = *view().trees;
  if (trees.file == nullptr) {
    are_pages_done_ = true;
    return *kind == os::FileKind::kMissing ? Status() : files_.remove(path);
  }
  auto to = files_.open(
      path, *kind == os::FileKind::kMissing ? os::OpenFor::kCreating : os::OpenFor::kWriting);
  if (!to) return fail(std::move(to).error());
  auto copy = page::PageCopy::start(trees.file, trees.state, *std::move(to));
  if (!copy) return fail(std::move(copy).error());
  pages_ = *std::move(copy);
  bytes_total_ += pages_->bytes_total();
  return {};
}

Status Backup::list_segments() {
  const auto log = wal::list_log(*database_->environment().files, wal_directory(database_->path()));
  if (!log) return fail(log.error());
  for (const uint64_t number : log->segments) {
    const std::string name = name_of_segment(number);
    auto file = database_->environment().files->open(
        cat(wal_directory(database_->path()), "/", name), os::OpenFor::kReading);
    if (!file) return fail(std::move(file).error());
    const auto size = (*file)->size();
    if (!size) return fail(size.error());
    segments_.push_back({.name = name, .size = *size, .done = 0});
    bytes_total_ += *size;
  }
  return {};
}

void Backup::note_progress() {
  bytes_done_ = pages_ != nullptr ? pages_->bytes_done() : 0;
  for (const Segment& segment : segments_) bytes_done_ += segment.done;
  if (done_) bytes_done_ = bytes_total_;
}

Result<bool> Backup::step() {
  if (failure_) return fail(*failure_);
  if (done_) return false;
  if (!held_->read()) {
    failure_ = engine::too_old("the backup").error();
    return fail(*failure_);
  }
  Status made = make_step();
  note_progress();
  if (held_) held_->rest();
  if (made) return !done_;
  failure_ = made.error();
  return fail(std::move(made).error());
}

Status Backup::make_step() {
  if (!are_pages_done_) {
    const auto more = pages_->step(kBackupStep);
    if (!more) return fail(more.error());
    are_pages_done_ = !*more;
    return {};
  }
  if (segment_ < segments_.size()) return copy_piece(segments_[segment_]);
  STELE_TRY(finish());
  done_ = true;
  return {};
}

Status Backup::copy_piece(Segment& segment) {
  const std::string name = cat("/", segment.name);
  os::FileSystem& original = *database_->environment().files;
  auto from = original.open(wal_directory(database_->path()) + name, os::OpenFor::kReading);
  if (!from) return fail(std::move(from).error());
  auto to = files_.open(wal_directory(path_) + name,
                        segment.done == 0 ? os::OpenFor::kCreating : os::OpenFor::kWriting);
  if (!to) return fail(std::move(to).error());
  std::vector<uint8_t> piece;
  const uint64_t end = std::min(segment.size, segment.done + kBackupStep);
  while (segment.done < end) {
    piece.resize(std::min(kPieceSize, end - segment.done));
    const auto got = (*from)->read_at(segment.done, piece);
    if (!got) return fail(got.error());
    if (*got < piece.size()) {
      return corruption((*from)->path(), segment.done + *got, "the file has become shorter");
    }
    const ByteView bytes = piece;
    STELE_TRY((*to)->write_at(segment.done, {&bytes, 1}));
    segment.done += piece.size();
  }
  if (segment.done < segment.size) return {};
  ++segment_;
  return (*to)->sync(os::SyncSite::kBackupLog);
}

Status Backup::finish() {
  if (pages_ != nullptr) {
    // Where the log goes on: the copy's log is another one, unless it was copied.
    const page::Note note = copies_log() ? view().trees->state->note : page::Note{};
    STELE_TRY(pages_->finish(note, os::SyncSite::kBackupPages));
  }
  STELE_TRY(directory_->finish(database_->meta(), content_.tsn, copies_log(),
                               *database_->environment().random));
  pages_.reset();
  held_.reset();
  return {};
}

}  // namespace stele::db
