// Reads rows that are in trees and in memory: one by one in random order, and all in order.
#include <algorithm>
#include <functional>
#include <random>
#include <stdexcept>

#include "tables.h"

namespace stele::bench {

namespace {

constexpr size_t kGets = 1000;
constexpr size_t kGetsAtOnce = 100;

// Runs a read for a while; its rate counts rows.
void read_for(double seconds, Side& side, const std::function<Seen()>& read) {
  uint64_t rows = 0;
  uint64_t reads = 0;
  run_for(seconds, side, [&] {
    rows += read().events;
    ++reads;
  });
  side.rates.back() *= static_cast<double>(rows) / static_cast<double>(reads);
}

// Rows in calls for many.
Seen get_many(SteleRows& rows, Keys keys) {
  Seen seen;
  for (size_t at = 0; at < keys.size(); at += kGetsAtOnce) {
    const Seen some = rows.get_many(keys.subspan(at, std::min(kGetsAtOnce, keys.size() - at)));
    seen.events += some.events;
    seen.bytes += some.bytes;
  }
  return seen;
}

// Brings everything into memory, and sees that all have the same rows.
void read_all(const TableStores& stores, const std::vector<Key>& order) {
  const uint64_t got = stores.store(0).get(order).bytes;
  const Seen seen = stores.store(0).scan();
  if (seen.events != order.size() || stores.stele().scan_copies().events != order.size()) {
    throw std::runtime_error("tables: rows are missing");
  }
  if (get_many(stores.stele(), order).bytes != got) {
    throw std::runtime_error("tables: many at once are others");
  }
  if (stores.stele().scan_singly().bytes != seen.bytes) {
    throw std::runtime_error("tables: one by one the rows are others");
  }
  for (size_t side = 1; side < kTableSides; ++side) {
    if (stores.store(side).get(order).bytes != got ||
        stores.store(side).scan().bytes != seen.bytes) {
      throw std::runtime_error("tables: the stores do not hold the same");
    }
  }
}

void report_gets(const Tables& tables, const TableSides& gets, const Side& many) {
  Line line = tables_line(
      "tables.get.warm", "ns", gets,
      tables.about() +
          ", in trees and in memory, random keys, 1 thread, Stele "
          "pages of 16 KiB, SQLite of 8, LMDB of 4, RocksDB blocks of 4; Stele copies the row, "
          "LMDB and SQLite read 1,000 in a transaction, caches of 1 GiB");
  line.higher_is_better = false;
  line.target = 1;
  tables.report.add(line);
  line.bench = "tables.get.warm.ns";
  line.target = 1000;
  line.target_is_absolute = true;
  tables.report.add(line);
  line.bench = "tables.get_many.warm";
  line.stele = many.rate();
  line.target = 0;
  line.target_is_absolute = false;
  line.conditions += "; Stele 100 rows in a call";
  tables.report.add(line);
}

void report_scans(const Tables& tables, const TableSides& scans, const Side& singly,
                  const Side& copies) {
  const std::string about = tables.about() + ", in trees and in memory, all in order, 1 thread";
  Line line = tables_line("tables.scan", "rows/s", scans,
                          about +
                              ", rows viewed: the first bytes of key and value and the size are "
                              "read; Stele as many in a call as lie together, the others one by "
                              "one");
  line.target = 1;
  tables.report.add(line);
  line.bench = "tables.scan.singly";
  line.stele = singly.rate();
  line.target = 0;
  line.conditions = about + ", rows viewed one by one";
  tables.report.add(line);
  line.bench = "tables.scan.copies";
  line.stele = copies.rate();
  line.conditions = about + ", Stele in copies of 256 KiB, the others viewed";
  tables.report.add(line);
}

}  // namespace

void read_warm_rows(const Tables& tables) {
  std::vector<Key> order = tables.sorted;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(3));
  read_all(tables.stores, order);
  const double seconds = tables.scale.round_seconds;
  TableSides gets;
  Side many;
  TableSides scans;
  Side singly;
  Side copies;
  for (int round = 0; round < tables.scale.rounds; ++round) {
    for (size_t side = 0; side < kTableSides; ++side) {
      size_t at = static_cast<size_t>(round) * kGets;
      read_for(seconds, gets[side], [&] {
        at = (at + kGets) % (order.size() - kGets);
        return tables.stores.store(side).get(Keys(order).subspan(at, kGets));
      });
      gets[side].rates.back() = 1e9 / gets[side].rates.back();
    }
    size_t at = static_cast<size_t>(round) * kGets;
    read_for(seconds, many, [&] {
      at = (at + kGets) % (order.size() - kGets);
      return get_many(tables.stores.stele(), Keys(order).subspan(at, kGets));
    });
    many.rates.back() = 1e9 / many.rates.back();
    for (size_t side = 0; side < kTableSides; ++side) {
      read_for(seconds, scans[side], [&] { return tables.stores.store(side).scan(); });
    }
    read_for(seconds, singly, [&] { return tables.stores.stele().scan_singly(); });
    read_for(seconds, copies, [&] { return tables.stores.stele().scan_copies(); });
  }
  report_gets(tables, gets, many);
  report_scans(tables, scans, singly, copies);
}

}  // namespace stele::bench
