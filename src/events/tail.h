// The events of one chunk of the tail: every record by position, and what they can be found by.
//
// Records lie in the frames they were committed with; this is the index over them.
//
// Threads: one writer (the sequencer, or recovery); readers look only at positions up to the head
// of a snapshot they took.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>

#include "base/stable_vector.h"
#include "engine/chunk.h"
#include "events/id_index.h"
#include "events/record.h"
#include "events/terms.h"

namespace stele::events {

class Tail final : public engine::TailPart {
 public:
  // The first record is that of the position behind `before`.
  explicit Tail(uint64_t before = 0) : before_(before) {}

  // Returns the events of a chunk.
  [[nodiscard]] static Tail& of(const engine::Chunk& chunk) {
    return chunk.part<Tail>(engine::SectionKind::kEvents);
  }

  // Adds the record of the next position. Its terms are interned by the caller, who has their
  // hashes, and its id, if nothing has it yet, is added with add_id() behind that.
  void add(const uint8_t* record, uint64_t term_count) {
    records_.push_back(record);
    listed_.store(listed_.load(std::memory_order_relaxed) + term_count, std::memory_order_relaxed);
  }
  void add_id(uint64_t hash, uint64_t position) { ids_.add(hash, position); }

  // Returns the position <= `last` of the event that has an id, or 0. `last` as of record().
  [[nodiscard]] uint64_t position_of(const uint8_t* id, uint64_t hash, uint64_t last) const {
    return ids_.find(hash, last, [&](uint64_t position) {
      return std::memcmp(record(position).id(), id, kIdSize) == 0;
    });
  }

  // Requires: before() < position <= the head of a snapshot taken, or sequenced by this thread.
  [[nodiscard]] RecordView record(uint64_t position) const {
    return RecordView::trusted(records_[position - before_ - 1]);
  }
  // Brings the front of a record into the cache: its fixed part and its names. As record().
  void prefetch(uint64_t position) const {
    const uint8_t* record = records_[position - before_ - 1];
    for (size_t at = 0; at < kFixedSize; at += kCacheLine) __builtin_prefetch(record + at);
    __builtin_prefetch(record + kFixedSize);
  }
  [[nodiscard]] uint64_t before() const { return before_; }
  [[nodiscard]] uint64_t size() const { return records_.size(); }
  [[nodiscard]] const TermTable& terms() const { return terms_; }
  [[nodiscard]] TermTable& terms() { return terms_; }
  [[nodiscard]] const IdIndex& ids() const { return ids_; }

  [[nodiscard]] uint64_t bytes() const override {
    // Lists of positions double, and keep what they had before.
    const uint64_t lists = 3 * sizeof(uint64_t) * listed_.load(std::memory_order_relaxed);
    return records_.size() * sizeof(uint8_t*) + lists + terms_.bytes() + ids_.bytes();
  }

 private:
  static constexpr size_t kCacheLine = 64;

  uint64_t before_;
  StableVector<const uint8_t*, 256> records_;
  TermTable terms_;
  IdIndex ids_;
  std::atomic<uint64_t> listed_ = 0;  // Positions in all lists of terms_.
};

}  // namespace stele::events
