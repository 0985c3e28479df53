// Finding dead versions, and removing them.
#include "tables/vacuum.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tables/catalog_tree.h"
#include "tables/row_changes.h"
#include "tree/cursor.h"

namespace stele::tables {

namespace {

class Erasures final : public tree::ChangeSource {
 public:
  explicit Erasures(const std::vector<std::vector<uint8_t>>& keys) : keys_(keys) {}
  Result<const tree::Change*> next() override {
    if (at_ == keys_.size()) return nullptr;
    change_ = {.key = keys_[at_++], .is_erase = true};
    return &change_;
  }

 private:
  const std::vector<std::vector<uint8_t>>& keys_;
  size_t at_ = 0;
  tree::Change change_ = {};
};

Status erase(page::PageWriter& writer, const std::vector<std::vector<uint8_t>>& keys,
             std::string_view tree, engine::Roots& roots) {
  if (keys.empty()) return {};
  Erasures erasures(keys);
  page::Root& root = roots[std::string(tree)];
  const auto left = tree::apply(writer, root, tree::LeafKind::kSlotted, erasures);
  if (!left) return fail(left.error());
  root = *left;
  return {};
}

std::vector<uint8_t> bytes_of(ByteView view) {
  return {view.begin(), view.end()};
}

// The row whose versions the walk is at.
struct Walked {
  std::vector<uint8_t> groups;
  tree::KeyBuffer row_key;
  VersionTime newer;  // Of the version before in order, which is newer.
  bool is_row_deleted = false;
  uint64_t row_tsn = 0;
  bool keeps_some = false;  // A version that is not dead.
};

}  // namespace

Result<uint64_t> history_horizon(const engine::View& view, const TableInfo& table, uint64_t last) {
  if (table.history == History::kCommits) return last > table.amount ? last - table.amount : 0;
  if (table.history != History::kTime || last == 0) return 0;
  const auto newest = engine::commit_info(view, last);
  if (!newest) return fail(newest.error());
  const auto amount = static_cast<int64_t>(std::min<uint64_t>(table.amount, INT64_MAX));
  if (newest->stamp.recorded < INT64_MIN + amount) return 0;
  // What was there then is still to be read: so the commit before the last of that time is not.
  const auto at = engine::commit_at(view, newest->stamp.recorded - amount, last);
  if (!at) return fail(at.error());
  return *at > 0 ? *at - 1 : 0;
}

Status Vacuum::look(const page::PageFile& file, const engine::View& view, uint64_t most,
                    const engine::Roots& roots, Dead& dead) {
  const auto root = [&](std::string_view name) {
    const auto found = roots.find(name);
    return found == roots.end() ? page::Root() : found->second;
  };
  const uint64_t last = view.chunks.front()->last().tsn;
  tree::Cursor cursor(file, root(kHistoryTree), page::PageUse::kOnce);
  std::optional<TableInfo> table;
  TableId chosen = 0;
  uint64_t horizon = 0;
  std::optional<Walked> row;
  const auto end_row = [&] {
    if (row && row->is_row_deleted && !row->keeps_some && row->row_tsn <= horizon) {
      dead.rows.push_back(bytes_of(row->row_key.view()));
    }
    row.reset();
  };
  uint64_t count = 0;
  auto at = cursor.seek(from_);
  for (;; ++count) {
    if (!at) return fail(at.error());
    if (!*at) {
      end_row();
      from_.clear();
      return {};
    }
    HistoryKey key;
    if (!decode_history_key(cursor.key(), key)) {
      return corruption(file.path(), 0, "a key of the tree history is damaged");
    }
    const bool is_new_row = !row || !tree::equal(row->groups, key.groups);
    if (is_new_row) {
      end_row();
      if (count >= most) {
        from_ = bytes_of(key.groups);
        return {};
      }
      const TableId id = table_of(cursor.key());
      if (id != chosen) {
        chosen = id;
        auto info = table_of_chunk(view, id);
        if (!info) return fail(std::move(info).error());
        table = *std::move(info);
        horizon = 0;
        if (table) {
          const auto found = history_horizon(view, *table, last);
          if (!found) return fail(found.error());
          horizon = *found;
        }
      }
      if (horizon == 0) {  // Nothing of this table is dead; what was dropped is swept elsewhere.
        at = cursor.seek(table_prefix(id + 1));
        continue;
      }
      row.emplace();
      row->groups = bytes_of(key.groups);
      tree::KeyBuffer row_key;
      if (!decode_groups(key.groups, row_key)) {
        return corruption(file.path(), 0, "a key of the tree history is damaged");
      }
      row_tree_key(id, row_key.view(), row->row_key);
      tree::Found found;
      const auto there = tree::get(file, root(kRowTree), row->row_key.view(), found);
      if (!there) return fail(there.error());
      if (!*there) return corruption(file.path(), 0, "a row has a past and no present");
      MergedVersion newest;
      STELE_TRY(stored_version(file, found.value, /*has_time=*/true, newest));
      row->newer = newest.time;
      row->is_row_deleted = newest.is_deleted;
      row->row_tsn = newest.time.tsn;
    }
    if (row->newer.tsn <= horizon) {
      dead.versions.push_back(bytes_of(cursor.key()));
    } else {
      row->keeps_some = true;
    }
    row->newer = key.time;
    at = cursor.next();
  }
}

Status Vacuum::run(page::PageWriter& writer, const engine::View& view, uint64_t most,
                   engine::Roots& roots) {
  Dead dead;
  // Large rows of this very checkpoint are looked at, too.
  STELE_TRY(writer.flush());
  STELE_TRY(look(writer.file(), view, most, roots, dead));
  STELE_TRY(erase(writer, dead.versions, kHistoryTree, roots));
  return erase(writer, dead.rows, kRowTree, roots);
}

}  // namespace stele::tables
