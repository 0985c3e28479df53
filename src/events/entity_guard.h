// The guard of an expected version: the newest event of an entity must have this sequence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/batch.h"
#include "events/entity.h"

namespace stele::events {

// Any event will do.
inline constexpr uint64_t kSequenceSome = UINT64_MAX;

class EntityGuard final : public engine::Guard {
 public:
  // `sequence` is 0 for an entity without events, or kSequenceSome.
  EntityGuard(std::string_view entity, uint64_t sequence) : entity_(entity), sequence_(sequence) {}

  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

  [[nodiscard]] const std::string& entity() const { return entity_; }
  [[nodiscard]] uint64_t sequence() const { return sequence_; }

 private:
  // Says which commit is in the way, and which was the first to be.
  Status describe(History& history, uint64_t last, engine::Objection& objection) const;

  std::string entity_;
  uint64_t sequence_;
  NewestOfEntity newest_;  // As of the last check.
};

}  // namespace stele::events
