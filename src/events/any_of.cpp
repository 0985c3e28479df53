// Keeps the heap of cursors in order.
#include "events/any_of.h"

#include <algorithm>

namespace stele::events {

uint64_t AnyOf::advance(size_t cursor, uint64_t from) {
  Positions& term = cursors_[cursor];
  return direction_ == Direction::kForward ? term.at_or_after(from) : term.at_or_before(from);
}

uint64_t AnyOf::search(uint64_t from, uint64_t none) {
  const auto order = [this](const Head& a, const Head& b) { return farther(a, b); };
  if (!searched_) {
    searched_ = true;
    heads_.reserve(cursors_.size());
    for (size_t i = 0; i < cursors_.size(); ++i) {
      const uint64_t position = advance(i, from);
      if (position != none) heads_.push_back({position, i});
    }
    std::ranges::make_heap(heads_, order);
  }
  const auto passed = [&](uint64_t position) {
    return direction_ == Direction::kForward ? position < from : position > from;
  };
  while (!heads_.empty() && passed(heads_.front().position)) {
    std::ranges::pop_heap(heads_, order);
    Head& head = heads_.back();
    head.position = advance(head.cursor, from);
    if (head.position == none) {
      heads_.pop_back();
    } else {
      std::ranges::push_heap(heads_, order);
    }
  }
  return heads_.empty() ? none : heads_.front().position;
}

}  // namespace stele::events
