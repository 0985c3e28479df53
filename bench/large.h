// What is measured on a history that does not fit into the memory of a database, beside SQLite.
//
// Both sides have the same events, options for the same memory and the same durability: a commit is
// handed to the system, and checkpoints wait for the disk.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "large_history.h"
#include "report.h"
#include "settings.h"
#include "sqlite_events.h"
#include "stele_events.h"
#include "store.h"
#include "system.h"

namespace stele::bench {

struct LargeSettings {
  uint64_t events = 0;       // 0: 10,000,000, or 10,000 in brief.
  uint64_t peer_events = 0;  // Of SQLite; 0: as many.
  OrderNames names = OrderNames::kAscending;
};

inline constexpr uint64_t kLargeBatch = 500;
inline constexpr uint64_t kLargeMemory = uint64_t{256} << 20;  // The budget of either side.
inline constexpr uint64_t kLargeLog = uint64_t{64} << 20;      // Between two checkpoints.

// The databases on disk, and what is to be in them. Nothing is open.
struct Large {
  const Settings& settings;
  Report& report;
  LargeHistory ours;
  LargeHistory peers;
  std::string store_path;
  std::string peer_directory;
  uint64_t log_left;  // Bytes of log that a kill leaves behind the trees.
  std::string about;  // The conditions that hold for every figure.
  [[nodiscard]] std::string peer_path() const { return peer_directory + "/peer"; }
};

[[nodiscard]] inline stele_options large_options() {
  stele_options options = options_of(STELE_DURABILITY_OS);
  options.memory_budget = kLargeMemory;
  options.checkpoint_log = kLargeLog;
  return options;
}

[[nodiscard]] inline SqliteSetup large_setup() {
  return {.waits = SqliteWaits::kCheckpoint, .cache = kLargeMemory};
}

// Both of them, open.
struct LargePair {
  explicit LargePair(const Large& large)
      : store(large.store_path, large_options()),
        events(store),
        peer(large.peer_path(), large_setup()) {}
  Store store;
  SteleEvents events;
  SqliteEvents peer;
};

// Has the system forget the files of both. Returns how, for the conditions. A brief run harms
// nobody else on the machine.
inline std::string forget(const Large& large) {
  forget_files(large.store_path);
  forget_files(large.peer_directory);
  const bool everything = !large.settings.brief && forget_everything();
  return everything ? "files and caches of the system dropped" : "files dropped";
}

// A figure of Stele's beside SQLite's.
[[nodiscard]] inline Line large_line(const Large& large, std::string name, const char* unit,
                                     double ours, double peers) {
  Line line;
  line.bench = "large." + std::move(name);
  line.unit = unit;
  line.stele = ours;
  line.reference = peers;
  line.reference_name = "SQLite";
  line.rounds = 1;
  line.conditions = large.about;
  return line;
}

// All of the below.
void run_large(const Settings& settings, const LargeSettings& large, Report& report);

// Fills both databases, a tenth in turn, and leaves them closed.
void append_large(const Large& large);

// Opens what was closed; opens what was killed, which goes last because it adds events.
void open_closed_large(const Large& large);
void open_killed_large(const Large& large);

// The events of the rare tag, warm and cold.
void read_large(const Large& large);

// A guard over the whole history, warm and cold.
void guard_large(const Large& large);

}  // namespace stele::bench
