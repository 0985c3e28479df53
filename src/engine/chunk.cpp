// Reading commits in a chunk.
#include "engine/chunk.h"

#include <utility>

#include "base/check.h"
#include "engine/batch.h"
#include "wal/frame.h"

namespace stele::engine {

Chunk::Chunk(const Snapshot& before, std::span<Participant* const> participants,
             uint64_t arena_size, os::ScratchPtr scratch)
    : before_(before), arena_(arena_size, std::move(scratch)) {
  for (const Participant* participant : participants) {
    parts_[static_cast<size_t>(participant->kind())] = participant->make_tail_part(before);
  }
}

CommitView Chunk::commit(uint64_t tsn) const {
  const uint8_t* payload = this->payload(tsn);
  // The payload lies behind its frame's header.
  const uint64_t length = wal::claimed_length(payload - wal::kFrameHeaderSize);
  auto commit = CommitView::decode(tsn, {payload, align_up(length) - wal::kFrameHeaderSize});
  STELE_CHECK(commit);
  return *commit;
}

Stamp Chunk::stamp_of(uint64_t tsn) const {
  return stamp_at(tsn, payload(tsn));
}

CommitInfo Chunk::info_of(uint64_t tsn) const {
  const CommitView commit = this->commit(tsn);
  return {commit.stamp(), commit.merkle_root(), commit.chained_root()};
}

Snapshot Chunk::last() const {
  const uint64_t count = commits_.size();
  if (count == 0) return before_;
  const uint64_t tsn = before_.tsn + count;
  return {tsn, stamp_of(tsn).last_position()};
}

uint64_t Chunk::bytes() const {
  uint64_t bytes = arena_.bytes() + commits_.size() * sizeof(uint8_t*);
  for (const auto& part : parts_) {
    if (part != nullptr) bytes += part->bytes();
  }
  return bytes;
}

}  // namespace stele::engine
