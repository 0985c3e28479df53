// Which rows a checkpoint changes, and how: the versions of a frozen chunk, row by row, beside what
// the trees have.
//
//     chunk: versions in order ──┐
//                                ├─► rows in the order of the tree, each with its versions
//     chunk: deleted ranges ─► rows of the tree in them
//
// Threads: one at a time, on a chunk that does not change.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/view.h"
#include "tables/catalog.h"
#include "tables/row_format.h"
#include "tables/row_tail.h"
#include "tree/cursor.h"

namespace stele::tables {

// A version of a row, and where its bytes are.
struct MergedVersion {
  VersionTime time;
  bool is_deleted = false;
  ByteView row = {};          // In the tail, or in the tree's leaf.
  tree::Value large = {};     // Or a large value of the tree, ...
  uint64_t large_offset = 0;  // ... in which the row begins here.
  [[nodiscard]] bool is_large() const { return large.is_large; }
};

class RowMerge {
 public:
  // Goes through what the oldest chunk of the view changes. `view` must outlive it.
  explicit RowMerge(const engine::View& view);

  // Moves to the next row, of a table that is there. False: there is none.
  [[nodiscard]] Result<bool> next();

  [[nodiscard]] const TableInfo& table() const { return *table_; }
  [[nodiscard]] ByteView key() const { return key_.view().subspan(kTableIdSize); }
  [[nodiscard]] ByteView tree_key() const { return key_.view(); }
  // What the row has been, oldest first: what the tree has, if the table keeps history, then what
  // the chunk has. A deletion is there only behind a row. Lives until the next call.
  [[nodiscard]] const std::vector<MergedVersion>& versions() const { return versions_; }
  // Whether the first of them is what the tree has.
  [[nodiscard]] bool has_stored() const { return has_stored_; }

 private:
  // Keys of the tree `rows` that some deletion covers.
  struct Interval {
    std::vector<uint8_t> low;
    std::vector<uint8_t> high;
  };
  static std::vector<Interval> intervals_of(const RowTail& tail);
  Result<bool> walk();        // To the next row of the tree that a deletion covers.
  Result<bool> enter_next();  // To the first one of the next interval.
  [[nodiscard]] bool is_in_interval() const;
  Result<bool> choose_table(TableId table);
  Status collect_versions(const VersionList::Node* from);
  Status read_stored();

  const engine::View& view_;
  const engine::Trees& trees_;
  const RowTail& tail_;
  const VersionList::Node* node_;
  std::vector<Interval> intervals_;
  size_t interval_ = 0;  // The one that the walker is in, or will enter.
  std::optional<tree::Cursor> walker_;
  bool walks_ = false;  // The walker is at a row.
  tree::KeyBuffer key_;
  tree::KeyBuffer tail_key_;
  TableId chosen_ = 0;
  std::optional<TableInfo> table_;  // Of chosen_, if it is there.
  std::vector<MergedVersion> versions_;
  bool has_stored_ = false;
  tree::Found stored_;
};

}  // namespace stele::tables
