// The positions of one term in a view, walked in one direction: those in the trees, then those in
// each chunk; backward the other way round.
//
// Threads: one at a time. Sees what there was when it was made.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "events/history.h"
#include "events/posting_cursor.h"
#include "events/term_index.h"

namespace stele::events {

class Positions {
 public:
  // Looks the term up. `history` must outlive it, and not be refreshed.
  Positions(History& history, TermKind kind, std::string_view text, Direction direction);

  // At most so many positions are found.
  [[nodiscard]] uint64_t count() const { return count_; }
  [[nodiscard]] bool empty() const { return tree_ == nullptr && chunks_.empty(); }

  // Returns the first position >= `from`, or kNoPosition; also after an error, which is then the
  // history's. `from` must not fall between calls.
  uint64_t at_or_after(uint64_t from);
  // Returns the last position <= `from`, or 0. `from` must not rise between calls.
  uint64_t at_or_before(uint64_t from);

 private:
  History* history_;
  std::unique_ptr<TreePositions> tree_;  // Null: not there, or passed.
  std::vector<PostingCursor> chunks_;    // In the order they are walked in.
  size_t at_ = 0;                        // The chunk.
  uint64_t count_ = 0;
};

// Returns the newest position <= `last` of a term, or 0.
[[nodiscard]] uint64_t newest_position(History& history, TermKind kind, std::string_view text,
                                       uint64_t last);

// Returns how many positions <= `last` a term has, and the first and the last of them.
[[nodiscard]] Result<TermSummary> summary_of(History& history, TermKind kind, std::string_view text,
                                             uint64_t last);

}  // namespace stele::events
