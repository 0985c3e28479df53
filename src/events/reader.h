// A read: the events that match a query up to a snapshot, in either direction, one after the other.
//
// Where lists alone tell what matches, the next matches are found ahead, so that their records can
// be made ready together while the ones before are looked at. What is returned, and when an error
// is, is the same as without. How far it looks grows with what was read: who wants one event pays
// for no other.
//
// Threads: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "events/event_source.h"
#include "events/matcher.h"

namespace stele::events {

struct ReadOptions {
  bool backward = false;
  std::optional<uint64_t> start;  // Inclusive; default: the first event, or the last backward.
  uint64_t limit = kNoLimit;
};

class Reader final : public EventSource {
 public:
  // `views` must outlive the reader.
  Reader(const engine::Views& views, const Query& query, const ReadOptions& options,
         const engine::Snapshot& snapshot);

 private:
  static constexpr size_t kAheadMax = 2 * History::kExpectMax;

  Result<uint64_t> next_position() override;
  void look_up_again() override { matcher_.look_up_again(); }
  // Returns the next match, 0 at the end or behind an error, which is then the history's.
  uint64_t find_next();
  void look_ahead();

  bool backward_;
  uint64_t from_;  // Where the search goes on; backward, 0 is the end.
  Matcher matcher_;

  // Matches that were found and not returned yet: [at_, end_) of ahead_.
  std::array<uint64_t, kAheadMax> ahead_;
  size_t at_ = 0;
  size_t end_ = 0;
  size_t reach_ = 1;   // So many are found ahead now.
  uint64_t left_;      // To be found, of the limit; 0 behind the last match, or an error.
  Status ahead_ends_;  // The error behind those in ahead_, if there is one.
};

// Returns options for reading the stream of an entity, given some whose start is a sequence.
[[nodiscard]] Result<ReadOptions> stream_options(const engine::Views& views,
                                                 const engine::Snapshot& snapshot,
                                                 std::string_view entity,
                                                 const ReadOptions& options);

}  // namespace stele::events
