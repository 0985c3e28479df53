// Reading rows: one by its key, and ranges in order, as of a moment.
//
// A view has a row's versions in its chunks, newest chunk last, and behind them in the trees: the
// newest one in `rows`, those before it in `history`. The first that the horizon shows is the
// answer.
//
// Threads: one at a time.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/view.h"
#include "tables/catalog.h"
#include "tables/leaf_rows.h"
#include "tables/row_merge.h"
#include "tables/row_tail.h"
#include "tree/cursor.h"

namespace stele::tables {

// Rows that a transaction has written and not committed: newer than all that a view has. They have
// no time: its TSN and position are 0.
struct OwnRows {
  const RowTail* tail = nullptr;  // Null: there are none.
  uint64_t last = 0;              // The number of the last op that is seen (RowPart::copy_to).
  [[nodiscard]] Horizon horizon() const { return {.tsn = last}; }
};

// Says of the past up to a commit which events it can follow from, too: versions are kept in the
// order of those, and what came later need not be stepped over then.
[[nodiscard]] Status tighten(const engine::View& view, Horizon& horizon);

// Copies bytes [offset, offset + into.size()) of a row. Requires: they are in it.
[[nodiscard]] Status read_row(const engine::View& view, const Row& row, uint64_t offset,
                              ByteSpan into);

// Where the past of a table's rows was found last: in which of the two trees who reads it looks
// first. With rows that have not changed since it is `rows`; with those that have, `history`, which
// alone tells of moments that more than one change has followed. Either way the other one is asked
// if that does not. Where both were needed, both are asked for at once.
//
// Threads: any.
class PastHint {
 public:
  [[nodiscard]] bool is_history() const { return in_history_.is_likely(); }
  void note(bool was_history) { in_history_.note(was_history); }
  // Whether `history` does not tell alone.
  [[nodiscard]] bool is_both() const { return in_both_.is_likely(); }
  void note_both(bool were_both) { in_both_.note(were_both); }

 private:
  // A few answers in a row that are the other one turn it around. Written only as it changes, for
  // all read it.
  class Answer {
   public:
    [[nodiscard]] bool is_likely() const {
      return count_.load(std::memory_order_relaxed) > kMost / 2;
    }
    void note(bool is_so) {
      const int count = count_.load(std::memory_order_relaxed);
      const int now = is_so ? std::min(count + 1, kMost) : std::max(count - 1, 0);
      if (now != count) count_.store(now, std::memory_order_relaxed);
    }

   private:
    static constexpr int kMost = 7;
    std::atomic<int> count_ = 0;
  };
  Answer in_history_;
  Answer in_both_;
};

// Looks single rows up. Keeps the page of the last one.
class RowReader {
 public:
  // `view` must outlive it, and `hint`; null: the moment is most likely the present.
  RowReader(const engine::View& view, const TableInfo& table, const Horizon& horizon,
            PastHint* hint = nullptr)
      : view_(view), table_(table), horizon_(horizon), hint_(hint) {}

  // Returns whether there was the row. Allocates nothing.
  [[nodiscard]] Result<bool> find(ByteView key, Row& into) { return find(key, {}, into); }
  // Calls visit(i, row) for key i, in their order; a null row: there was none. Leaves of several
  // keys are asked for at once. Each row lives through its call.
  template <typename Keys, typename Visit>
  Status find_each(const Keys& keys, const Visit& visit);
  // The same, where `rows` has nothing that the horizon shows. False: there was none.
  [[nodiscard]] Result<bool> find_old(ByteView key, Row& into);

 private:
  // What one look at the tree `history` has told of a row.
  struct Past {
    bool is_settled = false;  // Whether it has a version that the horizon shows is known.
    bool has_newer = false;   // One came behind the horizon: so what `rows` has did, too.
    bool has_version = false;
    VersionTime time = {};  // Of that version; its value is in `old_`.
  };
  // Where a key is looked for, as far as that is known already.
  struct Leaves {
    std::optional<page::PageRef> row = {};
    std::optional<page::PageRef> history = {};
  };
  [[nodiscard]] bool begins_in_history() const {
    return hint_ != nullptr && hint_->is_history() && table_.history != History::kNone;
  }
  Result<bool> find(ByteView key, const Leaves& leaves, Row& into);
  // Finds the leaves that will most likely be looked at. Requires: there are trees.
  Status approach(ByteView key, Leaves& leaves);
  Status make_history_key(ByteView key);  // In `key_`.
  Result<Past> look_into_history(ByteView key, const Leaves& leaves);
  Result<bool> search_history(ByteView key, Row& into);
  Result<bool> take_old(const tree::Value& value, const VersionTime& time, ByteView key, Row& into);
  Result<bool> find_old(const Past& past, ByteView key, Row& into);

  const engine::View& view_;
  const TableInfo& table_;
  Horizon horizon_;
  PastHint* const hint_;
  tree::Found found_;  // In `rows` ...
  tree::Found old_;    // ... and in `history`.
  tree::KeyBuffer found_key_;
  std::optional<tree::Cursor> history_;  // At the version that was returned last.
  tree::KeyBuffer key_;
};

template <typename Keys, typename Visit>
Status RowReader::find_each(const Keys& keys, const Visit& visit) {
  constexpr size_t kAtOnce = tree::kAskedMost / 2;  // A key may need two leaves.
  Row row;
  for (size_t first = 0; first < keys.size(); first += kAtOnce) {
    const size_t count = std::min(kAtOnce, keys.size() - first);
    std::array<Leaves, kAtOnce> leaves;
    if (count > 1 && view_.trees->file != nullptr) {
      std::array<page::PageRef, tree::kAskedMost> wanted;
      size_t wanted_count = 0;
      for (size_t i = 0; i < count; ++i) {
        STELE_TRY(approach(keys[first + i], leaves[i]));
        if (leaves[i].row) wanted[wanted_count++] = *leaves[i].row;
        if (leaves[i].history) wanted[wanted_count++] = *leaves[i].history;
      }
      tree::ask_for(*view_.trees->file, std::span(wanted).first(wanted_count));
    }
    for (size_t i = 0; i < count; ++i) {
      const auto there = find(keys[first + i], leaves[i], row);
      if (!there) return fail(there.error());
      STELE_TRY(visit(first + i, *there ? &row : nullptr));
    }
  }
  return {};
}

// A range of keys: from `low` on, up to but without `high`.
struct RowRange {
  std::vector<uint8_t> low = {};
  std::optional<std::vector<uint8_t>> high = {};
  bool descending = false;
};

// Goes through the rows of a range in order.
//
//     a row of the tail, or one that a deletion or the horizon has a say in   step()
//     the rows of a leaf behind it, up to the next such one                   LeafRows
class RowScan {
 public:
  // `view` must outlive it.
  RowScan(const engine::View& view, const TableInfo& table, const Horizon& horizon, RowRange range,
          const OwnRows& own = {});
  RowScan(const RowScan&) = delete;
  RowScan& operator=(const RowScan&) = delete;

  // Returns the next row, null at the end. It lives until the next call.
  [[nodiscard]] Result<const Row*> next() {
    if (leaf_rows_.take(keys_.data(), row_)) return &row_;
    return next_by_step(/*stays=*/false);
  }

  // Calls visit(row) for the next rows, `most` at the most, that all live until the next call, and
  // returns how many there were: rows of one leaf, and of the tail between them; none at the end.
  // Requires: most > 0.
  template <typename Visit>
  Result<size_t> next_run(size_t most, const Visit& visit);
  // The row that was returned or visited last.
  [[nodiscard]] const Row& row() const { return row_; }

 private:
  static constexpr size_t kKeysSize = 8192;  // Room for the keys of a run ...
  static constexpr size_t kKeyRoom = kRowKeySizeMax + LeafRows::kSlack;  // ... and for one of them.

  // The next key of one chunk, or of the transaction's own rows.
  struct TailSource {
    const RowTail* tail;
    Horizon horizon;
    const VersionList::Node* node;  // Its newest version; null: there is none left.
  };
  Status begin();
  void add_source(const RowTail& tail, const Horizon& horizon);
  [[nodiscard]] bool is_in_range(ByteView key) const;
  void start(TailSource& source) const;
  void move(TailSource& source) const;
  // Null also where the cursor would leave its leaf and `stays` says that it must not.
  Result<const Row*> next_by_step(bool stays);
  Result<const Row*> step(bool stays);
  Status step_tree();
  void note_tree(bool is_at_entry);
  // The source whose next key comes first, null: none has one.
  [[nodiscard]] const TailSource* first_source() const;
  void open_leaf_rows();
  void close_leaf_rows();
  // How far rows of the cursor's leaf come next: up to that entry, downwards with it.
  [[nodiscard]] size_t leaf_bound();
  [[nodiscard]] bool is_at_edge() const {
    return cursor_->index() == (range_.descending ? 0 : cursor_->leaf_count() - 1);
  }
  // Whether one key comes before the other in the direction of the scan.
  [[nodiscard]] bool is_before(ByteView one, ByteView other) const {
    const int order = tree::compare(one, other);
    return range_.descending ? order > 0 : order < 0;
  }
  Result<bool> take_tree_row();
  Result<bool> take_row(ByteView key, bool in_tree);

  const engine::View& view_;
  const TableInfo table_;
  const Horizon horizon_;
  const RowRange range_;
  const OwnRows own_;
  std::vector<TailSource> tails_;  // Newest first; those with nothing of the range left out.
  bool has_ranges_ = false;        // Some of them deletes a range of the table.
  std::optional<tree::Cursor> cursor_;
  bool in_tree_ = false;  // The cursor is at a row of the range ...
  ByteView tree_key_;     // ... whose key this is.
  bool has_begun_ = false;
  bool moves_tree_ = false;  // The row that was returned last is the cursor's.
  // Rows of the cursor's leaf that come next. The cursor stays where it was before them.
  LeafRows leaf_rows_;
  page::PageRef leaf_;                            // The leaf that is known to have rows ...
  size_t range_bound_ = 0;                        // ... of the range up to here, ...
  const VersionList::Node* tail_node_ = nullptr;  // ... and before this row of the tail ...
  size_t tail_bound_ = 0;                         // ... up to here.
  tree::KeyBuffer stop_;                          // The tree's key where the range ends ...
  bool has_stop_ = false;                         // ... if it ends before the tree does.
  bool is_loose_ = false;  // The row that step() returned lies in pages of its own or in `history`.
  std::array<uint8_t, kKeysSize> keys_;
  tree::KeyBuffer key_;
  RowReader reader_;
  Row row_;
  std::optional<Error> failed_;  // For good.
};

template <typename Visit>
Result<size_t> RowScan::next_run(size_t most, const Visit& visit) {
  uint8_t* room = keys_.data();
  const uint8_t* const last_room = room + kKeysSize - kKeyRoom;
  size_t count = 0;
  // In copies, for visit() may write anywhere: they need not be read again for each row.
  LeafRows rows = leaf_rows_;
  Row row = row_;
  for (bool goes_on = true; goes_on && count < most && room <= last_room;) {
    if (!rows.take(room, row)) {
      leaf_rows_ = rows;
      const auto next = next_by_step(/*stays=*/count > 0);
      rows = leaf_rows_;
      if (!next && count == 0) return fail(next.error());
      if (!next || *next == nullptr) break;
      row = row_;
      copy_bytes(room, row.key);  // The cursor has it where the next one will be.
      row.key = {room, row.key.size()};
      goes_on = !is_loose_;
    }
    if (row.key.data() == room) room += row.key.size();
    visit(std::as_const(row));  // From here only, so that it becomes a part of this.
    ++count;
  }
  leaf_rows_ = rows;
  row_ = row;
  return count;
}

}  // namespace stele::tables
