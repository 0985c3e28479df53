// A position between the entries of a tree, that moves in both directions.
//
//     Cursor cursor(file, root);
//     for (auto at = cursor.seek(key); at && *at; at = cursor.next()) {
//       use(cursor.key(), cursor.value());
//     }
//
// It pins the pages from the root to its leaf. Moving within a leaf costs no look-up, and no step
// allocates. Once it has stepped from one leaf to the next, it pins the one behind that as well,
// which is on its way to the processor then while entries are looked at.
//
// Threads: one at a time. The State that `root` is of must be held for as long as the cursor lives.
#pragma once

#include <array>
#include <cstdint>

#include "base/check.h"
#include "base/result.h"
#include "tree/node.h"
#include "tree/tree.h"

namespace stele::tree {

class Cursor {
 public:
  Cursor(const page::PageFile& file, const page::Root& root,
         page::PageUse use = page::PageUse::kAgain)
      : file_(file), root_(root), use_(use) {}

  // Each returns whether the cursor is at an entry then. After an error it is at none.
  Result<bool> seek(ByteView key);          // The first entry >= key.
  Result<bool> seek_before(ByteView key);   // The last entry < key.
  Result<bool> seek_at_most(ByteView key);  // The last entry <= key.
  Result<bool> first();
  Result<bool> last();
  // Requires: at an entry. Behind the last one: at none.
  Result<bool> next() {
    STELE_DCHECK(at_entry());
    if (index_ + 1 < count_ && load(index_ + 1)) return true;
    return next_leaf();
  }
  // Requires: at an entry. Before the first one: at none.
  Result<bool> previous() {
    STELE_DCHECK(at_entry());
    if (index_ > 0 && load(index_ - 1)) return true;
    return previous_leaf();
  }

  [[nodiscard]] bool at_entry() const { return at_entry_; }
  // The entry. Live until the cursor moves. Requires: at_entry().
  [[nodiscard]] ByteView key() const {
    STELE_DCHECK(at_entry());
    if (is_dense_) {
      store_be(key_.data(), dense_.first() + index_);
      return {key_.data(), kNumberSize};
    }
    if (prefix_size_ == 0) return cell_.suffix;
    copy_bytes(key_.data() + prefix_size_, cell_.suffix);
    return {key_.data(), prefix_size_ + cell_.suffix.size()};
  }
  // The key as a number; of other trees than those with dense leaves 0.
  [[nodiscard]] uint64_t number() const { return is_dense_ ? dense_.first() + index_ : 0; }
  [[nodiscard]] Value value() const {
    STELE_DCHECK(at_entry());
    return cell_.value;
  }

  // For who goes through the entries of a leaf by himself, and comes back: the leaf, null if it is
  // a dense one, which page it is, and the entry's index in it. Requires: at_entry().
  [[nodiscard]] const LeafNode* leaf() const { return is_dense_ ? nullptr : &leaf_; }
  [[nodiscard]] const page::PageRef& leaf_ref() const { return path_[0].ref; }
  [[nodiscard]] size_t index() const { return index_; }
  [[nodiscard]] size_t leaf_count() const { return count_; }
  // Moves to another entry of this leaf. Requires: at_entry(), index < leaf_count().
  Result<bool> move_to(size_t index) { return go_to(index); }

 private:
  // A page on the way down, and which of its children is the next one on it. Where there is a pin
  // of an inner page, `node` is that page.
  struct Step {
    page::PagePin pin;
    page::PageRef ref;
    InnerNode node;  // Not of leaves.
    size_t child = 0;
  };

  // Reads entry `index` of the leaf. Returns false if it is damaged.
  bool load(size_t index) {
    if (!(is_dense_ ? dense_.value(index, cell_.value) : leaf_.cell(index, cell_))) return false;
    index_ = index;
    return true;
  }

  enum class Edge : uint8_t { kFirst, kLast };
  [[nodiscard]] Step& step(size_t level) { return path_[level]; }
  // Puts the page into the path. `level` is 0 for leaves.
  Status enter(const page::PageRef& ref, size_t level);
  Status enter_leaf(const Step& at);
  // Goes down to the leaf that has the key, if any has. False: the tree is empty.
  Result<bool> descend(ByteView key, Place& place);
  // Goes down from a page of `level` along its first or last children, to the entry there.
  Result<bool> descend_edge(size_t level, const page::PageRef& ref, Edge edge);
  Result<bool> edge(Edge edge);
  Result<bool> go_to(size_t index);
  // Called at a leaf's end, or at an entry that is damaged.
  Result<bool> next_leaf();
  Result<bool> previous_leaf();
  // Pins the leaf that comes next under the same parent, so that it is there when it is needed.
  void read_ahead(Edge from);
  [[nodiscard]] std::unexpected<Error> damaged_entry();

  const page::PageFile& file_;
  const page::Root root_;
  const page::PageUse use_;
  bool at_entry_ = false;

  bool is_dense_ = false;
  LeafNode leaf_;
  DenseNode dense_;
  size_t index_ = 0;
  size_t count_ = 0;  // Of the leaf's entries.
  size_t prefix_size_ = 0;
  Cell cell_;
  mutable std::array<uint8_t, kKeySizeMax> key_;  // Begins with the leaf's prefix.
  page::PagePin ahead_;                           // The leaf that was read ahead, if any.
  page::PageRef ahead_ref_;
  std::array<Step, kHeightMax> path_;  // By level, of which the tree has root_.height.
};

}  // namespace stele::tree
