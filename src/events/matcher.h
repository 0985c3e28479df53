// Finds the events that a query matches, from position to position: the nearest answer of its
// items.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "events/history.h"
#include "events/item_search.h"
#include "events/query.h"

namespace stele::events {

class Matcher {
 public:
  // Keeps a copy of the query and looks its terms up. `history` must outlive the matcher. An error
  // of reading ends a search as if nothing was left, and is the history's.
  Matcher(const Query& query, History& history, Direction direction);
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  // Whether every event matches.
  [[nodiscard]] bool matches_all() const { return matches_all_; }

  // Whether records are read to find a match, and not lists alone.
  [[nodiscard]] bool reads_records() const;

  // Looks everything up again, and lets the next search go further. Due when the history was
  // refreshed.
  void look_up_again();

  // Forward: returns the first match in [from, last], or kNoPosition. `from` must not fall between
  // calls; `last` stays the same until look_up_again(). Requires: `last` is the head of a snapshot
  // taken before the matcher was made, or looked up again.
  //
  // Why `last`: behind a snapshot's head the lists grow while they are looked up, one after the
  // other. What is found there in one proves nothing about another that was looked at before, so no
  // list may follow it.
  [[nodiscard]] uint64_t at_or_after(uint64_t from, uint64_t last);

  // Backward: returns the last match <= `from`, or 0. `from` must not rise between calls.
  [[nodiscard]] uint64_t at_or_before(uint64_t from);

 private:
  struct Item {
    ItemSearch search;
    uint64_t next = 0;  // The answer of the last search; valid while it is not passed.
    bool searched = false;
  };

  Query query_;
  History& history_;
  Direction direction_;
  std::vector<Item> items_;
  bool matches_all_;
};

}  // namespace stele::events
