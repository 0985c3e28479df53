// The guard of an expected version: the newest event of an entity must have this sequence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/batch.h"
#include "events/tail.h"

namespace stele::events {

// Any event will do.
inline constexpr uint64_t kSequenceSome = UINT64_MAX;

class EntityGuard final : public engine::Guard {
 public:
  // `sequence` is 0 for an entity without events, or kSequenceSome. `tail` must outlive the guard.
  EntityGuard(std::string_view entity, uint64_t sequence, const Tail& tail)
      : entity_(entity), sequence_(sequence), tail_(tail) {}

  std::optional<engine::Objection> check(const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

  [[nodiscard]] const std::string& entity() const { return entity_; }
  [[nodiscard]] uint64_t sequence() const { return sequence_; }

 private:
  std::string entity_;
  uint64_t sequence_;
  const Tail& tail_;
};

}  // namespace stele::events
