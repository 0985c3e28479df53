// Finds one event, by its id or its position.
#pragma once

#include <cstdint>
#include <optional>

#include "cli/encoding.h"
#include "cli/handle.h"

namespace stele::cli {

// Returns the position of the event with an id; nothing when there is none.
[[nodiscard]] std::optional<uint64_t> position_of(const Database& database, const Uuid& id);

// Returns the id of the event at a position. Throws a Failure when there is none.
[[nodiscard]] Uuid id_at(const Database& database, uint64_t position);

}  // namespace stele::cli
