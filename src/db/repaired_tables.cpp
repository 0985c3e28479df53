// What a repair makes of the sections of the catalog.
#include "db/repaired_tables.h"

#include <algorithm>

namespace stele::db {

using tables::CatalogChangeKind;

// What a table that is left out would be now.
void RepairedCatalog::note(const tables::CatalogChange& change, uint64_t tsn) {
  catalog_.state().raise_next_id(change.table + 1);
  if (change.kind == CatalogChangeKind::kDrop) {
    left_out_.erase(change.table);
    return;
  }
  tables::TableInfo& table = left_out_[change.table];
  table.id = change.table;
  table.name = change.name;
  if (change.kind == CatalogChangeKind::kAdopt) table.owner = change.owner;
  if (change.kind != CatalogChangeKind::kCreate) return;
  table.history = change.history;
  table.amount = change.amount;
  table.created_tsn = tsn;
  table.owner = change.owner;
}

Status RepairedCatalog::replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                               ByteView section) {
  const auto pass_over = [&](const tables::CatalogChange& change) { note(change, stamp.tsn); };
  if (replay_ == TableReplay::kPresent) {
    return catalog_.replay_present(view, stamp, count, section, pass_over);
  }
  return tables::for_each_change(stamp, count, section,
                                 [&](const tables::CatalogChange& change) -> Status {
                                   pass_over(change);
                                   return {};
                                 });
}

Result<uint64_t> RepairedCatalog::times_needed_from(const engine::View& view) {
  const auto from = times_from_ ? Result<uint64_t>(*times_from_) : catalog_.times_needed_from(view);
  if (!from) return fail(from.error());
  return std::max(*from, times_lack_ + 1);
}

}  // namespace stele::db
