// Walks over the versions of a row.
#include "tables/version_walk.h"

#include "tables/row_changes.h"

namespace stele::tables {

namespace {

void set_deletion(const VersionTime& time, MergedVersion& into) {
  into = {.time = time, .is_deleted = true};
}

void set_op(const VersionList::Node& node, MergedVersion& into) {
  into = {.time = node.time(), .is_deleted = node.is_deleted(), .row = node.value()};
}

// Reads what the tree `rows` has. False: it has none.
Result<bool> read_newest_stored(const WalkedRow& row, tree::Found& found, MergedVersion& into) {
  const engine::Trees& trees = *row.view.trees;
  if (trees.file == nullptr) return false;
  tree::KeyBuffer key;
  row_tree_key(row.table.id, row.key, key);
  const auto there = tree::get(*trees.file, trees.root(kRowTree), key.view(), found);
  if (!there) return fail(there.error());
  if (!*there) return false;
  into = {};
  STELE_TRY(stored_version(*trees.file, found.value, /*has_time=*/true, into));
  return true;
}

bool has_history(const WalkedRow& row) {
  return row.table.history != History::kNone && row.view.trees->file != nullptr;
}

// Reads the version that a cursor of `history` stands at. False: it is another row's.
Result<bool> read_old(const WalkedRow& row, const tree::Cursor& cursor, MergedVersion& into) {
  const page::PageFile& file = *row.view.trees->file;
  HistoryKey stored;
  if (!decode_history_key(cursor.key(), stored)) {
    return corruption(file.path(), 0, "a key of the tree history is damaged");
  }
  tree::KeyBuffer key;
  history_key(row.table.id, row.key, {}, key);
  if (!tree::equal(stored.groups, key.view().first(key.view().size() - kVersionSize))) return false;
  into = {};
  STELE_TRY(stored_version(file, cursor.value(), /*has_time=*/false, into));
  into.time = stored.time;
  return true;
}

// The time just before another, among commits.
VersionTime before(const VersionTime& time) {
  if (time.position > 0) return {.tsn = time.tsn, .position = time.position - 1};
  return {.tsn = time.tsn - 1, .position = UINT64_MAX};
}

}  // namespace

void NewestFirst::enter_chunk() {
  tail_ = &RowTail::of(*row_.view.chunks[--chunks_left_]);
  node_ =
      tail_->versions().seek(row_.table.id, row_.key, {.tsn = until_.tsn, .position = UINT64_MAX});
  ranges_left_ = tail_->ranges().size();
}

bool NewestFirst::take_from_chunk(MergedVersion& into) {
  if (node_ != nullptr && !node_->is_row(row_.table.id, row_.key)) node_ = nullptr;
  // A deletion of a range comes before the rows that are as old: it is not to be seen behind them.
  const RangeDelete* range = nullptr;
  for (; ranges_left_ > 0; --ranges_left_) {
    range = tail_->ranges()[ranges_left_ - 1].get();
    const bool is_next = range->time < last_ && until_.shows(range->time);
    if (is_next && range->covers(row_.table.id, row_.key)) break;
    range = nullptr;
  }
  if (range != nullptr && (node_ == nullptr || node_->time() < range->time)) {
    --ranges_left_;
    set_deletion(range->time, into);
    return true;
  }
  if (node_ == nullptr) return false;
  set_op(*node_, into);
  node_ = node_->next();
  return true;
}

Result<bool> NewestFirst::take_from_rows(MergedVersion& into) {
  is_behind_rows_ = true;
  return read_newest_stored(row_, stored_, into);
}

Result<bool> NewestFirst::take_from_history(MergedVersion& into) {
  if (!has_history(row_)) return false;
  const engine::Trees& trees = *row_.view.trees;
  Result<bool> there = false;
  if (!history_) {
    history_.emplace(*trees.file, trees.root(kHistoryTree));
    tree::KeyBuffer key;
    history_key(row_.table.id, row_.key, {.tsn = until_.tsn, .position = until_.position}, key);
    there = history_->seek(key.view());
  } else if (history_->at_entry()) {
    there = history_->next();
  }
  if (!there || !*there) return there;
  return read_old(row_, *history_, into);
}

Result<bool> NewestFirst::next(MergedVersion& into) {
  for (;;) {
    Result<bool> there = false;
    if (tail_ != nullptr && take_from_chunk(into)) {
      there = true;
    } else if (chunks_left_ > 0) {
      enter_chunk();
      continue;
    } else {
      tail_ = nullptr;
      if (!is_behind_rows_) {
        there = take_from_rows(into);
        if (there && !*there) continue;
      } else {
        there = take_from_history(into);
      }
    }
    if (!there || !*there) return there;
    if (!until_.shows(into.time)) continue;
    last_ = into.time;
    return true;
  }
}

OldestFirst::OldestFirst(const WalkedRow& row, const std::optional<VersionTime>& from,
                         const Horizon& until)
    : row_(row),
      from_(from.value_or(VersionTime())),
      until_(until),
      last_(from ? before(*from) : VersionTime()) {}

Result<bool> OldestFirst::take_from_history(MergedVersion& into) {
  if (!has_history(row_)) return false;
  const engine::Trees& trees = *row_.view.trees;
  Result<bool> there = false;
  if (!history_) {
    history_.emplace(*trees.file, trees.root(kHistoryTree));
    tree::KeyBuffer key;
    history_key(row_.table.id, row_.key, from_, key);
    there = history_->seek_at_most(key.view());
  } else if (history_->at_entry()) {
    there = history_->previous();
  }
  if (!there || !*there) return there;
  return read_old(row_, *history_, into);
}

Result<bool> OldestFirst::take_from_rows(MergedVersion& into) {
  return read_newest_stored(row_, stored_, into);
}

bool OldestFirst::take_from_chunks(MergedVersion& into) {
  for (; chunk_ < row_.view.chunks.size(); ++chunk_, range_ = 0) {
    const RowTail& tail = RowTail::of(*row_.view.chunks[chunk_]);
    const VersionList::Node* node = tail.versions().seek_newer(row_.table.id, row_.key, last_);
    const RangeDelete* range = nullptr;
    for (; range_ < tail.ranges().size(); ++range_) {
      range = tail.ranges()[range_].get();
      if (range->time > last_ && range->covers(row_.table.id, row_.key)) break;
      range = nullptr;
    }
    // Of those that are as old the op counts.
    if (range != nullptr && (node == nullptr || range->time < node->time())) {
      set_deletion(range->time, into);
      return true;
    }
    if (node == nullptr) continue;
    set_op(*node, into);
    return true;
  }
  return false;
}

Result<bool> OldestFirst::take(MergedVersion& into) {
  if (place_ == Place::kHistory) {
    const auto there = take_from_history(into);
    if (!there || *there) return there;
    place_ = Place::kRows;
  }
  if (place_ == Place::kRows) {
    place_ = Place::kChunks;
    const auto there = take_from_rows(into);
    if (!there || *there) return there;
  }
  return take_from_chunks(into);
}

Result<bool> OldestFirst::next(MergedVersion& into) {
  for (;;) {
    const auto there = take(into);
    if (!there || !*there) return there;
    // What comes behind a version that is not shown is not shown either.
    if (!until_.shows(into.time)) return false;
    if (into.time <= last_) continue;
    last_ = into.time;
    return true;
  }
}

}  // namespace stele::tables
