// A copy-on-write B+tree in a page file: reading one entry, reading values, and what trees consist
// of.
//
// Keys are byte strings in memcmp order, at most key_size_max() long. A value of up to a quarter of
// a page lies beside its key; a larger one lies in pages of its own and can be read by range. A
// tree of 64-bit numbers without gaps may have dense leaves, where the place of an entry is
// computed.
//
// A tree never changes: apply() (tree/apply.h) makes a new one that shares pages with it.
//
// Node techniques: prefix truncation and fence keys, separators cut to their shortest: Graefe,
// "Modern B-tree techniques" (2011), sections 3.5-3.6; heads of keys in the slots: Mueller, Benson,
// Leis, "B-Trees Are Back" (SIGMOD 2025), section 3.
//
// Threads: any number of readers.
// On disk: docs/format.md, "Tree".
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "page/page_file.h"

namespace stele::tree {

enum class LeafKind : uint8_t { kSlotted, kDense };

// A limit for all page sizes: half of what the smallest page could hold in fences and a separator.
inline constexpr size_t kKeySizeMax = 1152;

class KeyBuffer;

// The value of an entry: its bytes, or where they are when they lie in pages of their own. Lives as
// long as the pin it came with.
struct Value {
  ByteView bytes = {};  // The value; for a large one its descriptor.
  bool is_large = false;
  [[nodiscard]] uint64_t size() const;  // Of the value.
};

// Copies bytes [offset, offset + into.size()) of a value. Requires: they are in it.
[[nodiscard]] Status read_value(const page::PageFile& file, const Value& value, uint64_t offset,
                                ByteSpan into);

// An entry found, and what keeps it.
struct Found {
  page::PagePin pin;
  Value value;
};

// Returns whether the tree has the key, and its value in `found`. Allocates nothing.
[[nodiscard]] Result<bool> get(const page::PageFile& file, const page::Root& root, ByteView key,
                               Found& found);

// The same for the first entry at or behind the key, and its own key in `found_key`. Says also
// whether the entry before that one begins with `group`. No answer: the leaf that would have the
// key ends before the first or begins behind the second, and who wants to know more needs a cursor,
// which takes several times as long to make. Requires: `key` begins with `group`, and does not lie
// in `found_key`.
struct Neighbours {
  bool has_next = false;  // `found` and `found_key` hold the first entry at or behind the key.
  bool follows_group = false;
};
[[nodiscard]] Result<Neighbours> get_at_least(const page::PageFile& file, const page::Root& root,
                                              ByteView key, ByteView group, Found& found,
                                              KeyBuffer& found_key);

// The same in two halves, for who looks several keys up: what each would wait for comes at once.
//
//     approach() each  →  ask_for() all  →  get_in(), get_at_least_in() each

// Finds the leaf that would have the key, and does not look at it. An empty one: the tree is empty.
[[nodiscard]] Status approach(const page::PageFile& file, const page::Root& root, ByteView key,
                              page::PageRef& leaf);
// Asks for the leaves, so that they are in the processor's caches when they are read soon, or on
// their way from the disk. Requires: kAskedMost at the most; empty ones do not matter.
inline constexpr size_t kAskedMost = 16;
void ask_for(const page::PageFile& file, std::span<const page::PageRef> leaves);
[[nodiscard]] Result<bool> get_in(const page::PageFile& file, const page::PageRef& leaf,
                                  ByteView key, Found& found);
[[nodiscard]] Result<Neighbours> get_at_least_in(const page::PageFile& file,
                                                 const page::PageRef& leaf, ByteView key,
                                                 ByteView group, Found& found,
                                                 KeyBuffer& found_key);

}  // namespace stele::tree
