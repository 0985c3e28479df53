// The ways to find single events and figures without reading: by position, id and entity, counts,
// last matches, and the list of terms.
//
// Everything is as of a snapshot. Threads: any.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/batch.h"
#include "events/query.h"
#include "events/tail.h"

namespace stele::events {

[[nodiscard]] std::optional<RecordView> event_at(const Tail& tail, const engine::Snapshot& now,
                                                 uint64_t position);
[[nodiscard]] std::optional<RecordView> event_with_id(const Tail& tail, const engine::Snapshot& now,
                                                      const uint8_t* id);

// The stream of an entity that has events.
struct Stream {
  uint64_t sequence;        // Of the newest event.
  uint64_t first_position;  // Of the first event.
  uint64_t last_position;   // Of the newest.
};
[[nodiscard]] std::optional<Stream> stream_of(const Tail& tail, const engine::Snapshot& now,
                                              std::string_view entity);

[[nodiscard]] bool exists(const Tail& tail, const engine::Snapshot& now, const Query& query);
[[nodiscard]] uint64_t count(const Tail& tail, const engine::Snapshot& now, const Query& query);

// Returns the last position that each item matches, 0 for none; that of a query without items is
// the head.
[[nodiscard]] std::vector<uint64_t> last_of_each(const Tail& tail, const engine::Snapshot& now,
                                                 const Query& query);

// The terms of a kind that begin with a prefix, in bytewise order.
//
// Threads: one at a time.
class TermList {
 public:
  struct Entry {
    std::string_view text;  // Lives as long as the tail.
    uint64_t count;
    uint64_t first_position;
    uint64_t last_position;
  };
  // `tail` must outlive the list. Requires: TermTable::is_listed(kind).
  TermList(const Tail& tail, const engine::Snapshot& now, TermKind kind, std::string_view prefix)
      : head_(now.head), terms_(tail.terms().with_prefix(kind, prefix, SIZE_MAX)) {}

  // Returns the next term, nothing at the end.
  [[nodiscard]] std::optional<Entry> next();

 private:
  uint64_t head_;
  std::vector<const Term*> terms_;
  size_t at_ = 0;
};

}  // namespace stele::events
