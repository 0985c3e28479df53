// Entities: how far the stream of each has come, and where its events are.
//
//     tree `entities`:  key := entity
//                       value := first position, last position, sequence, hash of the last event
//
// The tree is what the sequencer is told of an entity that has no event in the tail. Its sequence
// counts from 1, so that the newest event's sequence is how many there are.
//
// Threads: each history by one at a time.
// On disk: docs/format.md, "Tree entities".
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "base/result.h"
#include "engine/view.h"
#include "events/history.h"
#include "page/page_writer.h"

namespace stele::events {

inline constexpr std::string_view kEntityTree = "entities";

// What the tree has of an entity.
struct EntityState {
  uint64_t first_position = 0;  // 0: it has no event there.
  uint64_t last_position = 0;
  uint64_t sequence = 0;
  Digest hash = {};  // Of its last event.
};
[[nodiscard]] Result<EntityState> entity_in_trees(const engine::Trees& trees,
                                                  std::string_view entity);

// The newest event of an entity up to a position.
struct NewestOfEntity {
  uint64_t position = 0;  // 0: there is none.
  uint64_t sequence = 0;
};
[[nodiscard]] Result<NewestOfEntity> newest_of_entity(History& history, std::string_view entity,
                                                      uint64_t last);

// Returns the position of an entity's event. Requires: 1 <= sequence <= that of the newest event up
// to `last`.
[[nodiscard]] Result<uint64_t> position_of_sequence(History& history, std::string_view entity,
                                                    uint64_t sequence, uint64_t last);

// Brings the entities of a chunk to their newest state.
[[nodiscard]] Result<page::Root> add_entities(page::PageWriter& writer, const engine::Trees& trees,
                                              const engine::Chunk& chunk);

}  // namespace stele::events
