// stele_bench tables: makes the stores, and runs every part. Keys are 16 random bytes, values 100.
#include "tables.h"

#include <malloc.h>

#include <algorithm>

namespace stele::bench {

namespace {

TableScale scale_of(const Settings& settings) {
  TableScale scale = {.rounds = settings.rounds, .round_seconds = settings.round_seconds};
  if (!settings.brief) return scale;
  scale.keys = 20'000;
  scale.rounds = 3;
  scale.round_seconds /= 4;
  scale.cold_gets = 50;
  scale.log = uint64_t{1} << 20;
  scale.put_rounds = 2;
  scale.put_commits = 150;
  scale.put_commits_paged = 50;
  scale.past = {.keys = 20'000, .updates = 3};
  scale.past_of_few = {.keys = 2'000, .updates = 4};
  scale.updates = 50'000;
  return scale;
}

}  // namespace

TableStores::TableStores(const Setup& setup) {
  for (size_t side = 0; side < kTableSides; ++side) open(side, setup);
}

void TableStores::open(size_t side, Setup setup) {
  setup.directory = path(side);
  if (side == 0) stores_[side] = std::make_unique<SteleRows>(setup);
  if (side == 1) stores_[side] = make_lmdb_tree(setup);
  if (side == 2) stores_[side] = make_sqlite_tree(setup);
  if (side == 3) stores_[side] = make_rocksdb_tree(setup);
}

Line tables_line(const char* bench, const char* unit, const TableSides& sides,
                 const std::string& conditions) {
  Line line;
  line.bench = bench;
  line.unit = unit;
  line.stele = sides[0].rate();
  line.reference = sides[1].rate();
  line.reference_name = kTableNames[1];
  for (size_t side = 2; side < kTableSides; ++side) {
    line.others.emplace_back(kTableNames[side], sides[side].rate());
  }
  line.rounds = static_cast<int>(sides[0].rates.size());
  line.conditions = conditions;
  return line;
}

void run_tables(const Settings& settings, Report& report) {
  const TableScale scale = scale_of(settings);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);  // What is freed stays, so that it can be used again.
  std::vector<Key> sorted = random_keys(7, scale.keys);
  std::sort(sorted.begin(), sorted.end());
  {
    const Setup setup = {.directory = {}, .log = scale.log, .keeps_log = true};
    TableStores stores(setup);
    for (size_t side = 0; side < kTableSides; ++side) stores.store(side).load(sorted);
    const Tables tables = {scale, report, setup, stores, sorted};
    read_warm_rows(tables);
    put_rows(tables);
    read_cold_rows(tables);
  }
  append_with_rows(scale, report);
  read_old_rows(scale, report);
  compact_rows(scale, report);
}

}  // namespace stele::bench
