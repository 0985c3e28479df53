// Reading one entry.
#include "tree/tree.h"

#include "tree/damage.h"
#include "tree/node.h"

namespace stele::tree {

namespace {

// What is wrong with a page that should have had this level.
std::unexpected<Error> wrong_level(const page::PageFile& file, uint64_t number, size_t level) {
  return damaged(file, number, cat("not of level ", level));
}

}  // namespace

Result<bool> get(const page::PageFile& file, const page::Root& root, ByteView key, Found& found) {
  found = {};
  if (!root.page) return false;
  page::PageRef ref = root.page;
  const uint32_t page_size = file.page_size();
  page::PagePin pin;
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
  AnyLeaf leaf;
  if (!pin) return damaged(file, ref.number, "a tree of no levels");
  if (const char* fault = leaf.open(pin.bytes(), page_size)) {
    return damaged(file, ref.number, fault);
  }
  const Place place = leaf.search(key);
  if (!place.is_exact) return false;
  if (!leaf.value(place.index, found.value)) {
    return damaged(file, ref.number, "a value beyond the page");
  }
  found.pin = std::move(pin);
  return true;
}

}  // namespace stele::tree
