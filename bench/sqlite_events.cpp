// An event store in SQLite.
#include "sqlite_events.h"

#include <chrono>
#include <stdexcept>
#include <vector>

namespace stele::bench {

namespace {

// With pages of 4 KiB: 64 MiB, as long as a segment of Stele's log.
constexpr int kLogPages = 16384;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS events(position INTEGER PRIMARY KEY, id BLOB NOT NULL, type TEXT "
    "NOT NULL,"
    " recorded INTEGER NOT NULL, data BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS tags(tag TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY "
    "KEY(tag, position))"
    " WITHOUT ROWID;";

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

SqliteEvents::SqliteEvents(const std::string& path, const SqliteSetup& setup) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  require(sqlite3_open_v2(path.c_str(), &db_, flags, nullptr), SQLITE_OK);
  run("PRAGMA journal_mode=WAL");
  run(setup.waits == SqliteWaits::kCommit ? "PRAGMA synchronous=FULL"
                                          : "PRAGMA synchronous=NORMAL");
  run("PRAGMA cache_size=-" + std::to_string(setup.cache >> 10));
  run("PRAGMA wal_autocheckpoint=" + std::to_string(kLogPages));
  run(kSchema);
  begin_ = prepare("BEGIN IMMEDIATE");
  commit_ = prepare("COMMIT");
  rollback_ = prepare("ROLLBACK");
  guard_ = prepare("SELECT 1 FROM tags WHERE tag = ?1 AND position > ?2 LIMIT 1");
  insert_event_ = prepare("INSERT INTO events(id, type, recorded, data) VALUES(?1, ?2, ?3, ?4)");
  insert_tag_ = prepare("INSERT INTO tags(tag, position) VALUES(?1, ?2)");
  scan_ = prepare("SELECT position, id, type, recorded, data FROM events ORDER BY position");
  scan_tag_ = prepare(
      "SELECT e.position, e.id, e.type, e.recorded, e.data FROM tags t JOIN events e"
      " ON e.position = t.position WHERE t.tag = ?1 ORDER BY t.position");
}

SqliteEvents::~SqliteEvents() {
  for (sqlite3_stmt* statement :
       {begin_, commit_, rollback_, guard_, insert_event_, insert_tag_, scan_, scan_tag_}) {
    sqlite3_finalize(statement);
  }
  sqlite3_close(db_);
}

void SqliteEvents::grow_log() {
  run("PRAGMA wal_autocheckpoint=0; CREATE TABLE filler(bytes BLOB);");
  run("BEGIN; INSERT INTO filler VALUES(zeroblob(" + std::to_string(kLogPages) + " * 4096));" +
      "COMMIT; DROP TABLE filler;");
  // The file keeps its length, and the next commit begins at its front.
  run("PRAGMA wal_checkpoint(RESTART)");
  run("PRAGMA wal_autocheckpoint=" + std::to_string(kLogPages));
}

// A hook for commits takes the place of the one that makes checkpoints.
void SqliteEvents::keep_log() {
  sqlite3_wal_hook(
      db_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteEvents*>(self)->log_pages_ = static_cast<uint64_t>(pages);
        return SQLITE_OK;
      },
      this);
}

uint64_t SqliteEvents::append(std::span<const Sample> events, std::string_view guard,
                              uint64_t after) {
  step_once(begin_);
  if (!guard.empty() && has_newer(guard, after)) {
    step_once(rollback_);
    return 0;
  }
  uint64_t position = 0;
  for (const Sample& event : events) position = insert(event);
  step_once(commit_);
  return position;
}

bool SqliteEvents::has_newer(std::string_view tag, uint64_t after) const {
  sqlite3_bind_text(guard_, 1, tag.data(), static_cast<int>(tag.size()), SQLITE_STATIC);
  sqlite3_bind_int64(guard_, 2, static_cast<int64_t>(after));
  const bool found = sqlite3_step(guard_) == SQLITE_ROW;
  require(sqlite3_reset(guard_), SQLITE_OK);
  return found;
}

uint64_t SqliteEvents::insert(const Sample& event) const {
  sqlite3_bind_blob(insert_event_, 1, event.id.data(), static_cast<int>(event.id.size()),
                    SQLITE_STATIC);
  sqlite3_bind_text(insert_event_, 2, kSampleType, -1, SQLITE_STATIC);
  sqlite3_bind_int64(insert_event_, 3, now_us());
  sqlite3_bind_blob(insert_event_, 4, event.data.data(), static_cast<int>(event.data.size()),
                    SQLITE_STATIC);
  step_once(insert_event_);
  const sqlite3_int64 position = sqlite3_last_insert_rowid(db_);
  for (const std::string& tag : event.tags) {
    if (tag.empty()) continue;
    sqlite3_bind_text(insert_tag_, 1, tag.data(), static_cast<int>(tag.size()), SQLITE_STATIC);
    sqlite3_bind_int64(insert_tag_, 2, position);
    step_once(insert_tag_);
  }
  return static_cast<uint64_t>(position);
}

uint64_t SqliteEvents::head() const {
  sqlite3_stmt* statement = prepare("SELECT max(position) FROM events");
  require(sqlite3_step(statement), SQLITE_ROW);
  const sqlite3_int64 position = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return static_cast<uint64_t>(position);
}

Seen SqliteEvents::scan() {
  return step_all(scan_);
}

Seen SqliteEvents::scan_tag(std::string_view tag) {
  sqlite3_bind_text(scan_tag_, 1, tag.data(), static_cast<int>(tag.size()), SQLITE_STATIC);
  return step_all(scan_tag_);
}

// Asks for every column, as who reads events does.
Seen SqliteEvents::step_all(sqlite3_stmt* statement) const {
  Seen seen;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    ++seen.events;
    seen.bytes += static_cast<uint64_t>(sqlite3_column_int64(statement, 0) != 0);
    const auto* id = static_cast<const uint8_t*>(sqlite3_column_blob(statement, 1));
    const unsigned char* type = sqlite3_column_text(statement, 2);
    const auto* data = static_cast<const uint8_t*>(sqlite3_column_blob(statement, 4));
    seen.bytes +=
        static_cast<uint64_t>(sqlite3_column_int64(statement, 3) & 1) + id[0] + type[0] + data[0];
    seen.bytes += static_cast<uint64_t>(sqlite3_column_bytes(statement, 4));
  }
  require(code, SQLITE_DONE);
  require(sqlite3_reset(statement), SQLITE_OK);
  return seen;
}

void SqliteEvents::run(const std::string& sql) {
  require(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
}

sqlite3_stmt* SqliteEvents::prepare(const char* sql) const {
  sqlite3_stmt* statement = nullptr;
  require(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr),
          SQLITE_OK);
  return statement;
}

void SqliteEvents::step_once(sqlite3_stmt* statement) const {
  require(sqlite3_step(statement), SQLITE_DONE);
  sqlite3_reset(statement);
}

void SqliteEvents::require(int code, int expected) const {
  if (code != expected) throw std::runtime_error(std::string("sqlite: ") + sqlite3_errmsg(db_));
}

}  // namespace stele::bench
