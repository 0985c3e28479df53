// A table of a database: found by its name, read as of a moment, row by row or in order.
//
// Rows are put and deleted through batches (db/batch.h).
//
// Threads: a Table by all; a TableScan by one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "db/database.h"
#include "engine/held_view.h"
#include "tables/read_set.h"
#include "tables/row_reader.h"
#include "tables/vacuum.h"

namespace stele::db {

// The moment that a read is of.
struct AsOf {
  enum class Kind : uint8_t { kNow, kTsn, kPosition, kTime };
  Kind kind = Kind::kNow;
  int64_t at = 0;  // A TSN, a position, or microseconds.
};

class Table {
 public:
  // NOT_FOUND: there is no such table.
  static Result<std::unique_ptr<Table>> open(std::shared_ptr<Database> database,
                                             const tables::TableName& name);

  // Calls visit(view, row) for the row of the key, which lives through the call. NOT_FOUND: there
  // was none. NOT_YET, TOO_OLD: that moment is not there yet, or not any more.
  template <typename Visit>
  Status get(ByteView key, const AsOf& as_of, const Visit& visit) const {
    const auto looked = look(as_of);
    if (!looked) return fail(looked.error());
    tables::RowReader reader(*looked->view, info_, looked->horizon, hint_for(as_of));
    tables::Row row;
    const auto there = reader.find(key, row);
    if (!there) return fail(there.error());
    if (!*there) return not_found();
    return visit(*looked->view, row);
  }

  // Calls visit(view, i, row) for key i, in the order of the keys, as of one moment; a null row:
  // there was none. Each row lives through its call. Errors: as get(), but for NOT_FOUND of a row.
  template <typename Keys, typename Visit>
  Status get_many(const Keys& keys, const AsOf& as_of, const Visit& visit) const {
    const auto looked = look(as_of);
    if (!looked) return fail(looked.error());
    tables::RowReader reader(*looked->view, info_, looked->horizon, hint_for(as_of));
    return reader.find_each(
        keys, [&](size_t i, const tables::Row* row) { return visit(*looked->view, i, row); });
  }

  // What it is now: it may have been renamed. NOT_FOUND: it was dropped.
  [[nodiscard]] Result<tables::TableInfo> describe() const;
  [[nodiscard]] tables::TableId id() const { return info_.id; }
  [[nodiscard]] const tables::TableInfo& info() const { return info_; }
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }
  // Up to where a read of that moment looks. Checks that the table is there. Nothing: the snapshot
  // is behind what the table's projection has made visible meanwhile, and says nothing of how far
  // that was then; take a new one.
  [[nodiscard]] Result<std::optional<tables::Horizon>> horizon_of(const engine::View& view,
                                                                  const engine::Snapshot& now,
                                                                  const AsOf& as_of) const;
  [[nodiscard]] std::unexpected<Error> not_found() const;

 private:
  Table(std::shared_ptr<Database> database, tables::TableInfo info)
      : database_(std::move(database)), info_(std::move(info)) {}
  struct Looked {
    engine::ViewPtr view;
    tables::Horizon horizon;
  };
  [[nodiscard]] Result<Looked> look(const AsOf& as_of) const;
  // What is known of a read's moment.
  struct Moment {
    const engine::View& view;
    const engine::Snapshot& now;
    bool is_behind = false;  // Of the projection: what was found out does not count.
  };
  [[nodiscard]] Result<tables::Horizon> find_horizon(Moment& moment, const AsOf& as_of) const;
  Status check_is_there(const engine::View& view, uint64_t tsn) const;
  tables::PastHint* hint_for(const AsOf& as_of) const {
    return as_of.kind == AsOf::Kind::kNow ? nullptr : &past_hint_;
  }
  // The last event that the rows follow from: up to there it is the present.
  Result<uint64_t> newest_position(Moment& moment) const;
  // Whether the events up to a position are in the rows of a projection's table.
  Status check_applied(Moment& moment, uint64_t position) const;
  Status check_kept(Moment& moment, const tables::Horizon& horizon) const;
  Result<tables::Horizon> past(Moment& moment, const AsOf& as_of) const;

  std::shared_ptr<Database> database_;
  const tables::TableInfo info_;
  // The version of the catalog at which the table was found to be there, to stay.
  mutable std::atomic<uint64_t> checked_version_ = 0;
  mutable tables::PastHint past_hint_;
};

// Rows that a transaction means to commit, with what keeps them in memory (db/transaction.h). Its
// scans have a share: it may end while another thread is in a call of one of them.
struct BatchRows {
  tables::RowTail rows;
  std::atomic<bool> is_over = false;  // From then on calls are refused.
};

// A transaction, as one of its scans sees it.
struct InTransaction {
  const engine::HeldView& held;  // Who reads now.
  tables::Horizon horizon;
  std::shared_ptr<BatchRows> rows;
  uint64_t last;                                 // The last of them that the scan sees.
  std::shared_ptr<tables::ReadRange> read = {};  // Where it notes what it has seen, or null.
};

// Rows of a range, one after the other, as of one moment. Between calls it rests: the trees that it
// reads are kept for it, up to the patience of the options.
class TableScan {
 public:
  static Result<std::unique_ptr<TableScan>> start(const Table& table, const tables::RowRange& range,
                                                  const AsOf& as_of);
  // The same with the rows of a transaction's batch, as of the transaction's moment.
  static std::unique_ptr<TableScan> start(const Table& table, const tables::RowRange& range,
                                          InTransaction transaction);

  // Returns the next row, null at the end; it stays until the next one is asked for, or rest().
  // TOO_OLD: the trees were taken away meanwhile. INVALID: its transaction is over.
  Result<const tables::Row*> next() {
    STELE_TRY(begin_call());
    return next_of_call();
  }
  // The same for who takes many rows in one call, which begins with the first of these.
  Status begin_call();
  Result<const tables::Row*> next_of_call() {
    if (std::exchange(holds_back_, false)) return &scan_->row();
    const auto row = scan_->next();
    if (read_ != nullptr && row) note_read(*row == nullptr);
    return row;
  }
  // The same for rows that stay together: see RowScan::next_run().
  template <typename Visit>
  Result<size_t> next_run(size_t most, const Visit& visit) {
    STELE_TRY(begin_call());
    if (std::exchange(holds_back_, false)) {
      visit(scan_->row());
      return 1;
    }
    const auto count = scan_->next_run(most, visit);
    if (read_ != nullptr && count) note_read(*count == 0);
    return count;
  }
  // The row that was returned or visited last.
  [[nodiscard]] const tables::Row& row() const { return scan_->row(); }
  // Requires: a row was returned and has not been copied: it is returned again.
  void hold_back() { holds_back_ = true; }
  // Copies from the row that was returned last.
  Status read(uint64_t offset, ByteSpan into) const {
    return tables::read_row(*held_.view(), scan_->row(), offset, into);
  }
  void rest() {
    if (scan_) held_.rest();  // What was taken away stays so.
  }
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  TableScan(const Table& table, tables::RowRange range);
  TableScan(const Table& table, tables::RowRange range, InTransaction transaction);
  // Of a transaction: it has read up to the last row, or to the end.
  void note_read(bool is_end) const {
    is_end ? read_->reach_end() : read_->reach(scan_->row().key);
  }

  std::shared_ptr<Database> database_;
  const tables::TableInfo info_;
  tables::RowRange range_;
  engine::HeldView held_;
  std::shared_ptr<BatchRows> own_;           // Of its transaction, or null ...
  bool outlives_transaction_ = false;        // ... as it is then again.
  std::shared_ptr<tables::ReadRange> read_;  // The same.
  std::optional<tables::RowScan> scan_;
  bool holds_back_ = false;
};

// Returns the first table behind a name, in order. NOT_FOUND: there is none.
[[nodiscard]] Result<tables::TableInfo> next_table(const Database& database,
                                                   const tables::TableName& name);

}  // namespace stele::db
