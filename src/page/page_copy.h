// Copies one generation of a page file into another file, piece by piece, while the original goes
// on.
//
// Pages keep their numbers, so that references stay as they are; free ones are left out, and read
// as zeros in the copy. What is there already and is the same is not written again: a copy that was
// interrupted goes on where it was, at the cost of reading. No superblock is written before
// finish(); both slots name the generation then, under two numbers.
//
// Each page is checked against itself, so that damage is found here and not carried away.
//
// Threads: one at a time; whoever writes the original is not kept waiting.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "os/file.h"
#include "page/page_file.h"

namespace stele::page {

class PageCopy {
 public:
  // Copies `state` of `from` into `to`, which is open for writing. Holds the state.
  static Result<std::unique_ptr<PageCopy>> start(std::shared_ptr<PageFile> from,
                                                 std::shared_ptr<const State> state,
                                                 std::unique_ptr<os::File> to);

  // Copies about so many bytes, a page at least. Returns false when all pages are there.
  Result<bool> step(uint64_t bytes);
  // Writes the superblocks, with this note, and syncs the file. Requires: step() returned false.
  Status finish(const Note& note, os::SyncSite site);

  [[nodiscard]] uint64_t bytes_done() const { return pages_done_ * from_->page_size(); }
  [[nodiscard]] uint64_t bytes_total() const { return pages_total_ * from_->page_size(); }

 private:
  PageCopy(std::shared_ptr<PageFile> from, std::shared_ptr<const State> state,
           std::unique_ptr<os::File> to)
      : from_(std::move(from)), state_(std::move(state)), to_(std::move(to)) {}

  Status leave_out_free();
  // Copies a run of pages that are neighbours.
  Status copy(uint64_t first, uint64_t count);

  std::shared_ptr<PageFile> from_;
  std::shared_ptr<const State> state_;
  std::unique_ptr<os::File> to_;
  std::vector<bool> is_free_;  // A bit for each page.
  std::vector<uint8_t> piece_;
  std::vector<uint8_t> there_;
  uint64_t next_ = 0;  // The first page that was not looked at.
  uint64_t pages_done_ = 0;
  uint64_t pages_total_ = 0;
};

}  // namespace stele::page
