// The union of the positions of several terms, nearest first: a heap of cursors.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "events/posting_cursor.h"

namespace stele::events {

class AnyOf {
 public:
  explicit AnyOf(Direction direction) : direction_(direction) {}

  // Adds a term; null: one that has not occurred. Requires: before the first search.
  void add(const Postings* postings) {
    if (postings == nullptr) return;
    cursors_.emplace_back(postings, direction_);
    count_ += cursors_.back().count();
  }

  // At most so many positions are found.
  [[nodiscard]] uint64_t count() const { return count_; }

  // As those of PostingCursor.
  uint64_t at_or_after(uint64_t from) {
    if (cursors_.size() == 1) return cursors_.front().at_or_after(from);
    return search(from, kNoPosition);
  }
  uint64_t at_or_before(uint64_t from) {
    if (cursors_.size() == 1) return cursors_.front().at_or_before(from);
    return search(from, 0);
  }

 private:
  struct Head {
    uint64_t position;
    size_t cursor;
  };
  uint64_t search(uint64_t from, uint64_t none);
  uint64_t advance(size_t cursor, uint64_t from);
  [[nodiscard]] bool farther(const Head& a, const Head& b) const {
    return direction_ == Direction::kForward ? a.position > b.position : a.position < b.position;
  }

  Direction direction_;
  std::vector<PostingCursor> cursors_;
  std::vector<Head> heads_;  // A heap, the nearest on top; empty before the first search.
  bool searched_ = false;
  uint64_t count_ = 0;
};

}  // namespace stele::events
