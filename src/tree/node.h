// The pages of a tree as they are read: leaves, dense leaves and inner nodes, in place.
//
// A slotted node (leaf or inner) has its keys without what all of them begin with:
//
//    32       34       36       38        40
//    +--------+--------+--------+---------+-----------------------------------------+
//    | prefix | lower  | upper  |  slots  |  lower fence | upper fence | 0 to 7 zeros |
//    +--------+--------+--------+---------+-----------------------------------------+
//    | slot 0: offset 2, size 2, head 4   |  slot 1 ... |  inner: children, 16 each   |
//    +------------------------------------+-----------------------------------------+
//    | cell 0 | cell 1 | ...                                          room, zeros    |
//    +-------------------------------------------------------------------------------+ page size
//    cell of a leaf := value size u16 (bit 15: large), key, value      of an inner node := key
//
//    N1  All keys lie in [lower fence, upper fence), and that within the range which the parent
//        has for the page. Pages that vanish leave their range to a neighbour, whose fences then
//        are narrower than what can be looked for in it.
//    N2  The prefix is what both fences begin with; nothing if there is no upper one. In the cells
//        it is left out.
//    N3  Slots are in ascending order of keys; a head is the first four bytes of the key behind
//        the prefix, big-endian, so that heads compare as keys do.
//    N4  An inner node with n children has n - 1 slots; child i has the keys from slot i - 1 on and
//        below slot i.
//    N5  Cells follow one another in the order of the slots, without gaps.
//
// A dense leaf has values only. The key of the first is there, those of the others follow from it:
//
//    32                40
//    +-----------------+-------------------------------------------------------------+
//    |  first number   |  offsets of cells, 2 each | cell 0 | cell 1 ... room, zeros  |
//    +-----------------+-------------------------------------------------------------+
//    cell := value size u16 (bit 15: large), value
//
// Any bytes are safe to read: a page's checksum says that it is as it was written, not that a
// friend wrote it. open() checks what the header says; what a slot or a cell says is checked when
// it is looked at, for much more is read of most nodes than is used.
//
// On disk: docs/format.md, "Tree".
#pragma once

#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "page/page.h"
#include "tree/key.h"
#include "tree/ref.h"
#include "tree/tree.h"

namespace stele::tree {

inline constexpr size_t kNodePrefixOffset = page::kPageHeaderSize;
inline constexpr size_t kNodeLowerOffset = kNodePrefixOffset + 2;
inline constexpr size_t kNodeUpperOffset = kNodeLowerOffset + 2;
inline constexpr size_t kNodeSlotsOffset = kNodeUpperOffset + 2;
inline constexpr size_t kNodeHeaderSize = kNodeSlotsOffset + 2;
static_assert(kNodeHeaderSize == 40);
inline constexpr uint16_t kNoUpperFence = 0xffff;

inline constexpr size_t kSlotOffset = 0;
inline constexpr size_t kSlotKeySize = kSlotOffset + 2;
inline constexpr size_t kSlotHead = kSlotKeySize + 2;
inline constexpr size_t kSlotSize = kSlotHead + 4;
inline constexpr size_t kCellHeaderSize = 2;
inline constexpr uint16_t kLargeFlag = 0x8000;

inline constexpr size_t kDenseFirstOffset = page::kPageHeaderSize;
inline constexpr size_t kDenseHeaderSize = kDenseFirstOffset + 8;
inline constexpr size_t kDenseOffsetSize = 2;

// More levels than any tree can have: a limit for those that somebody forged.
inline constexpr size_t kHeightMax = 24;

// A place among the entries of a node: before the first that is not below the key looked for.
struct Place {
  size_t index = 0;
  bool is_exact = false;  // It is the key.
};

// What leaf and inner node have in common.
class SlottedNode {
 public:
  // Of slots: entries of a leaf, separators of an inner node.
  [[nodiscard]] size_t slot_count() const { return slot_count_; }
  [[nodiscard]] ByteView prefix() const { return {page_ + kNodeHeaderSize, prefix_size_}; }
  [[nodiscard]] ByteView lower_fence() const {
    return {page_ + kNodeHeaderSize, load_le<uint16_t>(page_ + kNodeLowerOffset)};
  }
  [[nodiscard]] UpperBound upper_fence() const {
    const auto size = load_le<uint16_t>(page_ + kNodeUpperOffset);
    if (size == kNoUpperFence) return std::nullopt;
    return ByteView(page_ + kNodeHeaderSize + lower_fence().size(), size);
  }
  [[nodiscard]] uint32_t head(size_t i) const { return load_le<uint32_t>(slot(i) + kSlotHead); }
  // Where slots begin.
  [[nodiscard]] size_t slots_at() const { return static_cast<size_t>(slots_ - page_); }

 protected:
  // Returns what is wrong with the header, null if nothing. `cell_header` is what lies in a cell in
  // front of the key.
  [[nodiscard]] const char* open(const uint8_t* page, uint32_t page_size, size_t slot_count);
  [[nodiscard]] const uint8_t* slot(size_t i) const { return slots_ + i * kSlotSize; }
  [[nodiscard]] size_t cell_at(size_t i) const { return load_le<uint16_t>(slot(i) + kSlotOffset); }
  [[nodiscard]] size_t key_size(size_t i) const {
    return load_le<uint16_t>(slot(i) + kSlotKeySize);
  }
  // Returns slot i's key behind the prefix; an empty one if it does not lie in the page.
  template <size_t kCellHeader>
  [[nodiscard]] ByteView suffix_at(size_t i) const {
    const size_t at = cell_at(i) + kCellHeader;
    const size_t size = key_size(i);
    return at + size <= page_size_ ? ByteView(page_ + at, size) : ByteView();
  }
  // Returns how many of the slots from `first` on, `count` of them, come first in order for which
  // is_below() is true. Without a branch that could be guessed wrongly.
  template <typename IsBelow>
  [[nodiscard]] static size_t count_below(size_t first, size_t count, const IsBelow& is_below) {
    const size_t begin = first;
    while (count > 0) {
      const size_t half = count / 2;
      const bool below = is_below(first + half);
      first += below ? half + 1 : 0;
      count = below ? count - half - 1 : half;
    }
    return first - begin;
  }
  template <size_t kCellHeader>
  [[nodiscard]] Place search_slots(ByteView key) const;
  template <size_t kCellHeader>
  [[nodiscard]] Place search_same_heads(ByteView key, size_t low, size_t high) const;
  // Eight bytes of slot i's key behind the first `skip`, as number_of() has them.
  template <size_t kCellHeader>
  [[nodiscard]] uint64_t number_at(size_t i, size_t skip) const {
    const ByteView suffix = suffix_at<kCellHeader>(i);
    if (suffix.size() <= skip) return 0;
    const uint8_t* const at = suffix.data() + skip;
    if (at + kNumberSize > page_ + page_size_) return number_of(suffix.subspan(skip));
    const size_t rest = suffix.size() - skip;
    const auto bits = load_be<uint64_t>(at);
    return rest >= kNumberSize ? bits : bits & ~(UINT64_MAX >> (8 * rest));
  }

  const uint8_t* page_ = nullptr;
  const uint8_t* slots_ = nullptr;
  size_t page_size_ = 0;
  size_t slot_count_ = 0;
  size_t prefix_size_ = 0;
};

template <size_t kCellHeader>
inline Place SlottedNode::search_slots(ByteView key) const {
  if (prefix_size_ != 0) {
    const int order = compare(key.first(std::min(prefix_size_, key.size())), prefix());
    if (order < 0) return {.index = 0};
    if (order > 0) return {.index = slot_count_};
    key = key.subspan(prefix_size_);
  }
  const uint32_t wanted = head_of(key);
  const size_t low = count_below(0, slot_count_, [&](size_t i) { return head(i) < wanted; });
  if (low == slot_count_ || head(low) != wanted) return {.index = low};
  // Among those of the same head whole keys decide. Most often there is just one of them.
  size_t high = low + 1;
  for (size_t step = 1; high < slot_count_ && head(high) == wanted; step *= 2) {
    high = std::min(high + step, slot_count_);
  }
  return search_same_heads<kCellHeader>(key, low, high);
}

// Searches slots [low, high), of which some at the end may have higher heads, for a key whose head
// is that of the others.
template <size_t kCellHeader>
inline Place SlottedNode::search_same_heads(ByteView key, size_t low, size_t high) const {
  constexpr size_t kMany = 4;
  if (high - low > kMany) {
    // A page at the edge of its tree has no prefix: heads say nothing then, for one. What the keys
    // have in common is told by the first and the last; eight bytes behind that tell most apart.
    const uint32_t wanted = head(low);
    high = low + count_below(low, high - low, [&](size_t i) { return head(i) <= wanted; });
    const ByteView first = suffix_at<kCellHeader>(low);
    const size_t shared = common_prefix(first, suffix_at<kCellHeader>(high - 1));
    const int order = compare(key.first(std::min(shared, key.size())), first.first(shared));
    if (order != 0) return {.index = order < 0 ? low : high};
    const uint64_t number = number_of(key.subspan(shared));
    low += count_below(low, high - low,
                       [&](size_t i) { return number_at<kCellHeader>(i, shared) < number; });
    size_t end = low;
    for (size_t step = 1; end < high && number_at<kCellHeader>(end, shared) == number; step *= 2) {
      end = std::min(end + step, high);
    }
    high = end;
  }
  if (kCellHeader != 0 && low < high) {
    // Whoever finds an entry reads it: the rest of it comes while its key is compared.
    for (const size_t behind : {64, 128}) __builtin_prefetch(page_ + cell_at(low) + behind);
  }
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = compare(suffix_at<kCellHeader>(middle), key);
    if (order == 0) return {.index = middle, .is_exact = true};
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {.index = low};
}

// The entry of a leaf as it lies there.
struct Cell {
  ByteView suffix;  // The key behind the node's prefix.
  Value value;
};

// Reads the value of a cell: its size at `at`, itself `key_size` behind that. False: it does not
// lie in the page.
[[nodiscard]] inline bool read_value_at(ByteView page, size_t at, size_t key_size, Value& into) {
  if (at + kCellHeaderSize > page.size()) return false;
  const auto field = load_le<uint16_t>(page.data() + at);
  const size_t size = field & ~kLargeFlag;
  const size_t begin = at + kCellHeaderSize + key_size;
  if (begin + size > page.size()) return false;
  into = {.bytes = page.subspan(begin, size), .is_large = (field & kLargeFlag) != 0};
  return true;
}

class LeafNode : public SlottedNode {
 public:
  // Returns what is wrong with the page's header, null if nothing. It must stay as long as the
  // node.
  [[nodiscard]] const char* open(const uint8_t* page, uint32_t page_size);
  [[nodiscard]] size_t count() const { return slot_count_; }
  [[nodiscard]] Place search(ByteView key) const { return search_slots<kCellHeaderSize>(key); }
  // Returns false if the entry does not lie in the page. Requires: i < count().
  [[nodiscard]] bool cell(size_t i, Cell& into) const;
  [[nodiscard]] size_t cell_offset(size_t i) const { return cell_at(i); }
  [[nodiscard]] ByteView page() const { return {page_, page_size_}; }
};

inline bool LeafNode::cell(size_t i, Cell& into) const {
  const size_t at = cell_at(i);
  const size_t size = key_size(i);
  if (size > kKeySizeMax - prefix_size_) return false;
  if (!read_value_at({page_, page_size_}, at, size, into.value)) return false;
  into.suffix = {page_ + at + kCellHeaderSize, size};
  return true;
}

class InnerNode : public SlottedNode {
 public:
  [[nodiscard]] const char* open(const uint8_t* page, uint32_t page_size);
  [[nodiscard]] size_t child_count() const { return slot_count_ + 1; }
  // Returns the child that has the key, if any has.
  [[nodiscard]] size_t child_of(ByteView key) const {
    const Place place = search_slots<0>(key);
    return place.index + (place.is_exact ? 1 : 0);
  }
  // The same for a number, the key of a dense tree, whose separators begin numbers.
  [[nodiscard]] size_t child_of(uint64_t number) const {
    return has_numbers_in_heads() ? child_by_head(number) : child_by_key(number);
  }
  // The same, quicker where that is not far from child `guess`.
  [[nodiscard]] size_t child_near(uint64_t number, size_t guess) const;
  // Whether that is child i, which is quicker to tell than to search.
  [[nodiscard]] bool is_child_of(uint64_t number, size_t i) const {
    return (i == 0 || separator(i - 1) <= number) && (i == slot_count_ || number < separator(i));
  }
  [[nodiscard]] page::PageRef child(size_t i) const { return load_ref(children_ + i * kRefSize); }
  // Returns separator i behind the prefix, between children i and i + 1; an empty one if it does
  // not lie in the page, which no separator is.
  [[nodiscard]] ByteView suffix(size_t i) const { return suffix_at<0>(i); }
  [[nodiscard]] size_t cell_offset(size_t i) const { return cell_at(i); }

 private:
  // Whether heads hold all that numbers have behind the prefix.
  [[nodiscard]] bool has_numbers_in_heads() const {
    return prefix_size_ + sizeof(uint32_t) >= kNumberSize && prefix_size_ < kNumberSize;
  }
  [[nodiscard]] size_t child_by_head(uint64_t number) const;
  [[nodiscard]] size_t child_by_key(uint64_t number) const;
  // Separator i as a number.
  [[nodiscard]] uint64_t separator(size_t i) const {
    if (!has_numbers_in_heads()) return separator_by_key(i);
    const size_t rest = 8 * (kNumberSize - prefix_size_);  // Bits behind the prefix.
    const uint64_t begin = load_be<uint64_t>(page_ + kNodeHeaderSize) >> rest << rest;
    return begin | uint64_t{head(i)} << 32 >> (8 * prefix_size_);
  }
  [[nodiscard]] uint64_t separator_by_key(size_t i) const;

  const uint8_t* children_ = nullptr;
};

class DenseNode {
 public:
  [[nodiscard]] const char* open(const uint8_t* page, uint32_t page_size);
  [[nodiscard]] size_t count() const { return count_; }
  [[nodiscard]] uint64_t first() const { return first_; }
  // Any bytes may be looked for; keys are numbers of 8 bytes.
  [[nodiscard]] Place search(ByteView key) const;
  // Returns false if the value does not lie in the page. Requires: i < count().
  [[nodiscard]] bool value(size_t i, Value& into) const;
  [[nodiscard]] size_t cell_offset(size_t i) const {
    return load_le<uint16_t>(page_ + kDenseHeaderSize + i * kDenseOffsetSize);
  }

 private:
  const uint8_t* page_ = nullptr;
  size_t page_size_ = 0;
  size_t count_ = 0;
  uint64_t first_ = 0;
};

// A leaf of either kind, for who does not look at many of its entries.
class AnyLeaf {
 public:
  [[nodiscard]] const char* open(const uint8_t* page, uint32_t page_size);
  [[nodiscard]] bool is_dense() const { return is_dense_; }
  [[nodiscard]] size_t count() const { return is_dense_ ? dense_.count() : slotted_.count(); }
  [[nodiscard]] Place search(ByteView key) const {
    return is_dense_ ? dense_.search(key) : slotted_.search(key);
  }
  [[nodiscard]] const LeafNode& slotted() const { return slotted_; }
  [[nodiscard]] const DenseNode& dense() const { return dense_; }
  // The value of entry i; false if it does not lie in the page.
  [[nodiscard]] bool value(size_t i, Value& into) const;
  // The key of entry i, in two pieces that live as long as the page, or in `number`.
  struct Key {
    ByteView prefix;
    ByteView suffix;
  };
  [[nodiscard]] bool key(size_t i, Key& into, std::array<uint8_t, kNumberSize>& number) const;

 private:
  bool is_dense_ = false;
  LeafNode slotted_;
  DenseNode dense_;
};

// How much of a page `count` entries take beside their keys and values.
[[nodiscard]] constexpr size_t slotted_start(size_t lower_size, size_t upper_size) {
  return align_up(kNodeHeaderSize + lower_size + upper_size);
}

// The longest value that lies beside a key of this size in a leaf: a quarter of a page, or what is
// left in the smallest pages when key and fences are long, so that a leaf can hold any entry alone.
[[nodiscard]] constexpr size_t inline_size_max(uint32_t page_size, size_t key_size) {
  const size_t taken =
      slotted_start(kKeySizeMax, kKeySizeMax) + kSlotSize + kCellHeaderSize + key_size;
  return std::min<size_t>(page_size / 4, page_size - taken);
}

}  // namespace stele::tree
