// The trees `commits` and `commits_merged`: what is known of each commit that is in trees.
//
//     commits         TSN -> commit header, then its sections but those of events and rows
//                     (dense: 1, 2, 3 ...)
//     commits_merged  behind the last of them: entries of one commit or of several
//                     (engine/commit_entry.h)
//
// The header counts the sections that are here. With the events of its positions an entry is the
// whole commit again but for its rows, of which tables keep what they need. A database without
// commits that can be merged has the first tree alone. On disk: docs/format.md, "The trees of
// events.pages".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/chunk.h"
#include "engine/commit_entry.h"
#include "engine/view.h"

namespace stele::engine {

inline constexpr std::string_view kCommitTree = "commits";

// Threads: any.
class CommitTree {
 public:
  // `trees` must outlive it.
  explicit CommitTree(const Trees& trees) : trees_(trees) {}

  // All of them require: tsn is in the trees. CORRUPT: it is missing there, or damaged.
  //
  // Of a commit that was merged with later ones, the roots are zeros; see CommitEntry::stamp_of().
  [[nodiscard]] Result<CommitInfo> info_of(uint64_t tsn) const;
  // Returns the header and the sections that are there; see CommitEntry::commit_of().
  [[nodiscard]] Result<std::vector<uint8_t>> value_of(uint64_t tsn) const;
  // Returns the entry that holds the commit.
  [[nodiscard]] Result<CommitEntry> entry_of(uint64_t tsn) const;

 private:
  // How many commits the dense tree has: the first ones.
  [[nodiscard]] uint64_t dense() const { return trees_.root(kCommitTree).entries; }
  [[nodiscard]] Result<std::vector<uint8_t>> dense_value(uint64_t tsn, size_t size_max) const;

  const Trees& trees_;
};

}  // namespace stele::engine
