// Walks the positions of one term in one direction, by galloping: a step to a near position costs a
// comparison or two, a far one the logarithm of the distance.
//
// Galloping search: Bentley, Yao, "An almost optimal algorithm for unbounded searching" (1976).
//
// Threads: one at a time; the term may get more positions meanwhile, which the cursor does not see.
#pragma once

#include <algorithm>
#include <cstdint>

#include "events/postings.h"

namespace stele::events {

enum class Direction : uint8_t { kForward, kBackward };

class PostingCursor {
 public:
  // Null: a term that has not occurred.
  PostingCursor(const Postings* postings, Direction direction) {
    if (postings != nullptr) view_ = postings->view();
    at_ = direction == Direction::kForward ? 0 : view_.count;
  }

  [[nodiscard]] uint64_t count() const { return view_.count; }

  // Returns the first position >= `from`, or kNoPosition. `from` must not fall between calls.
  uint64_t at_or_after(uint64_t from) {
    // Everything before at_ is < from.
    if (at_ < view_.count && view_.list[at_] < from) gallop_forward(from);
    return at_ < view_.count ? view_.list[at_] : kNoPosition;
  }

  // Returns the last position <= `from`, or 0. `from` must not rise between calls.
  uint64_t at_or_before(uint64_t from) {
    // Everything from at_ on is > from.
    if (at_ > 0 && view_.list[at_ - 1] > from) gallop_backward(from);
    return at_ > 0 ? view_.list[at_ - 1] : 0;
  }

 private:
  void gallop_forward(uint64_t from) {
    uint64_t low = at_ + 1;
    uint64_t high = low;
    uint64_t step = 1;
    while (high < view_.count && view_.list[high] < from) {
      low = high + 1;
      high += step;
      step *= 2;
    }
    high = std::min(high, view_.count);
    at_ = static_cast<uint64_t>(std::lower_bound(view_.list + low, view_.list + high, from) -
                                view_.list);
  }
  void gallop_backward(uint64_t from) {
    uint64_t high = at_ - 1;
    uint64_t low = high;
    uint64_t step = 1;
    while (low > 0 && view_.list[low - 1] > from) {
      high = low - 1;
      low = low > step ? low - step : 0;
      step *= 2;
    }
    at_ = static_cast<uint64_t>(std::upper_bound(view_.list + low, view_.list + high, from) -
                                view_.list);
  }

  Postings::View view_;
  uint64_t at_;
};

}  // namespace stele::events
