// Free pages come and wait.
#include "page/free_space.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"

namespace stele::page {

FreeSpace::FreeSpace(const std::vector<FreeExtent>& all) {
  std::map<uint64_t, Extents> waiting;
  for (const FreeExtent& extent : all) {
    append(extent.generation == 0 ? usable_ : waiting[extent.generation],
           {.first = extent.first, .count = extent.count});
  }
  for (auto& [generation, extents] : waiting) add_waiting(generation, std::move(extents));
}

void FreeSpace::release(uint64_t generation) {
  while (!waiting_.empty() && waiting_.front().generation <= generation) {
    usable_ = merged(usable_, waiting_.front().extents);
    waiting_.pop_front();
  }
}

void FreeSpace::add_waiting(uint64_t generation, Extents extents) {
  STELE_CHECK(waiting_.empty() || waiting_.back().generation < generation);
  if (!extents.empty()) waiting_.push_back({generation, std::move(extents)});
}

uint64_t FreeSpace::waiting_pages() const {
  return waiting_pages(UINT64_MAX);
}

uint64_t FreeSpace::waiting_pages(uint64_t generation) const {
  uint64_t pages = 0;
  for (const Waiting& waiting : waiting_) {
    if (waiting.generation <= generation) pages += pages_in(waiting.extents);
  }
  return pages;
}

uint64_t FreeSpace::run_count() const {
  uint64_t runs = usable_.size();
  for (const Waiting& waiting : waiting_) runs += waiting.extents.size();
  return runs;
}

std::vector<FreeExtent> FreeSpace::all() const {
  std::vector<FreeExtent> all;
  all.reserve(run_count());
  for (const Extent& extent : usable_) all.push_back({extent.first, extent.count, 0});
  for (const Waiting& waiting : waiting_) {
    for (const Extent& extent : waiting.extents) {
      all.push_back({extent.first, extent.count, waiting.generation});
    }
  }
  std::ranges::sort(all, {}, &FreeExtent::first);
  return all;
}

}  // namespace stele::page
