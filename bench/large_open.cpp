// How long an open takes: behind a clean close, and behind a kill that left 64 MiB of log which no
// tree has. The files are in the system's memory, as they are when a process is started again.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <stdexcept>
#include <vector>

#include "large.h"
#include "rounds.h"

namespace stele::bench {

namespace {

// What a child has done before it is killed.
struct Left {
  uint64_t log = 0;   // Bytes that only the log has.
  uint64_t head = 0;  // The last position whose commit has returned.
};

// Returns the milliseconds until the position of the last event is known. Closing does not count.
double open_store(const Large& large, uint64_t head) {
  const auto start = SteadyClock::now();
  const Store store(large.store_path, large_options());
  const SteleEvents events(store);
  if (events.head() < head) throw std::runtime_error("stele: events are gone");
  return seconds_since(start) * 1e3;
}

double open_peer(const Large& large, uint64_t head) {
  const auto start = SteadyClock::now();
  const SqliteEvents peer(large.peer_path(), large_setup());
  if (peer.head() < head) throw std::runtime_error("sqlite: events are gone");
  return seconds_since(start) * 1e3;
}

// Appends until `enough` says so. Returns the last position.
template <typename Events, typename Enough>
uint64_t append_until(Events& events, const LargeHistory& history, const Enough& enough) {
  std::vector<Sample> batch;
  uint64_t head = 0;
  for (uint64_t number = history.size(); !enough(); number += kLargeBatch) {
    history.make(number, kLargeBatch, batch);
    head = events.append(batch, {}, 0);
  }
  return head;
}

using Tell = std::function<void(const Left&)>;

// In the child, until the log that no tree has is long enough. The budget leaves no reason for a
// checkpoint, but a chunk of the tail has a limit of its own: one may begin, and while it is being
// written all of the log is still needed. If it ends too early, a little less has to do.
void fill_log_of_store(const Large& large, const Tell& tell) {
  stele_options options = large_options();
  options.memory_budget = uint64_t{4} << 30;
  options.checkpoint_log = uint64_t{1} << 30;
  const Store store(large.store_path, options);
  SteleEvents events(store);
  for (uint64_t wanted = large.log_left;;) {
    events.checkpoint();
    const stele_stats before = store.stats();
    Left left;
    bool ended = false;
    left.head = append_until(events, large.ours, [&] {
      const stele_stats now = store.stats();
      ended = now.checkpoints != before.checkpoints;
      if (!ended) left.log = now.wal_written - before.wal_written;
      return ended || left.log >= wanted;
    });
    if (!ended) return tell(left);
    wanted = left.log - left.log / 16;
  }
}

void fill_log_of_peer(const Large& large, const Tell& tell) {
  SqliteEvents peer(large.peer_path(), large_setup());
  peer.checkpoint();
  peer.keep_log();
  const uint64_t head =
      append_until(peer, large.peers, [&] { return peer.log_bytes() >= large.log_left; });
  tell({.log = peer.log_bytes(), .head = head});
}

using Fill = std::function<void(const Large&, const Tell&)>;

// In the child: tells the parent, and does not end by itself unless something went wrong.
[[noreturn]] void be_killed(const Large& large, const Fill& fill, int parent) {
  try {
    fill(large, [&](const Left& left) {
      if (::write(parent, &left, sizeof left) == sizeof left) ::pause();
    });
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stele_bench: %s\n", error.what());
  }
  ::_exit(1);
}

// Has a child fill a log, and kills it. Requires: this process has no other thread.
Left fill_and_kill(const Large& large, const Fill& fill) {
  int ends[2] = {};
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) be_killed(large, fill, ends[1]);
  ::close(ends[1]);
  Left left;
  const bool told = ::read(ends[0], &left, sizeof left) == sizeof left;
  ::close(ends[0]);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  if (!told) throw std::runtime_error("the process to be killed has failed");
  return left;
}

void add(const Large& large, const char* name, double target, const Side& ours, const Side& peers,
         const std::string& conditions) {
  Line line = large_line(large, name, "ms", percentile(ours.latencies_us, 0.5),
                         percentile(peers.latencies_us, 0.5));
  line.higher_is_better = false;
  line.target = target;
  line.target_is_absolute = true;
  line.rounds = static_cast<int>(ours.latencies_us.size());
  line.conditions = conditions +
                    "; open until the last position is known, files in the system's "
                    "memory; " +
                    line.conditions;
  large.report.add(line);
}

}  // namespace

void open_closed_large(const Large& large) {
  Side ours;
  Side peers;
  for (int round = 0; round < 5; ++round) {
    peers.latencies_us.push_back(open_peer(large, 1));
    ours.latencies_us.push_back(open_store(large, 1));
  }
  add(large, "open.closed", 50, ours, peers, "after a clean close");
}

void open_killed_large(const Large& large) {
  Side ours;
  Side peers;
  uint64_t log = UINT64_MAX;
  uint64_t peer_log = UINT64_MAX;
  for (int round = 0; round < (large.settings.brief ? 1 : 3); ++round) {
    const Left in_peer = fill_and_kill(large, fill_log_of_peer);
    peers.latencies_us.push_back(open_peer(large, in_peer.head));
    peer_log = std::min(peer_log, in_peer.log);
    const Left in_store = fill_and_kill(large, fill_log_of_store);
    ours.latencies_us.push_back(open_store(large, in_store.head));
    log = std::min(log, in_store.log);
  }
  const auto mebibytes = [](uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
  add(large, "open.killed", 400, ours, peers,
      "after kill -9 with " + mebibytes(log) + " of log behind the trees, SQLite " +
          mebibytes(peer_log) + " not in the database");
}

}  // namespace stele::bench
