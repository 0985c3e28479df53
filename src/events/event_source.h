// What a cursor steps through: events, one after the other, as of a snapshot.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "base/check.h"
#include "base/result.h"
#include "engine/batch.h"
#include "events/history.h"

namespace stele::events {

inline constexpr uint64_t kNoLimit = UINT64_MAX;

class EventSource {
 public:
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  // Returns the next event without moving on, nothing at the end. An error comes again each time.
  // What is returned lives until the next call.
  [[nodiscard]] Result<std::optional<RecordView>> peek() {
    if (found_ == 0 && left_ > 0) {
      if (history_.refresh()) look_up_again();
      const auto next = next_position();
      if (!next) return fail(next.error());
      if (!history_.status()) return fail(history_.status().error());
      found_ = *next;
      if (found_ == 0) left_ = 0;
    } else if (history_.rests() && history_.refresh()) {
      look_up_again();
    }
    if (found_ == 0) return std::optional<RecordView>();
    const auto record = history_.record(found_);
    if (!record) return fail(history_.status().error());
    return record;
  }

  // Until the next call, nobody uses what was returned, or nothing but the last event: no trees are
  // held.
  void rest() { history_.rest(); }
  void rest_behind_last() { history_.rest(last_returned_); }

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
  // `views` must outlive the source; the snapshot was taken before.
  EventSource(const engine::Views& views, const engine::Snapshot& snapshot, uint64_t limit)
      : history_(views), snapshot_(snapshot), left_(limit) {}

  // Returns the position of the next event, 0 at the end; not called again behind the end.
  [[nodiscard]] virtual Result<uint64_t> next_position() = 0;
  // Whatever was found in the history is to be found again: it has another view.
  virtual void look_up_again() {}
  [[nodiscard]] History& history() { return history_; }

 private:
  History history_;
  engine::Snapshot snapshot_;
  uint64_t left_;       // Of the limit.
  uint64_t found_ = 0;  // The position that peek() returned; 0: not looked for yet.
  uint64_t last_returned_ = 0;
};

}  // namespace stele::events
