// Which kind of leaves each tree of a database has.
#pragma once

#include <string_view>

#include "engine/commit_tree.h"
#include "events/event_tree.h"
#include "tree/tree.h"

namespace stele::db {

// Positions and TSNs have no gaps.
[[nodiscard]] inline tree::LeafKind leaf_kind(std::string_view tree) {
  const bool is_dense = tree == events::kEventTree || tree == engine::kCommitTree;
  return is_dense ? tree::LeafKind::kDense : tree::LeafKind::kSlotted;
}

}  // namespace stele::db
