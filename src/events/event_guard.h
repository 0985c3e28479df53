// The DCB guard: no event behind `after` may match a query.
//
// The append condition of Dynamic Consistency Boundaries: dcb.events, "Specification",
// AppendCondition.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/batch.h"
#include "events/history.h"
#include "events/query.h"

namespace stele::events {

class EventGuard final : public engine::Guard {
 public:
  // `strict`: `after` must not be beyond the head.
  EventGuard(const Query& query, uint64_t after, bool strict = false)
      : query_(query), after_(after), strict_(strict) {}

  [[nodiscard]] const Query& query() const { return query_; }
  [[nodiscard]] uint64_t after() const { return after_; }

  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  [[nodiscard]] uint64_t first_match(History& history, uint64_t from, uint64_t last) const;

  Query query_;
  uint64_t after_;
  bool strict_;
};

}  // namespace stele::events
