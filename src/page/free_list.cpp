// Free-list pages to bytes and back.
#include "page/free_list.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace stele::page {

void encode_free_page(ByteSpan page, std::span<const FreeExtent> extents, const PageRef& next) {
  STELE_CHECK(extents.size() <= free_extents_in(static_cast<uint32_t>(page.size())));
  std::ranges::fill(page, uint8_t{0});
  page[kPageTypeOffset] = static_cast<uint8_t>(PageType::kFree);
  store_le(page.data() + kPageCountOffset, static_cast<uint16_t>(extents.size()));
  store_le(page.data() + kFreeNextOffset, next.number);
  store_le(page.data() + kFreeNextOffset + 8, next.checksum);
  uint8_t* at = page.data() + kFreeExtentsOffset;
  for (const FreeExtent& extent : extents) {
    store_le(at, extent.first);
    store_le(at + 8, extent.count);
    store_le(at + 16, extent.generation);
    at += kFreeExtentSize;
  }
}

std::unexpected<Error> FreeListReader::wrong(size_t offset, const std::string& reason) const {
  return corruption(path_, next_.number * page_size_ + offset,
                    cat("page ", next_.number, " of the free list: ", reason));
}

Status FreeListReader::check(const FreeExtent& extent, size_t offset) const {
  const uint64_t most = state_.page_count;
  if (extent.first < end_ || extent.first >= most || extent.count == 0 ||
      extent.count > most - extent.first || extent.generation > state_.generation) {
    return wrong(offset, cat("a run of ", extent.count, " pages from ", extent.first,
                             ", freed by generation ", extent.generation));
  }
  return {};
}

Status FreeListReader::take(ByteView page, const VisitExtent& visit) {
  const PageHeader header{page.data()};
  if (header.type() != PageType::kFree) return wrong(kPageTypeOffset, "it is no free-list page");
  const PageRef next = {load_le<uint64_t>(page.data() + kFreeNextOffset),
                        load_le<uint64_t>(page.data() + kFreeNextOffset + 8)};
  const size_t count = header.count();
  if (count > free_extents_in(page_size_) || (count == 0 && next)) {
    return wrong(kPageCountOffset, cat("it has ", count, " runs"));
  }
  if (next ? next.number < first_page(page_size_) || next.number >= state_.page_count
           : next.checksum != 0) {
    return wrong(kFreeNextOffset, cat("the next page is ", next.number));
  }
  for (size_t i = 0; i < count; ++i) {
    const size_t offset = kFreeExtentsOffset + i * kFreeExtentSize;
    const uint8_t* at = page.data() + offset;
    const FreeExtent extent = {load_le<uint64_t>(at), load_le<uint64_t>(at + 8),
                               load_le<uint64_t>(at + 16)};
    STELE_TRY(check(extent, offset));
    end_ = extent.end();
    pages_ += extent.count;
    STELE_TRY(visit(extent));
  }
  const size_t end = kFreeExtentsOffset + count * kFreeExtentSize;
  if (!is_zero(page.subspan(end))) return wrong(end, "reserved bytes are in use");
  next_ = next;
  return {};
}

Status FreeListReader::finish() const {
  if (pages_ == state_.free_pages) return {};
  return corruption(
      path_, 0,
      cat("the free list has ", pages_, " pages, the superblock says ", state_.free_pages));
}

}  // namespace stele::page
