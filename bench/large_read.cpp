// Reads the 1,000 events of a tag out of all, whole: again and again, and the first time.
#include <functional>
#include <stdexcept>

#include "large.h"
#include "rounds.h"

namespace stele::bench {

namespace {

uint64_t read_store(LargePair& pair) {
  const std::string tag = LargeHistory::rare_tag();
  const TagQuery query({&tag, 1});
  return pair.events.scan_views(query.get()).events;
}

uint64_t read_peer(LargePair& pair) {
  return pair.peer.scan_tag(LargeHistory::rare_tag()).events;
}

using Read = std::function<uint64_t(LargePair&)>;

void read_for(double seconds, Side& side, LargePair& pair, const Read& read) {
  run_for(seconds, side, [&] {
    if (read(pair) != LargeHistory::kRare) throw std::runtime_error("the rare tag's events differ");
  });
  side.rates.back() *= LargeHistory::kRare;
}

void add(const Large& large, const char* name, double target, const Side& ours, const Side& peers,
         const std::string& conditions) {
  Line line = large_line(large, name, "events/s", ours.rate(), peers.rate());
  line.target = target;
  line.rounds = static_cast<int>(ours.rates.size());
  line.p50 = percentile(ours.latencies_us, 0.5);
  line.p99 = percentile(ours.latencies_us, 0.99);
  line.conditions =
      "the 1000 events of a tag, whole, " + conditions + ", 1 thread; " + line.conditions;
  large.report.add(line);
}

void read_warm(const Large& large) {
  LargePair pair(large);
  Side ours;
  Side peers;
  read_for(0, ours, pair, read_store);  // Brings it into memory.
  read_for(0, peers, pair, read_peer);
  ours = peers = {};
  for (int round = 0; round < large.settings.rounds; ++round) {
    read_for(large.settings.round_seconds, peers, pair, read_peer);
    read_for(large.settings.round_seconds, ours, pair, read_store);
  }
  add(large, "read.tag.warm", 3, ours, peers, "warm");
}

void read_cold(const Large& large) {
  Side ours;
  Side peers;
  std::string how;
  for (int round = 0; round < large.settings.rounds; ++round) {
    LargePair pair(large);
    how = forget(large);
    // Who goes first would pay for what both need of the file system.
    const bool peer_first = round % 2 == 0;
    if (peer_first) read_for(0, peers, pair, read_peer);
    read_for(0, ours, pair, read_store);
    if (!peer_first) read_for(0, peers, pair, read_peer);
  }
  add(large, "read.tag.cold", 1, ours, peers, "cold: just opened, " + how);
}

}  // namespace

void read_large(const Large& large) {
  read_warm(large);
  read_cold(large);
}

}  // namespace stele::bench
