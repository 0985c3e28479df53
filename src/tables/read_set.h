// What a transaction has read and means to write, and the guard that it is still so.
//
// A transaction reads as of a moment. Its commit is as if it had happened in one piece at the
// moment of the commit when all that it read is the same then: optimistic concurrency control with
// backward validation.
//
//     Kung, Robinson, "On optimistic methods for concurrency control" (TODS 1981).
//     Fekete et al., "Making snapshot isolation serializable" (TODS 2005), for what is allowed when
//     only what is written is asked for.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "engine/batch.h"
#include "tables/row_guard.h"

namespace stele::tables {

// How much of a range was read: a scan that ended early has not seen what is behind its last row.
class ReadRange {
 public:
  explicit ReadRange(RowRange range) : range_(std::move(range)) {}
  // All up to this row was read, in the direction of the range.
  void reach(ByteView key) {
    last_.assign(key.begin(), key.end());
    has_last_ = true;
  }
  void reach_end() { is_whole_ = true; }
  // Returns what was read; nothing: nothing was.
  [[nodiscard]] std::optional<RowRange> covered() const;

 private:
  const RowRange range_;
  std::vector<uint8_t> last_;
  bool has_last_ = false;
  bool is_whole_ = false;
};

class ReadSet final : public engine::Guard {
 public:
  // Of a transaction that reads `then`, as of `moment`. The view may be null while nothing is
  // checked.
  explicit ReadSet(const engine::Snapshot& moment) : moment_(moment) {}
  void set_view(engine::ViewPtr then) { then_ = std::move(then); }

  // The row was written by commit `tsn`; 0: it was not there.
  void add_row(const TableInfo& table, ByteView key, uint64_t tsn);
  [[nodiscard]] bool has_row(TableId table, ByteView key) const;
  // Returns the range, of which nothing was read yet.
  std::shared_ptr<ReadRange> add_range(const TableInfo& table, RowRange range);
  // Calls visit(table) for each table, ascending.
  template <typename Visit>
  void for_each_table(const Visit& visit) const {
    for (const auto& [id, reads] : tables_) visit(id);
  }

  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  struct Less {
    using is_transparent = void;
    bool operator()(ByteView one, ByteView other) const { return tree::compare(one, other) < 0; }
  };
  struct Reads {
    TableInfo table;
    std::map<std::vector<uint8_t>, uint64_t, Less> rows;  // By which commit each was written.
    std::vector<std::shared_ptr<ReadRange>> ranges;
  };
  Reads& reads_of(const TableInfo& table);

  const engine::Snapshot moment_;
  engine::ViewPtr then_;
  std::map<TableId, Reads> tables_;
};

}  // namespace stele::tables
