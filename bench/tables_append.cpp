// An event and two rows in one durable commit, as a projection has them, beside the event alone.
#include "tables.h"

namespace stele::bench {

namespace {

constexpr size_t kRowsOfCommit = 2;

class EventAppender {
 public:
  explicit EventAppender(size_t rows)
      : store_(directory_.path() + "/db", rows_options({.directory = {}})),
        rows_(store_, "rows", STELE_HISTORY_NONE),
        count_(rows) {
    for (int i = 0; i < 20; ++i) commit();  // It makes its log.
  }

  void commit() {
    rows_.append(number_++);
    for (size_t i = 0; i < count_; ++i) {
      const Key& key = keys_[at_++ % keys_.size()];
      rows_.put(key, value_of(key));
    }
    rows_.commit();
  }
  [[nodiscard]] uint64_t checkpoints() const { return store_.stats().checkpoints; }

 private:
  Directory directory_;
  Store store_;
  Rows rows_;
  size_t count_;
  std::vector<Key> keys_ = random_keys(5, 100'000);
  size_t at_ = 0;
  uint64_t number_ = 0;
};

}  // namespace

void append_with_rows(const TableScale& scale, Report& report) {
  EventAppender alone(0);
  EventAppender with_rows(kRowsOfCommit);
  Side events;
  Side both;
  for (int round = 0; round < scale.rounds; ++round) {
    run_for(scale.round_seconds, events, [&] { alone.commit(); });
    run_for(scale.round_seconds, both, [&] { with_rows.commit(); });
  }
  Line line;
  line.bench = "tables.append";
  line.unit = "commits/s";
  line.stele = both.rate();
  line.reference = events.rate();
  line.reference_name = "the event alone";
  line.target = 0.9;
  line.rounds = scale.rounds;
  line.p50 = percentile(both.latencies_us, 0.5);
  line.p99 = percentile(both.latencies_us, 0.99);
  line.conditions =
      "sync, 1 thread, an event of 256 bytes and 2 tags with 2 rows of 16 + 100 bytes, random "
      "keys, "
      "in a commit; reference: the event alone, p50 " +
      std::to_string(static_cast<uint64_t>(percentile(events.latencies_us, 0.5))) + " us";
  report.add(line);
}

}  // namespace stele::bench
