// What the commits of one chunk did to rows.
//
// Threads: one writer (the sequencer, or recovery), any number of readers, which look only at what
// is at or before a snapshot that they took.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "base/stable_vector.h"
#include "engine/batch.h"
#include "engine/chunk.h"
#include "tables/version_list.h"

namespace stele::tables {

// Up to where a reader looks: commits, and the events that rows follow from.
struct Horizon {
  uint64_t tsn = 0;
  uint64_t position = UINT64_MAX;
  [[nodiscard]] bool shows(const VersionTime& time) const {
    return time.tsn <= tsn && time.position <= position;
  }
};

// A deletion of a range of keys.
struct RangeDelete {
  TableId table = 0;
  VersionTime time;
  OpView op;
  [[nodiscard]] bool covers(TableId which, ByteView key) const {
    if (table != which || tree::compare(key, op.key()) < 0) return false;
    return !op.has_end() || tree::compare(key, op.value()) < 0;
  }
};

// A version in the tail: an op, or a deletion of a range that has struck a row.
struct TailVersion {
  VersionTime time;
  bool is_deleted = false;
  ByteView row = {};
};

class RowTail final : public engine::TailPart {
 public:
  [[nodiscard]] static RowTail& of(const engine::Chunk& chunk) {
    return chunk.part<RowTail>(engine::SectionKind::kRows);
  }

  // Adds what ops of a commit do. Their bytes stay where they are.
  void add(const OpView& op, uint64_t tsn) { add({&op, 1}, tsn); }
  void add(std::span<const OpView> ops, uint64_t tsn);

  // Returns the newest version of a row that the horizon shows, if this chunk has one.
  [[nodiscard]] std::optional<TailVersion> find(TableId table, ByteView key,
                                                const Horizon& horizon) const {
    if (empty()) return std::nullopt;
    return newest_of(versions_.seek(table, key, {.tsn = horizon.tsn, .position = UINT64_MAX}),
                     table, key, horizon);
  }
  // The same, from a place in the list at or before it.
  [[nodiscard]] std::optional<TailVersion> newest_of(const VersionList::Node* from, TableId table,
                                                     ByteView key, const Horizon& horizon) const;

  [[nodiscard]] const VersionList& versions() const { return versions_; }
  [[nodiscard]] const StableVector<std::unique_ptr<RangeDelete>>& ranges() const { return ranges_; }
  [[nodiscard]] bool empty() const { return versions_.empty() && ranges_.size() == 0; }
  [[nodiscard]] uint64_t bytes() const override {
    return versions_.bytes() + ranges_.size() * (sizeof(RangeDelete) + sizeof(void*));
  }

 private:
  VersionList versions_;
  StableVector<std::unique_ptr<RangeDelete>> ranges_;
};

}  // namespace stele::tables
