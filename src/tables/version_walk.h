// All versions of one row that a view has, one after the other, in either direction.
//
//     newest first ─►   chunks, from the newest   │   `rows`   │   `history`   ◄─ oldest first
//
// Each place holds nothing older than what the next one has, so that they need no merging; within a
// chunk ops and deletions of ranges do. A walk keeps a place in one of them and nothing else: a row
// may have a million versions.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/view.h"
#include "tables/catalog.h"
#include "tables/row_merge.h"
#include "tables/row_tail.h"
#include "tree/cursor.h"

namespace stele::tables {

// A row of a view: what both walks go through.
struct WalkedRow {
  const engine::View& view;
  const TableInfo& table;
  ByteView key;
};

// From the newest version that a horizon shows on.
class NewestFirst {
 public:
  // What `row` names must outlive it.
  NewestFirst(const WalkedRow& row, const Horizon& until)
      : row_(row), until_(until), chunks_left_(row.view.chunks.size()) {}

  // Stores the next version. False: there is none. Its bytes live until the next call.
  [[nodiscard]] Result<bool> next(MergedVersion& into);

 private:
  void enter_chunk();
  bool take_from_chunk(MergedVersion& into);
  Result<bool> take_from_rows(MergedVersion& into);
  Result<bool> take_from_history(MergedVersion& into);

  const WalkedRow row_;
  const Horizon until_;
  VersionTime last_ = {.tsn = UINT64_MAX, .position = UINT64_MAX};  // Of what was returned last.
  size_t chunks_left_;
  const RowTail* tail_ = nullptr;  // Of the chunk that it is in.
  const VersionList::Node* node_ = nullptr;
  uint64_t ranges_left_ = 0;
  bool is_behind_rows_ = false;
  tree::Found stored_;
  std::optional<tree::Cursor> history_;
};

// From a version on to the newest one that a horizon shows.
class OldestFirst {
 public:
  // Begins at the version of time `from`; without: at the oldest.
  OldestFirst(const WalkedRow& row, const std::optional<VersionTime>& from, const Horizon& until);

  // As NewestFirst::next().
  [[nodiscard]] Result<bool> next(MergedVersion& into);

 private:
  enum class Place : uint8_t { kHistory, kRows, kChunks };
  Result<bool> take(MergedVersion& into);
  Result<bool> take_from_history(MergedVersion& into);
  Result<bool> take_from_rows(MergedVersion& into);
  bool take_from_chunks(MergedVersion& into);

  const WalkedRow row_;
  const VersionTime from_;
  const Horizon until_;
  VersionTime last_;  // Of what was returned last, or before `from`.
  Place place_ = Place::kHistory;
  size_t chunk_ = 0;
  uint64_t range_ = 0;  // The deletions of ranges before it in the chunk are behind us.
  tree::Found stored_;
  std::optional<tree::Cursor> history_;
};

}  // namespace stele::tables
