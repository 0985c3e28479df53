// The positions of a term in one tree: runs, found by their first positions.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/view.h"
#include "events/posting_cursor.h"
#include "events/run.h"
#include "events/term.h"
#include "events/term_key.h"
#include "tree/cursor.h"

namespace stele::events {

inline constexpr std::string_view kTermsMainTree = "terms_main";
inline constexpr std::string_view kTermsRecentTree = "terms_recent";

// Walks the positions of one term in one tree, in one direction. Within a run a step costs a binary
// search at most; what lies between two runs is skipped by their keys. Steps allocate nothing once
// the longest run was decoded.
class TermCursor {
 public:
  // All but the text must outlive it. Requires: the text of a term, see term_key.h; no page has
  // another.
  TermCursor(const page::PageFile& file, const page::Root& root, std::string_view tree,
             TermKind kind, std::string_view text);

  // Returns the first position >= `from`, or kNoPosition. `from` must not fall between calls.
  Result<uint64_t> at_or_after(uint64_t from);
  // Returns the last position <= `from`, or 0. `from` must not rise between calls.
  Result<uint64_t> at_or_before(uint64_t from);

  // At most so many positions are there: how many exactly if they are in one run, else kMany.
  static constexpr uint64_t kMany = uint64_t{1} << 40;
  Result<uint64_t> count_at_most();

  // Goes to the first run, or the next one. False: there is none.
  Result<bool> first_run();
  Result<bool> next_run();
  // Of the run that it is at.
  [[nodiscard]] uint64_t run_first() const { return run_first_; }
  [[nodiscard]] const RunSummary& run() const { return run_; }
  // Makes positions() those of the run.
  Status decode();
  [[nodiscard]] const std::vector<uint64_t>& positions() const { return positions_; }
  [[nodiscard]] std::unexpected<Error> damaged(const char* reason) const;

 private:
  // Takes what the tree's cursor has come to. Returns whether it is a run of the term.
  Result<bool> take(const Result<bool>& moved);
  // Goes to the first run that does not end before `from`.
  Result<bool> go_to_run_of(uint64_t from);

  const page::PageFile& file_;
  std::string_view tree_;
  TermKey key_;
  tree::Cursor cursor_;
  uint64_t run_first_ = 0;  // Of the run it is at; 0: at none.
  RunSummary run_ = {};     // Of that run.
  bool decoded_ = false;    // And positions_ are those of the run.
  bool ended_ = false;      // Forward: there is nothing more.
  std::vector<uint64_t> positions_;
  size_t at_ = 0;  // In positions_: all before are below what was asked for last.
};

// The texts of the terms of a kind in one tree, in bytewise order. Requires: not one of ids, whose
// zeros are not in the order in which they are looked for here.
class TermTexts {
 public:
  TermTexts(const page::PageFile& file, const page::Root& root, TermKind kind)
      : file_(file), kind_(kind), cursor_(file, root) {}
  // Goes to the first text that is >= `text`, or > `text`. False: there is none of the kind.
  Result<bool> seek(std::string_view text, bool behind);
  Result<bool> next() { return seek(text_, true); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const page::PageFile& file_;
  TermKind kind_;
  tree::Cursor cursor_;
  std::string text_;
  std::vector<uint8_t> key_;
};

}  // namespace stele::events
