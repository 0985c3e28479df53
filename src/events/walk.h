// Walks from one event to those it is tied to: its entity's history, its causes, its effects, its
// correlation.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "events/event_source.h"

namespace stele::events {

enum class WalkKind : uint8_t { kAncestors, kCauses, kEffects, kCorrelation };

// Starts a walk. `views` must outlive it. Requires: 1 <= position <= snapshot.head.
[[nodiscard]] Result<std::unique_ptr<EventSource>> start_walk(const engine::Views& views,
                                                              const engine::Snapshot& snapshot,
                                                              uint64_t position, WalkKind kind);

}  // namespace stele::events
