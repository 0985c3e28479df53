// The guard of unique ids: no event may have the id of an event of the batch.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/batch.h"
#include "events/event_part.h"

namespace stele::events {

class IdGuard final : public engine::Guard {
 public:
  // `part` must outlive the guard. Requires: part.prepare() was called.
  explicit IdGuard(const EventPart& part) : part_(part) {}

  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  const EventPart& part_;
};

}  // namespace stele::events
