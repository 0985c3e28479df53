// SQLite: a table without rowid, pages of 8 KiB, a WAL with as many bytes between two checkpoints
// as the setup has, and statements that are prepared once.
#include <sqlite3.h>

#include <stdexcept>
#include <string>

#include "ordered_store.h"

namespace stele::bench {

namespace {

constexpr uint64_t kPageSize = 8192;

class SqliteTree final : public OrderedStore {
 public:
  explicit SqliteTree(const Setup& setup)
      : directory_(setup.directory), keeps_log_(setup.keeps_log) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    require(sqlite3_open_v2((directory_ + "/t.db").c_str(), &db_, flags, nullptr), SQLITE_OK);
    run("PRAGMA page_size=8192; PRAGMA journal_mode=WAL");
    run("PRAGMA cache_size=-" + std::to_string(setup.memory >> 10));
    run("PRAGMA wal_autocheckpoint=" + std::to_string(setup.log / kPageSize));
    run(setup.sync == Sync::kNever ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL");
    run("CREATE TABLE IF NOT EXISTS t(k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID");
    put_ = prepare("INSERT OR REPLACE INTO t(k, v) VALUES(?1, ?2)");
    get_ = prepare("SELECT v FROM t WHERE k = ?1");
    scan_ = prepare("SELECT k, v FROM t ORDER BY k");
  }
  ~SqliteTree() override {
    for (sqlite3_stmt* statement : {put_, get_, scan_}) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }

  void load(Keys sorted) override {
    write(sorted);
    finish();
  }

  void write(Keys keys) override {
    run("BEGIN IMMEDIATE");
    for (const Key& key : keys) {
      bind(put_, 1, key);
      bind(put_, 2, value_of(key));
      require(sqlite3_step(put_), SQLITE_DONE);
      sqlite3_reset(put_);
    }
    run("COMMIT");
  }

  void finish() override {
    run(keeps_log_ ? "PRAGMA wal_checkpoint(RESTART)" : "PRAGMA wal_checkpoint(TRUNCATE)");
  }

  Seen get(Keys keys) override {
    run("BEGIN");
    Seen seen;
    for (const Key& key : keys) {
      bind(get_, 1, key);
      require(sqlite3_step(get_), SQLITE_ROW);
      ++seen.events;
      seen.bytes += value_in(get_, 0);
      sqlite3_reset(get_);
    }
    run("COMMIT");
    return seen;
  }

  Seen scan() override {
    Seen seen;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(scan_)) == SQLITE_ROW) {
      ++seen.events;
      seen.bytes +=
          value_in(scan_, 1) + *static_cast<const uint8_t*>(sqlite3_column_blob(scan_, 0));
    }
    require(code, SQLITE_DONE);
    sqlite3_reset(scan_);
    return seen;
  }

  [[nodiscard]] uint64_t file_bytes() const override { return bytes_in(directory_); }

 private:
  void require(int code, int expected) const {
    if (code != expected) throw std::runtime_error(std::string("sqlite: ") + sqlite3_errmsg(db_));
  }
  void run(const std::string& sql) const {
    require(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  }
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql) const {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr),
            SQLITE_OK);
    return statement;
  }
  static void bind(sqlite3_stmt* statement, int index, Bytes bytes) {
    sqlite3_bind_blob(statement, index, bytes.data(), static_cast<int>(bytes.size()),
                      SQLITE_STATIC);
  }
  static uint64_t value_in(sqlite3_stmt* statement, int column) {
    const auto* bytes = static_cast<const uint8_t*>(sqlite3_column_blob(statement, column));
    return static_cast<uint64_t>(sqlite3_column_bytes(statement, column)) + bytes[0];
  }

  std::string directory_;
  bool keeps_log_;
  sqlite3* db_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* get_ = nullptr;
  sqlite3_stmt* scan_ = nullptr;
};

}  // namespace

std::unique_ptr<OrderedStore> make_sqlite_tree(const Setup& setup) {
  return std::make_unique<SqliteTree>(setup);
}

}  // namespace stele::bench
