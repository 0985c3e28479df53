// The union of the positions of several terms, nearest first: a heap of cursors.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "events/positions.h"

namespace stele::events {

class AnyOf {
 public:
  explicit AnyOf(Direction direction) : direction_(direction) {}

  // Adds a term. Requires: before the first search.
  void add(Positions term) {
    if (term.empty()) return;
    count_ += term.count();
    cursors_.push_back(std::move(term));
  }

  // At most so many positions are found.
  [[nodiscard]] uint64_t count() const { return count_; }

  // As those of Positions.
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
  std::vector<Positions> cursors_;
  std::vector<Head> heads_;  // A heap, the nearest on top; empty before the first search.
  bool searched_ = false;
  uint64_t count_ = 0;
};

}  // namespace stele::events
