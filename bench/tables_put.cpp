// Durable commits of 100 rows with random keys, half of them new, and all the checkpoints.
//
// A round ends with what each store has to do so that its log can be empty: a checkpoint, or a
// flush. It counts; compactions of RocksDB's that go on behind it do not, but the others wait for
// their end. What writes whole pages for each row commits less often in a round, for it takes
// longer.
#include <random>

#include "floor.h"
#include "system.h"
#include "tables.h"

namespace stele::bench {

namespace {

constexpr size_t kPutBatch = 100;
constexpr uint64_t kFloorSize = uint64_t{32} << 20;

// One half of the keys are there, the other is new.
std::vector<Key> put_batch(uint64_t seed, const std::vector<Key>& there) {
  std::vector<Key> batch = random_keys(seed, kPutBatch);
  std::mt19937_64 random(seed);
  for (size_t i = 0; i < kPutBatch; i += 2) batch[i] = there[random() % there.size()];
  return batch;
}

class Puts {
 public:
  explicit Puts(const Tables& tables) : tables_(tables) {}

  // A first round does not count: stores make their logs, and have their pages read.
  void warm_up() {
    for (size_t side = 0; side < kTableSides; ++side) run(side, 1, tables_.scale.put_commits / 10);
    sides_ = {};
    written_ = {};
    log_ = 0;
    checkpoints_ = 0;
  }

  void round(uint64_t number) {
    for (size_t side = 0; side < kTableSides; ++side) {
      const bool paged = side == 1 || side == 2;
      run(side, number, paged ? tables_.scale.put_commits_paged : tables_.scale.put_commits);
    }
    run_floor();
  }

  void report() const {
    Line line = tables_line("tables.put", "rows/s", sides_, conditions());
    line.p50 = percentile(sides_[0].latencies_us, 0.5);
    line.p99 = percentile(sides_[0].latencies_us, 0.99);
    line.target = 4;
    line.others.emplace_back("pwrite+fdatasync", floor_side_.rate());
    tables_.report.add(line);
    line.bench = "tables.put.rocksdb";
    line.reference = sides_[3].rate();
    line.reference_name = kTableNames[3];
    line.others.clear();
    line.target = 1.3;
    tables_.report.add(line);
  }

 private:
  void run(size_t side, uint64_t number, size_t commits) {
    std::vector<std::vector<Key>> batches;
    batches.reserve(commits);
    for (size_t i = 0; i < commits; ++i) {
      batches.push_back(put_batch(number * 1'000'000 + i, tables_.sorted));
    }
    OrderedStore& store = tables_.stores.store(side);
    const stele_stats stats = tables_.stores.stele().stats();
    const uint64_t before = usage_now().handed;
    const auto start = SteadyClock::now();
    for (const std::vector<Key>& batch : batches) {
      const auto batch_start = SteadyClock::now();
      store.write(batch);
      sides_[side].latencies_us.push_back(seconds_since(batch_start) * 1e6);
    }
    store.finish();
    const auto rows = static_cast<double>(commits * kPutBatch);
    sides_[side].rates.push_back(rows / seconds_since(start));
    written_[side] += static_cast<double>(usage_now().handed - before);
    checkpoints_ += tables_.stores.stele().stats().checkpoints - stats.checkpoints;
    log_ += tables_.stores.stele().stats().wal_written - stats.wal_written;
    store.settle();
  }

  // What the disk takes for the bytes that a commit of Stele's has in the log.
  void run_floor() {
    const size_t commits = tables_.scale.put_commits_paged;
    const std::vector<uint8_t> bytes(log_ / sides_[0].latencies_us.size());
    const auto start = SteadyClock::now();
    for (size_t i = 0; i < commits; ++i) floor_.commit(bytes);
    floor_side_.rates.push_back(static_cast<double>(commits * kPutBatch) / seconds_since(start));
  }

  [[nodiscard]] std::string conditions() const {
    std::string text =
        std::to_string(tables_.scale.put_commits) + " commits a round (LMDB, SQLite " +
        std::to_string(tables_.scale.put_commits_paged) +
        ") of 100 random rows, half of them new, into " + tables_.about() + ", 1 thread, " +
        std::to_string(checkpoints_) +
        " checkpoints of Stele's in all, those at the rounds' ends counted, every " +
        std::to_string(tables_.scale.log >> 20) +
        " MiB of log (SQLite: of WAL; RocksDB: write_buffer_size); " + kTablePeers +
        "; pwrite+fdatasync: of as many bytes as a commit of Stele's has in its log; bytes "
        "written a row:";
    for (size_t side = 0; side < kTableSides; ++side) {
      const auto rows = static_cast<double>(sides_[side].latencies_us.size() * kPutBatch);
      text += std::string(side == 0 ? " " : " / ") +
              std::to_string(static_cast<uint64_t>(written_[side] / rows));
    }
    return text;
  }

  const Tables& tables_;
  TableSides sides_;
  std::array<double, kTableSides> written_ = {};
  uint64_t checkpoints_ = 0;
  uint64_t log_ = 0;  // Bytes of commits in Stele's.
  Directory directory_;
  Floor floor_ = Floor(directory_.path() + "/floor", kFloorSize);
  Side floor_side_;
};

}  // namespace

void put_rows(const Tables& tables) {
  Puts puts(tables);
  puts.warm_up();
  for (int round = 0; round < tables.scale.put_rounds; ++round) {
    puts.round(static_cast<uint64_t>(round) + 2);
  }
  puts.report();
}

}  // namespace stele::bench
