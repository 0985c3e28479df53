// Reading rows: one by its key, and ranges in order, as of a moment.
//
// A view has a row's versions in its chunks, newest chunk last, and behind them in the trees: the
// newest one in `rows`, those before it in `history`. The first that the horizon shows is the
// answer.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/view.h"
#include "tables/catalog.h"
#include "tables/row_merge.h"
#include "tables/row_tail.h"
#include "tree/cursor.h"

namespace stele::tables {

// A row as it was at a moment. Its bytes lie in the tail or in a page: they live as long as the
// view, and until the next call of the reader that returned it.
struct Row {
  ByteView key;
  MergedVersion version;
  [[nodiscard]] const VersionTime& time() const { return version.time; }
  [[nodiscard]] uint64_t size() const {
    return version.is_large() ? version.large.size() - version.large_offset : version.row.size();
  }
};

// Rows that a transaction has written and not committed: newer than all that a view has. They have
// no time: its TSN and position are 0.
struct OwnRows {
  const RowTail* tail = nullptr;  // Null: there are none.
  uint64_t last = 0;              // The number of the last op that is seen (RowPart::copy_to).
  [[nodiscard]] Horizon horizon() const { return {.tsn = last}; }
};

// Copies bytes [offset, offset + into.size()) of a row. Requires: they are in it.
[[nodiscard]] Status read_row(const engine::View& view, const Row& row, uint64_t offset,
                              ByteSpan into);

// Looks single rows up. Keeps the page of the last one.
class RowReader {
 public:
  // `view` must outlive it.
  RowReader(const engine::View& view, const TableInfo& table, const Horizon& horizon)
      : view_(view), table_(table), horizon_(horizon) {}

  // Returns whether there was the row. Allocates nothing.
  [[nodiscard]] Result<bool> find(ByteView key, Row& into);
  // The same, where `rows` has nothing that the horizon shows. False: there was none.
  [[nodiscard]] Result<bool> find_old(ByteView key, Row& into);

 private:
  const engine::View& view_;
  const TableInfo& table_;
  Horizon horizon_;
  tree::Found found_;
  std::optional<tree::Cursor> history_;  // At the version that was returned last.
  tree::KeyBuffer key_;
};

// A range of keys: from `low` on, up to but without `high`.
struct RowRange {
  std::vector<uint8_t> low = {};
  std::optional<std::vector<uint8_t>> high = {};
  bool descending = false;
};

// Goes through the rows of a range in order.
class RowScan {
 public:
  // `view` must outlive it.
  RowScan(const engine::View& view, const TableInfo& table, const Horizon& horizon, RowRange range,
          const OwnRows& own = {});
  RowScan(const RowScan&) = delete;
  RowScan& operator=(const RowScan&) = delete;

  // Returns the next row, null at the end. It lives until the next call.
  [[nodiscard]] Result<const Row*> next();

 private:
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
  Status step_tree();
  void note_tree(bool is_at_entry);
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
  std::vector<TailSource> tails_;  // Newest first; those with nothing of any table left out.
  std::optional<tree::Cursor> cursor_;
  bool in_tree_ = false;  // The cursor is at a row of the range ...
  ByteView tree_key_;     // ... whose key this is.
  bool has_begun_ = false;
  bool moves_tree_ = false;  // The row that was returned last is the cursor's.
  tree::KeyBuffer key_;
  RowReader reader_;
  Row row_;
};

}  // namespace stele::tables
