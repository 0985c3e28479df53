// stele_bench events: makes the history, and runs every part.
#include "events.h"

#include <algorithm>

#include "sample.h"
#include "stele_events.h"

namespace stele::bench {

namespace {

constexpr uint64_t kBatch = 512;

// Appends `count` events through a side's append().
template <typename Events>
void fill(Events& events, uint64_t count) {
  std::vector<Sample> batch;
  for (uint64_t first = 0; first < count; first += kBatch) {
    batch.clear();
    for (uint64_t i = first; i < std::min(first + kBatch, count); ++i) {
      batch.push_back(sample(i, {course_tag(i), shift_tag(i), student_tag(i)}));
    }
    events.append(batch, {}, 0);
  }
}

void measure_history(const Settings& settings, Report& report) {
  const Store store(":memory:", options_of(STELE_DURABILITY_OS));
  SteleEvents ours(store);
  fill(ours, History::kEvents);
  SqliteEvents peer(":memory:");
  const History history = {
      .store = store, .peer = peer, .peer_events = History::kEvents / (settings.brief ? 5 : 1)};
  fill(peer, history.peer_events);
  check_guards(settings, report, history);
  read_events(settings, report, history);
}

}  // namespace

void run_events(const Settings& settings, Report& report) {
  commit_guarded(settings, report);
  measure_history(settings, report);
  follow_events(settings, report);
}

}  // namespace stele::bench
