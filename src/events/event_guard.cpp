// The check of a DCB guard over a range of positions.
#include "events/event_guard.h"

#include <algorithm>

#include "base/text.h"
#include "events/matcher.h"
#include "events/record_match.h"

namespace stele::events {

namespace {

// So many events are sooner compared than the terms of a query looked up.
constexpr uint64_t kCompared = 8;

}  // namespace

uint64_t EventGuard::first_match(History& history, uint64_t from, uint64_t last) const {
  if (last - from >= kCompared) {
    return Matcher(query_, history, Direction::kForward).at_or_after(from, last);
  }
  for (; from <= last; ++from) {
    const auto record = history.record(from);
    if (!record) break;
    if (matches(query_, *record)) return from;
  }
  return kNoPosition;
}

std::optional<engine::Objection> EventGuard::check(const engine::View& view,
                                                   const engine::Snapshot& held,
                                                   const engine::Snapshot& now) {
  if (strict_ && held.tsn == 0 && after_ > now.head) {
    return engine::Objection{
        .code = Code::kInvalid,
        .position = now.head,
        .message = cat("it begins after position ", after_, ", and the last event is ", now.head)};
  }
  const uint64_t behind = std::max(after_, held.head);
  if (behind >= now.head) return std::nullopt;  // Also keeps behind + 1 from overflowing.
  History history(view, behind + 1);
  const uint64_t match = first_match(history, behind + 1, now.head);
  const auto record = match == kNoPosition ? std::nullopt : history.record(match);
  if (!history.status()) return engine::objection(history.status().error());
  if (!record) return std::nullopt;
  return engine::Objection{.position = match,
                           .tsn = record->tsn(),
                           .since = record->tsn(),
                           .message = cat("event ", match, " of type ", quoted(record->type()),
                                          " matches, after ", after_)};
}

}  // namespace stele::events
