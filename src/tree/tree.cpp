// Reading one entry.
#include "tree/tree.h"

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

Result<bool> get_at_least(const page::PageFile& file, const page::Root& root, ByteView key,
                          Found& found, KeyBuffer& found_key) {
  found = {};
  if (!root.page) return false;
  page::PagePin pin;
  AnyLeaf leaf;
  STELE_TRY(descend(file, root, key, pin, leaf));
  const Place place = leaf.search(key);
  if (place.index == leaf.count()) return false;
  AnyLeaf::Key at;
  std::array<uint8_t, kNumberSize> number;
  if (!leaf.value(place.index, found.value) || !leaf.key(place.index, at, number)) {
    return beyond_page(file, pin);
  }
  found_key.assign(at.prefix, at.suffix);
  found.pin = std::move(pin);
  return true;
}

}  // namespace stele::tree
