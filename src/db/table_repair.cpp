// Which tables come into the new database, and how.
#include "db/table_repair.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tables/catalog_tree.h"
#include "tree/apply.h"

namespace stele::db {

using tables::TableInfo;

namespace {

page::Root root_in(const page::Roots& roots, std::string_view name) {
  const auto found = roots.find(name);
  return found == roots.end() ? page::Root() : found->second;
}

}  // namespace

Result<bool> TableRepair::survey(uint64_t budget) {
  const auto more = salvage_.survey(budget);
  if (!more || *more) return more;
  if (salvage_.applied_tsn() == 0) {
    phase_ = Phase::kDone;  // All there is, the log has.
    return false;
  }
  // The times that tables will need which come only behind the commits that have them.
  uint64_t since = salvage_.is_catalog_whole() ? UINT64_MAX : 1;
  for (const auto& [id, table] : salvage_.tables()) {
    if (table.history != tables::History::kNone) since = std::min(since, table.created_tsn);
  }
  to_.catalog.keep_times_from(since);
  return false;
}

Status TableRepair::begin(uint64_t tsn, Commit is_there) {
  TableReplay replay = TableReplay::kPresent;
  if (is_in_trees(tsn)) {
    are_commits_whole_ &= is_there != Commit::kEvents;
    replay = TableReplay::kNote;
  } else if (is_there != Commit::kWhole) {
    STELE_TRY(leave_all_out());
    replay = TableReplay::kNote;
  }
  to_.catalog.set_replay(replay);
  to_.rows.set_replay(replay);
  return {};
}

bool TableRepair::is_due() const {
  return phase_ != Phase::kDone && to_.pipeline.snapshot().tsn == salvage_.applied_tsn();
}

Result<bool> TableRepair::bring(uint64_t budget) {
  switch (phase_) {
    case Phase::kBefore:
      STELE_TRY(choose());
      phase_ = kept_.empty() ? Phase::kCatalog : Phase::kRows;
      return true;
    case Phase::kRows:
    case Phase::kHistory: {
      const bool is_rows = phase_ == Phase::kRows;
      const auto more = copy(is_rows ? tables::kRowTree : tables::kHistoryTree, budget);
      if (!more) return fail(more.error());
      if (!*more) phase_ = is_rows ? Phase::kHistory : Phase::kCatalog;
      return true;
    }
    case Phase::kCatalog:
      STELE_TRY(add_catalog());
      phase_ = Phase::kDone;
      return false;
    case Phase::kDone:
      return false;
  }
  return false;
}

Status TableRepair::choose() {
  // The trees must stand where those stand that are copied.
  to_.pipeline.start_reading();
  STELE_TRY(to_.checkpointer.run());
  RepairedCatalog::LeftOut& left_out = to_.catalog.left_out();  // What the commits say.
  TableSalvage::Tables there = salvage_.tables();
  if (salvage_.is_catalog_whole()) {
    left_out = there;
  } else if (are_commits_whole_) {
    there = left_out;
  } else {
    for (const auto& [id, name] : salvage_.remains()) {
      left_out.try_emplace(id, TableInfo{.id = id, .name = name});
    }
    for (const auto& [id, table] : there) left_out.insert_or_assign(id, table);
  }
  for (const auto& [id, table] : there) {
    if (!can_keep(table)) continue;
    kept_.emplace(id, table);
    left_out.erase(id);
  }
  return {};
}

bool TableRepair::can_keep(const TableInfo& table) const {
  const engine::ViewPtr view = to_.pipeline.views().current();
  if (view->trees->applied.head != salvage_.applied_head()) return false;
  if (!salvage_.is_whole(table.id)) return false;
  // Commits that are whole have all marks.
  if (table.owner.empty() || are_commits_whole_) return true;
  const auto was = salvage_.mark(table.owner);
  const auto is = events::mark_in_trees(*view->trees, table.owner);
  return was && is && was->position == is->position;
}

Result<bool> TableRepair::copy(std::string_view tree, uint64_t budget) {
  if (!copy_) {
    copy_.emplace(salvage_, tree, [this](tables::TableId id) { return kept_.contains(id); });
  }
  copy_->allow(budget);
  STELE_TRY(to_.checkpointer.rewrite([&](page::PageWriter& writer,
                                         const page::State& state) -> Result<page::Roots> {
    page::Roots roots = state.roots;
    const auto made = tree::apply(writer, root_in(roots, tree), tree::LeafKind::kSlotted, *copy_);
    if (!made) return fail(made.error());
    if (made->height > 0) roots[std::string(tree)] = *made;
    return roots;
  }));
  if (!copy_->is_done()) return true;
  copied_before_ += copy_->entries();
  copy_.reset();
  return false;
}

Status TableRepair::add_catalog() {
  tables::CatalogState& state = to_.catalog.state();
  state.raise_next_id(salvage_.next_id());
  to_.catalog.release_times();
  if (state.next_id() == 1) return {};  // There never was a table.
  std::vector<TableInfo> tables;
  tables.reserve(kept_.size());
  for (const auto& [id, table] : kept_) tables.push_back(table);
  state.note_change();
  return to_.checkpointer.rewrite([&](page::PageWriter& writer,
                                      const page::State& old) -> Result<page::Roots> {
    page::Roots roots = old.roots;
    const auto made =
        tables::add_tables(writer, root_in(roots, tables::kCatalogTree), tables, state.next_id());
    if (!made) return fail(made.error());
    roots[std::string(tables::kCatalogTree)] = *made;
    return roots;
  });
}

// T3. Their rows go as those of tables do that were dropped.
Status TableRepair::leave_all_out() {
  const engine::Pipeline::Look look = to_.pipeline.look();
  std::vector<TableInfo> tables;
  for (tables::TableName name;;) {
    auto next = tables::next_table(*look.view, name, look.snapshot.tsn);
    if (!next) return fail(std::move(next).error());
    if (!*next) break;
    name = (*next)->name;
    to_.catalog.left_out().insert_or_assign((*next)->id, **next);
    tables.push_back(**std::move(next));
  }
  if (tables.empty()) return {};
  to_.pipeline.start_reading();
  STELE_TRY(to_.checkpointer.run());
  to_.catalog.state().note_change();
  return to_.checkpointer.rewrite(
      [&](page::PageWriter& writer, const page::State& old) -> Result<page::Roots> {
        page::Roots roots = old.roots;
        const auto made = tables::drop_tables(writer, root_in(roots, tables::kCatalogTree), tables);
        if (!made) return fail(made.error());
        roots[std::string(tables::kCatalogTree)] = *made;
        return roots;
      });
}

// T2. Which tables there were, commits say, or the catalog of a later one does.
void TableRepair::end(uint64_t last) {
  if (phase_ == Phase::kDone) return;
  phase_ = Phase::kDone;
  to_.catalog.release_times();
  if (are_commits_whole_) return;
  for (const auto& [id, table] : salvage_.tables()) {
    if (table.created_tsn <= last) to_.catalog.left_out().try_emplace(id, table);
  }
}

uint64_t TableRepair::entries_done() const {
  return salvage_.entries_done() + copied_before_ + (copy_ ? copy_->entries() : 0);
}

}  // namespace stele::db
