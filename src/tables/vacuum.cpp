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

// Goes through the history from a key on, and notes what is dead.
class Walk {
 public:
  Walk(const page::PageFile& file, const engine::View& view, const engine::Roots& roots,
       DeadVersions& dead)
      : file_(file),
        view_(view),
        rows_(root_of(roots, kRowTree)),
        cursor_(file, root_of(roots, kHistoryTree), page::PageUse::kOnce),
        last_(view.chunks.front()->last().tsn),
        dead_(dead) {}

  // Looks at about `most` versions behind `from`, which becomes the place to go on at.
  Status run(uint64_t most, std::vector<uint8_t>& from) {
    auto at = cursor_.seek(from);
    for (uint64_t count = 0;; ++count) {
      if (!at) return fail(at.error());
      if (!*at) {
        end_row();
        from.clear();
        return {};
      }
      HistoryKey key;
      if (!decode_history_key(cursor_.key(), key)) return damaged();
      const bool is_new = !has_row_ || !tree::equal(groups_, key.groups);
      if (is_new) end_row();
      if (is_new && count >= most) {
        from = bytes_of(key.groups);
        return {};
      }
      if (is_new) STELE_TRY(choose_table());
      if (horizon_ == 0) {  // Nothing of this table is dead; what was dropped is swept elsewhere.
        at = cursor_.seek(table_prefix(table_ + 1));
        continue;
      }
      if (is_new) STELE_TRY(begin_row(key));
      judge(key);
      at = cursor_.next();
    }
  }

 private:
  static page::Root root_of(const engine::Roots& roots, std::string_view name) {
    const auto found = roots.find(name);
    return found == roots.end() ? page::Root() : found->second;
  }
  [[nodiscard]] std::unexpected<Error> damaged() const {
    return corruption(file_.path(), 0, "a key of the tree history is damaged");
  }

  Status choose_table() {
    const TableId table = table_of(cursor_.key());
    if (table == table_) return {};
    table_ = table;
    horizon_ = 0;
    const auto info = table_of_chunk(view_, table);
    if (!info) return fail(info.error());
    if (!*info) return {};
    const auto horizon = history_horizon(view_, **info, last_);
    if (!horizon) return fail(horizon.error());
    horizon_ = *horizon;
    return {};
  }

  Status begin_row(const HistoryKey& key) {
    groups_ = bytes_of(key.groups);
    tree::KeyBuffer row;
    if (!decode_groups(key.groups, row)) return damaged();
    row_tree_key(table_, row.view(), row_key_);
    tree::Found found;
    const auto there = tree::get(file_, rows_, row_key_.view(), found);
    if (!there) return fail(there.error());
    if (!*there) return corruption(file_.path(), 0, "a row has a past and no present");
    STELE_TRY(stored_version(file_, found.value, /*has_time=*/true, newest_));
    newer_ = newest_.time;
    has_row_ = true;
    keeps_some_ = false;
    return {};
  }

  void judge(const HistoryKey& key) {
    if (newer_.tsn <= horizon_) {
      dead_.versions.push_back(bytes_of(cursor_.key()));
    } else {
      keeps_some_ = true;
    }
    newer_ = key.time;
  }

  void end_row() {
    if (has_row_ && newest_.is_deleted && !keeps_some_ && newest_.time.tsn <= horizon_) {
      dead_.rows.push_back(bytes_of(row_key_.view()));
    }
    has_row_ = false;
  }

  const page::PageFile& file_;
  const engine::View& view_;
  const page::Root rows_;
  tree::Cursor cursor_;
  const uint64_t last_;
  DeadVersions& dead_;
  TableId table_ = 0;
  uint64_t horizon_ = 0;  // Of the table.
  bool has_row_ = false;
  std::vector<uint8_t> groups_;  // Of the row, with the table in front.
  tree::KeyBuffer row_key_;
  MergedVersion newest_;
  VersionTime newer_;        // Of the version before in order, which is newer.
  bool keeps_some_ = false;  // A version of the row is not dead.
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

Status Vacuum::run(page::PageWriter& writer, const engine::View& view, uint64_t most,
                   engine::Roots& roots) {
  DeadVersions dead;
  // Large rows of this very checkpoint are looked at, too.
  STELE_TRY(writer.flush());
  STELE_TRY(Walk(writer.file(), view, roots, dead).run(most, from_));
  STELE_TRY(erase(writer, dead.versions, kHistoryTree, roots));
  return erase(writer, dead.rows, kRowTree, roots);
}

}  // namespace stele::tables
