// The free list on disk: a chain of pages with the runs of free pages, in ascending order.
//
//    0                                32               40               48
//    +--------------------------------+----------------+----------------+
//    |  page header, type free        |  next: page    |    checksum    |
//    +--------------------------------+----------------+----------------+
//    |  first page    |     count     |   generation   |  ... count of the header times ...
//    +----------------+---------------+----------------+
//
//    I1  Runs do not overlap, and ascend over the whole chain. Only the last page may have none.
//    I2  `generation` is that which has freed the pages; 0 if they may be written whatever it was.
//    I3  The pages of the list itself are not on it. The next generation frees them.
//
// Each generation writes the list anew. Its own pages are taken from the front of what is free, and
// behind the end of the file when that is out, before it is written: taking pages from the front
// makes runs shorter or lets them vanish, so that the list does not need more pages than were
// counted. It was planned as a tree from generations to runs, which would write less where there
// are many runs and few changes; but that would need a reserve for its own changes, and a list is
// in memory anyway.
//
// On disk: docs/format.md, "Free-list page".
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "page/free_space.h"
#include "page/page.h"
#include "page/state.h"

namespace stele::page {

inline constexpr size_t kFreeNextOffset = kPageHeaderSize;
inline constexpr size_t kFreeExtentsOffset = kFreeNextOffset + 16;
inline constexpr size_t kFreeExtentSize = 24;

// Returns the runs that a page of the list holds.
[[nodiscard]] constexpr size_t free_extents_in(uint32_t page_size) {
  return (page_size - kFreeExtentsOffset) / kFreeExtentSize;
}

// Fills a page of the list, all but what seal_page() completes. Requires: at most
// free_extents_in(page size) extents.
void encode_free_page(ByteSpan page, std::span<const FreeExtent> extents, const PageRef& next);

// What is visited while a list is read; an error ends it.
using VisitExtent = std::function<Status(const FreeExtent&)>;
using VisitPage = std::function<Status(uint64_t)>;

// Reads the pages of a list one after the other, and checks it.
class FreeListReader {
 public:
  // `path` for messages.
  FreeListReader(const State& state, uint32_t page_size, const std::string& path)
      : state_(state), page_size_(page_size), path_(path), end_(first_page(page_size)) {}

  // The page to read next; none: that was the last one.
  [[nodiscard]] const PageRef& next() const { return next_; }
  // Takes the page next(), which was checked against that.
  [[nodiscard]] Status take(ByteView page, const VisitExtent& visit);
  // Says whether it was all there.
  [[nodiscard]] Status finish() const;

 private:
  [[nodiscard]] std::unexpected<Error> wrong(size_t offset, const std::string& reason) const;
  [[nodiscard]] Status check(const FreeExtent& extent, size_t offset) const;

  const State& state_;
  uint32_t page_size_;
  const std::string& path_;
  PageRef next_ = state_.free_list;
  uint64_t end_;  // Of the last run.
  uint64_t pages_ = 0;
};

}  // namespace stele::page
