// What a cursor steps through: events, one after the other, as of a snapshot.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "base/check.h"
#include "base/result.h"
#include "engine/batch.h"
#include "events/tail.h"

namespace stele::events {

inline constexpr uint64_t kNoLimit = UINT64_MAX;

class EventSource {
 public:
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  // Returns the next event without moving on, nothing at the end. An error comes again each time.
  [[nodiscard]] Result<std::optional<RecordView>> peek() {
    if (found_ == 0 && left_ > 0) {
      const auto next = next_position();
      if (!next) return fail(next.error());
      found_ = *next;
      if (found_ == 0) left_ = 0;
    }
    if (found_ == 0) return std::optional<RecordView>();
    return std::optional(tail_.record(found_));
  }

  // Moves behind the event that peek() returned. Requires: it returned one.
  void advance() {
    STELE_CHECK(found_ != 0);
    last_returned_ = found_;
    found_ = 0;
    if (left_ != kNoLimit) --left_;
  }

  [[nodiscard]] const engine::Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] uint64_t last_returned() const { return last_returned_; }

 protected:
  // `tail` must outlive the source.
  EventSource(const Tail& tail, const engine::Snapshot& snapshot, uint64_t limit)
      : tail_(tail), snapshot_(snapshot), left_(limit) {}

  // Returns the position of the next event, 0 at the end; not called again behind the end.
  [[nodiscard]] virtual Result<uint64_t> next_position() = 0;
  [[nodiscard]] const Tail& tail() const { return tail_; }

 private:
  const Tail& tail_;
  engine::Snapshot snapshot_;
  uint64_t left_;       // Of the limit.
  uint64_t found_ = 0;  // The position that peek() returned; 0: not looked for yet.
  uint64_t last_returned_ = 0;
};

}  // namespace stele::events
