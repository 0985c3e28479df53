// Durable commits with a guard on a rare tag, beside SQLite's.
//
// Every commit asks that nobody has recorded anything about its (first) student behind the last
// position that the caller knows, which is that of its own commit before.
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "events.h"
#include "rounds.h"
#include "sample.h"
#include "stele_events.h"

namespace stele::bench {

namespace {

// One caller: makes events, numbered from `first` on, and appends them to either side.
class Caller {
 public:
  Caller(uint64_t first, uint64_t batch) : number_(first * kNumbers), batch_(batch) {}

  template <typename Append>
  void commit(const Append& append) {
    make_samples(number_, batch_, events_);
    number_ += batch_;
    known_ = append(events_, events_.front().tags[1], known_);
  }

 private:
  static constexpr uint64_t kNumbers = 100'000'000;  // Of each caller.
  uint64_t number_;
  uint64_t batch_;
  std::vector<Sample> events_;
  uint64_t known_ = 0;
};

// Both sides of a comparison, each in a new directory.
struct Pair {
  Pair() : store(directory.path() + "/db", options_of(STELE_DURABILITY_SYNC)) { peer.grow_log(); }
  Directory directory;
  Store store;
  SqliteEvents peer{directory.path() + "/peer"};
};

uint64_t append_to(SqliteEvents& peer, std::span<const Sample> events, std::string_view guard,
                   uint64_t after) {
  const uint64_t last = peer.append(events, guard, after);
  if (last == 0) throw std::runtime_error("sqlite: a guard that holds was refused");
  return last;
}

Line line_of(std::string name, const Side& ours, const Side& peer, const Settings& settings) {
  Line line;
  line.bench = std::move(name);
  line.unit = "commits/s";
  line.stele = ours.rate();
  line.reference = peer.rate();
  line.reference_name = "SQLite";
  line.rounds = settings.rounds;
  line.p50 = percentile(ours.latencies_us, 0.5);
  line.p99 = percentile(ours.latencies_us, 0.99);
  return line;
}

std::string conditions(int threads, uint64_t batch) {
  return "sync, " + std::to_string(threads) + (threads == 1 ? " thread, " : " threads, ") +
         std::to_string(batch) + (batch == 1 ? " event" : " events") +
         " of 256 bytes and 2 tags a commit, a guard on a tag of its own; SQLite: WAL, "
         "synchronous=FULL, one connection";
}

// `behind`: Stele begins a commit before the last one has ended; SQLite cannot.
void one_thread(const Settings& settings, Report& report, uint64_t batch, bool behind,
                double target) {
  Pair pair;
  SteleEvents events(pair.store);
  Caller to_stele(1, batch);
  Caller to_peer(1, batch);
  Side ours;
  Side peer;
  for (int round = 0; round < settings.rounds; ++round) {
    run_for(settings.round_seconds, peer,
            [&] { to_peer.commit([&](auto&&... what) { return append_to(pair.peer, what...); }); });
    run_for(settings.round_seconds, ours, [&] {
      to_stele.commit([&](auto&&... what) {
        return behind ? events.append_behind(what...) : events.append(what...);
      });
    });
    events.finish();
  }
  const std::string name = "events.commit.1x" + std::to_string(batch) + (behind ? ".behind" : "");
  Line line = line_of(name, ours, peer, settings);
  line.target = target;
  line.conditions = conditions(1, batch) + (behind ? "; Stele with one in flight behind" : "");
  report.add(line);
}

// Runs `work(i)`, which returns what a thread repeats, on every thread for a while.
template <typename Work>
void run_threads(int threads, double seconds, Side& side, const Work& work) {
  std::atomic<bool> stop = false;
  std::vector<Side> sides(static_cast<size_t>(threads));
  std::vector<std::thread> workers;
  workers.reserve(sides.size());
  const auto start = SteadyClock::now();
  for (size_t i = 0; i < sides.size(); ++i) {
    workers.emplace_back([&, i] {
      auto operation = work(i);
      while (!stop.load(std::memory_order_relaxed)) {
        const auto before = SteadyClock::now();
        operation();
        sides[i].latencies_us.push_back(seconds_since(before) * 1e6);
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& worker : workers) worker.join();
  const double elapsed = seconds_since(start);
  const size_t before = side.latencies_us.size();
  for (const Side& one : sides) {
    side.latencies_us.insert(side.latencies_us.end(), one.latencies_us.begin(),
                             one.latencies_us.end());
  }
  side.rates.push_back(static_cast<double>(side.latencies_us.size() - before) / elapsed);
}

void many_threads(const Settings& settings, Report& report) {
  constexpr int kThreads = 16;
  Pair pair;
  std::mutex peer_mutex;
  std::vector<Caller> to_stele;
  std::vector<Caller> to_peer;
  for (uint64_t i = 1; i <= kThreads; ++i) {
    to_stele.emplace_back(i, 1);
    to_peer.emplace_back(i, 1);
  }
  Side ours;
  Side peer;
  for (int round = 0; round < settings.rounds; ++round) {
    run_threads(kThreads, settings.round_seconds, peer, [&](size_t i) {
      return [&, i] {
        to_peer[i].commit([&](auto&&... what) {
          const std::lock_guard lock(peer_mutex);
          return append_to(pair.peer, what...);
        });
      };
    });
    run_threads(kThreads, settings.round_seconds, ours, [&](size_t i) {
      return [&, i, events = std::make_shared<SteleEvents>(pair.store)] {
        to_stele[i].commit([&](auto&&... what) { return events->append(what...); });
      };
    });
  }
  Line line = line_of("events.commit.16x1", ours, peer, settings);
  line.target = 5;
  line.conditions = conditions(kThreads, 1);
  report.add(line);
}

}  // namespace

void commit_guarded(const Settings& settings, Report& report) {
  one_thread(settings, report, 1, false, 2);
  many_threads(settings, report);
  one_thread(settings, report, 512, false, 5);
  one_thread(settings, report, 512, true, 5);
}

}  // namespace stele::bench
