// Finds the events that a query matches, from position to position, by boolean algebra over
// postings.
//
// An item is solved by letting its lists overtake each other: the candidate position moves to the
// next one of every list in turn until all agree. The query's answer is the nearest of its items'.
//
//     tag "course:c1"   3     9  12          40            from 4: 9 -> 20 -> 40 -> agree at 40
//     tag "student:s7"     7         20      40   41
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/query.h"
#include "events/terms.h"

namespace stele::events {

class Matcher {
 public:
  enum class Direction : uint8_t { kForward, kBackward };

  // Keeps a copy of the query and looks its terms up. `terms` must outlive the matcher.
  Matcher(const Query& query, const TermTable& terms, Direction direction);

  // Looks up again the terms that had not occurred before, and lets the next search go further.
  void look_up_again();

  // Forward: returns the first match in [from, last], or kNoPosition. `from` must not fall between
  // calls; `last` stays the same until look_up_again(). Requires: `last` is the head of a snapshot.
  //
  // Why `last`: behind a snapshot's head the lists grow while they are searched, one after the
  // other. What is found there in one proves nothing about another that was looked at before, so no
  // list may follow it.
  [[nodiscard]] uint64_t at_or_after(uint64_t from, uint64_t last);

  // Backward: returns the last match <= `from`, or 0. `from` must not rise between calls.
  [[nodiscard]] uint64_t at_or_before(uint64_t from);

 private:
  struct List {
    TermKind kind;
    std::string text;
    const Postings* postings;  // Null: the term has not occurred.
    uint64_t hint;
  };
  struct Item {
    std::vector<List> types;
    std::vector<List> tags;
    uint64_t next;  // The answer of the last search; valid while it is not passed.
    bool searched = false;
  };

  [[nodiscard]] List list_of(TermKind kind, const std::string& text) const;
  [[nodiscard]] uint64_t first_hint() const;
  static uint64_t item_at_or_after(Item& item, uint64_t from, uint64_t last);
  static uint64_t item_at_or_before(Item& item, uint64_t from);

  const TermTable& terms_;
  Direction direction_;
  std::vector<Item> items_;
  bool matches_all_;  // No items, or one without types and tags.
};

}  // namespace stele::events
