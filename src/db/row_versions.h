// The versions of a row that a table keeps, one after the other: its history between two moments.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "db/table.h"
#include "tables/row_history.h"

namespace stele::db {

// Which versions: those that were there at some moment from `since` on up to `until`.
struct VersionOptions {
  std::optional<AsOf> since = {};  // Without: as far back as the table keeps them.
  AsOf until = {};
  bool oldest_first = false;
};

// Between calls it rests as a TableScan does.
class RowVersions {
 public:
  // TOO_OLD, NOT_YET: as Table::get() of the moments. INVALID: they are the wrong way round.
  static Result<std::unique_ptr<RowVersions>> start(const Table& table, ByteView key,
                                                    const VersionOptions& options);

  // Returns the next version, null at the end; it stays until the next call, or rest(). A deletion
  // has no bytes. TOO_OLD: the trees were taken away meanwhile.
  Result<const tables::Row*> next();
  // When the commit was recorded that made the version returned last.
  [[nodiscard]] int64_t recorded() const { return recorded_; }
  // Requires: a version was returned and has not been copied: it is returned again.
  void hold_back() { holds_back_ = true; }
  // Copies from the version that was returned last.
  Status read(uint64_t offset, ByteSpan into) const;
  void rest() {
    if (history_) held_.rest();  // What was taken away stays so.
  }
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  RowVersions(const Table& table, ByteView key);
  // Nothing: as Table::horizon_of().
  Result<std::optional<tables::HistoryRange>> range_of(const Table& table,
                                                       const engine::Snapshot& now,
                                                       const VersionOptions& options) const;
  Status note_recorded(uint64_t tsn);

  std::shared_ptr<Database> database_;
  const tables::TableInfo info_;
  const std::vector<uint8_t> key_;
  engine::HeldView held_;
  std::optional<tables::RowHistory> history_;
  const tables::Row* version_ = nullptr;
  uint64_t recorded_tsn_ = 0;  // The commit that recorded_ is of.
  int64_t recorded_ = 0;
  bool holds_back_ = false;
};

}  // namespace stele::db
