// What a commit is made of, as the engine sees it: parts that go into the frame, and guards.
//
// The engine knows its users only through these interfaces. Each of them (events, tracking, later
// rows and state) brings a Part for what a batch writes, a Guard for what must hold, and a
// Participant for what recovery finds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "engine/chunk.h"
#include "engine/commit_frame.h"
#include "engine/snapshot.h"
#include "engine/view.h"
#include "page/page_writer.h"

namespace stele::engine {

// What stands in a batch's way.
struct Objection {
  Code code = Code::kConflict;
  uint64_t position = 0;  // Of the event, or the tracked position.
  uint64_t sequence = 0;  // Of the entity, where a version was expected.
  uint64_t tsn = 0;       // The commit that put it there; the answer waits until that is durable.
  uint64_t since = 0;     // The first commit that objects, with which a repetition would object to
                          // itself; 0: none does.
  std::string message = {};  // "an event at position 7 matches".
  // The batch was committed before, and this was its result: a success, whatever `code` says.
  std::optional<Stamp> earlier = {};
};

// Returns that a guard could not be checked.
[[nodiscard]] inline Objection objection(const Error& error) {
  return {.code = error.code(), .position = error.position(), .message = error.message()};
}

// A condition of a commit. Checked twice: by the caller's thread over everything up to its snapshot
// S, and by the sequencer over (S, now] only, where `now` includes commits that are not durable
// yet. What lies behind S is in the view's chunks, so that the sequencer reads no tree.
class Guard {
 public:
  Guard() = default;
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  virtual ~Guard() = default;

  // Checks commits up to `now`, given that it held at `held`. Called with a later `now` each time
  // of one commit. Runs under the sequencer's lock when `held` is a snapshot, so it must then look
  // at nothing but chunks with commits behind it. An error of reading is an Objection with its
  // code.
  [[nodiscard]] virtual std::optional<Objection> check(const View& view, const Snapshot& held,
                                                       const Snapshot& now) = 0;
};

// One section of a commit's frame. Called in this order: look_up by the caller's thread; size,
// encode, apply_to_tail by the sequencer; then by the group's leader: seal.
class Part {
 public:
  Part() = default;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  virtual ~Part() = default;

  [[nodiscard]] virtual SectionKind kind() const = 0;
  [[nodiscard]] virtual uint32_t count() const = 0;
  [[nodiscard]] virtual uint64_t size() const = 0;  // Bytes of the section.
  // Reads from the trees what the sequencer will want to know of them. Called again when the trees
  // have gone past what the sequencer can add to it.
  [[nodiscard]] virtual Status look_up(const View& view) = 0;
  // Writes the section and what the stamp decides. Requires: into.size() == size().
  virtual void encode(const Stamp& stamp, ByteSpan into) = 0;
  // Makes the section findable in the view's active chunk, for guards at once and for readers when
  // its TSN becomes visible. `section` stays where it is for as long as the chunk lives; `visible`
  // is a TSN that everybody sees.
  virtual void apply_to_tail(const View& view, const Stamp& stamp, ByteSpan section,
                             uint64_t visible) = 0;
  // Fills in what needs the commits before it, in their order, but not the sequencer's lock:
  // hashes. Returns the Merkle root of the section, if it is the one that has one.
  virtual std::optional<Digest> seal(ByteSpan section) = 0;
  // Returns whether a section of this kind, stored by an earlier commit, is certainly what this
  // part asks for: then a batch of such parts was committed before. Of a commit that is in the
  // trees, `section` is empty where it lies in trees of its own: events. Runs under the sequencer's
  // lock when the commit is in a chunk.
  [[nodiscard]] virtual bool is_stored_as(const View& view, const Stamp& stamp,
                                          ByteView section) const = 0;
};

struct Batch {
  uint32_t event_count = 0;
  std::vector<Part*> parts;          // Not owned; they outlive the commit.
  Guard* key = nullptr;              // Checked before all others. Not owned.
  Guard* tables = nullptr;           // That they are there; checked behind that. Not owned.
  std::vector<Guard*> guards;        // In the caller's order. Not owned.
  Guard* reads = nullptr;            // Of a transaction; checked behind them. Not owned.
  Guard* unique = nullptr;           // Checked behind all others. Not owned.
  std::shared_ptr<void> owner = {};  // Keeps all of them while the commit is under way, if set.
};

// Trees by name, as a checkpoint makes them.
using Roots = page::Roots;

// A user of the pipeline: what it keeps of the tail, and of the trees.
class Participant {
 public:
  Participant() = default;
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;
  virtual ~Participant() = default;

  [[nodiscard]] virtual SectionKind kind() const = 0;
  [[nodiscard]] virtual std::unique_ptr<TailPart> make_tail_part(const Snapshot& before) const = 0;
  // Checks a section from the log and applies it to the view's active chunk. `section` stays where
  // it is for as long as the chunk lives.
  [[nodiscard]] virtual Status replay(const View& view, const Stamp& stamp, uint32_t count,
                                      ByteView section) = 0;
  // Makes new trees of this user's out of those of `view` and its oldest chunk, which is frozen,
  // and puts them in the place of the old ones.
  [[nodiscard]] virtual Status checkpoint(page::PageWriter& writer, const View& view,
                                          Roots& roots) = 0;
  // Returns the first commit whose time somebody may ask this user for, behind the oldest chunk of
  // the view. It is never lower for a later chunk.
  [[nodiscard]] virtual Result<uint64_t> times_needed_from(const View& /*view*/) {
    return UINT64_MAX;
  }
};

}  // namespace stele::engine
