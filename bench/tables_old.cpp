// Rows of a table with history as of old positions, beside the newest.
//
// Every key is updated several times, in commits of 1,000 rows and an event; all of it is in trees.
// Few rows with many versions stay in the processor's caches, as of now, and their past does not:
// that has lines of its own.
#include <algorithm>
#include <random>
#include <stdexcept>

#include "tables.h"

namespace stele::bench {

namespace {

constexpr size_t kOldBatch = 1000;
constexpr size_t kOldGets = 1000;
constexpr uint64_t kPastMemory = uint64_t{2} << 30;  // All versions fit.

class Past {
 public:
  Past(const PastScale& scale, uint64_t log)
      : keys_(random_keys(17, scale.keys)),
        store_(directory_.path() + "/db",
               rows_options(
                   {.directory = {}, .sync = Sync::kNever, .memory = kPastMemory, .log = log})),
        rows_(store_, "rows", STELE_HISTORY_ALL) {
    for (int update = 0; update < scale.updates; ++update) write(update);
    checkpoint(store_);
    std::shuffle(keys_.begin(), keys_.end(), std::mt19937_64(3));
  }

  // Measures reads behind that update; -1: of now. Each call goes on where the last one stopped.
  void read_for(double seconds, int update, Side& side) {
    run_for(seconds, side, [&] {
      for (size_t i = 0; i < kOldGets; ++i) read(keys_[at_++ % keys_.size()], update);
    });
    side.rates.back() = 1e9 / (side.rates.back() * kOldGets);
  }

  // Sees that the rows behind an update are those that it wrote.
  void check(int update) {
    for (size_t i = 0; i < std::min<size_t>(keys_.size(), 1000); ++i) {
      const Bytes value = value_at(keys_[i], update);
      if (read(keys_[i], update) != value.size() + value[0]) {
        throw std::runtime_error("tables: a row of the past is another one");
      }
    }
  }

 private:
  static Bytes value_at(Key key, int update) {
    key[0] = static_cast<uint8_t>(key[0] + update);
    return value_of(key);
  }

  void write(int update) {
    size_t count = 0;
    for (const Key& key : keys_) {
      rows_.put(key, value_at(key, update));
      if (++count % kOldBatch != 0) continue;
      rows_.append(count);
      position_ = rows_.commit();
    }
    positions_.push_back(position_);
  }

  uint64_t read(const Key& key, int update) {
    if (update < 0) return rows_.get(key, nullptr);
    stele_as_of moment = {};
    moment.struct_size = sizeof moment;
    moment.kind = STELE_AS_OF_POSITION;
    moment.at = static_cast<int64_t>(positions_[static_cast<size_t>(update)]);
    return rows_.get(key, &moment);
  }

  std::vector<Key> keys_;
  Directory directory_;
  Store store_;
  Rows rows_;
  uint64_t position_ = 0;
  std::vector<uint64_t> positions_;  // Behind each update.
  size_t at_ = 0;
};

struct PastReads {
  Side newest;
  Side middle;
  Side first;
};

PastReads read_past(const TableScale& scale, const PastScale& past_scale) {
  Past past(past_scale, scale.log);
  const int middle = past_scale.updates / 2;
  past.check(0);
  past.check(middle);
  past.check(past_scale.updates - 1);
  Side warm;
  for (const int update : {-1, middle, 0}) past.read_for(scale.round_seconds, update, warm);
  PastReads reads;
  for (int round = 0; round < scale.rounds; ++round) {
    past.read_for(scale.round_seconds, -1, reads.newest);
    past.read_for(scale.round_seconds, middle, reads.middle);
    past.read_for(scale.round_seconds, 0, reads.first);
  }
  return reads;
}

void report_old(const TableScale& scale, const PastScale& past, Report& report,
                const std::string& bench, const std::string& moment, const Side& old,
                const Side& newest) {
  Line line;
  line.bench = bench;
  line.unit = "ns";
  line.stele = old.rate();
  line.reference = newest.rate();
  line.reference_name = "the newest";
  line.higher_is_better = false;
  line.target = 2;
  line.rounds = scale.rounds;
  line.conditions = "a row as of a position, with " + moment + " behind it; " +
                    std::to_string(past.keys) + " keys written " + std::to_string(past.updates) +
                    " times, all versions kept, in trees and in memory, random keys, 1 thread; "
                    "reference: the same rows as of now";
  report.add(line);
}

void read_old_rows(const TableScale& scale, const PastScale& past, const std::string& suffix,
                   Report& report) {
  const PastReads reads = read_past(scale, past);
  const int newest = past.updates - 1;
  const auto changes = [](int count) {
    return std::to_string(count) + (count == 1 ? " change" : " changes");
  };
  report_old(scale, past, report, "tables.get.old" + suffix, changes(newest - past.updates / 2),
             reads.middle, reads.newest);
  report_old(scale, past, report, "tables.get.oldest" + suffix, changes(newest), reads.first,
             reads.newest);
}

}  // namespace

void read_old_rows(const TableScale& scale, Report& report) {
  read_old_rows(scale, scale.past, "", report);
  read_old_rows(scale, scale.past_of_few, ".few", report);
}

}  // namespace stele::bench
