// Makes a new tree out of one and a sorted run of changes.
//
// The tree is descended once, from left to right; where changes fall into a leaf, leaf and changes
// are merged into fresh pages, and their parents are written once, bottom-up, when all below them
// is known. So a page is written once, however many changes fall into it. Where changes are
// appended, pages are left full behind them; elsewhere what has to be split is split evenly. A leaf
// that is left less than a quarter full is merged with its neighbour under the same parent.
//
// The memory it takes is one page for each level and the run's current change.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "page/page_writer.h"
#include "tree/tree.h"

namespace stele::tree {

// A value that is too large to be held, read once from front to back.
class ValueSource {
 public:
  ValueSource() = default;
  ValueSource(const ValueSource&) = delete;
  ValueSource& operator=(const ValueSource&) = delete;
  virtual ~ValueSource() = default;
  [[nodiscard]] virtual uint64_t size() const = 0;
  // Fills `into` with the next bytes. Requires: there are so many.
  [[nodiscard]] virtual Status read(ByteSpan into) = 0;
};

struct Change {
  ByteView key;
  bool is_erase = false;         // Of a key that may not be there.
  ByteView value = {};           // The new value, whatever its size ...
  ValueSource* large = nullptr;  // ... or where it comes from.
  bool keeps = false;            // The entry stays as it is, and its page is written again.
};

// The changes, keys strictly ascending. For dense leaves: keys of 8 bytes big-endian, each one
// above the one before; the first may not be above the tree's last + 1.
class ChangeSource {
 public:
  ChangeSource() = default;
  ChangeSource(const ChangeSource&) = delete;
  ChangeSource& operator=(const ChangeSource&) = delete;
  virtual ~ChangeSource() = default;
  // Returns the next change, null at the end. It lives until the next call.
  [[nodiscard]] virtual Result<const Change*> next() = 0;
};

// Returns the new tree. Pages that it does not share with the old one are freed through `writer`.
[[nodiscard]] Result<page::Root> apply(page::PageWriter& writer, const page::Root& root,
                                       LeafKind kind, ChangeSource& changes);

}  // namespace stele::tree
