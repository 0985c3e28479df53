// Asking whether what was read is still so.
#include "tables/read_set.h"

namespace stele::tables {

std::optional<RowRange> ReadRange::covered() const {
  RowRange read = range_;
  if (is_whole_) return read;
  if (!has_last_) return std::nullopt;
  if (range_.descending) {
    read.low = last_;
  } else {
    read.high = last_;
    read.high->push_back(0);  // The first key behind it.
  }
  return read;
}

ReadSet::Reads& ReadSet::reads_of(const TableInfo& table) {
  const auto found = tables_.find(table.id);
  if (found != tables_.end()) return found->second;
  return tables_.emplace(table.id, Reads{.table = table, .rows = {}, .ranges = {}}).first->second;
}

void ReadSet::add_row(const TableInfo& table, ByteView key, uint64_t tsn) {
  auto& rows = reads_of(table).rows;
  if (rows.find(key) == rows.end()) rows.emplace(std::vector(key.begin(), key.end()), tsn);
}

bool ReadSet::has_row(TableId table, ByteView key) const {
  const auto found = tables_.find(table);
  return found != tables_.end() && found->second.rows.contains(key);
}

std::shared_ptr<ReadRange> ReadSet::add_range(const TableInfo& table, RowRange range) {
  return reads_of(table).ranges.emplace_back(std::make_shared<ReadRange>(std::move(range)));
}

std::optional<engine::Objection> ReadSet::check(const engine::View& view,
                                                const engine::Snapshot& held,
                                                const engine::Snapshot& now) {
  // It held at the transaction's moment, too: while the chunks have all commits behind that, no
  // tree need be read.
  const bool in_chunks = view.trees->applied.tsn <= moment_.tsn;
  const engine::Snapshot& from = held.tsn < moment_.tsn && in_chunks ? moment_ : held;
  if (from.tsn == now.tsn) return std::nullopt;
  const GuardScope scope = {.view = view, .held = from, .now = now};
  for (const auto& [id, reads] : tables_) {
    for (const auto& [key, tsn] : reads.rows) {
      if (auto objection = check_row(scope, reads.table, key, {.tsn = tsn})) return objection;
    }
    for (const auto& range : reads.ranges) {
      const auto covered = range->covered();
      if (!covered) continue;
      auto objection = check_range(scope, reads.table, *covered, moment_.tsn, then_.get());
      if (objection) return objection;
    }
  }
  return std::nullopt;
}

}  // namespace stele::tables
