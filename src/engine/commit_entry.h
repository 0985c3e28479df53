// An entry of the tree `commits_merged`: one commit, or several in a row that hold rows alone.
//
//     key   := zeros u32, TSN of the last commit u64, both big-endian
//     value := count varint, then the header of the last commit; then
//              count 1: its sections but those of events and rows
//              above:   the differences of their times, count - 1 varints; or nothing
//
//     E1  Entries follow one another without a gap: each begins behind the TSN of the one before.
//         So an entry that is missing shows.
//     E2  Only commits without events and without sections but rows are merged. What is left of
//         one is its TSN, its position, which is that of all of them, and its time. The roots of
//         all but the last follow from these and from the root before.
//     E3  Times are left out where nothing needs them: there is no event before, which the chain
//         of roots would bind, and no table keeps history as of those moments.
//
// No other tree has keys that begin with four zeros. On disk: docs/format.md, "Tree
// commits_merged".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/varint.h"
#include "engine/commit_frame.h"

namespace stele::engine {

inline constexpr std::string_view kMergedTree = "commits_merged";
inline constexpr size_t kMergedKeySize = 12;
using MergedKey = std::array<uint8_t, kMergedKeySize>;

// An entry has at most about so many bytes of times, so that one of its commits is found soon.
inline constexpr size_t kTimesMax = 256;

[[nodiscard]] MergedKey merged_key(uint64_t tsn);
// Returns the TSN; 0: it is not such a key.
[[nodiscard]] uint64_t decode_merged_key(ByteView key);

class CommitEntry {
 public:
  // A commit of its own: its header and sections. Requires: there are as many bytes as a header.
  static CommitEntry single(uint64_t tsn, std::vector<uint8_t> value);
  // Nothing: the value is damaged.
  static std::optional<CommitEntry> decode(uint64_t last, ByteView value);

  [[nodiscard]] uint64_t first() const { return last_ - count_ + 1; }
  [[nodiscard]] uint64_t last() const { return last_; }
  [[nodiscard]] uint64_t count() const { return count_; }
  [[nodiscard]] bool holds(uint64_t tsn) const { return tsn >= first() && tsn <= last_; }
  [[nodiscard]] bool is_merged() const { return count_ > 1; }
  [[nodiscard]] bool has_times() const { return !is_merged() || !times_.empty(); }
  // Whether it may be merged with neighbours of the same position.
  [[nodiscard]] bool has_rows_alone() const;

  // The header of the last commit, and its sections if it is alone.
  [[nodiscard]] const std::vector<uint8_t>& commit() const { return commit_; }
  // Requires: holds(tsn). Of a commit without its time, that of the last one.
  [[nodiscard]] Stamp stamp_of(uint64_t tsn) const;
  // What commit() would be if `tsn` were alone, with roots of zeros if it is not the last.
  // Requires: holds(tsn).
  [[nodiscard]] std::vector<uint8_t> commit_of(uint64_t tsn) const;

  // Calls visit(stamp) for each commit in order, until one returns an error. Requires: has_times().
  template <typename Visit>
  Status for_each(const Visit& visit) const {
    Stamp stamp = stamp_of(first());
    ByteView rest = times_;
    for (;;) {
      STELE_TRY(visit(stamp));
      if (stamp.tsn++ == last_) return {};
      uint64_t difference = 0;
      if (!take_varint(rest, difference)) return {};
      stamp.recorded = later(stamp.recorded, difference);
    }
  }

 private:
  CommitEntry(uint64_t last, uint64_t count, std::vector<uint8_t> commit)
      : last_(last), count_(count), commit_(std::move(commit)) {}
  static int64_t later(int64_t time, uint64_t by) {
    return static_cast<int64_t>(static_cast<uint64_t>(time) + by);
  }
  [[nodiscard]] bool are_times_sound() const;

  uint64_t last_;
  uint64_t count_;
  std::vector<uint8_t> commit_;
  std::vector<uint8_t> times_;
};

}  // namespace stele::engine
