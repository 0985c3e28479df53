// The guard of unique ids: no event may have the id of an event of the batch.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/batch.h"
#include "events/event_part.h"
#include "events/tail.h"

namespace stele::events {

class IdGuard final : public engine::Guard {
 public:
  // Both must outlive the guard. Requires: part.prepare() was called.
  IdGuard(const EventPart& part, const Tail& tail) : part_(part), tail_(tail) {}

  std::optional<engine::Objection> check(const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  const EventPart& part_;
  const Tail& tail_;
};

}  // namespace stele::events
