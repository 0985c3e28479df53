// The events of a view: those in its trees and those in its chunks, read as if they were in one
// place.
//
// Reading from disk can fail. What is found here returns nothing then, and status() has the first
// error, which whoever asks looks at before he believes that there is nothing.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/held_view.h"
#include "engine/view.h"
#include "events/event_tree.h"
#include "events/record.h"
#include "events/tail.h"
#include "events/term_index.h"

namespace stele::events {

class History {
 public:
  // Looks at a view that lives longer, and at nothing in it before position `from`: of trees that
  // hold no later one, not a page is touched.
  explicit History(const engine::View& view, uint64_t from = 1);
  // Looks at the newest view, and keeps it, as one of the readers. `views` must outlive the
  // history.
  explicit History(const engine::Views& views);
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  ~History();

  // Takes the newest view if there is a newer one. Returns whether it did: then everything that was
  // found before has to be looked up again. Requires: made of Views.
  bool refresh();

  // Returns the record of a position, which lives until the next call. Requires: the position is in
  // a snapshot taken before the view.
  [[nodiscard]] std::optional<RecordView> record(uint64_t position);
  // Copies a part of a record's data; see EventTreeReader::data(). As record().
  [[nodiscard]] std::optional<DataPart> data(uint64_t position, uint64_t offset, ByteSpan into);
  // Brings a record into the processor's cache where that pays. As record().
  void prefetch(uint64_t position) const;
  // Gets ready the records of positions that record() is asked for next, behind those expected
  // before, all of them ascending or descending. It changes only how long that takes. Requires: as
  // record(), and at most kExpectMax.
  static constexpr size_t kExpectMax = EventTreeReader::kExpectMax;
  void expect(std::span<const uint64_t> positions);

  // Returns the position <= `last` of the event that has an id, or 0.
  [[nodiscard]] uint64_t position_of(const uint8_t* id, uint64_t hash, uint64_t last);
  [[nodiscard]] uint64_t position_of(const uint8_t* id, uint64_t last);

  // Returns the texts of the terms of a kind that begin with `prefix` and are behind `behind`
  // (empty: all are), in bytewise order, but at most `max` of them. Requires:
  // TermTable::is_listed(kind).
  [[nodiscard]] std::vector<std::string> with_prefix(TermKind kind, std::string_view prefix,
                                                     std::string_view behind, size_t max);

  // Until refresh(), nobody uses what was found here, but for the record at `out` (0: none), which
  // stays in memory. The view may be taken away: refresh() then has a newer one. Requires: made of
  // Views; `out` was found last.
  void rest(uint64_t out = 0);
  [[nodiscard]] bool rests() const { return rests_; }

  [[nodiscard]] const engine::View& view() const { return *view_; }
  // Whether there are trees to look at.
  [[nodiscard]] bool has_trees() const { return has_trees_; }
  // The chunks to look at, oldest first.
  [[nodiscard]] std::span<const std::shared_ptr<engine::Chunk>> chunks() const {
    return std::span(view_->chunks).subspan(first_chunk_);
  }

  [[nodiscard]] const Status& status() const { return status_; }
  void note(const Error& error) {
    if (status_) status_ = fail(error);
  }
  // Takes the error back, for who has found it ahead of time and brings it up when it is due.
  [[nodiscard]] Status take_status() { return std::exchange(status_, Status()); }

 private:
  void look_at(const engine::View& view, uint64_t from);

  const engine::Views* views_ = nullptr;
  uint64_t version_ = 0;
  std::optional<engine::HeldView> held_;  // Made of Views.
  bool rests_ = false;
  const engine::View* view_ = nullptr;
  bool has_trees_ = false;
  size_t first_chunk_ = 0;
  std::optional<EventTreeReader> tree_;  // Once something was read there; keeps its page.
  std::shared_ptr<engine::Chunk> out_;   // While resting: where the record is that is out.
  Status status_;
};

}  // namespace stele::events
