// Reads single rows where neither the store nor the system has them in memory.
//
// Each round closes a store, has the system forget its files, opens it with a small budget and
// reads rows at random. The first of them bring the inner pages, as they do wherever a program
// starts.
#include <filesystem>
#include <random>
#include <string>

#include "random_pages.h"
#include "system.h"
#include "tables.h"

namespace stele::bench {

namespace {

constexpr uint64_t kColdMemory = uint64_t{8} << 20;

// Returns the largest file below a directory: Stele's file of pages.
std::string largest_file(const std::string& directory) {
  std::string largest;
  uint64_t size = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || entry.file_size() < size) continue;
    size = entry.file_size();
    largest = entry.path().string();
  }
  return largest;
}

// Runs an operation so many times; the side's rate is the microseconds of one.
template <typename Operation>
void time_each(size_t count, Side& side, const Operation& operation) {
  const auto start = SteadyClock::now();
  for (size_t i = 0; i < count; ++i) {
    const auto before = SteadyClock::now();
    operation();
    side.latencies_us.push_back(seconds_since(before) * 1e6);
  }
  side.rates.push_back(seconds_since(start) * 1e6 / static_cast<double>(count));
}

class ColdReads {
 public:
  explicit ColdReads(const Tables& tables) : tables_(tables), setup_(tables.setup) {
    setup_.memory = kColdMemory;
    setup_.scattered = true;
    page_file_ = largest_file(tables.stores.path(0));
  }

  void round(uint64_t number) {
    for (size_t i = 0; i < kTableSides; ++i) {
      read_store((i + number) % kTableSides, number);  // Nobody is always the first.
    }
    forget_files(tables_.stores.path(0));
    RandomPages pages(page_file_, page_size_, number);
    time_each(tables_.scale.cold_gets, floor_, [&] { pages.read(); });
  }

  void report() {
    Line line = tables_line("tables.get.cold", "us", sides_, "");
    line.higher_is_better = false;
    line.others.insert(line.others.begin(), {line.reference_name, line.reference});
    line.reference = floor_.rate();
    line.reference_name = "pread of a random page";
    line.p50 = percentile(sides_[0].latencies_us, 0.5);
    line.p99 = percentile(sides_[0].latencies_us, 0.99);
    const auto gets = static_cast<double>(sides_[0].latencies_us.size());
    line.conditions =
        tables_.about() + ", " + std::to_string(tables_.scale.cold_gets) +
        " random keys a round, behind the puts, just opened with 8 MiB of memory or cache (LMDB: "
        "the system's, "
        "MDB_NORDAHEAD), files dropped from the system's memory by posix_fadvise, 1 thread; Stele "
        "read " +
        std::to_string(static_cast<double>(pages_read_) / gets).substr(0, 4) +
        " pages a row; reference: pread of a random page of its file, " +
        std::to_string(page_size_ / 1024) + " KiB, dropped as well";
    tables_.report.add(line);
  }

 private:
  void read_store(size_t side, uint64_t seed) {
    TableStores& stores = tables_.stores;
    stores.close(side);
    forget_files(stores.path(side));
    stores.open(side, setup_);
    std::mt19937_64 random(seed);
    const uint64_t before = side == 0 ? stores.stele().stats().pages_read : 0;
    time_each(tables_.scale.cold_gets, sides_[side], [&] {
      stores.store(side).get({&tables_.sorted[random() % tables_.sorted.size()], 1});
    });
    if (side != 0) return;
    const stele_stats stats = stores.stele().stats();
    pages_read_ += stats.pages_read - before;
    page_size_ = stats.page_size;
  }

  const Tables& tables_;
  Setup setup_;
  std::string page_file_;
  TableSides sides_;
  Side floor_;
  uint64_t pages_read_ = 0;
  uint64_t page_size_ = 0;
};

}  // namespace

void read_cold_rows(const Tables& tables) {
  ColdReads reads(tables);
  for (int round = 0; round < tables.scale.rounds; ++round) {
    reads.round(static_cast<uint64_t>(round));
  }
  reads.report();
}

}  // namespace stele::bench
