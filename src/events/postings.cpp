// Appending to posting lists.
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

uint64_t Postings::count_to(uint64_t last) const {
  const View view = this->view();
  // Mostly all of them, or all but the few that nobody sees yet.
  uint64_t count = view.count;
  for (int i = 0; i < 8 && count > 0; ++i, --count) {
    if (view.list[count - 1] <= last) return count;
  }
  return static_cast<uint64_t>(std::upper_bound(view.list, view.list + count, last) - view.list);
}

}  // namespace stele::events
