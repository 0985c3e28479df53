// The terms of one kind in bytewise order, for prefixes and lists. They are put in order by those
// who ask, so that the sequencer pays one pointer for a new term and nothing more.
//
// Sorted are most of them; the rest is recent, sorted too, and merged into the others when it is an
// eighth of them.
//
// Threads: one writer (the sequencer, or recovery), any number of readers.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/stable_vector.h"
#include "events/term.h"

namespace stele::events {

class TermOrder {
 public:
  // Adds a new term. The writer only. May throw std::bad_alloc, and is unchanged then.
  void add(const Term* term) { appeared_.push_back(term); }

  // Returns the terms that begin with `prefix` and are behind `behind` (empty: all are), in
  // bytewise order, but at most `max` of them. Any thread. May throw std::bad_alloc.
  [[nodiscard]] std::vector<const Term*> with_prefix(std::string_view prefix,
                                                     std::string_view behind, size_t max) const;

 private:
  using Terms = std::vector<const Term*>;
  void catch_up() const;  // Under the lock.

  StableVector<const Term*> appeared_;
  mutable std::mutex mutex_;
  mutable uint64_t seen_ = 0;  // How many of appeared_ are in order.
  mutable Terms sorted_;
  mutable Terms recent_;
};

}  // namespace stele::events
