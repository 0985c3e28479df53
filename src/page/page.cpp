// Completing and checking pages.
#include "page/page.h"

#include "base/checksum.h"
#include "base/text.h"

namespace stele::page {

namespace {

uint64_t checksum_of(ByteView page, uint64_t number, uint64_t file_seed) {
  return checksum(page.subspan(kPageNumberOffset), page_seed(file_seed, number));
}

}  // namespace

uint64_t file_seed(const Uuid& uuid, uint64_t file_id) {
  return checksum(uuid, file_id);
}

PageRef seal_page(ByteSpan page, uint64_t number, uint64_t generation, uint64_t file_seed) {
  store_le(page.data() + kPageNumberOffset, number);
  store_le(page.data() + kPageGenerationOffset, generation);
  const uint64_t sum = checksum_of(page, number, file_seed);
  store_le(page.data() + kPageChecksumOffset, sum);
  return {.number = number, .checksum = sum};
}

Status check_page(ByteView page, uint64_t number, const PagePlace& place) {
  const PageHeader header{page.data()};
  const uint64_t offset = number * page.size();
  if (checksum_of(page, number, place.file_seed) == header.checksum()) {
    if (header.number() == number) return {};
    return corruption(place.path, offset,
                      cat("page ", number, " says that it is page ", header.number()));
  }
  if (checksum_of(page, header.number(), place.file_seed) == header.checksum()) {
    return corruption(place.path, offset,
                      cat("in the place of page ", number, " there is page ", header.number()));
  }
  if (is_zero(page)) return corruption(place.path, offset, cat("page ", number, " is all zeros"));
  return corruption(place.path, offset, cat("the checksum of page ", number, " does not match"));
}

Status check_page(ByteView page, const PageRef& ref, const PagePlace& place) {
  STELE_TRY(check_page(page, ref.number, place));
  const PageHeader header{page.data()};
  if (header.checksum() == ref.checksum) return {};
  return corruption(place.path, ref.number * page.size(),
                    cat("page ", ref.number, ", of generation ", header.generation(),
                        ", is not the one that is referred to: a write was lost"));
}

}  // namespace stele::page
