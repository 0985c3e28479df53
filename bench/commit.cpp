// stele_bench commit: one thread, many threads, large batches.
#include "commit.h"

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "floor.h"
#include "rounds.h"
#include "store.h"

namespace stele::bench {

namespace {

constexpr uint64_t kFloorFileSize = uint64_t{64} << 20;
constexpr const char* kFloorName = "pwrite+fdatasync";

// Returns the log bytes that one commit of `events` events takes.
uint64_t commit_size(const Store& store, int events) {
  Appender appender(store, 1000);
  const uint64_t before = store.stats().wal_written;
  appender.fill(events);
  appender.commit();
  return store.stats().wal_written - before;
}

Line line_of(const char* bench, const char* unit, const Side& ours, const Side& floor,
             const Settings& settings) {
  Line line;
  line.bench = bench;
  line.unit = unit;
  line.stele = ours.rate();
  line.reference = floor.rate();
  line.reference_name = kFloorName;
  line.rounds = settings.rounds;
  line.p50 = percentile(ours.latencies_us, 0.5);
  line.p99 = percentile(ours.latencies_us, 0.99);
  return line;
}

// One caller. `behind`: it begins a commit before the last one has ended; else one at a time.
void one_thread(const Settings& settings, Report& report, int events, bool behind, double target) {
  const Directory directory;
  const Store store(directory.path() + "/db", options_of(STELE_DURABILITY_SYNC));
  const uint64_t size = commit_size(store, events);
  Floor floor(directory.path() + "/floor", kFloorFileSize);
  const std::vector<uint8_t> bytes(size, 0x5a);
  Appender appender(store, 1);
  Side ours;
  Side reference;
  for (int round = 0; round < settings.rounds; ++round) {
    run_for(settings.round_seconds, reference, [&] { floor.commit(bytes); });
    run_for(settings.round_seconds, ours, [&] {
      appender.fill(events);
      behind ? appender.commit_behind() : appender.commit();
    });
    appender.finish();
  }
  const std::string name = "commit.sync.1x" + std::to_string(events);
  Line line = line_of(name.c_str(), "commits/s", ours, reference, settings);
  line.target = target;
  line.conditions = "sync, 1 thread, " + std::to_string(events) +
                    " events of 256 bytes and 2 tags a commit, " + std::to_string(size) +
                    " bytes a commit" + (behind ? ", one in flight behind the other" : "");
  report.add(line);
}

// Runs `threads` appenders of `events` events a commit for a while.
void run_threads(const Store& store, int threads, int events, double seconds, Side& side) {
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> commits = 0;
  std::vector<std::vector<double>> latencies(static_cast<size_t>(threads));
  std::vector<std::thread> workers;
  workers.reserve(static_cast<size_t>(threads));
  const auto start = SteadyClock::now();
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&, i] {
      Appender appender(store, static_cast<uint64_t>(i) + 1);
      std::vector<double>& mine = latencies[static_cast<size_t>(i)];
      while (!stop.load(std::memory_order_relaxed)) {
        const auto before = SteadyClock::now();
        appender.fill(events);
        appender.commit();
        mine.push_back(seconds_since(before) * 1e6);
      }
      commits += mine.size();
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& worker : workers) worker.join();
  side.rates.push_back(static_cast<double>(commits) / seconds_since(start));
  for (const auto& mine : latencies) {
    side.latencies_us.insert(side.latencies_us.end(), mine.begin(), mine.end());
  }
}

void many_threads(const Settings& settings, Report& report) {
  constexpr int kThreads = 64;
  const Directory directory;
  const Store store(directory.path() + "/db", options_of(STELE_DURABILITY_SYNC));
  const std::vector<uint8_t> bytes(commit_size(store, 1), 0x5a);
  Floor floor(directory.path() + "/floor", kFloorFileSize);
  Side ours;
  Side reference;
  for (int round = 0; round < settings.rounds; ++round) {
    run_for(settings.round_seconds, reference, [&] { floor.commit(bytes); });
    run_threads(store, kThreads, 1, settings.round_seconds, ours);
  }
  Line line = line_of("commit.sync.64x1", "commits/s", ours, reference, settings);
  line.target = 5;
  line.conditions = "sync, 64 threads, 1 event of 256 bytes and 2 tags a commit";
  report.add(line);

  Line tail = line_of("commit.sync.64x1.p99", "us", ours, reference, settings);
  tail.stele = percentile(ours.latencies_us, 0.99);
  tail.reference = percentile(reference.latencies_us, 0.5);
  tail.reference_name = "median floor sync";
  tail.higher_is_better = false;
  tail.target = 15;
  tail.conditions = "p99 of a commit, 64 threads";
  report.add(tail);
}

// The processor's part: the operating system takes the writes, and nobody waits for a disk. Each
// round has a new database.
void os_level(const Settings& settings, Report& report, int threads, const std::string& parent,
              const char* where, double target) {
  constexpr int kEvents = 512;
  const Directory directory(parent);
  Side ours;
  for (int round = 0; round < settings.rounds; ++round) {
    const std::string path = directory.path() + "/db" + std::to_string(round);
    {
      const Store store(path, options_of(STELE_DURABILITY_OS));
      run_threads(store, threads, kEvents, settings.round_seconds, ours);
    }
    std::filesystem::remove_all(path);
  }
  for (double& rate : ours.rates) rate *= kEvents;
  Line line;
  line.bench = "commit.os." + std::to_string(threads) + "x512." + where;
  line.unit = "events/s";
  line.stele = ours.rate();
  line.rounds = settings.rounds;
  line.p50 = percentile(ours.latencies_us, 0.5);
  line.p99 = percentile(ours.latencies_us, 0.99);
  line.target = target;
  line.conditions = "os, " + std::to_string(threads) +
                    " threads, 512 events of 256 bytes and 2 tags a commit, files in " + parent;
  report.add(line);
}

}  // namespace

void run_commit(const Settings& settings, Report& report) {
  one_thread(settings, report, 1, false, 0.85);
  many_threads(settings, report);
  one_thread(settings, report, 512, true, 0.5);
  const std::string processor = memory_directory();
  os_level(settings, report, 1, processor, "memory", 700'000);
  os_level(settings, report, 2, processor, "memory", 1'000'000);
  os_level(settings, report, 1, disk_directory(), "disk", 0);
}

}  // namespace stele::bench
