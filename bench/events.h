// Benchmarks of what an application does with events, beside SQLite where it has a counterpart.
#pragma once

#include "report.h"
#include "settings.h"
#include "sqlite_events.h"
#include "store.h"

namespace stele::bench {

// All of the below.
void run_events(const Settings& settings, Report& report);

// Durable commits with a guard: one thread, many threads, large batches.
void commit_guarded(const Settings& settings, Report& report);

// The events that reads and guards are measured on: the same in Stele and in SQLite, in memory.
struct History {
  static constexpr uint64_t kEvents = 1'000'000;
  const Store& store;
  SqliteEvents& peer;
  uint64_t peer_events;
};

// What a guard adds to a commit.
void check_guards(const Settings& settings, Report& report, const History& history);

// Reading everything, and what one tag has.
void read_events(const Settings& settings, Report& report, const History& history);

// A subscriber beside an appender that does not wait for it.
void follow_events(const Settings& settings, Report& report);

}  // namespace stele::bench
