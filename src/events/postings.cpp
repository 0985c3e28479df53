// Appending to and galloping through posting lists.
#include "events/postings.h"

#include <algorithm>

namespace stele::events {

Postings::~Postings() {
  // One after the other: letting each delete the next would recurse.
  std::unique_ptr<Array> array(array_.load(std::memory_order_relaxed));
  while (array) array = std::move(array->smaller);
}

void Postings::grow(uint64_t count) {
  Array* old = array_.load(std::memory_order_relaxed);
  const uint64_t capacity = std::max<uint64_t>(8, 2 * count);
  auto larger = std::make_unique<Array>(
      Array{nullptr, capacity, std::make_unique_for_overwrite<uint64_t[]>(capacity)});
  std::copy_n(positions(), count, larger->positions.get());
  larger->smaller.reset(old);
  array_.store(larger.release(), std::memory_order_release);
}

void Postings::append(uint64_t position) {
  const uint64_t count = count_.load(std::memory_order_relaxed);
  Array* array = array_.load(std::memory_order_relaxed);
  if (array == nullptr && count < kInline) {
    inline_[count] = position;
  } else {
    if (array == nullptr || count == array->capacity) {
      grow(count);
      array = array_.load(std::memory_order_relaxed);
    }
    array->positions[count] = position;
  }
  count_.store(count + 1, std::memory_order_release);
}

uint64_t Postings::last() const {
  const uint64_t count = count_.load(std::memory_order_relaxed);
  return count == 0 ? 0 : positions()[count - 1];
}

uint64_t Postings::at_or_after(uint64_t from, uint64_t& hint) const {
  const uint64_t count = this->count();
  const uint64_t* list = positions();
  uint64_t low = std::min(hint, count);  // Everything before `low` is < from.
  uint64_t step = 1;
  uint64_t high = low;
  while (high < count && list[high] < from) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = std::min(high, count);
  hint = static_cast<uint64_t>(std::lower_bound(list + low, list + high, from) - list);
  return hint < count ? list[hint] : kNoPosition;
}

uint64_t Postings::at_or_before(uint64_t from, uint64_t& hint) const {
  const uint64_t count = this->count();
  const uint64_t* list = positions();
  uint64_t high = std::min(hint, count);  // Everything from `high` on is > from.
  uint64_t step = 1;
  uint64_t low = high;
  while (low > 0 && list[low - 1] > from) {
    high = low - 1;
    low = low > step ? low - step : 0;
    step *= 2;
  }
  hint = static_cast<uint64_t>(std::upper_bound(list + low, list + high, from) - list);
  return hint > 0 ? list[hint - 1] : 0;
}

}  // namespace stele::events
