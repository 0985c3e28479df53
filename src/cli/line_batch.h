// Puts JSON lines into a batch.
#pragma once

#include <stele/stele.h>

#include <map>
#include <string>

#include "cli/event_draft.h"
#include "cli/line_format.h"
#include "cli/line_source.h"

namespace stele::cli {

class LineBatch {
 public:
  // `name` is the input's, for messages.
  LineBatch(stele_batch* batch, std::string name, LineFormat format = LineFormat::kStele)
      : batch_(batch), name_(std::move(name)), format_(format) {}

  // Adds the event of a line. Returns false for a line with nothing but white space. Throws a
  // Failure "books.jsonl: line 7, byte 23: ..." for one that holds no event.
  bool add(const Line& line);

  // Forgets the ids, for the batch was committed.
  void start_next() { lines_.clear(); }

  // Returns the number of the line whose event has this id; 0 when there is none in the batch.
  [[nodiscard]] uint64_t line_with(const Uuid& id) const;

 private:
  void check_id(const Line& line);

  stele_batch* batch_;
  std::string name_;
  LineFormat format_;
  EventDraft draft_;                // Here for its memory.
  std::map<Uuid, uint64_t> lines_;  // Of the ids that were given.
};

}  // namespace stele::cli
