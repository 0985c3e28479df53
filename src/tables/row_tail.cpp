// Rows of the tail come, and are found.
#include "tables/row_tail.h"

#include <algorithm>

namespace stele::tables {

void RowTail::add(std::span<const OpView> ops, uint64_t tsn) {
  const auto is_range = [](const OpView& op) { return op.kind() == OpKind::kDeleteRange; };
  while (!ops.empty()) {
    const auto rows = static_cast<size_t>(std::ranges::find_if(ops, is_range) - ops.begin());
    versions_.add(ops.first(rows), tsn);
    ops = ops.subspan(rows);
    if (ops.empty()) return;
    const OpView& range = ops.front();
    ranges_.push_back(std::make_unique<RangeDelete>(RangeDelete{
        .table = range.table(), .time = {.tsn = tsn, .position = range.position()}, .op = range}));
    ops = ops.subspan(1);
  }
}

std::optional<TailVersion> RowTail::newest_of(const VersionList::Node* from, TableId table,
                                              ByteView key, const Horizon& horizon) const {
  std::optional<TailVersion> found;
  for (; from != nullptr && from->is_row(table, key); from = from->next()) {
    if (!horizon.shows(from->time())) continue;
    found = {.time = from->time(), .is_deleted = from->is_deleted(), .row = from->value()};
    break;
  }
  // A deletion of a range comes before the rows that are as old.
  const uint64_t count = ranges_.size();
  for (uint64_t i = 0; i < count; ++i) {
    const RangeDelete& range = *ranges_[i];
    if (!horizon.shows(range.time) || !range.covers(table, key)) continue;
    if (!found || found->time < range.time) found = {.time = range.time, .is_deleted = true};
  }
  return found;
}

}  // namespace stele::tables
