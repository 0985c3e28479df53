// What the next pages of one level are made of, in order, until it is known where they end.
//
// Entries of leaves, or the children of inner nodes with the lowest keys they may have, are put in
// at the end and leave from the front, a page of them at a time. They have their whole keys here,
// since only a page's fences decide what all of its keys begin with.
//
//     low ≤ item 0 < item 1 < ... < item n - 1 < high
//     └── the next page ──┘ └── pages to come, or a remainder that waits for a neighbour
//
// How large a page of some items would be is a matter of a subtraction, because the bytes of items
// lie one behind the other.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "page/page.h"
#include "tree/key.h"
#include "tree/node.h"

namespace stele::tree {

class Stage {
 public:
  // `level` is 0 for leaves.
  Stage(LeafKind kind, size_t level, uint32_t page_size)
      : level_(level), is_dense_(kind == LeafKind::kDense && level == 0), page_size_(page_size) {}

  // Sets the lowest key that the first page may have. Requires: empty.
  void begin(ByteView low);
  // Puts an entry or, for inner nodes, a child with its lowest key behind the others. The key is
  // `prefix` and `suffix`. Returns false if it is not above the last one, or too long.
  [[nodiscard]] bool add(ByteView prefix, ByteView suffix, const Value& value);
  [[nodiscard]] bool add(ByteView prefix, ByteView suffix, const page::PageRef& child);
  // Puts item `i` of another stage of this level behind the others.
  [[nodiscard]] bool add(const Stage& from, size_t i);
  void clear();

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] size_t size() const { return items_.size(); }
  [[nodiscard]] ByteView low() const { return low_.view(); }
  // They live until the next change.
  [[nodiscard]] ByteView key(size_t i) const {
    return {bytes_.data() + items_[i].at, items_[i].key_size};
  }
  [[nodiscard]] Value value(size_t i) const;
  [[nodiscard]] page::PageRef child(size_t i) const;
  // Takes the last child back. Requires: a stage of inner nodes, not empty.
  void drop_last();

  // True iff there is so much that a whole page can leave and a whole one stays, or that it takes
  // too much memory.
  [[nodiscard]] bool is_overfull() const;
  // True iff all of it fits into one page.
  [[nodiscard]] bool fits(const UpperBound& high) const {
    return measure(size(), high) <= page_size_;
  }
  // True iff it would leave three quarters of a page free.
  [[nodiscard]] bool is_sparse(const UpperBound& high) const {
    return measure(size(), high) < page_size_ / 4;
  }
  // Returns how many items fill the first page when it is to be as full as possible ...
  [[nodiscard]] size_t full_cut() const;
  // ... and when what there is should be spread evenly over as few pages as possible. Both leave at
  // least one item. Requires for both: more than one item, and they do not fit into one page.
  [[nodiscard]] size_t even_cut() const;
  // Returns the fence behind the first `count` items. Lives until the next change.
  [[nodiscard]] UpperBound upper(size_t count, const UpperBound& high) const;

  // Writes the first `count` items as a page; its number, generation and checksum are missing.
  void encode(size_t count, const UpperBound& upper, ByteSpan page) const;
  // Removes them. `upper`, the fence behind them, becomes the lowest key of the next page.
  void drop_first(size_t count, ByteView upper);

 private:
  // Keys share what they begin with, so the bytes here can be many pages. Beyond so many of them
  // pages are made that are not full.
  static constexpr size_t kRawPagesMax = 8;

  struct Item {
    uint32_t at;  // Of the key in bytes_; the value is behind it.
    uint16_t key_size;
    uint16_t value_size;  // As it is in a cell.
  };

  [[nodiscard]] bool append(ByteView prefix, ByteView suffix, ByteView value, uint16_t value_size);
  // The bytes that the page of the first `count` items would take.
  [[nodiscard]] size_t measure(size_t count, const UpperBound& upper) const;
  [[nodiscard]] size_t measure(size_t count, size_t upper_size, size_t prefix_size) const;
  [[nodiscard]] bool fits_cut(size_t count) const {
    return measure(count, upper(count, {})) <= page_size_;
  }
  // The items' own bytes in front of item `i`.
  [[nodiscard]] size_t bytes_before(size_t i) const {
    return i < items_.size() ? items_[i].at : bytes_.size();
  }
  void encode_slotted(size_t count, const UpperBound& upper, ByteSpan page) const;
  void encode_dense(size_t count, ByteSpan page) const;

  size_t level_;
  bool is_dense_;
  uint32_t page_size_;
  KeyBuffer low_;
  std::vector<Item> items_;     // Keys strictly ascending, none below low_.
  std::vector<uint8_t> bytes_;  // Key and value of each item, without gaps.
};

}  // namespace stele::tree
