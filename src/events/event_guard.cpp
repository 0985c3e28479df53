// The check of a DCB guard over a range of positions.
#include "events/event_guard.h"

#include <algorithm>

#include "base/text.h"

namespace stele::events {

std::optional<engine::Objection> EventGuard::check(const engine::Snapshot& held,
                                                   const engine::Snapshot& now) {
  const uint64_t behind = std::max(after_, held.head);
  if (behind >= now.head) return std::nullopt;  // Also keeps behind + 1 from overflowing.
  // The first check of a commit starts anew, for a batch may be committed again after a conflict.
  if (held.tsn == 0 || !matcher_) {
    matcher_.emplace(query_, tail_.terms(), Matcher::Direction::kForward);
  } else {
    matcher_->look_up_again();
  }
  const uint64_t match = matcher_->at_or_after(behind + 1, now.head);
  if (match == kNoPosition) return std::nullopt;
  return engine::Objection{
      .position = match,
      .tsn = tail_.record(match).tsn(),
      .message = cat("event ", match, " of type ", quoted(tail_.record(match).type()),
                     " matches, after ", after_)};
}

}  // namespace stele::events
