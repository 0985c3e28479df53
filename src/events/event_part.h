// The events of one batch: encoded and hashed on the caller's thread, stamped by the sequencer,
// chained by the leader.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/batch.h"
#include "events/entity.h"
#include "events/ids.h"
#include "events/new_event.h"
#include "events/tail.h"
#include "events/term_writer.h"
#include "os/scratch.h"

namespace stele::events {

class EventPart final : public engine::Part {
 public:
  // Records that are too large for memory together are in `scratch`, if there is one.
  explicit EventPart(const IdSource& ids, os::ScratchPtr scratch = nullptr)
      : ids_(ids), bytes_(os::ScratchAllocator<uint8_t>(std::move(scratch))) {}

  // Adds an event; one without id gets a new one. On failure nothing has changed.
  Status add(NewEvent& event);
  // Adds the records that a caller has encoded: all of them or none.
  Status add_records(ByteView bytes);
  void clear();

  // Computes what the sequencer and the leader need and that depends on the batch alone: hashes of
  // terms and ids, header digests. Only for events added since the last time. Called before a
  // commit. INVALID: two events have the same id.
  Status prepare();

  // The ids that the caller gave, in no order. Requires: prepare().
  struct GivenId {
    uint64_t hash;
    size_t index;  // Of its event.
  };
  [[nodiscard]] const uint8_t* id_of(const GivenId& given) const {
    return bytes_.data() + offsets_[given.index] + kIdOffset;
  }
  [[nodiscard]] const std::vector<GivenId>& given_ids() const { return given_ids_; }

  // Appends what the caller has asked for: the records, with zeros for each id that was made here.
  // The pieces are good until the part changes.
  void append_request(std::vector<ByteView>& pieces) const;

  engine::SectionKind kind() const override { return engine::SectionKind::kEvents; }
  uint32_t count() const override { return static_cast<uint32_t>(offsets_.size()); }
  uint64_t size() const override { return bytes_.size(); }
  void encode(const engine::Stamp& stamp, ByteSpan into) override;
  // Of entities that have no event in the tail.
  Status look_up(const engine::View& view) override;
  void apply_to_tail(const engine::View& view, const engine::Stamp& stamp, ByteSpan section,
                     uint64_t visible) override;
  std::optional<Digest> seal(ByteSpan section) override;
  // Never, when an id was made here: a retry would have another one.
  bool is_stored_as(const engine::View& view, const engine::Stamp& stamp,
                    ByteView section) const override;

 private:
  Status add_checked(NewEvent& event);
  Status check_given_ids();

  // Returns the entity's event before those of this batch, null for none, and stores its sequence.
  const uint8_t* hash_before(const engine::View& view, size_t index, std::string_view entity,
                             uint64_t& sequence) const;
  [[nodiscard]] bool is_stored_as(const RecordView& stored, size_t index) const;

  IdSource ids_;
  os::ScratchBytes bytes_;             // The records.
  std::vector<uint64_t> offsets_;      // Where each starts in bytes_, and in the section.
  std::vector<bool> id_is_made_;       // Of each event: the caller gave none.
  std::vector<uint64_t> term_hashes_;  // Of each event in turn, as for_each_term() has them.
  std::vector<uint64_t> id_hashes_;    // Of each event.
  std::vector<GivenId> given_ids_;
  std::vector<Digest> header_digests_;
  std::vector<EntityState> looked_up_;    // The entity of each in the trees; empty: no trees.
  std::vector<const uint8_t*> previous_;  // Hash of the entity's event before each; null: none.
};

// Rebuilds the tail from event sections, and writes it into trees.
class EventParticipant final : public engine::Participant {
 public:
  // `clock`: learns the ids that there are; may be null.
  explicit EventParticipant(IdClock* clock = nullptr) : clock_(clock) {}
  engine::SectionKind kind() const override { return engine::SectionKind::kEvents; }
  std::unique_ptr<engine::TailPart> make_tail_part(const engine::Snapshot& before) const override {
    return std::make_unique<Tail>(before.head);
  }
  Status replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                ByteView section) override;
  Status checkpoint(page::PageWriter& writer, const engine::View& view,
                    engine::Roots& roots) override;

 private:
  IdClock* clock_;
  TermWriter terms_;
};

}  // namespace stele::events
