// The free pages of a file: those that may be written, and those that must wait, since when.
//
// A page that generation b has written and generation g has freed can be reached from b, g - 1 and
// all between. It may be written again by the writer of generation n when
//
//     g <= n - 2          the slots name n - 1 and n - 2, and neither reaches it; one of them is
//                         left while the other is being written, whatever happens; and
//     not b <= h < g      for every generation h that somebody holds.
//
// So who holds a generation for long keeps the pages of that generation and no others: what came
// and went meanwhile is used again.
//
// What may be written once may be written for ever after: slots only advance, and nobody can get
// hold of an older generation than the newest. So those pages become one list of runs without
// generations, and only what waits is told apart.
//
// The births of pages are not on disk, for nobody holds a generation of an earlier process.
//
// Memory and time are in proportion to the number of runs, and so is the list on disk; what is
// waited for is told apart by the generations that are held, and not by those that came meanwhile.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "page/extent.h"

namespace stele::page {

// A run of free pages, as the list on disk has it.
struct FreeExtent {
  uint64_t first = 0;
  uint64_t count = 0;
  uint64_t generation = 0;  // That which freed them; 0: they may be written.
  [[nodiscard]] uint64_t end() const { return first + count; }
  friend bool operator==(const FreeExtent&, const FreeExtent&) = default;
};

class FreeSpace {
 public:
  FreeSpace() = default;
  // Takes apart what all() has put together.
  explicit FreeSpace(const std::vector<FreeExtent>& all);

  // What generations up to this one have freed may be written from now on, as far as it cannot be
  // reached from one of `held`: ascending, and no older one can be held ever after.
  void release(uint64_t generation, std::span<const uint64_t> held);
  // The pages that may be written are these from now on.
  void set_usable(Extents usable) { usable_ = std::move(usable); }
  // Adds what `generation` has freed, and what it was written by: any generation from the last that
  // was held before that, exclusively, to the first that is held from then on will do.
  // Requires: birth < generation.
  void add_waiting(uint64_t birth, uint64_t generation, const Extents& extents);

  [[nodiscard]] const Extents& usable() const { return usable_; }
  [[nodiscard]] uint64_t waiting_pages() const;
  // Of them, those that release() would go on keeping for the generations that are held.
  [[nodiscard]] uint64_t held_pages(uint64_t generation, std::span<const uint64_t> held) const;
  // The number of runs that all() would return at most.
  [[nodiscard]] uint64_t run_count() const;
  // Returns everything in ascending order of pages. Where somebody made a mistake they overlap.
  [[nodiscard]] std::vector<FreeExtent> all() const;

 private:
  // Who can reach a page: generations from `birth` to before `death`, the one that has freed it.
  struct Life {
    uint64_t death;
    uint64_t birth;
    friend auto operator<=>(const Life&, const Life&) = default;
  };
  Extents usable_;
  std::map<Life, Extents> waiting_;
};

}  // namespace stele::page
