// stele_bench tree: keys of 16 random bytes, values of 100 bytes; everything fits into memory.
#include "tree.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ordered_store.h"
#include "page/page_cache.h"
#include "rounds.h"
#include "store.h"

namespace stele::bench {

uint64_t bytes_in(const std::string& directory) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    bytes += entry.file_size();
  }
  return bytes;
}

namespace {

constexpr size_t kBatch = 10'000;
constexpr const char* kPages = "pages of 8 KiB (LMDB 4)";

struct Scale {
  size_t keys;
  size_t batches;
  int load_rounds;
  int batch_rounds;
};

Scale scale_of(const Settings& settings) {
  return settings.brief ? Scale{200'000, 20, 3, 1} : Scale{1'000'000, 100, 5, 3};
}

// Returns the bytes that this process has handed to write calls, 0 where the system does not say.
uint64_t bytes_written() {
  std::ifstream io("/proc/self/io");
  for (std::string word; io >> word;) {
    uint64_t bytes = 0;
    if (word == "wchar:" && io >> bytes) return bytes;
  }
  return 0;
}

// The three that are compared, always in this order.
struct Contestant {
  std::unique_ptr<Directory> directory;
  std::unique_ptr<OrderedStore> store;
};

std::array<Contestant, 3> contestants(Sync sync, page::PageCache* cache) {
  std::array<Contestant, 3> all;
  const std::array makers = {make_stele_tree, make_lmdb_tree, make_sqlite_tree};
  for (size_t i = 0; i < all.size(); ++i) {
    all[i].directory = std::make_unique<Directory>();
    all[i].store = makers[i]({.directory = all[i].directory->path(), .sync = sync, .cache = cache});
  }
  return all;
}

// Returns "1 / 2 / 3 MB", for Stele, LMDB and SQLite.
std::string megabytes(const std::array<uint64_t, 3>& bytes) {
  std::string text;
  for (const uint64_t count : bytes) {
    text += (text.empty() ? "" : " / ") + std::to_string((count + 500'000) / 1'000'000);
  }
  return text + " MB";
}

Line line_of(const char* bench, const char* unit, const std::array<Side, 3>& sides,
             const std::string& conditions) {
  Line line;
  line.bench = bench;
  line.unit = unit;
  line.stele = sides[0].rate();
  line.reference = sides[1].rate();
  line.reference_name = "LMDB";
  line.others = {{"SQLite", sides[2].rate()}};
  line.rounds = static_cast<int>(sides[0].rates.size());
  line.conditions = conditions;
  return line;
}

// Runs a read for a while; its rate counts entries.
void run_reads(double seconds, Side& side, const std::function<Seen()>& read) {
  uint64_t entries = 0;
  uint64_t reads = 0;
  run_for(seconds, side, [&] {
    entries += read().events;
    ++reads;
  });
  side.rates.back() *= static_cast<double>(entries) / static_cast<double>(reads);
}

void measure_reads(const Settings& settings, Report& report, std::array<Contestant, 3>& all,
                   const std::vector<Key>& sorted) {
  const std::string about = std::to_string(sorted.size()) + " keys, warm, 1 thread, " + kPages;
  std::vector<Key> order = sorted;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(3));
  constexpr size_t kGets = 1000;
  std::vector<uint64_t> expected;
  expected.reserve(2 * all.size());
  for (Contestant& each : all) expected.push_back(each.store->get(order).bytes);
  for (Contestant& each : all) expected.push_back(each.store->scan().bytes);
  if (expected[0] != expected[1] || expected[0] != expected[2] || expected[3] != expected[4] ||
      expected[3] != expected[5]) {
    throw std::runtime_error("tree: the stores do not hold the same");
  }
  std::array<Side, 3> gets;
  std::array<Side, 3> scans;
  for (int round = 0; round < settings.rounds; ++round) {
    for (size_t i = 0; i < all.size(); ++i) {
      size_t at = static_cast<size_t>(round) * kGets;
      run_reads(settings.round_seconds, gets[i], [&] {
        at = (at + kGets) % (order.size() - kGets);
        return all[i].store->get(Keys(order).subspan(at, kGets));
      });
      gets[i].rates.back() = 1e9 / gets[i].rates.back();
    }
    for (size_t i = 0; i < all.size(); ++i) {
      run_reads(settings.round_seconds, scans[i], [&] { return all[i].store->scan(); });
    }
  }
  Line get = line_of("tree.get", "ns", gets, about + ", random keys");
  get.higher_is_better = false;
  get.target = 1;
  report.add(get);

  Line scan = line_of("tree.scan", "entries/s", scans, about + ", all in order");
  scan.target = 1;
  report.add(scan);
}

// A load takes as long for its memory as for anything else: pages that the process touches for the
// first time come from the system, one by one. LMDB's speed differed by a factor of 4 by what had
// run before it. So either nobody has used memory, or everybody has.
enum class Memory : uint8_t { kFresh, kUsed };

struct Load {
  const char* name;
  Sync sync;
  Memory memory;
  const char* conditions;
};

// Loads new stores in each round; a first one, where memory is to be used, does not count.
void measure_load(const Scale& scale, Report& report, const Load& load,
                  const std::vector<Key>& sorted) {
  const bool fresh = load.memory == Memory::kFresh;
  page::PageCache cache(kCacheSize);
  std::array<Side, 3> sides;
  std::array<uint64_t, 3> sizes = {};
  std::array<uint64_t, 3> written = {};
  for (int round = fresh ? 1 : 0; round <= scale.load_rounds; ++round) {
    auto all = contestants(load.sync, fresh ? nullptr : &cache);
    for (size_t i = 0; i < all.size(); ++i) {
      if (fresh) ::malloc_trim(0);
      const uint64_t before = bytes_written();
      const auto start = SteadyClock::now();
      all[i].store->load(sorted);
      const double rate = static_cast<double>(sorted.size()) / seconds_since(start);
      if (round > 0) sides[i].rates.push_back(rate);
      written[i] = bytes_written() - before;
      sizes[i] = all[i].store->file_bytes();
    }
  }
  Line line = line_of(load.name, "keys/s", sides,
                      std::to_string(sorted.size()) + " sorted keys into an empty store, " +
                          load.conditions + ", LMDB: MDB_APPEND, " + kPages + "; files " +
                          megabytes(sizes) + ", written " + megabytes(written));
  line.target = 1.5;
  report.add(line);
}

// A batch: one half of the keys are there, the other is new.
std::vector<Key> batch_of(uint64_t seed, const std::vector<Key>& there) {
  std::vector<Key> batch = random_keys(seed, kBatch);
  std::mt19937_64 random(seed);
  for (size_t i = 0; i < kBatch / 2; ++i) batch[2 * i] = there[random() % there.size()];
  return batch;
}

void measure_batches(const Scale& scale, Report& report, std::array<Contestant, 3>& all,
                     const std::vector<Key>& there) {
  std::array<Side, 3> sides;
  std::array<uint64_t, 3> written = {};
  for (Contestant& each : all) each.store->write(batch_of(1, there));  // It makes its log.
  for (Contestant& each : all) each.store->finish();
  for (int round = 0; round < scale.batch_rounds; ++round) {
    std::vector<std::vector<Key>> batches;
    batches.reserve(scale.batches);
    for (size_t i = 0; i < scale.batches; ++i) {
      batches.push_back(batch_of(1000 * static_cast<uint64_t>(round + 1) + i, there));
    }
    for (size_t i = 0; i < all.size(); ++i) {
      const uint64_t before = bytes_written();
      const auto start = SteadyClock::now();
      for (const std::vector<Key>& batch : batches) {
        const auto batch_start = SteadyClock::now();
        all[i].store->write(batch);
        sides[i].latencies_us.push_back(seconds_since(batch_start) * 1e6);
      }
      all[i].store->finish();
      const auto keys = static_cast<double>(scale.batches * kBatch);
      sides[i].rates.push_back(keys / seconds_since(start));
      written[i] = bytes_written() - before;
    }
  }
  std::array<uint64_t, 3> sizes = {};
  for (size_t i = 0; i < all.size(); ++i) sizes[i] = all[i].store->file_bytes();
  Line line = line_of(
      "tree.batches", "keys/s", sides,
      std::to_string(scale.batches) + " batches of 10000 random keys, half of them new, into " +
          std::to_string(there.size()) +
          ", each batch durable, checkpoints at 64 MiB of log and at "
          "the end counted, " +
          kPages + "; files " + megabytes(sizes) + ", written " + megabytes(written));
  line.target = 1;
  line.p50 = percentile(sides[0].latencies_us, 0.5);
  line.p99 = percentile(sides[0].latencies_us, 0.99);
  report.add(line);
}

}  // namespace

void run_tree(const Settings& settings, Report& report) {
  const Scale scale = scale_of(settings);
  std::vector<Key> sorted = random_keys(7, scale.keys);
  std::sort(sorted.begin(), sorted.end());
  // What is freed stays, so that it can be used again; malloc_trim() alone gives it back.
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  constexpr std::array kLoads = {
      Load{"tree.load.nosync.fresh", Sync::kNever, Memory::kFresh, "no sync, fresh memory"},
      Load{"tree.load.nosync.used", Sync::kNever, Memory::kUsed, "no sync, memory used before"},
      Load{"tree.load.sync.fresh", Sync::kEachCommit, Memory::kFresh,
           "one sync at the end, fresh memory"},
      Load{"tree.load.sync.used", Sync::kEachCommit, Memory::kUsed,
           "one sync at the end, memory used before"}};
  for (const Load& load : kLoads) measure_load(scale, report, load, sorted);
  std::array<Contestant, 3> all = contestants(Sync::kEachCommit, nullptr);
  for (Contestant& each : all) each.store->load(sorted);
  measure_reads(settings, report, all, sorted);
  measure_batches(scale, report, all, sorted);
}

}  // namespace stele::bench
