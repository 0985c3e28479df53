// Counts the pages of a file, for whoever verifies it: each must be reached exactly once, or be
// free.
//
// It takes a bit for each page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "page/page_file.h"

namespace stele::page {

class PageCensus {
 public:
  // Of the pages of `state`. The file must outlive it.
  PageCensus(const PageFile& file, const State& state);

  // A page was reached. CORRUPT: it was before, or the file has no such page.
  [[nodiscard]] Status mark(uint64_t number) { return mark_run(number, 1); }
  // All pages on the free list, and those of the list itself.
  [[nodiscard]] Status mark_free();
  // CORRUPT: some page was not reached and is not free. Requires: everything was marked.
  [[nodiscard]] Status finish() const;

 private:
  [[nodiscard]] Status mark_run(uint64_t first, uint64_t count);
  [[nodiscard]] bool is_marked(uint64_t number) const {
    return (marks_[number / 64] >> (number % 64) & 1) != 0;
  }

  const PageFile& file_;
  const State& state_;
  std::vector<uint64_t> marks_;
};

}  // namespace stele::page
