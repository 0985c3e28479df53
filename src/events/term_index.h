// The positions of terms in the trees of a view, as the rest of this module asks for them.
//
// The trees `terms_recent` and `terms_main` are of term_tree.h; this is the door to the two of
// them.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/batch.h"
#include "engine/view.h"
#include "events/posting_cursor.h"
#include "events/term.h"

namespace stele::events {

// Returns the position <= `last` of the event with an id, 0: none in the trees.
[[nodiscard]] Result<uint64_t> id_in_trees(const engine::Trees& trees, const uint8_t* id,
                                           uint64_t last);

// Returns the texts of the terms of a kind that begin with a prefix and are behind `behind` (empty:
// all are), in bytewise order, at most `max`. Requires: TermTable::is_listed(kind).
[[nodiscard]] Result<std::vector<std::string>> terms_in_trees(const engine::Trees& trees,
                                                              TermKind kind,
                                                              std::string_view prefix,
                                                              std::string_view behind, size_t max);

// What a list of terms says of one.
struct TermSummary {
  uint64_t count = 0;
  uint64_t first_position = 0;
  uint64_t last_position = 0;
};
// Returns that of the positions <= `last` in the trees.
[[nodiscard]] Result<TermSummary> summary_in_trees(const engine::Trees& trees, TermKind kind,
                                                   std::string_view text, uint64_t last);

// Walks the positions of one term in the trees, as PostingCursor does those in a list.
class TreePositions {
 public:
  TreePositions() = default;
  TreePositions(const TreePositions&) = delete;
  TreePositions& operator=(const TreePositions&) = delete;
  virtual ~TreePositions() = default;
  [[nodiscard]] virtual Result<uint64_t> at_or_after(uint64_t from) = 0;
  [[nodiscard]] virtual Result<uint64_t> at_or_before(uint64_t from) = 0;
  // At most so many are there; a guess on the high side where counting would take reading.
  [[nodiscard]] virtual Result<uint64_t> count_at_most() = 0;
};
[[nodiscard]] std::unique_ptr<TreePositions> positions_in_trees(const engine::Trees& trees,
                                                                TermKind kind,
                                                                std::string_view text,
                                                                Direction direction);

}  // namespace stele::events
