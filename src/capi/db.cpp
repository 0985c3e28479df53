// stele_db: open, close, head, tracked positions and figures.
#include <algorithm>

#include "capi/boundary.h"
#include "os/environment.h"
#include "os/memory_files.h"

using stele::capi::check_out_struct;
using stele::capi::check_pointer;
using stele::capi::check_usable;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::pin;

namespace stele::capi {

namespace {

constexpr std::string_view kMemoryPath = ":memory:";

// What a database takes from outside when it is not the machine's. The database keeps it.
struct OwnEnvironment {
  explicit OwnEnvironment(const stele_options& options)
      : clock(options.test_time), random(options.test_seed) {}
  os::MemoryFiles files;
  os::FixedClock clock;
  os::SeededRandom random;
};

Result<db::OpenMode> mode_of(int32_t number) {
  switch (number) {
    case STELE_OPEN_CREATE:
      return db::OpenMode::kCreate;
    case STELE_OPEN_EXISTING:
      return db::OpenMode::kExisting;
    case STELE_OPEN_NEW:
      return db::OpenMode::kNew;
    case STELE_OPEN_READ_ONLY:
      return db::OpenMode::kReadOnly;
    default:
      return fail(Code::kInvalid, cat("options.mode ", number, " is unknown"));
  }
}

Result<engine::PipelineOptions> pipeline_options(const stele_options& given) {
  engine::PipelineOptions options;
  const auto level = durability_of(given.durability, engine::Durability::kSync);
  if (!level) return fail(Error(level.error()).during("options"));
  options.durability = *level;
  if (given.interval_ms != 0) options.interval_us = uint64_t{given.interval_ms} * 1000;
  if (given.buffer_max != 0) options.buffer_max = given.buffer_max;
  options.tail_max = given.tail_max;
  if (given.checkpoint_log != 0) options.checkpoint_log = given.checkpoint_log;
  if (given.max_clock_jump != 0) options.clock_jump_max = given.max_clock_jump;
  if (given.max_clock_jump == UINT64_MAX || given.test_clock != 0) options.clock_jump_max = 0;
  return options;
}

int64_t reader_age_of(const stele_options& given) {
  constexpr uint64_t kMsMax = uint64_t{1} << 50;
  const uint64_t ms = given.max_reader_age;
  return ms == 0 || ms > kMsMax ? engine::HeldView::kForEver : static_cast<int64_t>(ms * 1000);
}

Result<db::OpenOptions> open_options(const stele_options& given) {
  const auto mode = mode_of(given.mode);
  if (!mode) return fail(mode.error());
  const auto pipeline = pipeline_options(given);
  if (!pipeline) return fail(pipeline.error());
  const uint64_t budget = given.memory_budget;
  return db::OpenOptions{.mode = *mode,
                         .segment_size = given.segment_size,
                         .keep_segments = given.keep_wal != 0,
                         .memory_budget = budget != 0 ? budget : db::kMemoryBudgetDefault,
                         .reader_age_us = reader_age_of(given),
                         .strict_after = given.strict_after != 0,
                         .pipeline = *pipeline};
}

Status open(const char* path, size_t path_size, const stele_options* given, stele_db** db) {
  STELE_TRY(check_pointer(db, "db"));
  *db = nullptr;
  const auto text = path_of(path, path_size);
  if (!text) return fail(text.error());
  stele_options defaults;
  stele_options_init(&defaults);
  const auto known =
      given == nullptr ? Result<stele_options>(defaults) : read_struct(given, "options");
  if (!known) return fail(known.error());
  auto options = open_options(*known);
  if (!options) return fail(std::move(options).error());

  const auto own = std::make_shared<OwnEnvironment>(*known);
  os::Environment environment = os::posix_environment();
  const bool in_memory = *text == kMemoryPath;
  if (in_memory) environment.files = &own->files;
  if (known->test_clock != 0) environment.clock = &own->clock;
  if (known->test_seed != 0) environment.random = &own->random;
  options->owned = own;
  options->fill_segments = !in_memory;
  auto database = db::Database::open(environment, in_memory ? "/db" : *text, *options);
  if (!database) return fail(std::move(database).error());
  auto object = std::make_unique<DatabaseObject>(*std::move(database));
  if (known->test_clock != 0) object->test_clock = &own->clock;
  publish(std::move(object), db);
  return {};
}

Status fill_stats(const db::Database& database, stele_stats* to) {
  const auto figures = database.stats();
  if (!figures) return fail(figures.error());
  stele_stats stats = {};
  stats.format_version = db::kFormatVersion;
  std::memcpy(stats.uuid, database.meta().uuid.data(), sizeof stats.uuid);
  stats.tsn = figures->visible.tsn;
  stats.head = figures->visible.head;
  stats.tail_events =
      figures->visible.head - std::min(figures->visible.head, figures->applied.head);
  stats.tail_bytes = figures->pipeline.tail_bytes;
  stats.terms = figures->terms;
  stats.wal_segments = figures->pipeline.wal.segments;
  stats.wal_bytes = figures->pipeline.wal.log_bytes;
  stats.commits = figures->pipeline.commits;
  stats.commits_rejected = figures->pipeline.rejected;
  stats.groups = figures->pipeline.groups;
  stats.syncs = figures->pipeline.wal.syncs;
  stats.wal_written = figures->pipeline.wal.written;
  stats.recovered_commits = figures->recovered_commits;
  stats.recovered_cut = figures->recovered_cut;
  stats.last_recorded = figures->last_recorded;
  stats.durable_tsn = figures->pipeline.durable_tsn;
  stats.commits_repeated = figures->pipeline.repeated;
  stats.group_max = figures->pipeline.group_max;
  stats.queue = figures->pipeline.queue;
  stats.sync_us = figures->pipeline.wal.sync_us;
  stats.sync_us_max = figures->pipeline.wal.sync_us_max;
  stats.clock_behind_us = figures->pipeline.clock_behind_us;
  stats.applied_tsn = figures->applied.tsn;
  stats.checkpoints = figures->checkpoints.checkpoints;
  stats.checkpoint_us = figures->checkpoints.us;
  stats.checkpoint_us_max = figures->checkpoints.us_max;
  if (figures->pages) {
    stats.page_size = figures->page_size;
    stats.pages = figures->pages->page_count;
    stats.pages_free = figures->pages->free_pages;
    stats.pages_waiting = figures->pages->waiting_pages;
    stats.pages_written = figures->pages->pages_written;
    stats.pages_read = figures->pages->pages_read;
    stats.reader_bytes = figures->pages->held_pages * figures->page_size;
  }
  stats.readers = figures->readers.count;
  stats.reader_age_us = static_cast<uint64_t>(figures->readers.age_us);
  stats.reader_bytes += figures->readers.tail_bytes;
  stats.commit_bytes = figures->pipeline.commit_bytes;
  stats.cache_bytes = figures->cache.bytes;
  stats.cache_budget = figures->cache.bytes_budget;
  stats.cache_hits = figures->cache.hits;
  stats.cache_misses = figures->cache.misses;
  write_struct(stats, to);
  return {};
}

}  // namespace

}  // namespace stele::capi

extern "C" {

void stele_options_init(stele_options* options) {
  if (options == nullptr) return;
  *options = {};
  options->struct_size = sizeof *options;
}

stele_status stele_open(const char* path, size_t path_size, const stele_options* options,
                        stele_db** db, stele_error* error) {
  return guarded("open", error, [&]() -> stele::Status {
    return stele::capi::open(path, path_size, options, db);
  });
}

stele_status stele_close(stele_db* db, stele_error* error) {
  return guarded("close", error, [&]() -> stele::Status {
    stele::Status closed;
    {
      const auto object = pin<DatabaseObject>(db, "db");
      if (!object) {
        const bool gone = object.error().code() == stele::Code::kClosed;
        return gone ? stele::Status() : fail(object.error());
      }
      closed = (*object)->database->close();
    }
    HandleTable::instance().close(db, DatabaseObject::kKind);
    return closed;
  });
}

stele_status stele_sync(stele_db* db, stele_error* error) {
  return guarded("sync", error, [&]() -> stele::Status {
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    return (*object)->database->sync();
  });
}

stele_status stele_checkpoint(stele_db* db, stele_error* error) {
  return guarded("checkpoint", error, [&]() -> stele::Status {
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    return (*object)->database->checkpoint();
  });
}

stele_status stele_test_clock_set(stele_db* db, int64_t time, stele_error* error) {
  return guarded("test clock", error, [&]() -> stele::Status {
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    if ((*object)->test_clock == nullptr) {
      return stele::fail(stele::Code::kInvalid, "the database has the system's clock");
    }
    (*object)->test_clock->set(time);
    return {};
  });
}

stele_status stele_head(stele_db* db, uint64_t* position, stele_error* error) {
  return guarded("head", error, [&]() -> stele::Status {
    STELE_TRY(check_pointer(position, "position"));
    *position = 0;
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    *position = (*object)->database->snapshot().head;
    return {};
  });
}

stele_status stele_tracked(stele_db* db, const char* source, size_t source_size, uint64_t* position,
                           stele_error* error) {
  return guarded("tracked", error, [&]() -> stele::Status {
    STELE_TRY(check_pointer(position, "position"));
    *position = 0;
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    const auto name = stele::capi::text_of(source, source_size, "source");
    if (!name) return fail(name.error());
    const auto tracked = (*object)->database->tracked(std::string(*name));
    if (!tracked) return fail(tracked.error());
    *position = *tracked;
    if (*position != 0) return {};
    return stele::fail(stele::Code::kNotFound,
                       stele::cat("source ", stele::quoted(*name), " has no tracked position"));
  });
}

void stele_stats_init(stele_stats* stats) {
  if (stats == nullptr) return;
  *stats = {};
  stats->struct_size = sizeof *stats;
}

stele_status stele_stats_get(stele_db* db, stele_stats* stats, stele_error* error) {
  return guarded("stats", error, [&]() -> stele::Status {
    STELE_TRY(check_out_struct(stats, "stats"));
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    return stele::capi::fill_stats(*(*object)->database, stats);
  });
}

}  // extern "C"
