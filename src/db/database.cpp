// Opening, recovery and closing of a database.
#include "db/database.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "db/batch_content.h"
#include "events/event_part.h"
#include "wal/recovery.h"
#include "wal/segment.h"

namespace stele::db {

namespace {

Status check_options(const OpenOptions& options) {
  const uint64_t size = options.segment_size;
  if (size != 0 && (size < kSegmentSizeMin || size > kSegmentSizeMax)) {
    return fail(Code::kInvalid, cat("segment_size is ", size, ", allowed are ", kSegmentSizeMin,
                                    " to ", kSegmentSizeMax, " and 0"));
  }
  return {};
}

bool must_exist(OpenMode mode) {
  return mode == OpenMode::kExisting || mode == OpenMode::kReadOnly;
}

// Makes sure that `path` is a directory we may work in. Creates it where the mode allows.
Status prepare_directory(os::FileSystem& files, const std::string& path, OpenMode mode) {
  const auto kind = files.kind(path);
  if (!kind) return fail(kind.error());
  if (*kind == os::FileKind::kMissing) {
    if (must_exist(mode)) return fail(Code::kNotFound, cat("there is no ", path));
    Status created = files.create_directory(path);
    if (created) return {};
    // Somebody else may have been faster; the lock will tell which of us owns it.
    const auto now = files.kind(path);
    if (now && *now == os::FileKind::kDirectory) return {};
    return created;
  }
  if (*kind != os::FileKind::kDirectory) {
    return fail(Code::kInvalid, cat(path, " is not a directory"));
  }
  return {};
}

// Returns what the directory holds, or why it cannot be opened in this mode.
Result<DirectoryContent> judge_content(os::FileSystem& files, const std::string& path,
                                       OpenMode mode) {
  auto content = look_at(files, path);
  if (!content) return content;
  if (*content == DirectoryContent::kDatabase && mode == OpenMode::kNew) {
    return fail(Code::kExists, cat("there is a database in ", path, " already"));
  }
  if (*content == DirectoryContent::kNothing && must_exist(mode)) {
    return fail(Code::kNotFound, cat("there is no database in ", path));
  }
  if (*content == DirectoryContent::kSomethingElse) {
    return fail(Code::kInvalid, cat(path, " holds files that are not a Stele database"));
  }
  return content;
}

Result<Meta> create_database(const os::Environment& environment, const std::string& path,
                             const OpenOptions& options) {
  Meta meta = {
      .uuid = {},
      .created = environment.clock->wall_us(),
      .segment_size = options.segment_size != 0 ? options.segment_size : kSegmentSizeDefault};
  STELE_TRY(environment.random->fill(meta.uuid));
  meta.uuid[6] = static_cast<uint8_t>(0x40 | (meta.uuid[6] & 0x0f));  // RFC 9562, version 4.
  meta.uuid[8] = static_cast<uint8_t>(0x80 | (meta.uuid[8] & 0x3f));
  STELE_TRY(create_files(*environment.files, path, meta));
  return meta;
}

}  // namespace

Database::Database(const os::Environment& environment, std::string path, const Meta& meta,
                   const OpenOptions& options, std::unique_ptr<os::DirectoryLock> lock)
    : owned_(options.owned),
      environment_(environment),
      path_(std::move(path)),
      meta_(meta),
      process_generation_(os::process_generation()),
      strict_after_(options.strict_after),
      lock_(std::move(lock)),
      id_clock_(*environment.clock),
      contents_(std::make_unique<ContentPool>()),
      pipeline_(environment, options.pipeline, engine::genesis_root(meta.uuid)) {}

Database::~Database() {
  // A handle that nobody closed: mark the log's end all the same. There is nobody to tell of
  // errors.
  [[maybe_unused]] const Status status = close();
}

Result<std::shared_ptr<Database>> Database::open(const os::Environment& environment,
                                                 const std::string& path,
                                                 const OpenOptions& options) {
  os::FileSystem& files = *environment.files;
  STELE_TRY(check_options(options));
  STELE_TRY(prepare_directory(files, path, options.mode));
  // Before the lock, so that no lock file is left in a directory that is not ours.
  if (auto content = judge_content(files, path, options.mode); !content) {
    return fail(std::move(content).error());
  }
  const bool reads_only = options.mode == OpenMode::kReadOnly;
  auto lock = reads_only ? files.lock_for_reading(lock_path(path)) : files.lock(lock_path(path));
  if (!lock) return fail(std::move(lock).error());
  const auto content = judge_content(files, path, options.mode);
  if (!content) return fail(content.error());
  const auto meta = *content == DirectoryContent::kDatabase
                        ? read_meta(files, path)
                        : create_database(environment, path, options);
  if (!meta) return fail(meta.error());

  std::shared_ptr<Database> database(
      new Database(environment, path, *meta, options, *std::move(lock)));
  STELE_TRY(database->recover(options));
  return database;
}

Status Database::recover(const OpenOptions& options) {
  const auto log = environment_.files->kind(wal_directory(path_));
  if (!log) return fail(log.error());
  if (*log != os::FileKind::kDirectory) {
    return corruption(wal_directory(path_), 0, "the directory of the log is missing");
  }
  events::EventParticipant events(tail_, &id_clock_);
  events::TrackingParticipant tracking(tracking_);
  events::KeyParticipant keys(keys_);
  const std::array<engine::Participant*, 3> participants = {&events, &tracking, &keys};
  const wal::FrameSink sink = [&](const wal::FrameView& frame) {
    return pipeline_.replay(frame, participants);
  };
  const uint64_t floor = 0;  // Nothing but the log holds what it says, so all of it is needed.
  const auto end = wal::recover(*environment_.files, wal_directory(path_), meta_.uuid, floor, sink);
  if (!end) return fail(end.error());
  recovered_commits_ = end->last_tsn;
  first_segment_ = std::max<uint64_t>(end->first_segment, 1);
  recovered_cut_ = end->cut;
  recovered_segments_ = end->closed.size() + (end->last_segment != 0 ? 1 : 0);
  recovered_bytes_ = end->end;
  for (const wal::ClosedSegment& segment : end->closed) recovered_bytes_ += segment.bytes;
  if (options.mode == OpenMode::kReadOnly) {
    pipeline_.start_reading();
    return {};
  }
  if (end->last_segment == 0) STELE_TRY(make_names_durable(*environment_.files, path_));
  return pipeline_.start(
      {.directory = wal_directory(path_),
       .uuid = meta_.uuid,
       .segment_size = options.segment_size != 0 ? options.segment_size : meta_.segment_size,
       .keep_segments = options.keep_segments,
       .fill = options.fill_segments},
      *end);
}

Status Database::sync() {
  if (closed()) return fail(Code::kClosed, "sync: the database is closed");
  return pipeline_.sync();
}

Status Database::close() {
  const std::lock_guard guard(lock_mutex_);
  if (lock_ == nullptr) return {};
  closed_.store(true, std::memory_order_release);
  // A child of the process that opened it must not touch the parent's log.
  Status stopped;
  if (process_generation_ == os::process_generation()) {
    stopped = pipeline_.stop();
  } else {
    pipeline_.abandon();
  }
  lock_.reset();
  return stopped;
}

uint64_t Database::tracked(const std::string& source) const {
  return tracking_.find(source, pipeline_.durable_tsn()).position;
}

Result<DatabaseStats> Database::stats() const {
  DatabaseStats stats = {.visible = snapshot(),
                         .last_recorded = 0,
                         .terms = tail_.terms().size(),
                         .recovered_commits = recovered_commits_,
                         .recovered_cut = recovered_cut_,
                         .pipeline = pipeline_.stats()};
  if (stats.visible.tsn > 0) stats.last_recorded = pipeline_.stamp_of(stats.visible.tsn).recorded;
  if (!pipeline_.writes()) {
    stats.pipeline.wal.segments = recovered_segments_;
    stats.pipeline.wal.log_bytes = recovered_bytes_;
  }
  return stats;
}

}  // namespace stele::db
