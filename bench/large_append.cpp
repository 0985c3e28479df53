// Appends a history to both databases, a tenth of it to one and then to the other, and sees whether
// an event costs more in the end than at first.
//
// A tenth ends with a checkpoint, so that it pays for all of its events and for no others. The
// processor time is that of all threads of the process, less what it takes to make the events.
#include <thread>
#include <vector>

#include "large.h"
#include "rounds.h"

namespace stele::bench {

namespace {

// What a tenth of the history took, or all of it.
struct Cost {
  uint64_t events = 0;
  double seconds = 0;
  double processor_us = 0;
  uint64_t dirtied = 0;
  uint64_t handed = 0;
  uint64_t logical = 0;

  Cost& operator+=(const Cost& other) {
    events += other.events;
    seconds += other.seconds;
    processor_us += other.processor_us;
    dirtied += other.dirtied;
    handed += other.handed;
    logical += other.logical;
    return *this;
  }
  [[nodiscard]] double per_event(double value) const { return value / static_cast<double>(events); }
  [[nodiscard]] double rate() const { return static_cast<double>(events) / seconds; }
  [[nodiscard]] double processor() const { return per_event(processor_us); }
  [[nodiscard]] double bytes() const { return per_event(static_cast<double>(dirtied)); }
  [[nodiscard]] double bytes_handed() const { return per_event(static_cast<double>(handed)); }
  [[nodiscard]] double amplification() const {
    return static_cast<double>(dirtied) / static_cast<double>(logical);
  }
};

// Appends `count` events, and makes a checkpoint.
template <typename Events>
Cost append(Events& events, const LargeHistory& history, uint64_t first, uint64_t count) {
  Cost cost;
  cost.events = count;
  std::vector<Sample> batch;
  double making_us = 0;
  const Usage before = usage_now();
  const auto start = SteadyClock::now();
  for (uint64_t i = first; i < first + count; i += kLargeBatch) {
    const double made_before = thread_processor_us();
    history.make(i, std::min(kLargeBatch, first + count - i), batch);
    for (const Sample& event : batch) cost.logical += LargeHistory::logical_bytes(event);
    making_us += thread_processor_us() - made_before;
    events.append(batch, {}, 0);
  }
  events.checkpoint();
  cost.seconds = seconds_since(start);
  const Usage after = usage_now();
  cost.processor_us = after.processor_us - before.processor_us - making_us;
  cost.dirtied = after.dirtied - before.dirtied;
  cost.handed = after.handed - before.handed;
  return cost;
}

std::string text_of(double value) {
  char text[32] = "";
  (void)std::snprintf(text, sizeof text, value < 100 ? "%.3g" : "%.0f", value);
  return text;
}

std::string text_of(const Cost& cost) {
  return text_of(cost.processor()) + " us of processor, " + text_of(cost.bytes()) +
         " bytes written (" + text_of(cost.bytes_handed()) + " handed to write) an event";
}

using Costs = std::vector<Cost>;

Cost sum_of(const Costs& costs) {
  Cost sum;
  for (const Cost& cost : costs) sum += cost;
  return sum;
}

template <typename Figure>
double growth(const Costs& costs, const Figure& figure) {
  return figure(costs.back()) / figure(costs.front());
}

Line bounded(Line line, double target) {
  line.higher_is_better = false;
  line.target = target;
  line.target_is_absolute = true;
  return line;
}

void add_sums(const Large& large, const Costs& ours, const Costs& peers, uint64_t checkpoints) {
  const Cost sum = sum_of(ours);
  const Cost peer = sum_of(peers);
  Report& report = large.report;
  Line line = large_line(large, "append", "events/s", sum.rate(), peer.rate());
  line.conditions = std::to_string(checkpoints) +
                    " checkpoints of Stele's, one at the end of each "
                    "tenth; " +
                    line.conditions;
  report.add(line);
  report.add(bounded(
      large_line(large, "append.processor", "us/event", sum.processor(), peer.processor()), 0));
  const auto processor = [](const Cost& cost) { return cost.processor(); };
  const auto bytes = [](const Cost& cost) { return cost.bytes(); };
  line = bounded(large_line(large, "append.processor.growth", "last tenth / first",
                            growth(ours, processor), growth(peers, processor)),
                 1.5);
  report.add(line);
  line = bounded(large_line(large, "append.bytes.growth", "last tenth / first", growth(ours, bytes),
                            growth(peers, bytes)),
                 1.5);
  report.add(line);
  line = bounded(large_line(large, "append.amplification", "written / logical", sum.amplification(),
                            peer.amplification()),
                 6);
  line.conditions = "bytes of pages of files made dirty, over those of data, type and tags, " +
                    text_of(sum.per_event(static_cast<double>(sum.logical))) + " an event; " +
                    line.conditions;
  report.add(line);
}

}  // namespace

void append_large(const Large& large) {
  // Threads of the one side may have something left to do: not in the other's time.
  const std::chrono::milliseconds pause{large.settings.brief ? 5 : 100};
  constexpr uint64_t kParts = 10;
  LargePair pair(large);
  Costs ours;
  Costs peers;
  for (uint64_t part = 0; part < kParts; ++part) {
    const uint64_t peer_count = large.peers.size() / kParts;
    const uint64_t count = large.ours.size() / kParts;
    std::this_thread::sleep_for(pause);
    peers.push_back(append(pair.peer, large.peers, part * peer_count, peer_count));
    std::this_thread::sleep_for(pause);
    ours.push_back(append(pair.events, large.ours, part * count, count));
    Line line = large_line(large, "append.part" + std::to_string(part + 1), "events/s",
                           ours.back().rate(), peers.back().rate());
    line.conditions = "Stele " + text_of(ours.back()) + "; SQLite " + text_of(peers.back());
    large.report.add(line);
  }
  add_sums(large, ours, peers, pair.store.stats().checkpoints);
}

}  // namespace stele::bench
