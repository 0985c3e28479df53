// Rows from chunks and trees.
#include "tables/row_reader.h"

#include <algorithm>
#include <array>
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

Status tighten(const engine::View& view, Horizon& horizon) {
  if (horizon.tsn == 0) return {};
  const auto last = engine::commit_info(view, horizon.tsn);
  if (!last) return fail(last.error());
  horizon.position = std::min(horizon.position, last->stamp.last_position());
  return {};
}

Status read_row(const engine::View& view, const Row& row, uint64_t offset, ByteSpan into) {
  if (row.version.is_large()) {
    return tree::read_value(*view.trees->file, row.version.large, row.version.large_offset + offset,
                            into);
  }
  copy_bytes(into.data(), row.version.row.subspan(offset, into.size()));
  return {};
}

Result<bool> RowReader::find(ByteView key, const Leaves& leaves, Row& into) {
  for (size_t i = view_.chunks.size(); i-- > 0;) {
    const auto version = RowTail::of(*view_.chunks[i]).find(table_.id, key, horizon_);
    if (!version) continue;
    if (version->is_deleted) return false;
    set_row(key, *version, into);
    return true;
  }
  const engine::Trees& trees = *view_.trees;
  if (trees.file == nullptr) return false;
  Leaves at = leaves;
  Past past;
  if (begins_in_history()) {
    if (!at.history && hint_->is_both()) {
      STELE_TRY(approach(key, at));
      tree::ask_for(*trees.file, std::array{*at.history, *at.row});
    }
    const auto looked = look_into_history(key, at);
    if (!looked) return fail(looked.error());
    past = *looked;
    const bool is_alone = past.is_settled && past.has_newer;
    hint_->note_both(!is_alone);
    if (is_alone) {
      hint_->note(true);
      return find_old(past, key, into);
    }
  }
  row_tree_key(table_.id, key, key_);
  const auto there = at.row ? tree::get_in(*trees.file, *at.row, key_.view(), found_)
                            : tree::get(*trees.file, trees.root(kRowTree), key_.view(), found_);
  if (!there) return fail(there.error());
  if (!*there) return false;
  STELE_TRY(stored_version(*trees.file, found_.value, /*has_time=*/true, into.version));
  const bool is_old = !horizon_.shows(into.version.time);
  if (hint_ != nullptr) hint_->note(is_old);
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): an Error on its way out.
  if (is_old) return past.is_settled ? find_old(past, key, into) : find_old(key, into);
  into.key = key;
  return !into.version.is_deleted;
}

Status RowReader::approach(ByteView key, Leaves& leaves) {
  const engine::Trees& trees = *view_.trees;
  const bool in_history = begins_in_history();
  if (in_history) {
    STELE_TRY(make_history_key(key));
    STELE_TRY(tree::approach(*trees.file, trees.root(kHistoryTree), key_.view(),
                             leaves.history.emplace()));
  }
  if (!in_history || hint_->is_both()) {
    row_tree_key(table_.id, key, key_);
    STELE_TRY(tree::approach(*trees.file, trees.root(kRowTree), key_.view(), leaves.row.emplace()));
  }
  return {};
}

Result<bool> RowReader::take_old(const tree::Value& value, const VersionTime& time, ByteView key,
                                 Row& into) {
  STELE_TRY(stored_version(*view_.trees->file, value, /*has_time=*/false, into.version));
  into.version.time = time;
  into.key = key;
  return !into.version.is_deleted;
}

Status RowReader::make_history_key(ByteView key) {
  if (horizon_.position == UINT64_MAX) STELE_TRY(tighten(view_, horizon_));
  const VersionTime at_most = {.tsn = horizon_.tsn, .position = horizon_.position};
  history_key(table_.id, key, at_most, key_);
  return {};
}

// Nearly always the first version that is old enough is it, and is in the first leaf. Leaves what
// was looked for in `key_`.
Result<RowReader::Past> RowReader::look_into_history(ByteView key, const Leaves& leaves) {
  const engine::Trees& trees = *view_.trees;
  STELE_TRY(make_history_key(key));
  const ByteView groups = key_.view().first(key_.view().size() - kVersionSize);
  const auto there = leaves.history ? tree::get_at_least_in(*trees.file, *leaves.history,
                                                            key_.view(), groups, old_, found_key_)
                                    : tree::get_at_least(*trees.file, trees.root(kHistoryTree),
                                                         key_.view(), groups, old_, found_key_);
  if (!there) return fail(there.error());
  Past past = {.has_newer = there->follows_group};
  HistoryKey first;
  if (!there->has_next || !decode_history_key(found_key_.view(), first)) return past;
  const bool is_ours = tree::equal(first.groups, groups);
  past.is_settled = !is_ours || horizon_.shows(first.time);
  past.has_version = is_ours && past.is_settled;
  past.time = first.time;
  return past;
}

Result<bool> RowReader::find_old(ByteView key, Row& into) {
  if (table_.history == History::kNone) return false;
  const auto past = look_into_history(key, {});
  if (!past) return fail(past.error());
  return past->is_settled ? find_old(*past, key, into) : search_history(key, into);
}

Result<bool> RowReader::find_old(const Past& past, ByteView key, Row& into) {
  return past.has_version ? take_old(old_.value, past.time, key, into) : Result<bool>(false);
}

Result<bool> RowReader::search_history(ByteView key, Row& into) {
  const engine::Trees& trees = *view_.trees;
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
    if (horizon_.shows(stored.time)) return take_old(history_->value(), stored.time, key, into);
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
  // What the horizon shows is all there: what comes behind it does not count.
  bool has_ranges = false;
  for (uint64_t i = 0; i < tail.ranges().size() && !has_ranges; ++i) {
    has_ranges = tail.ranges()[i]->table == table_.id;
  }
  if (source.node == nullptr && !has_ranges) return;
  has_ranges_ = has_ranges_ || has_ranges;
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
  has_stop_ = true;
  if (range_.descending) {
    row_tree_key(table_.id, range_.low, stop_);
  } else if (range_.high) {
    row_tree_key(table_.id, *range_.high, stop_);
  } else if (table_.id < UINT32_MAX) {
    stop_.assign(table_prefix(table_.id + 1));
  } else {
    has_stop_ = false;
  }
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
  is_loose_ = row_.version.is_large();
  if (!horizon_.shows(row_.version.time)) {
    is_loose_ = true;
    return reader_.find_old(tree_key_, row_);
  }
  row_.key = tree_key_;
  return !row_.version.is_deleted;
}

Result<bool> RowScan::take_row(ByteView key, bool in_tree) {
  is_loose_ = false;
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
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): an Error on its way out.

const RowScan::TailSource* RowScan::first_source() const {
  const TailSource* first = nullptr;
  for (const TailSource& source : tails_) {
    if (source.node == nullptr) continue;
    if (first == nullptr || is_before(source.node->key(), first->node->key())) first = &source;
  }
  return first;
}

size_t RowScan::leaf_bound() {
  const tree::LeafNode& leaf = *cursor_->leaf();
  if (cursor_->leaf_ref() != leaf_) {
    leaf_ = cursor_->leaf_ref();
    tail_node_ = nullptr;
    range_bound_ = has_stop_ ? leaf.search(stop_.view()).index : leaf.count();
  }
  const TailSource* const first = first_source();
  if (first == nullptr) return range_bound_;
  if (first->node != tail_node_) {
    tail_node_ = first->node;
    row_tree_key(table_.id, tail_node_->key(), key_);
    const tree::Place place = leaf.search(key_.view());
    tail_bound_ = place.index + (range_.descending && place.is_exact ? 1 : 0);
  }
  return range_.descending ? std::max(range_bound_, tail_bound_)
                           : std::min(range_bound_, tail_bound_);
}

void RowScan::open_leaf_rows() {
  // A range that was deleted may have any row in it.
  if (!in_tree_ || has_ranges_ || cursor_->leaf() == nullptr) return;
  size_t first = cursor_->index();
  if (moves_tree_) first += range_.descending ? ~size_t{0} : 1;
  const size_t bound = leaf_bound();
  // Downwards `first` may be the entry before all.
  const size_t begin = range_.descending ? bound : first;
  const size_t end = range_.descending ? first + 1 : bound;
  if (begin >= end) return;
  leaf_rows_ = LeafRows(*cursor_->leaf(), horizon_, first, end - begin, range_.descending);
}

void RowScan::close_leaf_rows() {
  if (leaf_rows_.has_taken()) {
    // It has been read before.
    (void)cursor_->move_to(leaf_rows_.last());  // NOLINT(bugprone-unused-return-value)
    moves_tree_ = true;
  }
  leaf_rows_ = LeafRows();
}

Result<const Row*> RowScan::next_by_step(bool stays) {
  if (failed_) return fail(*failed_);
  auto row = step(stays);
  if (!row) failed_ = row.error();
  return row;
}

Result<const Row*> RowScan::step(bool stays) {
  if (!has_begun_) STELE_TRY(begin());
  close_leaf_rows();
  for (;;) {
    if (moves_tree_) {
      if (stays && is_at_edge()) return nullptr;
      moves_tree_ = false;
      STELE_TRY(step_tree());
    }
    // The first of what the sources have next.
    const TailSource* const source = first_source();
    if (source == nullptr && !in_tree_) return nullptr;
    const ByteView tail_key = source == nullptr ? ByteView() : source->node->key();
    const bool in_tree = in_tree_ && (source == nullptr || !is_before(tail_key, tree_key_));
    const bool in_tail = source != nullptr && (!in_tree || !is_before(tree_key_, tail_key));
    const ByteView key = in_tail ? tail_key : tree_key_;
    const auto taken = take_row(key, in_tree);
    if (!taken) return fail(taken.error());
    if (in_tail) {
      for (TailSource& each : tails_) {
        if (each.node != nullptr && tree::equal(each.node->key(), key)) move(each);
      }
    }
    moves_tree_ = in_tree;
    if (!*taken) continue;
    open_leaf_rows();
    return &row_;
  }
}

}  // namespace stele::tables
