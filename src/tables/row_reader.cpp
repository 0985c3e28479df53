// Rows from chunks and trees.
#include "tables/row_reader.h"

#include <algorithm>
#include <utility>

#include "tables/row_changes.h"

namespace stele::tables {

namespace {

void set_row(ByteView key, const TailVersion& version, Row& row) {
  row.key = key;
  row.version.time = version.time;
  row.version.is_deleted = false;
  row.version.large.is_large = false;
  row.version.row = version.row;
}

}  // namespace

Status read_row(const engine::View& view, const Row& row, uint64_t offset, ByteSpan into) {
  if (row.version.is_large()) {
    return tree::read_value(*view.trees->file, row.version.large, row.version.large_offset + offset,
                            into);
  }
  copy_bytes(into.data(), row.version.row.subspan(offset, into.size()));
  return {};
}

Result<bool> RowReader::find(ByteView key, Row& into) {
  for (size_t i = view_.chunks.size(); i-- > 0;) {
    const auto version = RowTail::of(*view_.chunks[i]).find(table_.id, key, horizon_);
    if (!version) continue;
    if (version->is_deleted) return false;
    set_row(key, *version, into);
    return true;
  }
  const engine::Trees& trees = *view_.trees;
  if (trees.file == nullptr) return false;
  row_tree_key(table_.id, key, key_);
  const auto there = tree::get(*trees.file, trees.root(kRowTree), key_.view(), found_);
  if (!there) return fail(there.error());
  if (!*there) return false;
  STELE_TRY(stored_version(*trees.file, found_.value, /*has_time=*/true, into.version));
  if (!horizon_.shows(into.version.time)) return find_old(key, into);
  into.key = key;
  return !into.version.is_deleted;
}

Result<bool> RowReader::find_old(ByteView key, Row& into) {
  if (table_.history == History::kNone) return false;
  const engine::Trees& trees = *view_.trees;
  const VersionTime at_most = {.tsn = UINT64_MAX, .position = horizon_.position};
  history_key(table_.id, key, at_most, key_);
  const ByteView groups = key_.view().first(key_.view().size() - kVersionSize);
  if (!history_) history_.emplace(*trees.file, trees.root(kHistoryTree));
  for (auto at = history_->seek(key_.view());; at = history_->next()) {
    if (!at) return fail(at.error());
    if (!*at) return false;
    HistoryKey stored;
    if (!decode_history_key(history_->key(), stored)) {
      return corruption(trees.file->path(), 0, "a key of the tree history is damaged");
    }
    if (!tree::equal(stored.groups, groups)) return false;
    if (!horizon_.shows(stored.time)) continue;
    STELE_TRY(stored_version(*trees.file, history_->value(), /*has_time=*/false, into.version));
    into.version.time = stored.time;
    into.key = key;
    return !into.version.is_deleted;
  }
}

RowScan::RowScan(const engine::View& view, const TableInfo& table, const Horizon& horizon,
                 RowRange range, const OwnRows& own)
    : view_(view),
      table_(table),
      horizon_(horizon),
      range_(std::move(range)),
      own_(own),
      reader_(view_, table_, horizon_) {}

bool RowScan::is_in_range(ByteView key) const {
  if (range_.descending) return tree::compare(key, range_.low) >= 0;
  return !range_.high || tree::compare(key, *range_.high) < 0;
}

void RowScan::start(TailSource& source) const {
  const VersionList& versions = source.tail->versions();
  if (range_.descending) {
    const ByteView high = range_.high ? ByteView(*range_.high) : ByteView();
    source.node = versions.seek_before(table_.id, range_.high ? &high : nullptr);
  } else {
    source.node = versions.seek(table_.id, range_.low);
  }
  const bool is_ours = source.node != nullptr && source.node->table() == table_.id;
  if (!is_ours || !is_in_range(source.node->key())) source.node = nullptr;
}

void RowScan::move(TailSource& source) const {
  const ByteView key = source.node->key();
  if (range_.descending) {
    source.node = source.tail->versions().seek_before(table_.id, &key);
  } else {
    const VersionList::Node* node = source.node;
    while (node != nullptr && node->is_row(table_.id, key)) node = node->next();
    source.node = node;
  }
  const bool is_ours = source.node != nullptr && source.node->table() == table_.id;
  if (!is_ours || !is_in_range(source.node->key())) source.node = nullptr;
}

void RowScan::note_tree(bool is_at_entry) {
  in_tree_ = is_at_entry && table_of(cursor_->key()) == table_.id;
  if (!in_tree_) return;
  tree_key_ = cursor_->key().subspan(kTableIdSize);
  in_tree_ = is_in_range(tree_key_);
}

void RowScan::add_source(const RowTail& tail, const Horizon& horizon) {
  if (tail.empty()) return;
  TailSource source = {.tail = &tail, .horizon = horizon, .node = nullptr};
  start(source);
  tails_.push_back(source);
}

Status RowScan::begin() {
  has_begun_ = true;
  if (own_.tail != nullptr) add_source(*own_.tail, own_.horizon());
  for (size_t i = view_.chunks.size(); i-- > 0;) {
    add_source(RowTail::of(*view_.chunks[i]), horizon_);
  }
  if (view_.trees->file == nullptr) return {};
  cursor_.emplace(*view_.trees->file, view_.trees->root(kRowTree));
  Result<bool> there = false;
  if (!range_.descending) {
    row_tree_key(table_.id, range_.low, key_);
    there = cursor_->seek(key_.view());
  } else if (range_.high) {
    row_tree_key(table_.id, *range_.high, key_);
    there = cursor_->seek_before(key_.view());
  } else {
    there = cursor_->seek_before(table_prefix(table_.id + 1));
  }
  if (!there) return fail(there.error());
  note_tree(*there);
  return {};
}

Status RowScan::step_tree() {
  const auto there = range_.descending ? cursor_->previous() : cursor_->next();
  if (!there) return fail(there.error());
  note_tree(*there);
  return {};
}

// The row of the tree is the one, unless the horizon does not show it.
Result<bool> RowScan::take_tree_row() {
  STELE_TRY(stored_version(*view_.trees->file, cursor_->value(), /*has_time=*/true, row_.version));
  if (!horizon_.shows(row_.version.time)) return reader_.find_old(tree_key_, row_);
  row_.key = tree_key_;
  return !row_.version.is_deleted;
}

Result<bool> RowScan::take_row(ByteView key, bool in_tree) {
  for (const TailSource& source : tails_) {
    const bool has_key = source.node != nullptr && tree::equal(source.node->key(), key);
    if (!has_key && source.tail->ranges().size() == 0) continue;
    auto version =
        source.tail->newest_of(has_key ? source.node : nullptr, table_.id, key, source.horizon);
    if (!version) continue;
    if (version->is_deleted) return false;
    if (source.tail == own_.tail) version->time = {};
    set_row(key, *version, row_);
    return true;
  }
  return in_tree ? take_tree_row() : Result<bool>(false);
}

Result<const Row*> RowScan::next() {
  if (!has_begun_) STELE_TRY(begin());
  for (;;) {
    if (std::exchange(moves_tree_, false)) STELE_TRY(step_tree());
    // The first of what the sources have next.
    const ByteView* first = in_tree_ ? &tree_key_ : nullptr;
    ByteView tail_key;
    for (const TailSource& source : tails_) {
      if (source.node == nullptr) continue;
      const ByteView key = source.node->key();
      if (first != nullptr && !is_before(key, *first)) continue;
      tail_key = key;
      first = &tail_key;
    }
    if (first == nullptr) return nullptr;
    const bool in_tree = in_tree_ && (first == &tree_key_ || tree::equal(tail_key, tree_key_));
    if (tails_.empty()) {
      const auto taken = take_tree_row();
      if (!taken) return fail(taken.error());
      moves_tree_ = true;
      if (*taken) return &row_;
      continue;
    }
    const ByteView key = *first;
    const auto taken = take_row(key, in_tree);
    if (!taken) return fail(taken.error());
    for (TailSource& source : tails_) {
      if (source.node != nullptr && tree::equal(source.node->key(), key)) move(source);
    }
    moves_tree_ = in_tree;
    if (*taken) return &row_;
  }
}

}  // namespace stele::tables
