// Puts JSON lines into a batch.
#pragma once

#include <stele/stele.h>

#include <string>

#include "cli/event_draft.h"
#include "cli/line_source.h"

namespace stele::cli {

class LineBatch {
 public:
  // `name` is the input's, for messages.
  LineBatch(stele_batch* batch, std::string name) : batch_(batch), name_(std::move(name)) {}

  // Adds the event of a line. Returns false for a line with nothing but white space. Throws a
  // Failure "books.jsonl: line 7, byte 23: ..." for one that holds no event.
  bool add(const Line& line);

 private:
  stele_batch* batch_;
  std::string name_;
  EventDraft draft_;  // Here for its memory.
};

}  // namespace stele::cli
