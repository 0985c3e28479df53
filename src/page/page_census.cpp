// Marks in a map of bits.
#include "page/page_census.h"

#include "base/text.h"

namespace stele::page {

PageCensus::PageCensus(const PageFile& file, const State& state)
    : file_(file), state_(state), marks_(state.page_count / 64 + 1) {}

Status PageCensus::mark_run(uint64_t first, uint64_t count) {
  const uint64_t offset = first * file_.page_size();
  if (first < first_page(file_.page_size()) || first >= state_.page_count ||
      count > state_.page_count - first) {
    return corruption(file_.path(), offset, cat("there is no page ", first));
  }
  for (uint64_t number = first; number < first + count; ++number) {
    if (is_marked(number)) {
      return corruption(file_.path(), number * file_.page_size(),
                        cat("page ", number, " is in two places"));
    }
    marks_[number / 64] |= uint64_t{1} << (number % 64);
  }
  return {};
}

Status PageCensus::mark_free() {
  return file_.for_each_free(
      state_, [&](const FreeExtent& extent) { return mark_run(extent.first, extent.count); },
      [&](uint64_t number) { return mark(number); });
}

Status PageCensus::finish() const {
  for (uint64_t number = first_page(file_.page_size()); number < state_.page_count; ++number) {
    if (is_marked(number)) continue;
    return corruption(file_.path(), number * file_.page_size(),
                      cat("page ", number, " is neither reached nor free"));
  }
  return {};
}

}  // namespace stele::page
