// Moves pages of a tree towards the beginning of their file, a piece at a time: what a compaction
// is made of.
//
// A page is moved by writing it again, which a writer does into the lowest free page. So a leaf
// that lies beyond a boundary, or is the first below an inner node that does, is kept as it is by a
// change that has it written; a value with a page beyond the boundary is put once more. apply()
// rewrites them and all pages above them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "page/page_writer.h"
#include "tree/tree.h"

namespace stele::tree {

struct Relocation {
  LeafKind kind = LeafKind::kSlotted;
  uint64_t boundary = 0;   // Pages from this one on are to be left.
  uint64_t pages_max = 0;  // So many may be written again, pages of inner nodes not counted.
};

struct Relocated {
  page::Root root = {};            // The new tree; the old one if nothing was to be moved.
  uint64_t pages = 0;              // Moved.
  bool is_done = false;            // The end of the tree was reached ...
  std::vector<uint8_t> next = {};  // ... or it is to be gone on with from this key.
};

// Moves pages of the part of the tree that begins with the leaf of key `from`. A value that takes
// more pages than may be written stays where it is. Requires: the State that `root` is of is held.
[[nodiscard]] Result<Relocated> relocate(page::PageWriter& writer, const page::Root& root,
                                         ByteView from, const Relocation& how);

}  // namespace stele::tree
