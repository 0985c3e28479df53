// Goes through a damaged tree in the order of its keys, around what cannot be read of it.
//
//     entry, entry, hole [low, high), entry ... end
//
// A hole is what lies below a page that cannot be read, or that says what no page of the tree would
// say there: all keys of the range that the pages above leave to it. So what is outside of holes is
// known to be complete. Large values are not looked into.
//
// Of trees with slotted leaves. Threads: one at a time. The State that the root is of must be held.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "page/page_file.h"
#include "tree/key.h"
#include "tree/node.h"
#include "tree/tree.h"

namespace stele::tree {

class Walk {
 public:
  Walk(const page::PageFile& file, const page::Root& root) : file_(file), root_(root) {}

  enum class At : uint8_t { kEntry, kHole, kEnd };
  // Moves to what comes next. Fails only for want of memory.
  [[nodiscard]] Result<At> next();

  // The entry. Live until the next move. Requires: at one.
  [[nodiscard]] ByteView key() const { return key_.view(); }
  [[nodiscard]] const Value& value() const { return cell_.value; }
  // The keys that may have been in the hole. Live until the next move. Requires: at one.
  [[nodiscard]] KeyRange hole() const { return {.low = low_, .high = bound(high_)}; }

  // Of what was gone through so far.
  [[nodiscard]] uint64_t entries() const { return entries_; }
  [[nodiscard]] uint64_t holes() const { return holes_; }

 private:
  using Bytes = std::vector<uint8_t>;
  using High = std::optional<Bytes>;
  struct Inner {
    page::PagePin pin;
    InnerNode node;
    size_t next = 0;  // The child to go to.
    Bytes low;
    High high;
  };

  static UpperBound bound(const High& high) {
    return high ? UpperBound(ByteView(*high)) : std::nullopt;
  }
  // Goes down to a page that has the keys of [low_, high_). False: it is a hole.
  Result<bool> enter(const page::PageRef& ref, size_t level);
  bool enter_inner(page::PagePin pin);
  bool enter_leaf(page::PagePin pin);
  // Stores what child `inner.next` may have in low_ and high_.
  void enter_range(const Inner& inner);
  // Reads entry `index_` of the leaf into key_ and cell_. False: it is damaged.
  bool load();

  const page::PageFile& file_;
  const page::Root root_;
  bool is_begun_ = false;
  std::vector<Inner> path_;  // From the root down.
  page::PagePin leaf_pin_;
  LeafNode leaf_;
  size_t index_ = 0;
  size_t count_ = 0;  // Of the leaf's entries; 0: in no leaf.
  Bytes low_;
  High high_;
  KeyBuffer key_;
  Cell cell_;
  uint64_t entries_ = 0;
  uint64_t holes_ = 0;
};

}  // namespace stele::tree
