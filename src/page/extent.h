// Runs of neighbouring pages, and sorted lists of such runs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace stele::page {

struct Extent {
  uint64_t first = 0;
  uint64_t count = 0;
  [[nodiscard]] uint64_t end() const { return first + count; }
  friend bool operator==(const Extent&, const Extent&) = default;
};

// In ascending order, without overlaps where nothing else is said.
using Extents = std::vector<Extent>;

// Adds a run behind the others, to the last of them if it touches that.
inline void append(Extents& extents, const Extent& extent) {
  if (!extents.empty() && extents.back().end() == extent.first) {
    extents.back().count += extent.count;
  } else {
    extents.push_back(extent);
  }
}

// Adds one page in any order; sort() then puts them into order. Takes little memory where pages
// come in runs, upwards or downwards.
inline void collect(Extents& extents, uint64_t page) {
  if (!extents.empty() && extents.back().end() == page) {
    ++extents.back().count;
  } else if (!extents.empty() && extents.back().first == page + 1) {
    --extents.back().first;
    ++extents.back().count;
  } else {
    extents.push_back({.first = page, .count = 1});
  }
}

// Puts runs into order and joins those that touch. Runs that overlap are left apart.
inline void sort(Extents& extents) {
  std::ranges::sort(extents, {}, &Extent::first);
  size_t kept = 0;
  for (const Extent& extent : extents) {
    if (kept != 0 && extents[kept - 1].end() == extent.first) {
      extents[kept - 1].count += extent.count;
    } else {
      extents[kept++] = extent;
    }
  }
  extents.resize(kept);
}

// Returns the runs of both.
[[nodiscard]] inline Extents merged(const Extents& one, const Extents& other) {
  Extents both;
  both.reserve(one.size() + other.size());
  both.insert(both.end(), one.begin(), one.end());
  both.insert(both.end(), other.begin(), other.end());
  sort(both);
  return both;
}

[[nodiscard]] inline uint64_t pages_in(const Extents& extents) {
  uint64_t pages = 0;
  for (const Extent& extent : extents) pages += extent.count;
  return pages;
}

}  // namespace stele::page
