// What a node's header must say, and the parts of reading one that are not worth inlining.
#include "tree/node.h"

namespace stele::tree {

const char* SlottedNode::open(const uint8_t* page, uint32_t page_size, size_t slot_count) {
  const size_t prefix_size = load_le<uint16_t>(page + kNodePrefixOffset);
  const size_t lower_size = load_le<uint16_t>(page + kNodeLowerOffset);
  const auto upper = load_le<uint16_t>(page + kNodeUpperOffset);
  const size_t upper_size = upper == kNoUpperFence ? 0 : upper;
  const size_t slots_at = load_le<uint16_t>(page + kNodeSlotsOffset);
  if (lower_size > kKeySizeMax || upper_size > kKeySizeMax) return "a fence is too long";
  if (prefix_size > lower_size || prefix_size > upper_size) return "a prefix beyond the fences";
  if (slots_at != slotted_start(lower_size, upper_size)) return "slots are not behind the fences";
  if (slots_at + slot_count * kSlotSize > page_size) return "slots beyond the page";
  page_ = page;
  slots_ = page + slots_at;
  page_size_ = page_size;
  slot_count_ = slot_count;
  prefix_size_ = prefix_size;
  return nullptr;
}

const char* LeafNode::open(const uint8_t* page, uint32_t page_size) {
  const page::PageHeader header = {page};
  if (header.type() != page::PageType::kLeaf || header.level() != 0) return "not a leaf";
  return SlottedNode::open(page, page_size, header.count());
}

const char* InnerNode::open(const uint8_t* page, uint32_t page_size) {
  const page::PageHeader header = {page};
  if (header.type() != page::PageType::kInner || header.level() == 0) return "not an inner page";
  const size_t count = header.count();
  if (count == 0) return "an inner page without children";
  const char* const fault = SlottedNode::open(page, page_size, count - 1);
  if (fault != nullptr) return fault;
  const size_t children_at = slots_at() + (count - 1) * kSlotSize;
  if (children_at + count * kRefSize > page_size) return "children beyond the page";
  children_ = page + children_at;
  return nullptr;
}

size_t InnerNode::child_by_head(uint64_t number) const {
  const size_t rest = 8 * (kNumberSize - prefix_size_);  // Bits of a number behind the prefix.
  const uint64_t begin = load_be<uint64_t>(page_ + kNodeHeaderSize) >> rest;
  if (number >> rest != begin) return number >> rest < begin ? 0 : slot_count_;
  const auto wanted = static_cast<uint32_t>(number << (8 * prefix_size_) >> 32);
  return count_below(0, slot_count_, [&](size_t i) { return head(i) <= wanted; });
}

size_t InnerNode::child_by_key(uint64_t number) const {
  // The root and the pages at the right edge have no prefix, so that their heads are all the same.
  return count_below(0, slot_count_, [&](size_t i) { return separator_by_key(i) <= number; });
}

size_t InnerNode::child_near(uint64_t number, size_t guess) const {
  constexpr size_t kNear = 8;
  const size_t from = guess > kNear ? guess - kNear : 0;
  const size_t to = std::min(guess + kNear, slot_count_);
  if (!has_numbers_in_heads() || from > to || (from > 0 && separator(from - 1) > number) ||
      (to < slot_count_ && separator(to) <= number)) {
    return child_of(number);
  }
  return from + count_below(from, to - from, [&](size_t i) { return separator(i) <= number; });
}

uint64_t InnerNode::separator_by_key(size_t i) const {
  const uint64_t begin = prefix_size_ == 0 ? 0 : number_of(prefix());
  if (prefix_size_ >= kNumberSize) return begin;
  const ByteView suffix = suffix_at<0>(i);
  uint64_t bits = 0;
  if (suffix.size() >= kNumberSize || suffix.empty() ||
      suffix.data() + kNumberSize > page_ + page_size_) {
    bits = number_of(suffix);
  } else {
    bits = load_be<uint64_t>(suffix.data()) & ~(UINT64_MAX >> (8 * suffix.size()));
  }
  return begin | bits >> (8 * prefix_size_);
}

const char* DenseNode::open(const uint8_t* page, uint32_t page_size) {
  const page::PageHeader header = {page};
  if (header.type() != page::PageType::kDenseLeaf || header.level() != 0) return "not a dense leaf";
  const size_t count = header.count();
  const auto first = load_le<uint64_t>(page + kDenseFirstOffset);
  if (kDenseHeaderSize + count * kDenseOffsetSize > page_size) return "offsets beyond the page";
  if (count > 0 && first > UINT64_MAX - (count - 1)) return "numbers beyond the highest";
  page_ = page;
  page_size_ = page_size;
  count_ = count;
  first_ = first;
  return nullptr;
}

Place DenseNode::search(ByteView key) const {
  const uint64_t number = number_of(key);
  if (number < first_) return {.index = 0};
  if (number - first_ >= count_) return {.index = count_};
  const auto index = static_cast<size_t>(number - first_);
  // What is longer than a number comes behind the one that begins it.
  if (key.size() > kNumberSize) return {.index = index + 1};
  return {.index = index, .is_exact = key.size() == kNumberSize};
}

bool DenseNode::value(size_t i, Value& into) const {
  return read_value_at({page_, page_size_}, cell_offset(i), 0, into);
}

const char* AnyLeaf::open(const uint8_t* page, uint32_t page_size) {
  is_dense_ = page::PageHeader{page}.type() == page::PageType::kDenseLeaf;
  return is_dense_ ? dense_.open(page, page_size) : slotted_.open(page, page_size);
}

bool AnyLeaf::value(size_t i, Value& into) const {
  if (is_dense_) return dense_.value(i, into);
  Cell cell;
  if (!slotted_.cell(i, cell)) return false;
  into = cell.value;
  return true;
}

bool AnyLeaf::key(size_t i, Key& into, std::array<uint8_t, kNumberSize>& number) const {
  if (is_dense_) {
    number = key_of(dense_.first() + i);
    into = {.prefix = {}, .suffix = number};
    return true;
  }
  Cell cell;
  if (!slotted_.cell(i, cell)) return false;
  into = {.prefix = slotted_.prefix(), .suffix = cell.suffix};
  return true;
}

}  // namespace stele::tree
