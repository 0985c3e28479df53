// Whether a run of changes leaves the numbers of a dense tree without gaps.
//
//     old     first ........ last
//     run          put  erase  put put put        what is between them stays
//
// Threads: one.
#pragma once

#include <algorithm>
#include <cstdint>

namespace stele::tree {

class DenseCheck {
 public:
  DenseCheck() = default;
  // Of a tree that has the numbers [first, last].
  DenseCheck(uint64_t first, uint64_t last) : has_old_(true), first_(first), last_(last) {}

  // Takes the next change. Returns false if there is a gap before it. Requires: ascending.
  [[nodiscard]] bool add(uint64_t number, bool is_erase) {
    if (number > 0 && !keep_old(number - 1)) return false;
    next_old_ = number + 1;
    is_past_all_ = number == UINT64_MAX;
    return is_erase || keep(number, number);
  }
  // Returns false if there is a gap behind the last change.
  [[nodiscard]] bool finish() { return is_past_all_ || keep_old(UINT64_MAX); }

 private:
  // The old numbers that come next, up to `to`, stay.
  [[nodiscard]] bool keep_old(uint64_t to) {
    if (!has_old_) return true;
    const uint64_t from = std::max(next_old_, first_);
    to = std::min(to, last_);
    return from > to || keep(from, to);
  }
  [[nodiscard]] bool keep(uint64_t from, uint64_t to) {
    if (has_kept_ && from - 1 != kept_) return false;
    has_kept_ = true;
    kept_ = to;
    return true;
  }

  bool has_old_ = false;
  uint64_t first_ = 0;
  uint64_t last_ = 0;
  uint64_t next_old_ = 0;     // Old numbers below are dealt with.
  bool is_past_all_ = false;  // All of them are.
  bool has_kept_ = false;
  uint64_t kept_ = 0;  // The highest of the new tree so far.
};

}  // namespace stele::tree
