// The peer: an event store as one would write it with SQLite, with care for its speed.
//
//     events(position INTEGER PRIMARY KEY, id, type, recorded, data)
//     tags(tag, position, PRIMARY KEY(tag, position)) WITHOUT ROWID
//
// What favours it: statements are prepared once; the log (WAL) is grown before anything is
// measured, so that a commit neither lengthens a file nor converts its blocks; checkpoints are
// rare; ids are not unique, so that they need no index. It makes no hashes, either.
//
// Threads: one at a time. A connection for each thread with a busy handler was tried for 16
// writers: it is slower than one connection behind a mutex, because who finds the lock taken
// sleeps.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sample.h"

namespace stele::bench {

// What waits for the disk: every commit, or only what moves the log into the database, which is as
// much as Stele does at the level os.
enum class SqliteWaits : uint8_t { kCommit, kCheckpoint };

struct SqliteSetup {
  SqliteWaits waits = SqliteWaits::kCommit;
  uint64_t cache = uint64_t{1} << 30;  // Bytes of pages in memory.
};

class SqliteEvents {
 public:
  // Opens the database at `path`, or makes it (":memory:": a new one in memory).
  explicit SqliteEvents(const std::string& path, const SqliteSetup& setup = {});
  SqliteEvents(const SqliteEvents&) = delete;
  SqliteEvents& operator=(const SqliteEvents&) = delete;
  ~SqliteEvents();

  // Makes the log as long as it gets between two checkpoints.
  void grow_log();
  // Moves all of the log into the database.
  void checkpoint() { run("PRAGMA wal_checkpoint(PASSIVE)"); }
  // Makes no checkpoints of its own any more. Requires: as soon as it was opened.
  void keep_log();
  // Bytes of the log that commits through this have written since keep_log().
  [[nodiscard]] uint64_t log_bytes() const { return log_pages_ * kPageSize; }

  // Appends the events in one transaction, unless one behind `after` has `guard` (empty: no
  // guard). Returns the position of the last one, 0 when the guard does not hold.
  uint64_t append(std::span<const Sample> events, std::string_view guard, uint64_t after);

  // The position of the last event; 0 if there is none.
  [[nodiscard]] uint64_t head() const;
  // Steps through all events, by position.
  Seen scan();
  // Steps through the events that have a tag, by position.
  Seen scan_tag(std::string_view tag);

 private:
  void run(const std::string& sql);
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql) const;
  void require(int code, int expected) const;
  void step_once(sqlite3_stmt* statement) const;
  [[nodiscard]] bool has_newer(std::string_view tag, uint64_t after) const;
  uint64_t insert(const Sample& event) const;
  Seen step_all(sqlite3_stmt* statement) const;

  static constexpr uint64_t kPageSize = 4096;

  sqlite3* db_ = nullptr;
  uint64_t log_pages_ = 0;  // Since keep_log().
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* rollback_ = nullptr;
  sqlite3_stmt* guard_ = nullptr;
  sqlite3_stmt* insert_event_ = nullptr;
  sqlite3_stmt* insert_tag_ = nullptr;
  sqlite3_stmt* scan_ = nullptr;
  sqlite3_stmt* scan_tag_ = nullptr;
};

}  // namespace stele::bench
