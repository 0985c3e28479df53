// The checks of tables.
#include "tables/table_check.h"

#include "base/text.h"
#include "tables/catalog_tree.h"
#include "tables/row_changes.h"

namespace stele::tables {

std::unexpected<Error> TableCheck::fault(std::string_view tree, const std::string& reason) const {
  return fail(Code::kCorrupt, cat(trees_.file->path(), ": tree ", tree, ": ", reason));
}

Status TableCheck::run() {
  if (trees_.file == nullptr) return {};
  STELE_TRY(check_catalog());
  STELE_TRY(check_rows());
  return check_history();
}

Status TableCheck::check_catalog() {
  const auto next = next_table_id(*trees_.file, trees_.root(kCatalogTree));
  if (!next) return fail(next.error());
  uint64_t names = 0;
  uint64_t tables = 0;
  tree::Cursor cursor(*trees_.file, trees_.root(kCatalogTree), page::PageUse::kOnce);
  for (auto at = cursor.first();; at = cursor.next()) {
    if (!at) return fail(at.error());
    if (!*at) break;
    const ByteView key = cursor.key();
    const char tag = key.empty() ? '\0' : static_cast<char>(key[0]);
    if (tag == kNameTag) {
      ++names;
      const auto name = decode_name_key(key);
      const ByteView value = cursor.value().bytes;
      if (!name || value.size() != sizeof(TableId)) return fault(kCatalogTree, "a name is damaged");
      const auto info = table_in_trees(trees_, load_le<uint32_t>(value.data()));
      if (!info) return fail(info.error());
      if (!*info || (*info)->name != *name) {
        return fault(kCatalogTree, cat("table ", shown(*name), " has another name"));
      }
      continue;
    }
    if (key.size() == 1 && tag == kNextTag) continue;
    if (key.size() != 1 + sizeof(TableId) || (tag != kTableTag && tag != kDroppedTag)) {
      return fault(kCatalogTree, "it has an entry of an unknown kind");
    }
    const auto table = load_be<uint32_t>(key.data() + 1);
    if (table == 0 || table >= *next) {
      return fault(kCatalogTree, cat("table number ", table, " was never given"));
    }
    if (tag == kTableTag) ++tables;
  }
  if (names == tables) return {};
  return fault(kCatalogTree, cat("it has ", tables, " tables and ", names, " names"));
}

Result<const TableInfo*> TableCheck::owner(TableId table, std::string_view tree) {
  if (table != known_ || known_ == 0) {
    auto info = table_in_trees(trees_, table);
    if (!info) return fail(std::move(info).error());
    known_ = table;
    info_ = *std::move(info);
    if (!info_) {
      tree::Found found;
      const std::string key = table_key(kDroppedTag, table);
      const auto dropped = tree::get(*trees_.file, trees_.root(kCatalogTree), as_bytes(key), found);
      if (!dropped) return fail(dropped.error());
      if (!*dropped)
        return fault(tree, cat("it has rows of table ", table, ", which is not there"));
    }
  }
  return info_ ? &*info_ : nullptr;
}

Status TableCheck::check_rows() {
  tree::Cursor cursor(*trees_.file, trees_.root(kRowTree), page::PageUse::kOnce);
  for (auto at = cursor.first();; at = cursor.next()) {
    if (!at) return fail(at.error());
    if (!*at) return {};
    const TableId table = table_of(cursor.key());
    const auto info = owner(table, kRowTree);
    if (!info) return fail(info.error());
    if (*info == nullptr) continue;
    MergedVersion version;
    STELE_TRY(stored_version(*trees_.file, cursor.value(), /*has_time=*/true, version));
    if (version.time.tsn == 0 || version.time.tsn > trees_.applied.tsn) {
      return fault(kRowTree, cat("a row of table ", shown((*info)->name), " is of commit ",
                                 version.time.tsn, ", which is not in trees"));
    }
    if (version.is_deleted && (*info)->history == History::kNone) {
      return fault(kRowTree, cat("table ", shown((*info)->name),
                                 " keeps a deletion although it has no history"));
    }
  }
}

Status TableCheck::check_history() {
  tree::Cursor cursor(*trees_.file, trees_.root(kHistoryTree), page::PageUse::kOnce);
  tree::KeyBuffer row;
  tree::KeyBuffer row_key;
  for (auto at = cursor.first();; at = cursor.next()) {
    if (!at) return fail(at.error());
    if (!*at) return {};
    HistoryKey key;
    if (!decode_history_key(cursor.key(), key) || !decode_groups(key.groups, row)) {
      return fault(kHistoryTree, "a key is damaged");
    }
    const auto info = owner(table_of(cursor.key()), kHistoryTree);
    if (!info) return fail(info.error());
    if (*info == nullptr) continue;
    MergedVersion old;
    STELE_TRY(stored_version(*trees_.file, cursor.value(), /*has_time=*/false, old));
    row_tree_key((*info)->id, row.view(), row_key);
    tree::Found found;
    const auto there = tree::get(*trees_.file, trees_.root(kRowTree), row_key.view(), found);
    if (!there) return fail(there.error());
    const std::string which = cat("a row of table ", shown((*info)->name));
    if (!*there) return fault(kHistoryTree, cat(which, " has a past and no present"));
    MergedVersion newest;
    STELE_TRY(stored_version(*trees_.file, found.value, /*has_time=*/true, newest));
    if (newest.time <= key.time) {
      return fault(kHistoryTree, cat(which, " was newer than it is"));
    }
  }
}

}  // namespace stele::tables
