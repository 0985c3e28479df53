// Opening, recovery and closing of a database.
#include "db/database.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "db/batch_content.h"
#include "events/event_part.h"
#include "tables/catalog_tree.h"
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
  if (options.memory_budget < kMemoryBudgetMin) {
    return fail(Code::kInvalid, cat("memory_budget is ", options.memory_budget,
                                    ", allowed are 0 and ", kMemoryBudgetMin, " or more"));
  }
  return {};
}

constexpr uint64_t kLogMin = uint64_t{1} << 20;
constexpr uint64_t kScratchMin = uint64_t{64} << 10;
constexpr uint64_t kScratchMax = uint64_t{16} << 20;
constexpr uint64_t kArenaMin = uint64_t{16} << 10;

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
  if (*content == DirectoryContent::kUnfinishedBackup) {
    return fail(Code::kInvalid, cat(path, " holds a backup that was not finished"));
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

// What a checkpoint takes while it is made, and what there is beside pages and the tail: much of a
// small budget, and nothing of a large one.
constexpr uint64_t kWorkingMemory = uint64_t{320} << 10;

uint64_t divisible(const OpenOptions& options) {
  return options.memory_budget - kWorkingMemory;
}

// What is larger than a sixteenth of the budget is not for memory. A database that is only read
// gets no file in its directory, not even one without a name.
os::ScratchPtr scratch_for(const os::Environment& environment, const std::string& path,
                           const OpenOptions& options) {
  return std::make_shared<os::Scratch>(
      *environment.files, options.mode == OpenMode::kReadOnly ? std::string() : path,
      std::clamp(options.memory_budget / 16, kScratchMin, kScratchMax));
}

// Divides the budget: half for pages, the rest for two chunks of the tail, each of which may grow
// to twice its share while the other is being written, and for what is on its way into the log.
engine::PipelineOptions pipeline_options(const OpenOptions& options, os::ScratchPtr scratch) {
  engine::PipelineOptions pipeline = options.pipeline;
  pipeline.scratch = std::move(scratch);
  const uint64_t budget = options.memory_budget;
  pipeline.checkpoint_memory = std::min(pipeline.checkpoint_memory, divisible(options) / 8);
  pipeline.checkpoint_log = std::min(pipeline.checkpoint_log, std::max(budget / 4, kLogMin));
  pipeline.buffer_max = std::min(pipeline.buffer_max, budget / 4);
  pipeline.arena_size = std::clamp(budget / 64, kArenaMin, pipeline.arena_size);
  return pipeline;
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
      reader_age_us_(options.reader_age_us),
      lock_(std::move(lock)),
      id_clock_(*environment.clock),
      scratch_(scratch_for(environment, path_, options)),
      cache_(divisible(options) / 2),
      contents_(std::make_unique<ContentPool>()),
      pipeline_(environment, pipeline_options(options, scratch_), engine::genesis_root(meta.uuid),
                {&events_, &tracking_, &keys_, &catalog_, &rows_}),
      checkpointer_(environment,
                    {.path = page_file_path(path_),
                     .file = {.uuid = meta.uuid, .file_id = kEventsFileId},
                     .writes = options.mode != OpenMode::kReadOnly,
                     .scratch = scratch_},
                    cache_, pipeline_, {&events_, &tracking_, &keys_, &catalog_, &rows_}),
      checkpoint_close_(options.checkpoint_close) {
  pipeline_.set_checkpoint([this] { return checkpointer_.run(); });
}

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
  const wal::FrameSink sink = [&](const wal::FrameView& frame) { return pipeline_.replay(frame); };
  wal::LogStart start;  // The log holds everything behind the trees.
  STELE_TRY(checkpointer_.open(start));
  if (const auto trees = views().current()->trees; trees->file != nullptr) {
    const auto next = tables::next_table_id(*trees->file, trees->root(tables::kCatalogTree));
    if (!next) return fail(next.error());
    catalog_.state().raise_next_id(*next);
  }
  const auto end =
      wal::recover(*environment_.files, wal_directory(path_), meta_.uuid, start, sink, scratch_);
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

Status Database::checkpoint() {
  if (closed()) return fail(Code::kClosed, "checkpoint: the database is closed");
  Status made = pipeline_.checkpoint();
  if (!made) return fail(std::move(made).error().during("checkpoint"));
  return {};
}

Status Database::close() {
  const std::lock_guard guard(lock_mutex_);
  if (lock_ == nullptr) return {};
  closed_.store(true, std::memory_order_release);
  // A child of the process that opened it must not touch the parent's log.
  Status stopped;
  if (process_generation_ == os::process_generation()) {
    // So that the next open has little to replay. What it fails of, the log has. An open that has
    // failed on its way has no log to write to, and so nothing to bring into trees.
    if (pipeline_.writes() && pipeline_.log_behind_trees() > checkpoint_close_) {
      [[maybe_unused]] const Status made = pipeline_.checkpoint();
    }
    stopped = pipeline_.stop();
    checkpointer_.close();
  } else {
    pipeline_.abandon();
  }
  lock_.reset();
  return stopped;
}

Result<uint64_t> Database::tracked(const std::string& source) const {
  const engine::ViewPtr view = views().current();
  const auto mark = events::find_mark(*view, source, 0, pipeline_.durable_tsn());
  if (!mark) return fail(mark.error());
  return mark->position;
}

Result<DatabaseStats> Database::stats() const {
  DatabaseStats stats = {.visible = snapshot(),
                         .last_recorded = 0,
                         .terms = 0,
                         .recovered_commits = recovered_commits_,
                         .recovered_cut = recovered_cut_,
                         .pipeline = pipeline_.stats(),
                         .checkpoints = checkpointer_.stats(),
                         .cache = cache_.stats(),
                         .pages = {},
                         .page_size = 0,
                         .applied = {},
                         .readers = {}};
  if (const auto file = checkpointer_.file()) {
    stats.pages = file->stats();
    stats.page_size = file->page_size();
  }
  const engine::ViewPtr view = views().current();
  stats.applied = view->trees->applied;
  stats.readers = views().readers().stats(*view);
  for (const auto& chunk : view->chunks) stats.terms += events::Tail::of(*chunk).terms().size();
  if (stats.visible.tsn > 0) {
    const auto last = engine::commit_info(*view, stats.visible.tsn);
    if (!last) return fail(last.error());
    stats.last_recorded = last->stamp.recorded;
  }
  if (!pipeline_.writes()) {
    stats.pipeline.wal.segments = recovered_segments_;
    stats.pipeline.wal.log_bytes = recovered_bytes_;
  }
  return stats;
}

}  // namespace stele::db
