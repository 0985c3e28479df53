// Reading one entry.
#include "tree/tree.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tree/damage.h"
#include "tree/node.h"

namespace stele::tree {

namespace {

// What is wrong with a page that should have had this level.
std::unexpected<Error> wrong_level(const page::PageFile& file, uint64_t number, size_t level) {
  return damaged(file, number, cat("not of level ", level));
}

// Goes down to the leaf that has the key, if any has. Requires: the tree is not empty.
Status descend(const page::PageFile& file, const page::Root& root, ByteView key, page::PagePin& pin,
               AnyLeaf& leaf) {
  page::PageRef ref = root.page;
  const uint32_t page_size = file.page_size();
  for (size_t level = root.height; level > 0; --level) {
    auto read = file.read(ref);
    if (!read) return fail(std::move(read).error());
    pin = *std::move(read);
    if (level == 1) prefetch_leaf(pin.bytes());
    if (pin.header().level() != level - 1) return wrong_level(file, ref.number, level - 1);
    if (level == 1) break;
    InnerNode node;
    if (const char* fault = node.open(pin.bytes(), page_size)) {
      return damaged(file, ref.number, fault);
    }
    ref = node.child(node.child_of(key));
  }
  if (!pin) return damaged(file, ref.number, "a tree of no levels");
  if (const char* fault = leaf.open(pin.bytes(), page_size)) {
    return damaged(file, ref.number, fault);
  }
  return {};
}

std::unexpected<Error> beyond_page(const page::PageFile& file, const page::PagePin& pin) {
  return damaged(file, pin.header().number(), "a value beyond the page");
}

// Whether a key in two pieces begins with these bytes.
bool begins_with(const AnyLeaf::Key& key, ByteView bytes) {
  const size_t first = std::min(key.prefix.size(), bytes.size());
  const size_t second = bytes.size() - first;
  return key.suffix.size() >= second && equal(key.prefix.first(first), bytes.first(first)) &&
         equal(key.suffix.first(second), bytes.subspan(first));
}

}  // namespace

Result<bool> get(const page::PageFile& file, const page::Root& root, ByteView key, Found& found) {
  found = {};
  if (!root.page) return false;
  page::PagePin pin;
  AnyLeaf leaf;
  STELE_TRY(descend(file, root, key, pin, leaf));
  const Place place = leaf.search(key);
  if (!place.is_exact) return false;
  if (!leaf.value(place.index, found.value)) return beyond_page(file, pin);
  found.pin = std::move(pin);
  return true;
}

Result<Neighbours> get_at_least(const page::PageFile& file, const page::Root& root, ByteView key,
                                ByteView group, Found& found, KeyBuffer& found_key) {
  found = {};
  if (!root.page) return Neighbours();
  page::PagePin pin;
  AnyLeaf leaf;
  STELE_TRY(descend(file, root, key, pin, leaf));
  const Place place = leaf.search(key);
  Neighbours there = {.has_next = place.index < leaf.count()};
  AnyLeaf::Key at;
  std::array<uint8_t, kNumberSize> number;
  if (place.index > 0) {
    if (!leaf.key(place.index - 1, at, number)) return beyond_page(file, pin);
    there.follows_group = begins_with(at, group);
  }
  if (!there.has_next) return there;
  if (!leaf.value(place.index, found.value) || !leaf.key(place.index, at, number)) {
    return beyond_page(file, pin);
  }
  found_key.assign(at.prefix, at.suffix);
  found.pin = std::move(pin);
  return there;
}

}  // namespace stele::tree
