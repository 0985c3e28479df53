// The DCB guard: no event behind `after` may match a query.
//
// The append condition of Dynamic Consistency Boundaries: dcb.events, "Specification",
// AppendCondition.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/batch.h"
#include "events/matcher.h"
#include "events/query.h"
#include "events/tail.h"

namespace stele::events {

class EventGuard final : public engine::Guard {
 public:
  // `tail` must outlive the guard.
  EventGuard(const Query& query, uint64_t after, const Tail& tail)
      : query_(query), after_(after), tail_(tail) {}

  std::optional<engine::Objection> check(const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  Query query_;
  uint64_t after_;
  const Tail& tail_;
  std::optional<Matcher> matcher_;  // Of the commit under way; made by its first check.
};

}  // namespace stele::events
