// Finds the events that one item of a query matches: lists of positions that must agree, and what
// only the record itself can tell.
//
// The lists overtake each other: a candidate moves to the next position of every list in turn until
// all agree.
//
//     tag "course:c1"   3     9  12          40            from 4: 9 -> 20 -> 40 -> agree at 40
//     tag "student:s7"     7         20      40   41
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "events/any_of.h"
#include "events/history.h"
#include "events/query.h"

namespace stele::events {

class ItemSearch {
 public:
  // Looks the item's terms up as they are now. Both must outlive the search, and the history not be
  // refreshed. An error of reading ends a search as if nothing was left, and is the history's.
  ItemSearch(const QueryItem& item, History& history, Direction direction);

  // Whether records are read to find a match, and not lists alone.
  [[nodiscard]] bool reads_records() const { return asks_record_; }

  // Returns the first match in [from, last], or kNoPosition. `from` must not fall between calls;
  // `last` stays the same. Requires: `last` is the head of a snapshot taken before.
  uint64_t at_or_after(uint64_t from, uint64_t last);

  // Returns the last match <= `from`, or 0. `from` must not rise between calls. Requires: `from` is
  // at most the head of a snapshot taken before.
  uint64_t at_or_before(uint64_t from);

 private:
  void look_up_types();
  void look_up_entities();
  void add(AnyOf group);
  [[nodiscard]] Positions find(TermKind kind, std::string_view text);
  // Whether the record at a position, which all lists agree on, matches.
  [[nodiscard]] bool record_matches(uint64_t position);
  uint64_t agree_forward(uint64_t from, uint64_t last);
  uint64_t agree_backward(uint64_t from);

  const QueryItem& item_;
  History& history_;
  Direction direction_;
  std::vector<AnyOf> groups_;  // All of them must agree; the rarest first.
  bool asks_record_ = false;   // The lists do not tell everything.
};

}  // namespace stele::events
