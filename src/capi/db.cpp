// stele_db: open, close, head, tracked positions and figures.
#include "capi/boundary.h"
#include "os/environment.h"

using stele::capi::check_out_struct;
using stele::capi::check_pointer;
using stele::capi::check_usable;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::pin;

namespace stele::capi {

namespace {

constexpr size_t kPathSizeMax = 4000;

Result<db::OpenOptions> open_options(const stele_options* given) {
  db::OpenOptions options;
  if (given == nullptr) return options;
  const auto known = read_struct(given, "options");
  if (!known) return fail(known.error());
  switch (known->mode) {
    case STELE_OPEN_CREATE:
      options.mode = db::OpenMode::kCreate;
      break;
    case STELE_OPEN_EXISTING:
      options.mode = db::OpenMode::kExisting;
      break;
    case STELE_OPEN_NEW:
      options.mode = db::OpenMode::kNew;
      break;
    default:
      return fail(Code::kInvalid, cat("options.mode ", known->mode, " is unknown"));
  }
  options.segment_size = known->segment_size;
  return options;
}

Status open(const char* path, size_t path_size, const stele_options* given, stele_db** db) {
  STELE_TRY(check_pointer(db, "db"));
  *db = nullptr;
  const auto text = text_of(path, path_size, "path");
  if (!text) return fail(text.error());
  if (text->empty() || text->size() > kPathSizeMax) {
    return fail(Code::kInvalid,
                cat("the path has ", text->size(), " bytes, allowed are 1 to ", kPathSizeMax));
  }
  if (text->find('\0') != std::string_view::npos) {
    return fail(Code::kInvalid, "the path contains a NUL byte");
  }
  const auto options = open_options(given);
  if (!options) return fail(options.error());
  auto database = db::Database::open(os::posix_environment(), std::string(*text), *options);
  if (!database) return fail(std::move(database).error());
  publish(std::make_unique<DatabaseObject>(*std::move(database)), db);
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
  stats.tail_events = figures->visible.head;
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
    *position = (*object)->database->tracked(std::string(*name));
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
