// A read: the events that match a query up to a snapshot, in either direction, one after the other.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/batch.h"
#include "events/matcher.h"
#include "events/tail.h"

namespace stele::events {

inline constexpr uint64_t kNoLimit = UINT64_MAX;

struct ReadOptions {
  bool backward = false;
  std::optional<uint64_t> start;  // Inclusive; default: the first event, or the last backward.
  uint64_t limit = kNoLimit;
};

class Reader {
 public:
  // `tail` must outlive the reader.
  Reader(const Tail& tail, const Query& query, const ReadOptions& options,
         const engine::Snapshot& snapshot);

  // Returns the next event without moving on, nothing at the end.
  [[nodiscard]] std::optional<RecordView> peek();
  // Moves behind the event that peek() returned. Requires: it returned one.
  void advance();

  [[nodiscard]] const engine::Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] uint64_t last_returned() const { return last_returned_; }

 private:
  const Tail& tail_;
  engine::Snapshot snapshot_;
  bool backward_;
  Matcher matcher_;
  uint64_t from_;       // Where the search goes on; backward, 0 is the end.
  uint64_t left_;       // Of the limit.
  uint64_t found_ = 0;  // The position that peek() returned; 0: not searched yet.
  uint64_t last_returned_ = 0;
};

}  // namespace stele::events
