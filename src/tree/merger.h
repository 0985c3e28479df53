// Works a run of changes into a tree: what apply() does.
//
// It goes down only where changes are, from left to right. What is below a node comes up into the
// stage of its level (tree/stage.h): leaves' entries into stage 0, and for each page that is made
// or kept, a child into the stage above. When a node is through, its stage leaves as pages, and
// those are children of the stage above:
//
//     level 2   [ child | child |  ◄── goes on with the next child that has changes below it
//     level 1   [ child | child |
//     level 0   [ entry | entry |  ◄── leaf and changes, merged
//
//    M1  While a node of level n is gone through, stages above n hold what comes before it.
//    M2  A stage that holds something between two nodes of its level holds less than a quarter of a
//        page: the rest of a node, which waits for the next one under the same parent. Without a
//        next one the page before is taken back and joined with it.
//    M3  The last node of a level never waits: who appends to a tree leaves full pages behind, and
//        the last one is as full as it happens to be.
//    M4  A page whose entries stay as they are is kept, not written again.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "page/page_writer.h"
#include "tree/apply.h"
#include "tree/dense_check.h"
#include "tree/key.h"
#include "tree/node.h"
#include "tree/stage.h"

namespace stele::tree {

class Merger {
 public:
  Merger(page::PageWriter& writer, const page::Root& root, LeafKind kind, ChangeSource& changes);
  Result<page::Root> run();

 private:
  // What is kept for a level: its stage, and the range of the child that is being gone through.
  struct Level {
    Level(LeafKind kind, size_t level, uint32_t page_size) : stage(kind, level, page_size) {}
    Stage stage;
    KeyBuffer low;
    KeyBuffer high;
    bool has_left = false;   // A page has left since the present node was begun.
    bool is_append = false;  // Of the newest node: changes were only behind what it had.
  };

  // A node that is being gone through.
  struct Inner {
    page::PagePin pin;
    InnerNode node;
  };
  struct Leaf {
    page::PagePin pin;
    AnyLeaf node;
    uint64_t number = 0;
  };

  [[nodiscard]] Level& level(size_t number);
  [[nodiscard]] uint32_t page_size() const { return writer_.file().page_size(); }

  // The change that is next, checked. null: there is none.
  Status advance();
  [[nodiscard]] bool has_change_below(const UpperBound& high) const {
    return change_ != nullptr && (!high || compare(change_->key, *high) < 0);
  }

  Status open_inner(const page::PageRef& ref, size_t number, Inner& into);
  Status open_leaf(const page::PageRef& ref, Leaf& into);

  // Works the changes in the range into the page, a node of this level. Returns whether that
  // changed anything; the stage above has what is there now. The root is not put there.
  Result<bool> merge(const page::PageRef& ref, size_t number, const KeyRange& range);
  Result<bool> merge_leaf(const page::PageRef& ref, const KeyRange& range);
  Result<bool> merge_children(const Inner& inner, size_t number, const KeyRange& range);
  // Goes through one child.
  Result<bool> merge_child(const Inner& inner, size_t child, size_t number, const KeyRange& range);
  // Works the present change into the leaf, whose entries up to `next` are through.
  Result<bool> merge_change(const Leaf& leaf, size_t& next);
  // The first leaf of an empty tree.
  Status fill();

  // Puts things into stages, and lets pages leave that are full.
  Status stage_entries(const Leaf& leaf, size_t from, size_t to);
  Status stage_change();
  Status stage_children(const Inner& inner, size_t number, size_t from, size_t to, ByteView low);
  Status stage_child(size_t number, ByteView low, const page::PageRef& child);
  // Makes what is left in a stage into pages, or lets it wait if it may (M2).
  Status finish(size_t number, const UpperBound& high, bool may_wait);
  // Returns an upper fence for the last leaf of a tree, just behind its last key: whatever may be
  // looked for in it, with a fence it has a prefix, too. None if there is nothing to gain.
  UpperBound last_fence(Level& here);
  // What waits below a node that is through does not wait any longer.
  Status settle(size_t number, const UpperBound& high);
  // Puts the entries or children of a page, whose lowest key is `low`, in front of what waits.
  Status join(size_t number, const page::PageRef& before, ByteView low);
  // Writes a page of the first `count` items.
  Status emit(size_t number, size_t count, const UpperBound& high);

  // Makes the levels above the old root, or takes levels away.
  Result<page::Root> make_root();
  Result<page::Root> lower_root(page::Root root);

  page::PageWriter& writer_;
  const page::Root root_;
  const LeafKind kind_;
  ChangeSource& changes_;
  const Change* change_ = nullptr;
  KeyBuffer last_key_;  // Of the newest change.
  bool has_last_key_ = false;
  DenseCheck dense_;
  uint64_t entries_;  // Of the new tree, so far.
  std::vector<std::unique_ptr<Level>> levels_;
  std::vector<uint8_t> page_;  // Where pages are put together.
};

}  // namespace stele::tree
