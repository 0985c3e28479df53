// The history of one row: what it was, and when it was there no more, between two moments.
//
// It begins with what was there at the first moment. A deletion is a version of it where it ended a
// row. One that found nothing is none: checkpoints do not keep those either.
//
// Threads: one at a time.
#pragma once

#include <optional>

#include "tables/row_reader.h"
#include "tables/version_walk.h"

namespace stele::tables {

// Versions that were there at some moment from `since` on up to `until`.
struct HistoryRange {
  std::optional<Horizon> since = {};  // Without: from the first one on.
  Horizon until;
  bool oldest_first = false;
};

class RowHistory {
 public:
  // What `row` names must outlive it.
  RowHistory(const WalkedRow& row, const HistoryRange& range);

  // Returns the next version, null at the end: a row, or a deletion without bytes. It lives until
  // the next call.
  [[nodiscard]] Result<const Row*> next();

 private:
  Result<bool> next_older();
  Result<bool> next_newer();
  Status begin_oldest();

  const WalkedRow row_;
  const HistoryRange range_;
  std::optional<Horizon> since_;  // Not behind `until`.
  std::optional<NewestFirst> newest_first_;
  std::optional<OldestFirst> oldest_first_;
  bool has_ended_ = false;
  // Newest first: a deletion that waits for what it has ended, or a row that waits behind it.
  bool has_row_ahead_ = false;
  MergedVersion ahead_;
  bool was_row_ = false;  // Oldest first: the version before was a row.
  Row version_;
};

}  // namespace stele::tables
