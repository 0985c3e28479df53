// What guards add to a commit, by dry runs: one with a guard against one without.
#include <vector>

#include "events.h"
#include "rounds.h"
#include "sample.h"
#include "stele_events.h"

namespace stele::bench {

namespace {

// A batch of one event that is only ever checked.
class Checked {
 public:
  explicit Checked(const Store& store) : store_(store) {
    stele_error error = STELE_ERROR_INIT;
    require(stele_batch_create(store_.get(), &batch_, &error), error);
    stele_new_event input = {};
    input.struct_size = sizeof input;
    input.event_type = STELE_TEXT("StudentEnrolled");
    require(stele_batch_event(batch_, &input, &error), error);
  }
  Checked(const Checked&) = delete;
  Checked& operator=(const Checked&) = delete;
  ~Checked() { stele_batch_close(batch_); }

  void add_guard(const std::vector<std::string>& tags, uint64_t after) {
    const TagQuery query(tags);
    stele_error error = STELE_ERROR_INIT;
    require(stele_batch_guard(batch_, query.get(), after, &error), error);
  }
  void check() const {
    stele_error error = STELE_ERROR_INIT;
    require(stele_commit_check(store_.get(), batch_, nullptr, &error), error);
  }

 private:
  const Store& store_;
  stele_batch* batch_ = nullptr;
};

// Returns the microseconds that a check takes.
double check_time(double seconds, const Checked& batch) {
  constexpr int kChecks = 200;
  Side side;
  run_for(seconds, side, [&] {
    for (int i = 0; i < kChecks; ++i) batch.check();
  });
  return 1e6 / (side.rates.front() * kChecks);
}

struct Case {
  const char* name;
  std::vector<std::string> tags;
  uint64_t after;
  double target_us;
  const char* what;
};

}  // namespace

void check_guards(const Settings& settings, Report& report, const History& history) {
  constexpr uint64_t kHead = History::kEvents;
  const Case cases[] = {
      {"events.guard.unchanged", {student_tag(7)}, kHead, 0.5, "nothing behind `after`"},
      {"events.guard.hot2",
       {shift_tag(3), shift_tag(7)},
       kHead - 10'000,
       20,
       "two tags that every tenth event has, none both, `after` 10,000 events back"},
      {"events.guard.unknown", {"student:nobody"}, 0, 2, "a tag never used, no `after`"},
  };
  for (const Case& one : cases) {
    const Checked without(history.store);
    Checked with(history.store);
    with.add_guard(one.tags, one.after);
    std::vector<double> costs;
    for (int round = 0; round < settings.rounds; ++round) {
      const double base = check_time(settings.round_seconds / 4, without);
      costs.push_back(check_time(settings.round_seconds / 4, with) - base);
    }
    Line line;
    line.bench = one.name;
    line.unit = "us";
    line.stele = percentile(costs, 0.5);
    line.higher_is_better = false;
    line.target = one.target_us;
    line.rounds = settings.rounds;
    line.conditions = std::string(one.what) +
                      "; a check with the guard less one without, 1 thread, 1,000,000 events in "
                      "memory, warm";
    report.add(line);
  }
}

}  // namespace stele::bench
