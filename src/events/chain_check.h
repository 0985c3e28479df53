// Recomputes the hash chain commit by commit and compares it with what is stored.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/commit_frame.h"
#include "events/record.h"

namespace stele::events {

// Follows the log from its first commit. Threads: one at a time.
class ChainCheck {
 public:
  // `genesis` is what stands for the root before the first commit.
  explicit ChainCheck(const Digest& genesis) : root_(genesis) {}

  // Checks the next commit: every position, sequence and time, every hash, Merkle root and chained
  // root. CORRUPT names the first fault and its position.
  Status add(const engine::CommitView& commit);

  // The same of a commit without events of which nothing but its place and time is left: takes its
  // root for what it must be.
  Status add_empty(const engine::Stamp& stamp);
  // Goes on behind a commit of which no event is before, and whose root is known. Requires: it is
  // not before the next one.
  Status pass_to(const engine::Stamp& stamp, const Digest& root);

  // Gives the next commit the sequences, hashes and roots that it has behind the ones before, so
  // that add() accepts it: for a history that goes on where something of it was lost. Requires:
  // sound records. `payload` is the commit's.
  Status seal(uint64_t tsn, ByteSpan payload) const;

  // Calls visit(entity, sequence, hash) for each entity as of the last commit, until one returns an
  // error.
  template <typename Visit>
  Status for_each_entity(const Visit& visit) const {
    for (const auto& [entity, end] : entities_) {
      STELE_TRY(visit(entity, end.sequence, end.hash));
    }
    return {};
  }

  [[nodiscard]] const Digest& root() const { return root_; }
  [[nodiscard]] uint64_t commits() const { return tsn_; }
  [[nodiscard]] uint64_t events() const { return position_; }

 private:
  struct EntityEnd {
    uint64_t sequence = 0;
    Digest hash = {};
  };
  Status check_stamp(const engine::Stamp& stamp) const;
  Status check_events(const engine::Stamp& stamp, ByteView section, std::vector<Digest>& hashes);
  Status check_place(const engine::Stamp& stamp, const RecordView& record, uint64_t expected) const;

  Digest root_;
  uint64_t tsn_ = 0;
  uint64_t position_ = 0;
  int64_t recorded_ = INT64_MIN;
  std::unordered_map<std::string, EntityEnd> entities_;
};

}  // namespace stele::events
