// The next generation of a page file while it is being built: allocates, writes and frees pages,
// and in the end switches to them with one superblock.
//
//     begin ──► write, write, free, write ... ──► commit: free list, sync, superblock, sync
//                                             └─► destroyed: nothing happened
//
// Pages are written as they come, in runs of neighbours; none of them can be reached before
// commit(). Free pages are used from the lowest number up; when they are out, the file grows, by
// the larger of 1 MiB and a sixteenth.
//
// Threads: one at a time. Readers are never kept waiting.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "page/extent.h"
#include "page/page_file.h"

namespace stele::page {

class PageWriter {
 public:
  // Completes the page in `bytes` (number, generation, checksum; the rest of the header and the
  // body are the caller's), gives it a place and writes it. The page can be read at once, by this
  // thread. FULL: the disk has no room; the writer can only be destroyed then, which harms nothing.
  // The same after IO. Requires: bytes.size() == page_size().
  [[nodiscard]] Result<PageRef> write(ByteSpan bytes);

  // The page is not part of this generation. One that this writer has written can be used again at
  // once; others when slots are done with them, and readers of the generations from `birth` on,
  // which is the one that has written it. May be called before what replaces it is written. A page
  // that is freed twice, or is not there, makes commit() fail with CORRUPT: the tree that named it
  // is damaged.
  void free(uint64_t number, uint64_t birth);

  // Has what was gathered written to the file: pages written here can be read by PageFile::read_raw
  // from then on.
  [[nodiscard]] Status flush();

  // As PageFile::read, also of pages written here.
  [[nodiscard]] Result<PagePin> read(const PageRef& ref, PageUse use = PageUse::kAgain);

  // Names the trees, and makes the generation the newest. When this returns, it is durable. An
  // error before the superblock was written leaves the old generation: FULL, IO, CORRUPT. One of
  // the superblock's write or sync is OUTCOME_UNKNOWN: which generation counts shows when the file
  // is opened again. After that, and after a failed sync of the pages, this PageFile writes no
  // more. Requires: called once; roots that are empty, or consist of pages that are part of this
  // generation.
  [[nodiscard]] Status commit(const Roots& roots, uint64_t applied_tsn, const Note& note);

  // The place that the next page gets, as long as nothing is freed: who moves pages towards the
  // beginning of the file stops where this is not lower. The file shrinks by what is free at its
  // end.
  [[nodiscard]] uint64_t next_page() const;

  [[nodiscard]] PageFile& file() { return *file_; }
  [[nodiscard]] uint64_t generation() const { return generation_; }
  [[nodiscard]] uint64_t pages_written() const { return pages_written_; }
  ~PageWriter();
  PageWriter(const PageWriter&) = delete;
  PageWriter& operator=(const PageWriter&) = delete;

 private:
  friend class PageFile;
  // Where in the list of usable runs the next page comes from.
  struct Position {
    size_t run = 0;
    uint64_t used = 0;  // Of that run.
  };

  PageWriter(std::shared_ptr<PageFile> file, std::shared_ptr<const State> base);

  // Gives a place to a page.
  Result<uint64_t> take_page();
  [[nodiscard]] bool was_taken(uint64_t number) const;
  Status grow(uint64_t page_count);
  Status append_pending(uint64_t number, ByteView page);

  // The steps of commit().
  [[nodiscard]] Extents usable_left() const;
  [[nodiscard]] Extents& freed_of(uint64_t birth);
  Result<Extents> take_list_pages(FreeSpace& free);
  void give_up_end(FreeSpace& free);
  Status write_list(const std::vector<FreeExtent>& all, const Extents& pages, State& state);
  Status check_free(const std::vector<FreeExtent>& all) const;
  Status confirm_newest();
  Status switch_to(const State& state);
  void shrink(uint64_t page_count);

  std::shared_ptr<PageFile> file_;
  std::shared_ptr<const State> base_;
  uint64_t generation_;
  uint64_t pages_written_ = 0;
  uint64_t page_count_;         // Of the file, with the pages that were added.
  Position position_;           // What is before it in file_->free_.usable() was taken.
  std::vector<uint64_t> own_;   // Pages written and freed again, as a heap: the lowest first.
  std::vector<uint64_t> held_;  // The generations that were held at the beginning, ascending.
  // Pages of earlier generations, in any order, by the first of held_ that can reach them.
  std::vector<Extents> freed_;
  std::optional<Error> failure_;
};

}  // namespace stele::page
