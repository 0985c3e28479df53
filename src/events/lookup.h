// The ways to find single events and figures without reading: by position, id and entity, counts,
// last matches, and the list of terms.
//
// Everything is as of a snapshot. Threads: any.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/batch.h"
#include "events/history.h"
#include "events/query.h"

namespace stele::events {

// Returns a record, which lives until the history is asked for another.
[[nodiscard]] Result<std::optional<RecordView>> event_at(History& history,
                                                         const engine::Snapshot& now,
                                                         uint64_t position);
[[nodiscard]] Result<std::optional<RecordView>> event_with_id(History& history,
                                                              const engine::Snapshot& now,
                                                              const uint8_t* id);

// The stream of an entity that has events.
struct Stream {
  uint64_t sequence;        // Of the newest event.
  uint64_t first_position;  // Of the first event.
  uint64_t last_position;   // Of the newest.
};
[[nodiscard]] Result<std::optional<Stream>> stream_of(History& history, const engine::Snapshot& now,
                                                      std::string_view entity);

[[nodiscard]] Result<bool> exists(History& history, const engine::Snapshot& now,
                                  const Query& query);
[[nodiscard]] Result<uint64_t> count(History& history, const engine::Snapshot& now,
                                     const Query& query);

// Returns the last position that each item matches, 0 for none; that of a query without items is
// the head.
[[nodiscard]] Result<std::vector<uint64_t>> last_of_each(History& history,
                                                         const engine::Snapshot& now,
                                                         const Query& query);

// The terms of a kind that begin with a prefix, in bytewise order. They are found some at a time,
// so that a long list takes no memory.
//
// Threads: one at a time.
class TermList {
 public:
  struct Entry {
    std::string_view text;  // Lives until the next call.
    uint64_t count;
    uint64_t first_position;
    uint64_t last_position;
  };
  // `views` must outlive the list. Requires: TermTable::is_listed(kind).
  TermList(const engine::Views& views, const engine::Snapshot& now, TermKind kind,
           std::string_view prefix)
      : history_(views), head_(now.head), kind_(kind), prefix_(prefix) {
    history_.rest();  // Until it is asked for the first of them.
  }

  // Returns the next term, nothing at the end.
  [[nodiscard]] Result<std::optional<Entry>> next();

 private:
  Result<std::optional<Entry>> find_next();
  Status find_more();

  History history_;
  uint64_t head_;
  TermKind kind_;
  std::string prefix_;
  std::vector<std::string> found_;
  size_t at_ = 0;
  std::string behind_;    // The last text that was found ...
  bool has_more_ = true;  // ... and whether there may be more behind it.
};

}  // namespace stele::events
