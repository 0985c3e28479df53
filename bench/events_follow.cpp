// A subscriber beside an appender at full speed: does it keep up, and how far does it fall behind?
//
// Events count as the subscriber's when they are in its buffer, and its lag is measured against
// what the appender has been told is committed. A subscription delivers durable commits only, so
// that at the level os its lag is mostly the wait for the next sync.
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "events.h"
#include "rounds.h"

namespace stele::bench {

namespace {

constexpr int kBatch = 512;
constexpr size_t kBufferSize = size_t{1} << 20;
constexpr size_t kCommitsMax = size_t{1} << 20;  // Of a round; far beyond what there is time for.

// What the two threads share.
struct Race {
  std::atomic<uint64_t> acknowledged = 0;  // The last position whose commit has returned.
  std::vector<double> times = std::vector<double>(kCommitsMax);  // Of the returns, by commit.
  std::atomic<bool> stop = false;
  SteadyClock::time_point start = SteadyClock::now();
};

// What the subscriber found.
struct Lag {
  uint64_t events_max = 0;
  std::vector<double> us;  // Of the oldest event of each pull.
};

void append_all(const Store& store, Race& race) {
  Appender appender(store, 1);
  while (!race.stop.load(std::memory_order_relaxed)) {
    appender.fill(kBatch);
    appender.commit();
    const uint64_t before = race.acknowledged.load(std::memory_order_relaxed);
    race.times[before / kBatch] = seconds_since(race.start);
    race.acknowledged.store(before + kBatch, std::memory_order_release);
  }
}

// Pulls until the end of the race. Returns how many events came.
uint64_t pull_all(const Store& store, Race& race, double seconds, Lag& lag) {
  stele_error error = STELE_ERROR_INIT;
  stele_subscription* subscription = nullptr;
  require(stele_subscribe(store.get(), nullptr, nullptr, &subscription, &error), error);
  std::vector<uint8_t> buffer(kBufferSize);
  stele_subscription_info info = {};
  info.struct_size = sizeof info;
  uint64_t through = 0;
  while (seconds_since(race.start) < seconds) {
    size_t used = 0;
    uint32_t count = 0;
    const stele_status status = stele_subscription_next_batch(
        subscription, 5, buffer.data(), buffer.size(), &used, &count, &info, &error);
    if (status != STELE_TIMEOUT) require(status, error);
    const uint64_t acknowledged = race.acknowledged.load(std::memory_order_acquire);
    if (acknowledged > through) {
      lag.us.push_back((seconds_since(race.start) - race.times[through / kBatch]) * 1e6);
    }
    through = info.through;
    if (acknowledged > through) {
      lag.events_max = std::max(lag.events_max, acknowledged - through);
    }
  }
  stele_subscription_close(subscription);
  return through;
}

void add_lag(Report& report, const Line& rate, const char* unit, double value, const Lag& lag) {
  Line line = rate;
  line.bench += unit[0] == 'm' ? ".lag_ms" : ".lag";
  line.unit = unit;
  line.stele = value;
  line.reference = 0;
  line.target = 0;
  line.higher_is_better = false;
  line.p50 = percentile(lag.us, 0.5);
  line.p99 = percentile(lag.us, 0.99);
  line.conditions =
      "the largest lag behind the appender; p50 and p99 of the oldest event of each "
      "pull";
  report.add(line);
}

void follow(const Settings& settings, Report& report, const char* name, stele_durability durability,
            const std::string& parent) {
  // Many times as long as a subscriber at the level os may have to wait for a sync, which counts.
  const double seconds = settings.brief ? 1 : 1.5;
  const int rounds = settings.brief ? 3 : 5;
  const Directory directory(parent);
  Side appender;
  Side subscriber;
  Lag lag;
  for (int round = 0; round < rounds; ++round) {
    const std::string path = directory.path() + "/db" + std::to_string(round);
    {
      const Store store(path, options_of(durability));
      Race race;
      std::thread appending([&] { append_all(store, race); });
      const uint64_t pulled = pull_all(store, race, seconds, lag);
      const double elapsed = seconds_since(race.start);
      const uint64_t appended = race.acknowledged.load();
      race.stop = true;
      appending.join();
      subscriber.rates.push_back(static_cast<double>(pulled) / elapsed);
      appender.rates.push_back(static_cast<double>(appended) / elapsed);
    }
    std::filesystem::remove_all(path);
  }
  Line line;
  line.bench = std::string("events.follow.") + name;
  line.unit = "events/s";
  line.stele = subscriber.rate();
  line.reference = appender.rate();
  line.reference_name = "appender";
  line.target = 0.9;
  line.rounds = rounds;
  line.conditions = std::string(name) +
                    ", a thread commits 512 events of 256 bytes and 2 tags at a time, another "
                    "pulls them all, in rounds of " +
                    std::to_string(seconds).substr(0, 3) + " s; files in " + parent;
  report.add(line);
  add_lag(report, line, "events", static_cast<double>(lag.events_max), lag);
  add_lag(report, line, "ms", *std::ranges::max_element(lag.us) / 1e3, lag);
}

}  // namespace

void follow_events(const Settings& settings, Report& report) {
  follow(settings, report, "os", STELE_DURABILITY_OS, memory_directory());
  follow(settings, report, "sync", STELE_DURABILITY_SYNC, disk_directory());
}

}  // namespace stele::bench
