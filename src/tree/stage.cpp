// Keeping items, measuring pages of them, and writing one.
#include "tree/stage.h"

#include <algorithm>

#include "base/check.h"

namespace stele::tree {

namespace {

// What an item takes in a page beside its key and value.
constexpr size_t kLeafItemSize = kSlotSize + kCellHeaderSize;
constexpr size_t kDenseItemSize = kDenseOffsetSize + kCellHeaderSize;

void store_u16(uint8_t* to, size_t value) {
  STELE_DCHECK(value <= UINT16_MAX);
  store_le(to, static_cast<uint16_t>(value));
}

}  // namespace

void Stage::begin(ByteView low) {
  STELE_DCHECK(empty());
  low_.assign(low);
}

bool Stage::append(ByteView prefix, ByteView suffix, ByteView value, uint16_t value_size) {
  const size_t key_size = prefix.size() + suffix.size();
  if (key_size > kKeySizeMax) return false;
  const size_t at = bytes_.size();
  bytes_.resize(at + key_size + value.size());
  uint8_t* const key = bytes_.data() + at;
  copy_bytes(key, prefix);
  copy_bytes(key + prefix.size(), suffix);
  const bool in_order = items_.empty() ? compare(low_.view(), {key, key_size}) <= 0
                                       : compare(this->key(size() - 1), {key, key_size}) < 0;
  if (!in_order) {
    bytes_.resize(at);
    return false;
  }
  copy_bytes(key + key_size, value);
  items_.push_back({.at = static_cast<uint32_t>(at),
                    .key_size = static_cast<uint16_t>(key_size),
                    .value_size = value_size});
  return true;
}

bool Stage::add(ByteView prefix, ByteView suffix, const Value& value) {
  const auto size = static_cast<uint16_t>(value.bytes.size());
  return append(prefix, suffix, value.bytes, size | (value.is_large ? kLargeFlag : 0));
}

bool Stage::add(ByteView prefix, ByteView suffix, const page::PageRef& child) {
  std::array<uint8_t, kRefSize> bytes;
  store_ref(bytes.data(), child);
  return append(prefix, suffix, bytes, kRefSize);
}

bool Stage::add(const Stage& from, size_t i) {
  return append(from.key(i), {}, from.value(i).bytes, from.items_[i].value_size);
}

void Stage::clear() {
  items_.clear();
  bytes_.clear();
}

Value Stage::value(size_t i) const {
  const Item& item = items_[i];
  const size_t size = item.value_size & ~kLargeFlag;
  return {.bytes = {bytes_.data() + item.at + item.key_size, size},
          .is_large = (item.value_size & kLargeFlag) != 0};
}

page::PageRef Stage::child(size_t i) const {
  return load_ref(bytes_.data() + items_[i].at + items_[i].key_size);
}

void Stage::drop_last() {
  bytes_.resize(items_.back().at);
  items_.pop_back();
}

size_t Stage::measure(size_t count, size_t upper_size, size_t prefix_size) const {
  if (count == 0) return 0;
  const size_t bytes = bytes_before(count);
  if (is_dense_) {
    return kDenseHeaderSize + count * kDenseItemSize + bytes - count * kNumberSize;
  }
  const size_t start = slotted_start(low_.view().size(), upper_size);
  if (level_ == 0) return start + count * (kLeafItemSize - prefix_size) + bytes;
  // The first child's key is the lower fence. In `bytes` children have their size already.
  return start + (count - 1) * (kSlotSize - prefix_size) + bytes - items_[0].key_size;
}

size_t Stage::measure(size_t count, const UpperBound& upper) const {
  if (is_dense_ || !upper) return measure(count, 0, 0);
  return measure(count, upper->size(), common_prefix(low_.view(), *upper));
}

bool Stage::is_overfull() const {
  const size_t raw = bytes_.size() + size() * kLeafItemSize;
  if (raw <= 2 * size_t{page_size_} || size() < 2) return false;
  if (raw > kRawPagesMax * page_size_) return true;
  return measure(size(), 0, common_prefix(low_.view(), key(size() - 1))) > 2 * size_t{page_size_};
}

UpperBound Stage::upper(size_t count, const UpperBound& high) const {
  if (count == size()) return high;
  return level_ == 0 ? separator(key(count - 1), key(count)) : key(count);
}

size_t Stage::full_cut() const {
  // What the prefix can be at least: with it a page does not become larger by one item less.
  const size_t prefix_size = common_prefix(low_.view(), key(size() - 1));
  size_t low = 1;
  size_t high = size() - 1;
  while (low < high) {
    const size_t middle = (low + high + 1) / 2;
    if (measure(middle, 0, prefix_size) <= page_size_) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  while (low > 1 && !fits_cut(low)) --low;
  while (low + 1 < size() && fits_cut(low + 1)) ++low;
  return low;
}

size_t Stage::even_cut() const {
  const size_t prefix_size = common_prefix(low_.view(), key(size() - 1));
  const size_t total = measure(size(), 0, prefix_size);
  if (total > 2 * size_t{page_size_}) return full_cut();
  size_t low = 1;
  size_t high = size() - 1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (measure(middle, 0, prefix_size) * 2 < total) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  // Around the middle, the place where the separator is shortest: inner nodes hold more of them.
  const size_t around = size() / 16;
  size_t best = low;
  for (size_t i = low > around ? low - around : 1; i <= low + around && i < size(); ++i) {
    if (upper(i, {})->size() < upper(best, {})->size()) best = i;
  }
  while (best > 1 && !fits_cut(best)) --best;
  return best;
}

void Stage::encode(size_t count, const UpperBound& upper, ByteSpan page) const {
  STELE_CHECK(count > 0 && measure(count, upper) <= page.size());
  std::fill(page.begin(), page.end(), uint8_t{0});
  const page::PageType type = level_ > 0  ? page::PageType::kInner
                              : is_dense_ ? page::PageType::kDenseLeaf
                                          : page::PageType::kLeaf;
  page[page::kPageTypeOffset] = static_cast<uint8_t>(type);
  page[page::kPageLevelOffset] = static_cast<uint8_t>(level_);
  store_u16(page.data() + page::kPageCountOffset, count);
  if (is_dense_) {
    encode_dense(count, page);
  } else {
    encode_slotted(count, upper, page);
  }
}

void Stage::encode_slotted(size_t count, const UpperBound& upper, ByteSpan page) const {
  const ByteView low = low_.view();
  const size_t prefix_size = upper ? common_prefix(low, *upper) : 0;
  const size_t upper_size = upper ? upper->size() : 0;
  const size_t start = slotted_start(low.size(), upper_size);
  uint8_t* const to = page.data();
  store_u16(to + kNodePrefixOffset, prefix_size);
  store_u16(to + kNodeLowerOffset, low.size());
  store_u16(to + kNodeUpperOffset, upper ? upper_size : kNoUpperFence);
  store_u16(to + kNodeSlotsOffset, start);
  copy_bytes(to + kNodeHeaderSize, low);
  if (upper) copy_bytes(to + kNodeHeaderSize + low.size(), *upper);

  const bool is_leaf = level_ == 0;
  const size_t first = is_leaf ? 0 : 1;  // An inner node's first child has no separator.
  uint8_t* slot = to + start;
  size_t at = start + (count - first) * kSlotSize;
  if (!is_leaf) {
    for (size_t i = 0; i < count; ++i, at += kRefSize) copy_bytes(to + at, value(i).bytes);
  }
  for (size_t i = first; i < count; ++i, slot += kSlotSize) {
    const ByteView suffix = key(i).subspan(prefix_size);
    store_u16(slot + kSlotOffset, at);
    store_u16(slot + kSlotKeySize, suffix.size());
    store_le(slot + kSlotHead, head_of(suffix));
    if (is_leaf) {
      store_u16(to + at, items_[i].value_size);
      at += kCellHeaderSize;
    }
    copy_bytes(to + at, suffix);
    at += suffix.size();
    if (is_leaf) {
      const ByteView bytes = value(i).bytes;
      copy_bytes(to + at, bytes);
      at += bytes.size();
    }
  }
}

void Stage::encode_dense(size_t count, ByteSpan page) const {
  uint8_t* const to = page.data();
  store_le(to + kDenseFirstOffset, load_be<uint64_t>(key(0).data()));
  size_t at = kDenseHeaderSize + count * kDenseOffsetSize;
  for (size_t i = 0; i < count; ++i) {
    const ByteView bytes = value(i).bytes;
    store_u16(to + kDenseHeaderSize + i * kDenseOffsetSize, at);
    store_u16(to + at, items_[i].value_size);
    copy_bytes(to + at + kCellHeaderSize, bytes);
    at += kCellHeaderSize + bytes.size();
  }
}

void Stage::drop_first(size_t count, ByteView upper) {
  low_.assign(upper);
  const size_t bytes = bytes_before(count);
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<ptrdiff_t>(bytes));
  items_.erase(items_.begin(), items_.begin() + static_cast<ptrdiff_t>(count));
  for (Item& item : items_) item.at -= static_cast<uint32_t>(bytes);
}

}  // namespace stele::tree
