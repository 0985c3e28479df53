// Rows of the tail come, and are found.
#include "tables/row_tail.h"

namespace stele::tables {

void RowTail::add(const OpView& op, uint64_t tsn) {
  if (op.kind() != OpKind::kDeleteRange) {
    versions_.add(op, tsn);
    return;
  }
  ranges_.push_back(std::make_unique<RangeDelete>(
      RangeDelete{.table = op.table(), .time = {.tsn = tsn, .position = op.position()}, .op = op}));
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
