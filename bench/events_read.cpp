// Reading events, beside SQLite's scan: all of them, and those of one tag.
#include <functional>

#include "events.h"
#include "rounds.h"
#include "sample.h"
#include "stele_events.h"

namespace stele::bench {

namespace {

struct Case {
  const char* name;
  double target;  // Events a second.
  std::string what;
  std::function<Seen()> ours;
  std::function<Seen()> peer;
};

// Runs a read for a while; its rate counts events.
void run_reads(double seconds, Side& side, const std::function<Seen()>& read) {
  uint64_t events = 0;
  uint64_t reads = 0;
  run_for(seconds, side, [&] {
    events += read().events;
    ++reads;
  });
  side.rates.back() *= static_cast<double>(events) / static_cast<double>(reads);
}

void measure(const Settings& settings, Report& report, const Case& one) {
  Side ours;
  Side peer;
  for (int round = 0; round < settings.rounds; ++round) {
    run_reads(settings.round_seconds, peer, one.peer);
    run_reads(settings.round_seconds, ours, one.ours);
  }
  Line line;
  line.bench = one.name;
  line.unit = "events/s";
  line.stele = ours.rate();
  line.reference = peer.rate();
  line.reference_name = "SQLite";
  line.target_is_absolute = true;
  line.target = one.target;
  line.rounds = settings.rounds;
  line.conditions = one.what;
  report.add(line);
}

}  // namespace

void read_events(const Settings& settings, Report& report, const History& history) {
  SteleEvents events(history.store);
  const std::string where = ", 1 thread, in memory, warm; Stele " +
                            std::to_string(History::kEvents) + " events of 256 bytes, SQLite " +
                            std::to_string(history.peer_events);
  uint64_t course = 0;
  const auto next_course = [&] { return course_tag(course++); };
  const Case cases[] = {
      {"events.read.copies", 8e6, "all events, copied into a buffer of 256 KiB" + where,
       [&] { return events.scan_copies(); }, [&] { return history.peer.scan(); }},
      {"events.read.views", 12e6, "all events, viewed one by one" + where,
       [&] { return events.scan_views(nullptr); }, [&] { return history.peer.scan(); }},
      {"events.read.tag", 1e6, "the events of one tag in 1,000, another each time, viewed" + where,
       [&] {
         const std::string tag = next_course();
         const TagQuery query({&tag, 1});
         return events.scan_views(query.get());
       },
       [&] { return history.peer.scan_tag(next_course()); }},
  };
  for (const Case& one : cases) measure(settings, report, one);
}

}  // namespace stele::bench
