// A read: the events that match a query up to a snapshot, in either direction, one after the other.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "events/event_source.h"
#include "events/matcher.h"

namespace stele::events {

struct ReadOptions {
  bool backward = false;
  std::optional<uint64_t> start;  // Inclusive; default: the first event, or the last backward.
  uint64_t limit = kNoLimit;
};

class Reader final : public EventSource {
 public:
  // `tail` must outlive the reader.
  Reader(const Tail& tail, const Query& query, const ReadOptions& options,
         const engine::Snapshot& snapshot);

 private:
  Result<uint64_t> next_position() override;

  bool backward_;
  uint64_t from_;  // Where the search goes on; backward, 0 is the end.
  Matcher matcher_;
};

// Returns options for reading the stream of an entity, given some whose start is a sequence.
[[nodiscard]] ReadOptions stream_options(const Tail& tail, const engine::Snapshot& snapshot,
                                         std::string_view entity, const ReadOptions& options);

}  // namespace stele::events
