// A chunk of the tail: the commits of one stretch of TSNs, in memory, with what indexes them.
//
//     trees: all up to here │ chunk (frozen, being written to trees) │ chunk (commits are added)
//                           before()                                 before() of the next
//
// A checkpoint writes a frozen chunk into the trees, and then the view goes on without it. Who
// still reads in it keeps it alive.
//
// Threads: one writer (the sequencer, or recovery), under the pipeline's lock; readers look only at
// commits of a snapshot they took. A frozen chunk does not change.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "base/hash.h"
#include "base/stable_vector.h"
#include "engine/commit_frame.h"
#include "engine/frame_arena.h"
#include "engine/snapshot.h"

namespace stele::engine {

class Participant;

// What a user of the pipeline keeps of the commits in a chunk.
class TailPart {
 public:
  TailPart() = default;
  TailPart(const TailPart&) = delete;
  TailPart& operator=(const TailPart&) = delete;
  virtual ~TailPart() = default;
  // Returns about how much memory it takes. Any thread.
  [[nodiscard]] virtual uint64_t bytes() const = 0;
};

// What is known of a commit when its events are not at hand.
struct CommitInfo {
  Stamp stamp;
  Digest merkle_root;
  Digest chained_root;
};

class Chunk {
 public:
  // Begins behind `before`, with an empty part of each participant's.
  // Takes memory for frames `arena_size` bytes at a time, for the largest ones from `scratch`.
  Chunk(const Snapshot& before, std::span<Participant* const> participants, uint64_t arena_size,
        os::ScratchPtr scratch = nullptr);

  [[nodiscard]] const Snapshot& before() const { return before_; }
  [[nodiscard]] uint64_t count() const { return commits_.size(); }
  [[nodiscard]] bool holds(uint64_t tsn) const {
    return tsn > before_.tsn && tsn - before_.tsn <= commits_.size();
  }

  // Returns the payload of a commit. Requires: holds(tsn), seen by this thread.
  [[nodiscard]] const uint8_t* payload(uint64_t tsn) const {
    return commits_[tsn - before_.tsn - 1];
  }
  // The whole payload; the same requirement.
  [[nodiscard]] CommitView commit(uint64_t tsn) const;
  [[nodiscard]] Stamp stamp_of(uint64_t tsn) const;
  [[nodiscard]] CommitInfo info_of(uint64_t tsn) const;
  // The last commit in it. The writer only, or when it is frozen.
  [[nodiscard]] Snapshot last() const;

  // The writer's.
  [[nodiscard]] FrameArena& arena() { return arena_; }
  void add(const uint8_t* payload) { commits_.push_back(payload); }

  // The part of the participant for sections of `kind`, which is a T.
  template <typename T>
  [[nodiscard]] T& part(SectionKind kind) const {
    return static_cast<T&>(*parts_[static_cast<size_t>(kind)]);
  }

  // Returns about how much memory it takes. Any thread.
  [[nodiscard]] uint64_t bytes() const;

 private:
  Snapshot before_;
  FrameArena arena_;
  StableVector<const uint8_t*> commits_;  // Payload of commit TSN at [TSN - before - 1].
  std::array<std::unique_ptr<TailPart>, kSectionKinds> parts_;
};

}  // namespace stele::engine
