// The tree `commits`: what is known of each commit whose events are in trees.
//
//     key := TSN, big-endian            (dense: 1, 2, 3 ...)
//     value := commit header, then its sections but those of events and rows, as they were in the
//     log
//
// The header counts the sections that are here. With the events of its positions a value is the
// whole commit again but for its rows, of which tables keep what they need. On disk:
// docs/format.md, "Tree commits".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/batch.h"
#include "engine/view.h"
#include "tree/apply.h"

namespace stele::engine {

inline constexpr std::string_view kCommitTree = "commits";

// Threads: any.
class CommitTree {
 public:
  // `trees` must outlive it.
  explicit CommitTree(const Trees& trees) : trees_(trees) {}

  // Requires: tsn is in the trees.
  [[nodiscard]] Result<CommitInfo> info_of(uint64_t tsn) const;
  // Returns the whole value.
  [[nodiscard]] Result<std::vector<uint8_t>> value_of(uint64_t tsn) const;

 private:
  const Trees& trees_;
};

// Adds the commits of a chunk to the tree.
[[nodiscard]] Result<page::Root> add_commits(page::PageWriter& writer, const page::Root& root,
                                             const Chunk& chunk);

}  // namespace stele::engine
