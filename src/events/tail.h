// The events in memory: every record by position, and what they can be found by.
//
// For now the tail holds the whole history and is rebuilt from the log at open. Records lie in the
// frames they were committed with; this is the index over them.
//
// Threads: one writer (the sequencer, or recovery); readers look only at positions up to the head
// of a snapshot they took.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/stable_vector.h"
#include "events/id_index.h"
#include "events/record.h"
#include "events/terms.h"

namespace stele::events {

class Tail {
 public:
  // Adds the record of the next position. Its terms are interned by the caller, who has their
  // hashes, and its id, if nothing has it yet, is added with add_id() behind that.
  void add(const uint8_t* record) { records_.push_back(record); }
  void add_id(uint64_t hash, uint64_t position) { ids_.add(hash, position); }

  // Returns the position <= `last` of the event that has an id, or 0. `last` as of record().
  [[nodiscard]] uint64_t position_of(const uint8_t* id, uint64_t hash, uint64_t last) const {
    return ids_.find(hash, last, [&](uint64_t position) {
      return std::memcmp(record(position).id(), id, kIdSize) == 0;
    });
  }

  // Requires: position <= the head of a snapshot taken, or sequenced by this thread.
  [[nodiscard]] RecordView record(uint64_t position) const {
    return RecordView::trusted(records_[position - 1]);
  }
  // Brings the front of a record into the cache: its fixed part and its names. As record().
  void prefetch(uint64_t position) const {
    const uint8_t* record = records_[position - 1];
    for (size_t at = 0; at < kFixedSize; at += kCacheLine) __builtin_prefetch(record + at);
    __builtin_prefetch(record + kFixedSize);
  }
  [[nodiscard]] uint64_t size() const { return records_.size(); }
  [[nodiscard]] const TermTable& terms() const { return terms_; }
  [[nodiscard]] TermTable& terms() { return terms_; }
  [[nodiscard]] const IdIndex& ids() const { return ids_; }

 private:
  static constexpr size_t kCacheLine = 64;

  StableVector<const uint8_t*, 1024> records_;
  TermTable terms_;
  IdIndex ids_;
};

}  // namespace stele::events
