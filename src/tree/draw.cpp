// Drawing pages.
#include "tree/draw.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "tree/node.h"
#include "tree/value.h"

namespace stele::tree {

namespace {

constexpr size_t kKeyShownMax = 60;   // Bytes of a key that a line shows.
constexpr size_t kEntriesAround = 2;  // Of a place, that a path shows.

std::string type_name(page::PageType type) {
  switch (type) {
    case page::PageType::kLeaf:
      return "leaf";
    case page::PageType::kDenseLeaf:
      return "dense leaf";
    case page::PageType::kInner:
      return "inner";
    case page::PageType::kValue:
      return "value";
    case page::PageType::kExtents:
      return "extents";
    case page::PageType::kFree:
      return "free list";
  }
  return cat("unknown type ", static_cast<unsigned>(type));
}

std::string hex_of(uint64_t number) {
  std::array<uint8_t, 8> bytes;
  store_be(bytes.data(), number);
  return hex(bytes.data(), bytes.size());
}

std::string draw_ref(const page::PageRef& ref) {
  return cat("page ", ref.number, " checksum ", hex_of(ref.checksum));
}

std::string draw_bound(const UpperBound& bound) {
  return bound ? draw_key(*bound) : "no end";
}

std::string joined(ByteView prefix, ByteView suffix) {
  std::string key(as_text(prefix));
  key += as_text(suffix);
  return draw_key(as_bytes(key));
}

std::string draw_value(const Value& value) {
  if (!value.is_large) return cat(value.bytes.size(), " bytes");
  if (value.bytes.size() < kDescriptorHeaderSize) return "a large value, its descriptor too short";
  const uint8_t* const at = value.bytes.data();
  const auto count = load_le<uint32_t>(at + kDescriptorCountOffset);
  std::string text = cat(value.size(), " bytes in pages of generation ",
                         load_le<uint64_t>(at + kDescriptorGenerationOffset), ": ");
  const ByteView rest = value.bytes.subspan(kDescriptorHeaderSize);
  if (count == 0) {
    if (rest.size() < kRefSize) return text + "the reference is too short";
    return text + "by extents in " + draw_ref(load_ref(rest.data()));
  }
  if (rest.size() / kExtentSize < count) return text + "the extents are too short";
  for (uint32_t i = 0; i < count; ++i) {
    const uint8_t* const extent = rest.data() + i * kExtentSize;
    const auto first = load_le<uint64_t>(extent + kExtentFirstOffset);
    const auto pages = load_le<uint32_t>(extent + kExtentCountOffset);
    text += cat(i == 0 ? "" : ", ", first, "+", pages);
  }
  return text;
}

std::string draw_fences(const SlottedNode& node) {
  return cat("  prefix ", draw_key(node.prefix()), ", keys from ", draw_key(node.lower_fence()),
             " to ", draw_bound(node.upper_fence()), "\n");
}

std::string draw_leaf_entry(const AnyLeaf& leaf, size_t i) {
  AnyLeaf::Key key;
  std::array<uint8_t, kNumberSize> number;
  Value value;
  if (!leaf.key(i, key, number) || !leaf.value(i, value)) {
    return cat("  ", i, "  DAMAGED: beyond the page\n");
  }
  const std::string name =
      leaf.is_dense() ? cat(leaf.dense().first() + i) : joined(key.prefix, key.suffix);
  return cat("  ", i, "  ", name, "  ", draw_value(value), "\n");
}

std::string draw_leaf(ByteView bytes) {
  AnyLeaf leaf;
  if (const char* fault = leaf.open(bytes.data(), static_cast<uint32_t>(bytes.size()))) {
    return cat("  DAMAGED: ", fault, "\n");
  }
  std::string text = leaf.is_dense() ? "" : draw_fences(leaf.slotted());
  for (size_t i = 0; i < leaf.count(); ++i) text += draw_leaf_entry(leaf, i);
  return text;
}

std::string draw_child(const InnerNode& node, size_t i) {
  const std::string from =
      i == 0 ? draw_key(node.lower_fence()) : joined(node.prefix(), node.suffix(i - 1));
  return cat("  ", i, "  from ", from, "  ", draw_ref(node.child(i)), "\n");
}

std::string draw_inner(ByteView bytes) {
  InnerNode node;
  if (const char* fault = node.open(bytes.data(), static_cast<uint32_t>(bytes.size()))) {
    return cat("  DAMAGED: ", fault, "\n");
  }
  std::string text = draw_fences(node);
  for (size_t i = 0; i < node.child_count(); ++i) text += draw_child(node, i);
  return text;
}

std::string draw_piece(ByteView bytes) {
  return cat("  piece ", load_le<uint64_t>(bytes.data() + kPieceIndexOffset), " of value ",
             hex_of(load_le<uint64_t>(bytes.data() + kPieceTagOffset)), "\n");
}

std::string draw_extents(ByteView bytes) {
  const size_t count = page::PageHeader{bytes.data()}.count();
  const page::PageRef previous = load_ref(bytes.data() + kExtentsPreviousOffset);
  std::string text =
      cat("  of value ", hex_of(load_le<uint64_t>(bytes.data() + kExtentsTagOffset)),
          ", from piece ", load_le<uint64_t>(bytes.data() + kExtentsFirstPieceOffset), ", ",
          previous ? "before them " + draw_ref(previous) : "the first ones", "\n");
  const size_t size_max = page_extents_max(static_cast<uint32_t>(bytes.size()));
  if (count > size_max) text += "  DAMAGED: extents beyond the page\n";
  for (size_t i = 0; i < std::min(count, size_max); ++i) {
    const uint8_t* const extent = bytes.data() + kExtentsHeaderSize + i * kExtentSize;
    text += cat("  ", load_le<uint64_t>(extent + kExtentFirstOffset), "+",
                load_le<uint32_t>(extent + kExtentCountOffset), "\n");
  }
  return text;
}

// One level of a path. Returns where it goes on, nothing if it ends here.
page::PageRef draw_step(ByteView bytes, ByteView key, std::string& text) {
  InnerNode node;
  if (const char* fault = node.open(bytes.data(), static_cast<uint32_t>(bytes.size()))) {
    text += cat("  DAMAGED: ", fault, "\n");
    return {};
  }
  text += draw_fences(node);
  const size_t child = node.child_of(key);
  text += draw_child(node, child);
  const std::string end = child + 1 < node.child_count() ? joined(node.prefix(), node.suffix(child))
                                                         : draw_bound(node.upper_fence());
  text += cat("      to ", end, "\n");
  return node.child(child);
}

void draw_place(ByteView bytes, ByteView key, std::string& text) {
  AnyLeaf leaf;
  if (const char* fault = leaf.open(bytes.data(), static_cast<uint32_t>(bytes.size()))) {
    text += cat("  DAMAGED: ", fault, "\n");
    return;
  }
  if (!leaf.is_dense()) text += draw_fences(leaf.slotted());
  const Place place = leaf.search(key);
  const size_t from = place.index - std::min(place.index, kEntriesAround);
  const size_t to = std::min(leaf.count(), place.index + kEntriesAround + 1);
  for (size_t i = from; i < to; ++i) {
    if (i == place.index && !place.is_exact) text += cat("      here it would be\n");
    text += draw_leaf_entry(leaf, i);
  }
  if (place.index == leaf.count()) text += "      here it would be\n";
}

std::string draw_header(ByteView bytes) {
  const page::PageHeader header = {bytes.data()};
  return cat("page ", header.number(), ": ", type_name(header.type()), ", level ",
             unsigned{header.level()}, ", generation ", header.generation(), ", count ",
             header.count(), ", checksum ", hex_of(header.checksum()), "\n");
}

}  // namespace

std::string draw_key(ByteView key) {
  constexpr uint8_t kPrintableFirst = 0x20;
  constexpr uint8_t kPrintableLast = 0x7e;
  std::string text = "\"";
  for (const uint8_t byte : key.first(std::min(key.size(), kKeyShownMax))) {
    const char letter = static_cast<char>(byte);
    if (letter == '"' || letter == '\\') {
      text += cat('\\', letter);
    } else if (byte >= kPrintableFirst && byte <= kPrintableLast) {
      text += letter;
    } else {
      text += cat("\\x", hex(&byte, 1));
    }
  }
  text += '"';
  return key.size() > kKeyShownMax ? cat(text, " and ", key.size() - kKeyShownMax, " bytes") : text;
}

std::string draw_page(ByteView bytes) {
  std::string header = draw_header(bytes);
  switch (page::PageHeader{bytes.data()}.type()) {
    case page::PageType::kLeaf:
    case page::PageType::kDenseLeaf:
      return header + draw_leaf(bytes);
    case page::PageType::kInner:
      return header + draw_inner(bytes);
    case page::PageType::kValue:
      return header + draw_piece(bytes);
    case page::PageType::kExtents:
      return header + draw_extents(bytes);
    case page::PageType::kFree:
      break;
  }
  return header;
}

std::string draw_page(const page::PageFile& file, uint64_t number) {
  std::vector<uint8_t> bytes(file.page_size());
  const Status read = file.read_raw(number, bytes);
  if (read) return draw_page(bytes);
  return cat("DAMAGED: ", read.error().message(), "\n", draw_page(bytes));
}

std::string draw_path(const page::PageFile& file, const page::Root& root, ByteView key) {
  std::string text = cat("a tree of ", root.entries, " entries, ", unsigned{root.height},
                         " levels, the way to ", draw_key(key), "\n");
  page::PageRef ref = root.page;
  for (size_t level = std::min<size_t>(root.height, kHeightMax); level > 0 && ref; --level) {
    const auto pin = file.read(ref);
    if (!pin) return cat(text, "DAMAGED: ", pin.error().message(), "\n");
    const ByteView bytes = {pin->bytes(), file.page_size()};
    text += draw_header(bytes);
    if (pin->header().level() != level - 1) {
      return cat(text, "  DAMAGED: not of level ", level - 1, "\n");
    }
    if (level > 1) {
      ref = draw_step(bytes, key, text);
    } else {
      draw_place(bytes, key, text);
    }
  }
  return text;
}

}  // namespace stele::tree
