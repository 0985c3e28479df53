// A guard that nobody ever used a tag, over the whole history: what it adds to an append when what
// it looks at is in memory, and what an appender beside it notices when it is not.
#include <atomic>
#include <thread>
#include <vector>

#include "large.h"
#include "rounds.h"

namespace stele::bench {

namespace {

// Appends single events; each number is used once, whoever asks for it.
class Single {
 public:
  Single(const Large& large, std::atomic<uint64_t>& number)
      : history_(large.ours), number_(number) {}

  // Returns the microseconds that it took.
  template <typename Events>
  double append(Events& events, std::string_view guard) {
    history_.make(number_.fetch_add(1), 1, event_);
    const auto start = SteadyClock::now();
    events.append(event_, guard, 0);
    return seconds_since(start) * 1e6;
  }

 private:
  const LargeHistory& history_;
  std::atomic<uint64_t>& number_;
  std::vector<Sample> event_;
};

// ---- Warm
// ----------------------------------------------------------------------------------------

constexpr uint64_t kTags =
    256;  // Different ones: no leaf is in the processor's cache all the time.

std::vector<std::string> unseen_tags(const LargeHistory& history) {
  std::vector<std::string> tags;
  tags.reserve(kTags);
  for (uint64_t i = 0; i < kTags; ++i) tags.push_back(history.unseen_tag(i));
  return tags;
}

// Appends with and without a guard in turn. Returns by how much the medians differ.
template <typename Events>
double guard_cost(double seconds, Events& events, Single& single,
                  const std::vector<std::string>& tags) {
  std::vector<double> without;
  std::vector<double> with;
  const auto start = SteadyClock::now();
  do {
    for (const std::string& tag : tags) {
      without.push_back(single.append(events, {}));
      with.push_back(single.append(events, tag));
    }
  } while (seconds_since(start) < seconds);
  return percentile(with, 0.5) - percentile(without, 0.5);
}

void guard_warm(const Large& large, std::atomic<uint64_t>& number) {
  LargePair pair(large);
  Single single(large, number);
  const std::vector<std::string> tags = unseen_tags(large.ours);
  const std::vector<std::string> peer_tags = unseen_tags(large.peers);
  guard_cost(0, pair.events, single, tags);  // Brings it into memory.
  guard_cost(0, pair.peer, single, peer_tags);
  std::vector<double> ours;
  std::vector<double> peers;
  for (int round = 0; round < large.settings.rounds; ++round) {
    peers.push_back(guard_cost(large.settings.round_seconds, pair.peer, single, peer_tags));
    ours.push_back(guard_cost(large.settings.round_seconds, pair.events, single, tags));
  }
  Line line =
      large_line(large, "guard.unseen.warm", "us", percentile(ours, 0.5), percentile(peers, 0.5));
  line.higher_is_better = false;
  line.target = 5;
  line.target_is_absolute = true;
  line.rounds = large.settings.rounds;
  line.conditions =
      "median append of 1 event with a guard on a tag never used, no `after`, less "
      "that without; 1 thread, 256 tags, warm; " +
      large.about;
  large.report.add(line);
}

// ---- Cold
// ----------------------------------------------------------------------------------------

struct Times {
  std::vector<double> appender;  // Microseconds of the appends that are judged,
  std::vector<double> beside;    // and of those of the thread beside it.
};

// Runs an appender, and beside it a thread that appends an event every millisecond, with a guard on
// another tag each time or without.
Times append_beside(const Large& large, std::atomic<uint64_t>& number, uint64_t round,
                    bool guarded) {
  const Store store(large.store_path, large_options());
  forget_files(large.store_path);
  std::atomic<bool> stop = false;
  Times times;
  std::thread beside([&] {
    SteleEvents events(store);
    Single single(large, number);
    for (uint64_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
      const std::string tag = large.ours.unseen_tag((round << 32) + i);
      times.beside.push_back(single.append(events, guarded ? std::string_view(tag) : ""));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  SteleEvents events(store);
  Single single(large, number);
  const auto start = SteadyClock::now();
  do {
    times.appender.push_back(single.append(events, {}));
  } while (seconds_since(start) < large.settings.round_seconds);
  stop = true;
  beside.join();
  return times;
}

void guard_cold(const Large& large, std::atomic<uint64_t>& number) {
  std::vector<double> with;
  std::vector<double> without;
  std::vector<double> guards;
  std::vector<double> plain;
  for (int round = 0; round < large.settings.rounds; ++round) {
    const auto seed = static_cast<uint64_t>(round) + 1;
    // Who goes second meets a disk that the first has kept busy.
    const bool guarded_first = round % 2 != 0;
    Times guarded;
    if (guarded_first) guarded = append_beside(large, number, seed, true);
    const Times alone = append_beside(large, number, seed, false);
    if (!guarded_first) guarded = append_beside(large, number, seed, true);
    without.push_back(percentile(alone.appender, 0.99));
    with.push_back(percentile(guarded.appender, 0.99));
    plain.insert(plain.end(), alone.beside.begin(), alone.beside.end());
    guards.insert(guards.end(), guarded.beside.begin(), guarded.beside.end());
  }
  Line line = large_line(large, "guard.unseen.cold.beside", "us", percentile(with, 0.5),
                         percentile(without, 0.5));
  line.reference_name = "without guards";
  line.higher_is_better = false;
  line.target = 1.1;
  line.rounds = large.settings.rounds;
  line.p50 = percentile(guards, 0.5);
  line.p99 = percentile(guards, 0.99);
  line.others = {{"p50 of the thread beside without guards", percentile(plain, 0.5)}};
  line.conditions =
      "p99 of appends of 1 event while another thread appends one every millisecond, "
      "guarded (p50 and p99 are its own) or not; files dropped and opened for each "
      "round; " +
      large.about;
  large.report.add(line);
}

}  // namespace

void guard_large(const Large& large) {
  std::atomic<uint64_t> number = large.ours.size();
  guard_warm(large, number);
  guard_cold(large, number);
}

}  // namespace stele::bench
