// Brings the terms and ids of a chunk into the trees of terms.
//
//     chunk ──► terms_recent ──(a slice at a time)──► terms_main
//
// A checkpoint's terms lie all over the order of terms, so that nearly every leaf of the tree that
// takes them is written again. That is the recent tree, which is kept at an eighth of the main one:
// when it has grown beyond, a slice of neighbouring terms is moved into the main tree, where they
// meet few leaves. Slice after slice goes through all terms and begins again. So an entry of the
// main tree is written again about once for every eighth that it grows, and no checkpoint stands
// still for a merge of everything. What was measured: docs/architecture.md.
//
// A slice ends at the last term, and the next one begins with the first: until then the recent tree
// may be larger by what a checkpoint brings.
//
// A term is moved as a whole, so that its runs in the main tree are always older than those in the
// recent one. The last run in the main tree is filled up first.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "engine/batch.h"
#include "engine/view.h"

namespace stele::events {

class TermWriter {
 public:
  // Adds the terms and ids of a chunk to the trees, and keeps those in balance.
  Status add(page::PageWriter& writer, const engine::Chunk& chunk, engine::Roots& roots);

  // Moves the terms of about so many entries, from where the last slice ended. Requires: `writer`
  // has made no main tree before, for what is read there meanwhile must not be written over.
  Status fold(page::PageWriter& writer, engine::Roots& roots, uint64_t entries);

 private:
  std::vector<uint8_t> fold_from_;  // The key that the next slice begins with; empty: the first.
};

}  // namespace stele::events
