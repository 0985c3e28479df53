// Free pages come and wait.
#include "page/free_space.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace stele::page {

namespace {

// Returns those of the generations that are held, ascending, which are in [first, end).
std::span<const uint64_t> held_between(std::span<const uint64_t> held, uint64_t first,
                                       uint64_t end) {
  const auto from = std::ranges::lower_bound(held, first);
  const auto to = std::ranges::lower_bound(from, held.end(), end);
  return {from, to};
}

}  // namespace

FreeSpace::FreeSpace(const std::vector<FreeExtent>& all) {
  for (const FreeExtent& extent : all) {
    append(extent.generation == 0 ? usable_ : waiting_[{extent.generation, 0}],
           {.first = extent.first, .count = extent.count});
  }
}

void FreeSpace::release(uint64_t generation, std::span<const uint64_t> held) {
  Extents usable;
  std::map<Life, Extents> kept;
  const auto end = waiting_.lower_bound({.death = generation + 1, .birth = 0});
  for (auto at = waiting_.begin(); at != end; at = waiting_.erase(at)) {
    const auto& [life, extents] = *at;
    const auto readers = held_between(held, life.birth, life.death);
    // From now on it does not matter when it came and went, but only who can still reach it.
    Extents& place = readers.empty() ? usable : kept[Life{readers.back() + 1, readers.front()}];
    place.insert(place.end(), extents.begin(), extents.end());
  }
  for (auto& [life, extents] : kept) {
    sort(extents);
    waiting_[life] = merged(waiting_[life], extents);
  }
  if (!usable.empty()) usable_ = merged(usable_, usable);
}

void FreeSpace::add_waiting(uint64_t birth, uint64_t generation, const Extents& extents) {
  STELE_CHECK(birth < generation);
  if (extents.empty()) return;
  Extents& waiting = waiting_[{.death = generation, .birth = birth}];
  waiting = merged(waiting, extents);
}

uint64_t FreeSpace::waiting_pages() const {
  uint64_t pages = 0;
  for (const auto& [life, extents] : waiting_) pages += pages_in(extents);
  return pages;
}

uint64_t FreeSpace::held_pages(uint64_t generation, std::span<const uint64_t> held) const {
  uint64_t pages = 0;
  for (const auto& [life, extents] : waiting_) {
    if (life.death > generation) break;
    if (!held_between(held, life.birth, life.death).empty()) pages += pages_in(extents);
  }
  return pages;
}

uint64_t FreeSpace::run_count() const {
  uint64_t runs = usable_.size();
  for (const auto& [life, extents] : waiting_) runs += extents.size();
  return runs;
}

std::vector<FreeExtent> FreeSpace::all() const {
  std::vector<FreeExtent> all;
  all.reserve(run_count());
  for (const Extent& extent : usable_) all.push_back({extent.first, extent.count, 0});
  for (const auto& [life, extents] : waiting_) {
    for (const Extent& extent : extents) all.push_back({extent.first, extent.count, life.death});
  }
  std::ranges::sort(all, {}, &FreeExtent::first);
  return all;
}

}  // namespace stele::page
