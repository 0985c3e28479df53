// The events in memory: every record by position, and the terms they can be found by.
//
// For now the tail holds the whole history and is rebuilt from the log at open. Records lie in the
// frames they were committed with; this is the index over them.
//
// Threads: one writer (the sequencer, or recovery); readers look only at positions up to the head
// of a snapshot they took.
#pragma once

#include <cstdint>

#include "base/stable_vector.h"
#include "events/record.h"
#include "events/terms.h"

namespace stele::events {

class Tail {
 public:
  // Adds the record of the next position. Its terms are interned by the caller, who has their
  // hashes.
  void add(const uint8_t* record) { records_.push_back(record); }

  // Requires: position <= the head of a snapshot taken, or sequenced by this thread.
  [[nodiscard]] RecordView record(uint64_t position) const {
    return RecordView::trusted(records_[position - 1]);
  }
  [[nodiscard]] uint64_t size() const { return records_.size(); }
  [[nodiscard]] const TermTable& terms() const { return terms_; }
  [[nodiscard]] TermTable& terms() { return terms_; }

 private:
  StableVector<const uint8_t*, 1024> records_;
  TermTable terms_;
};

}  // namespace stele::events
