// Benchmarks of tables: rows beside LMDB, SQLite and RocksDB, beside events, and as of the past.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "ordered_store.h"
#include "report.h"
#include "rounds.h"
#include "settings.h"
#include "stele_rows.h"
#include "store.h"

namespace stele::bench {

// All of the below.
void run_tables(const Settings& settings, Report& report);

// Those that are compared, always in this order. Stele is the first.
inline constexpr size_t kTableSides = 4;
inline constexpr std::array<const char*, kTableSides> kTableNames = {"Stele", "LMDB", "SQLite",
                                                                     "RocksDB"};
inline constexpr const char* kTablePeers =
    "Stele: sync; LMDB: fdatasync for each commit; SQLite: WAL, synchronous=FULL; RocksDB: sync, "
    "recycle_log_file_num=2, no compression, Bloom filters of 10 bits";

// The stores, each in a directory of its own; they can be closed and opened again.
class TableStores {
 public:
  explicit TableStores(const Setup& setup);
  void open(size_t side, Setup setup);
  void close(size_t side) { stores_[side].reset(); }
  [[nodiscard]] OrderedStore& store(size_t side) const { return *stores_[side]; }
  [[nodiscard]] SteleRows& stele() const { return dynamic_cast<SteleRows&>(*stores_[0]); }
  [[nodiscard]] const std::string& path(size_t side) const { return directories_[side].path(); }

 private:
  std::array<Directory, kTableSides> directories_;
  std::array<std::unique_ptr<OrderedStore>, kTableSides> stores_;
};

using TableSides = std::array<Side, kTableSides>;

// Rows, and how often each is written.
struct PastScale {
  size_t keys;
  int updates;
};

// How much of everything.
struct TableScale {
  size_t keys = 1'000'000;
  int rounds = 9;
  double round_seconds = 0.5;
  size_t cold_gets = 500;  // In each round.
  uint64_t log = uint64_t{64} << 20;
  int put_rounds = 3;
  size_t put_commits = 10000;       // In each round, of those that write logs of rows alone.
  size_t put_commits_paged = 2000;  // Of those that write pages.
  PastScale past = {.keys = 1'000'000, .updates = 3};
  PastScale past_of_few = {.keys = 100'000, .updates = 10};
  uint64_t updates = 1'000'000;
};

// The same rows in all four, in their trees; all of them are open.
struct Tables {
  const TableScale& scale;
  Report& report;
  Setup setup;
  TableStores& stores;
  const std::vector<Key>& sorted;
  [[nodiscard]] std::string about() const {
    return std::to_string(sorted.size()) + " rows of 16 + 100 bytes";
  }
};

// A line of Stele and LMDB, whom it is judged by, and of the others, with the medians.
[[nodiscard]] Line tables_line(const char* bench, const char* unit, const TableSides& sides,
                               const std::string& conditions);

// Single rows and all rows, warm.
void read_warm_rows(const Tables& tables);

// Durable commits of 100 rows, with checkpoints.
void put_rows(const Tables& tables);

// Single rows, cold, beside the disk's own reads. It leaves the stores open for such reads.
void read_cold_rows(const Tables& tables);

// An event and two rows in a commit, beside the event alone.
void append_with_rows(const TableScale& scale, Report& report);

// Rows as of old positions, beside the newest.
void read_old_rows(const TableScale& scale, Report& report);

// The file after many updates of few rows, compacted.
void compact_rows(const TableScale& scale, Report& report);

}  // namespace stele::bench
