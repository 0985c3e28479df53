// The bytes of a file whose few rows were updated very often, without history, and then compacted.
#include <stdexcept>

#include "system.h"
#include "tables.h"

namespace stele::bench {

namespace {

constexpr size_t kUpdatedKeys = 1000;
constexpr size_t kUpdateBatch = 100;

stele_compact_progress compact(const Store& store) {
  stele_compact* work = nullptr;
  stele_error error = STELE_ERROR_INIT;
  require(stele_compact_open(store.get(), &work, &error), error);
  stele_compact_progress progress = {};
  progress.struct_size = sizeof progress;
  stele_status status = STELE_OK;
  while (status == STELE_OK) status = stele_compact_step(work, &progress, &error);
  stele_compact_close(work);
  if (status != STELE_END) require(status, error);
  return progress;
}

// What the updates of one line are.
struct Updates {
  const char* bench;
  size_t batch;      // Rows in a commit.
  bool after_event;  // There is an event before them: the chain of roots binds their times.
};

void update(const TableScale& scale, const Updates& updates, const Store& store) {
  Rows rows(store, "rows", STELE_HISTORY_NONE);
  const std::vector<Key> keys = random_keys(23, kUpdatedKeys);
  if (updates.after_event) {
    rows.append(1);
    rows.commit();
  }
  for (uint64_t i = 0; i < scale.updates; ++i) {
    const Key& key = keys[i * 7 % keys.size()];
    rows.put(key, value_of(keys[i % keys.size()]));
    if ((i + 1) % updates.batch == 0) rows.commit();
  }
}

void measure(const TableScale& scale, const Updates& updates, Report& report) {
  const Directory directory;
  const std::string path = directory.path() + "/db";
  constexpr uint64_t kLive = kUpdatedKeys * (kKeySize + kValueSize);
  const Store store(path, rows_options({.directory = {}, .sync = Sync::kNever, .log = scale.log}));
  const auto start = SteadyClock::now();
  update(scale, updates, store);
  const double seconds = seconds_since(start);
  const stele_compact_progress progress = compact(store);
  const stele_stats stats = store.stats();
  Line line;
  line.bench = updates.bench;
  line.unit = "bytes";
  line.stele = static_cast<double>(progress.bytes_now);
  line.higher_is_better = false;
  line.target = 1.5 * kLive + (2 << 20);
  line.rounds = 1;
  line.conditions = "the file of pages behind " + std::to_string(scale.updates) +
                    " updates of 1000 rows without history in " + std::to_string(stats.commits) +
                    " commits" + (updates.after_event ? ", the first with an event," : "") +
                    " and a compaction; live data " + std::to_string(kLive) + ", before it " +
                    std::to_string(progress.bytes_before) + ", not free " +
                    std::to_string(progress.bytes_live) + ", all files with their log on disk " +
                    std::to_string(bytes_on_disk(path)) + "; " + std::to_string(stats.checkpoints) +
                    " checkpoints; the updates took " + std::to_string(seconds).substr(0, 4) + " s";
  report.add(line);
}

}  // namespace

void compact_rows(const TableScale& scale, Report& report) {
  measure(scale, {.bench = "tables.compact", .batch = kUpdateBatch, .after_event = false}, report);
  measure(scale, {.bench = "tables.compact.single", .batch = 1, .after_event = false}, report);
  measure(scale, {.bench = "tables.compact.events", .batch = 1, .after_event = true}, report);
}

}  // namespace stele::bench
