// Rows of one leaf of the tree `rows`, one after the other, as long as the leaf alone says what
// they are.
//
// It is what a scan spends its time in: nothing here is a call. What is rare is left to the scan: a
// large value, a deletion, a version that the horizon does not show, damage.
//
// Threads: one at a time. The leaf stays as long as rows are taken.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "tables/row_format.h"
#include "tables/row_merge.h"
#include "tree/node.h"

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

class LeafRows {
 public:
  // Has no rows.
  LeafRows() = default;
  // `count` rows from entry `first` on, in ascending order or down.
  LeafRows(const tree::LeafNode& leaf, const Horizon& horizon, size_t first, size_t count,
           bool descending)
      : leaf_(leaf),
        horizon_(horizon),
        first_(first),
        at_(first),
        left_(count),
        step_(descending ? ~size_t{0} : 1),
        ahead_(descending ? -kAhead : kAhead) {}

  // What take() may write beyond the key, and read beyond it in the page.
  static constexpr size_t kSlack = 16;

  // Takes the next row. False: there is none, or the leaf alone does not say what it is. A key that
  // does not lie in the leaf in one piece is put into `room`, which has kRowKeySizeMax + kSlack
  // bytes.
  //
  // In its callers for good: a row that passes through memory between two functions is written word
  // by word and read again in vectors, for each of which the processor waits: it took longer than
  // everything else.
  [[nodiscard, gnu::always_inline]] bool take(uint8_t* room, Row& into) {
    if (left_ == 0) return false;
    // Cells lie in order: what the processor does not expect is asked for some rows before.
    __builtin_prefetch(leaf_.page().data() + leaf_.cell_offset(at_) + ahead_);
    tree::Cell cell;
    if (!leaf_.cell(at_, cell) || cell.value.is_large) return false;
    StoredRow stored;
    if (!decode_row_header(cell.value.bytes, stored)) return false;
    if (stored.is_deleted || !horizon_.shows(stored.time)) return false;
    if (!take_key(cell.suffix, room, into.key)) return false;
    into.version.time = stored.time;
    into.version.is_deleted = false;
    into.version.large.is_large = false;
    into.version.row = cell.value.bytes.subspan(stored.header_size);
    at_ += step_;
    --left_;
    return true;
  }

  // Whether a row was taken, and which entry the last one was.
  [[nodiscard]] bool has_taken() const { return at_ != first_; }
  [[nodiscard]] size_t last() const { return at_ - step_; }

 private:
  static constexpr ptrdiff_t kAhead = 1024;  // Bytes.

  // The key of a row is that of the entry without the table in front.
  [[nodiscard]] bool take_key(ByteView suffix, uint8_t* room, ByteView& key) const {
    const ByteView prefix = leaf_.prefix();
    if (prefix.size() <= kTableIdSize) {
      const size_t rest = kTableIdSize - prefix.size();
      if (suffix.size() < rest) return false;
      key = suffix.subspan(rest);
      return true;
    }
    const size_t shared = prefix.size() - kTableIdSize;
    if (shared + suffix.size() > kRowKeySizeMax) return false;
    copy_blocks(room, prefix.subspan(kTableIdSize));
    copy_blocks(room + shared, suffix);
    key = {room, shared + suffix.size()};
    return true;
  }

  // Copies whole blocks where the page goes on for long enough: for keys that is several times
  // quicker than a copy of their exact size.
  void copy_blocks(uint8_t* to, ByteView from) const {
    const ByteView page = leaf_.page();
    if (from.data() + from.size() + kSlack > page.data() + page.size()) {
      copy_bytes(to, from);
      return;
    }
    size_t at = 0;
    do {
      std::memcpy(to + at, from.data() + at, kSlack);
      at += kSlack;
    } while (at < from.size());
  }

  tree::LeafNode leaf_;
  Horizon horizon_;
  size_t first_ = 0;
  size_t at_ = 0;
  size_t left_ = 0;
  size_t step_ = 1;
  ptrdiff_t ahead_ = kAhead;
};

}  // namespace stele::tables
