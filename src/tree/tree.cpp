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

// Reads a leaf that approach() has found.
Status open_leaf(const page::PageFile& file, const page::PageRef& ref, page::PagePin& pin,
                 AnyLeaf& leaf) {
  auto read = file.read(ref);
  if (!read) return fail(std::move(read).error());
  pin = *std::move(read);
  if (pin.header().level() != 0) return wrong_level(file, ref.number, 0);
  if (const char* fault = leaf.open(pin.bytes(), file.page_size())) {
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

Status approach(const page::PageFile& file, const page::Root& root, ByteView key,
                page::PageRef& leaf) {
  leaf = root.page;
  if (!leaf) return {};
  if (root.height == 0) return damaged(file, leaf.number, "a tree of no levels");
  page::PagePin pin;
  for (size_t level = root.height - 1; level > 0; --level) {
    auto read = file.read(leaf);
    if (!read) return fail(std::move(read).error());
    pin = *std::move(read);
    if (pin.header().level() != level) return wrong_level(file, leaf.number, level);
    InnerNode node;
    if (const char* fault = node.open(pin.bytes(), file.page_size())) {
      return damaged(file, leaf.number, fault);
    }
    leaf = node.child(node.child_of(key));
  }
  return {};
}

void ask_for(const page::PageFile& file, std::span<const page::PageRef> leaves) {
  for (const page::PageRef& leaf : leaves) file.prefetch_entry(leaf);
  for (const page::PageRef& leaf : leaves) {
    if (leaf && !file.prefetch_page(leaf)) file.will_need(leaf);
  }
}

Result<bool> get_in(const page::PageFile& file, const page::PageRef& leaf, ByteView key,
                    Found& found) {
  found = {};
  if (!leaf) return false;
  page::PagePin pin;
  AnyLeaf entries;
  STELE_TRY(open_leaf(file, leaf, pin, entries));
  const Place place = entries.search(key);
  if (!place.is_exact) return false;
  if (!entries.value(place.index, found.value)) return beyond_page(file, pin);
  found.pin = std::move(pin);
  return true;
}

Result<bool> get(const page::PageFile& file, const page::Root& root, ByteView key, Found& found) {
  page::PageRef leaf;
  STELE_TRY(approach(file, root, key, leaf));
  return get_in(file, leaf, key, found);
}

Result<Neighbours> get_at_least_in(const page::PageFile& file, const page::PageRef& ref,
                                   ByteView key, ByteView group, Found& found,
                                   KeyBuffer& found_key) {
  found = {};
  if (!ref) return Neighbours();
  page::PagePin pin;
  AnyLeaf leaf;
  STELE_TRY(open_leaf(file, ref, pin, leaf));
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

Result<Neighbours> get_at_least(const page::PageFile& file, const page::Root& root, ByteView key,
                                ByteView group, Found& found, KeyBuffer& found_key) {
  page::PageRef leaf;
  STELE_TRY(approach(file, root, key, leaf));
  return get_at_least_in(file, leaf, key, group, found, found_key);
}

}  // namespace stele::tree
