// The free pages of a file: those that may be written, and those that must wait, since when.
//
// A page that generation g has freed can still be reached from g - 1. It may be written again by
// the writer of generation n when
//
//     g <= n - 2      the slots name n - 1 and n - 2, and neither reaches it; one of them is left
//                     while the other is being written, whatever happens; and
//     g <= h          for every generation h that somebody holds.
//
// What may be written once may be written for ever after: slots only advance, and nobody can get
// hold of an older generation than the newest. So those pages become one list of runs without
// generations, and only what waits is told apart.
//
// Memory and time are in proportion to the number of runs, and so is the list on disk.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <deque>
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

  // Pages freed by generations up to this one may be written from now on.
  void release(uint64_t generation);
  // The pages that may be written are these from now on.
  void set_usable(Extents usable) { usable_ = std::move(usable); }
  // Requires: a generation above all that wait.
  void add_waiting(uint64_t generation, Extents extents);

  [[nodiscard]] const Extents& usable() const { return usable_; }
  [[nodiscard]] uint64_t waiting_pages() const;
  // Of them, those that generations up to this one have freed.
  [[nodiscard]] uint64_t waiting_pages(uint64_t generation) const;
  // The number of runs that all() would return at most.
  [[nodiscard]] uint64_t run_count() const;
  // Returns everything in ascending order of pages. Where somebody made a mistake they overlap.
  [[nodiscard]] std::vector<FreeExtent> all() const;

 private:
  struct Waiting {
    uint64_t generation;
    Extents extents;
  };
  Extents usable_;
  std::deque<Waiting> waiting_;  // In ascending order of generations.
};

}  // namespace stele::page
