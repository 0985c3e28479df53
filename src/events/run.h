// A run: some positions of one term as bytes, in the value of a tree's entry whose key holds the
// first.
//
//     run := count, last - first, then count - 1 differences         varints; empty: the first
//     alone
//
//     I1  Every difference is at least 1, and together they are last - first.
//     I2  A run is at most kRunSizeMax bytes; count is at least 2 unless it is empty.
//
// Varints, since most terms have few positions and most runs are read from front to back: seeking
// in a tree goes from run to run, and one of 1 KiB is decoded in well under a microsecond or two.
//
// Varints: base/varint.h.
// On disk: docs/format.md, "Run".
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace stele::events {

inline constexpr size_t kRunSizeMax = 1024;

// What can be said of a run without decoding it.
struct RunSummary {
  uint64_t count;
  uint64_t last;
};
// Null: the run is damaged, and `reason` says how.
[[nodiscard]] std::expected<RunSummary, const char*> summary_of_run(uint64_t first, ByteView run);

// Replaces `positions` by those of a run. Returns why it is damaged, and then they may be anything;
// nullptr if it is not. Allocates only where there was never so much room.
[[nodiscard]] const char* decode_run(uint64_t first, ByteView run,
                                     std::vector<uint64_t>& positions);

// Encodes positions as they come, up to the size of a run.
class RunWriter {
 public:
  // Returns false when the run is full: then it is to be taken, and the position added to the next.
  // Requires: above the one before.
  bool add(uint64_t position);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] uint64_t first() const { return first_; }
  // Returns the run, which lives until the next call.
  [[nodiscard]] ByteView bytes();
  void clear();

 private:
  uint64_t first_ = 0;
  uint64_t last_ = 0;
  uint64_t count_ = 0;
  std::vector<uint8_t> differences_;
  std::vector<uint8_t> run_;
};

}  // namespace stele::events
