// The tree `events`: every event that is not in the tail, by position.
//
//     key := position, big-endian       (dense: 1, 2, 3 ...)
//     value := the record, as it was in the log
//
// On disk: docs/format.md, "Tree events".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/view.h"
#include "events/record.h"
#include "os/scratch.h"
#include "tree/apply.h"
#include "tree/dense_reader.h"

namespace stele::events {

inline constexpr std::string_view kEventTree = "events";

// Reads events. Neighbours cost a step each, others a descent, of which those that are expected
// share what they wait for.
//
// Threads: one at a time.
class EventTreeReader {
 public:
  // `trees` must outlive it.
  explicit EventTreeReader(const engine::Trees& trees);

  // Returns the whole record of a position. It lives until the next call. CORRUPT: it is missing,
  // or not sound. Requires: the position is in the trees.
  [[nodiscard]] Result<RecordView> record(uint64_t position);
  // Copies a part of an event's data, from `offset` on, as much as there is and fits. Of a record
  // that is too large for a page it reads no more than that. Requires: the position is in the
  // trees.
  [[nodiscard]] Result<DataPart> data(uint64_t position, uint64_t offset, ByteSpan into);
  // These positions are asked for next, behind those expected before; all of them ascend, or
  // descend. Requires: at most kExpectMax.
  static constexpr size_t kExpectMax = tree::DenseReader::kExpectMax;
  void expect(std::span<const uint64_t> positions) { values_.expect(positions); }

 private:
  // Finds the value of a position; of one that is large, checks that its size can be.
  Status find(uint64_t position, tree::Value& value);
  [[nodiscard]] std::unexpected<Error> damaged(uint64_t position, const std::string& reason) const;

  const engine::Trees& trees_;
  tree::DenseReader values_;
  os::ScratchBytes whole_;  // A record too large for a page.
};

// Adds the events of a chunk to the tree.
[[nodiscard]] Result<page::Root> add_events(page::PageWriter& writer, const page::Root& root,
                                            const engine::Chunk& chunk);

}  // namespace stele::events
