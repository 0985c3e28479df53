// Looking tables up in trees and tail, and the section of changes.
#include "tables/catalog.h"

#include <algorithm>

#include "base/text.h"
#include "tables/catalog_tree.h"
#include "tree/cursor.h"

namespace stele::tables {

namespace {

constexpr size_t kChangeHistoryOffset = 1;
constexpr size_t kChangeSchemaSizeOffset = 2;
constexpr size_t kChangeNameSizeOffset = 4;
constexpr size_t kChangeOwnerSizeOffset = 6;
constexpr size_t kChangeTableOffset = 8;
constexpr size_t kChangeAmountOffset = 16;

Status check_part(const char* what, const std::string& part) {
  const bool sized = !part.empty() && part.size() <= kTableNameSizeMax;
  if (sized && is_utf8(part) && part.find('\0') == std::string::npos) return {};
  return fail(Code::kInvalid, cat(what, " ", quoted(part), " is not 1 to ", kTableNameSizeMax,
                                  " bytes of UTF-8 without NUL"));
}

template <typename T>
std::optional<CatalogTail::Change<T>> newest(const std::vector<CatalogTail::Change<T>>& changes,
                                             uint64_t tsn) {
  const auto behind = std::ranges::upper_bound(changes, tsn, {}, &CatalogTail::Change<T>::tsn);
  if (behind == changes.begin()) return std::nullopt;
  return *std::prev(behind);
}

Result<std::optional<TableInfo>> name_in_trees(const engine::Trees& trees, const TableName& name) {
  if (trees.file == nullptr) return std::nullopt;
  tree::Found found;
  const std::string key = name_key(name);
  const auto there = tree::get(*trees.file, trees.root(kCatalogTree), as_bytes(key), found);
  if (!there) return fail(there.error());
  if (!*there) return std::nullopt;
  const ByteView value = found.value.bytes;
  if (found.value.is_large || value.size() != sizeof(TableId)) {
    return damaged_catalog(trees.file->path(), cat("table ", shown(name), " has no number"));
  }
  return table_in_trees(trees, load_le<uint32_t>(value.data()));
}

}  // namespace

std::string shown(const TableName& name) {
  return cat(quoted(name.schema), ".", quoted(name.name));
}

Status check_table_name(const TableName& name) {
  STELE_TRY(check_part("the schema", name.schema));
  return check_part("the name", name.name);
}

bool is_rebuild_name(std::string_view name) {
  const size_t tilde = name.rfind('~');
  if (tilde == std::string_view::npos) return false;
  const std::string_view number = name.substr(tilde + 1);
  return !number.empty() && number[0] != '0' &&
         std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
}

Status check_free_name(const TableName& name) {
  STELE_TRY(check_table_name(name));
  if (!is_rebuild_name(name.name)) return {};
  return fail(Code::kInvalid, cat("the name ", quoted(name.name), " ends in ~ and a number, as do ",
                                  "those of tables that a projection is rebuilt into"));
}

std::optional<CatalogTail::Change<TableId>> CatalogTail::find(const TableName& name,
                                                              uint64_t tsn) const {
  if (empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  return found == names_.end() ? std::nullopt : newest(found->second, tsn);
}

std::optional<CatalogTail::Change<TableInfo>> CatalogTail::find(TableId table, uint64_t tsn) const {
  if (empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = tables_.find(table);
  return found == tables_.end() ? std::nullopt : newest(found->second, tsn);
}

void CatalogTail::apply(const CatalogChange& change, const TableInfo& before, uint64_t tsn) {
  constexpr uint64_t kNode = 384;  // About what the nodes of both maps take.
  const std::lock_guard lock(mutex_);
  bytes_.fetch_add(kNode + 2 * (change.name.schema.size() + change.name.name.size()),
                   std::memory_order_relaxed);
  if (change.kind == CatalogChangeKind::kCreate) {
    names_[change.name].push_back({tsn, change.table});
    tables_[change.table].push_back({tsn, TableInfo{.id = change.table,
                                                    .name = change.name,
                                                    .history = change.history,
                                                    .amount = change.amount,
                                                    .created_tsn = tsn,
                                                    .owner = change.owner}});
  } else {
    names_[before.name].push_back({tsn, std::nullopt});
    std::optional<TableInfo> after;
    if (change.kind != CatalogChangeKind::kDrop) {
      after = before;
      after->name = change.name;
      if (change.kind == CatalogChangeKind::kAdopt) after->owner = change.owner;
      names_[change.name].push_back({tsn, change.table});
    }
    tables_[change.table].push_back({tsn, std::move(after)});
  }
  count_.fetch_add(1, std::memory_order_release);
}

void CatalogTail::for_each_name(const TableName& from, uint64_t tsn,
                                const std::function<bool(const TableName&, TableId)>& visit) const {
  if (empty()) return;
  const std::lock_guard lock(mutex_);
  for (auto at = names_.lower_bound(from); at != names_.end(); ++at) {
    const auto change = newest(at->second, tsn);
    if (change && !visit(at->first, change->now.value_or(0))) return;
  }
}

Result<std::optional<TableInfo>> table_in_trees(const engine::Trees& trees, TableId table) {
  if (trees.file == nullptr) return std::nullopt;
  tree::Found found;
  const std::string key = table_key(kTableTag, table);
  const auto there = tree::get(*trees.file, trees.root(kCatalogTree), as_bytes(key), found);
  if (!there) return fail(there.error());
  if (!*there) return std::nullopt;
  auto info = decode_table(table, found.value.is_large ? ByteView() : found.value.bytes);
  if (!info) {
    return damaged_catalog(trees.file->path(), cat("table number ", table, " is damaged"));
  }
  return info;
}

Result<std::optional<TableInfo>> find_table(const engine::View& view, const TableName& name,
                                            uint64_t tsn) {
  for (size_t i = view.chunks.size(); i-- > 0;) {
    const auto change = CatalogTail::of(*view.chunks[i]).find(name, tsn);
    if (!change) continue;
    if (!change->now) return std::nullopt;
    return find_table(view, *change->now, tsn);
  }
  return name_in_trees(*view.trees, name);
}

Result<std::optional<TableInfo>> find_table(const engine::View& view, TableId table, uint64_t tsn) {
  for (size_t i = view.chunks.size(); i-- > 0;) {
    const auto change = CatalogTail::of(*view.chunks[i]).find(table, tsn);
    if (change) return change->now;
  }
  return table_in_trees(*view.trees, table);
}

Result<std::optional<TableInfo>> next_table(const engine::View& view, const TableName& name,
                                            uint64_t tsn) {
  std::optional<tree::Cursor> cursor;
  const std::string above = name_key(name) + '\0';
  bool in_tree = false;
  if (view.trees->file != nullptr) {
    cursor.emplace(*view.trees->file, view.trees->root(kCatalogTree));
    const auto there = cursor->seek(as_bytes(above));
    if (!there) return fail(there.error());
    in_tree = *there;
  }
  TableName from = {.schema = name.schema, .name = name.name + '\0'};
  for (;;) {
    // The next name of the tail, and whether it is in use; the tree has what no chunk has changed.
    std::optional<std::pair<TableName, TableId>> next;
    for (size_t i = view.chunks.size(); i-- > 0;) {
      CatalogTail::of(*view.chunks[i])
          .for_each_name(from, tsn, [&](const TableName& changed, TableId table) {
            if (!next || changed < next->first) next = {changed, table};
            return false;
          });
    }
    std::optional<TableName> stored;
    if (in_tree) stored = decode_name_key(cursor->key());
    if (stored && (!next || *stored < next->first)) return find_table(view, *stored, tsn);
    if (!next) return std::nullopt;
    if (next->second != 0) return find_table(view, next->second, tsn);
    if (stored && *stored == next->first) {
      const auto moved = cursor->next();
      if (!moved) return fail(moved.error());
      in_tree = *moved;
    }
    from = {.schema = next->first.schema, .name = next->first.name + '\0'};
  }
}

Result<uint64_t> history_since(const engine::View& view, uint64_t tsn) {
  uint64_t since = UINT64_MAX;
  TableName name;
  for (;;) {
    auto table = next_table(view, name, tsn);
    if (!table) return fail(std::move(table).error());
    if (!*table) return since;
    if ((*table)->history != History::kNone) since = std::min(since, (*table)->created_tsn);
    name = std::move((*table)->name);
  }
}

Status for_each_change(const engine::Stamp& stamp, uint32_t count, ByteView section,
                       const std::function<Status(const CatalogChange&)>& visit) {
  const auto damaged = [&](const char* fault) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its catalog section ", fault));
  };
  for (uint32_t i = 0; i < count; ++i) {
    if (section.size() < kChangeHeaderSize) return damaged("is shorter than its count says");
    const uint8_t* at = section.data();
    const size_t schema = load_le<uint16_t>(at + kChangeSchemaSizeOffset);
    const size_t name = load_le<uint16_t>(at + kChangeNameSizeOffset);
    const size_t owner = load_le<uint16_t>(at + kChangeOwnerSizeOffset);
    const uint64_t used = kChangeHeaderSize + schema + name + owner;
    if (section.size() < align_up(used)) return damaged("is shorter than its count says");
    const ByteView texts = section.subspan(kChangeHeaderSize, schema + name + owner);
    const CatalogChange change = {
        .kind = static_cast<CatalogChangeKind>(at[0]),
        .table = load_le<uint32_t>(at + kChangeTableOffset),
        .name = {.schema = std::string(as_text(texts.first(schema))),
                 .name = std::string(as_text(texts.subspan(schema, name)))},
        .history = static_cast<History>(at[kChangeHistoryOffset]),
        .amount = load_le<uint64_t>(at + kChangeAmountOffset),
        .owner = std::string(as_text(texts.subspan(schema + name)))};
    const bool has_name = change.kind != CatalogChangeKind::kDrop;
    const bool may_have_owner =
        change.kind == CatalogChangeKind::kCreate || change.kind == CatalogChangeKind::kAdopt;
    if (at[0] < 1 || at[0] > 4 || at[kChangeHistoryOffset] > 3 || change.table == 0 ||
        owner > kTableNameSizeMax || (owner > 0 && !may_have_owner) ||
        !is_zero(section.subspan(kChangeTableOffset + 4, 4)) ||
        !is_zero(section.subspan(used, align_up(used) - used))) {
      return damaged("has an impossible change");
    }
    if (has_name ? !check_table_name(change.name) : schema + name != 0) {
      return damaged("has an impossible name");
    }
    STELE_TRY(visit(change));
    section = section.subspan(align_up(used));
  }
  return section.empty() ? Status() : damaged("is longer than its count says");
}

}  // namespace stele::tables
