// Folding and unfolding page files.
#include "fuzz/page_image.h"

#include <algorithm>

#include "base/checksum.h"

namespace stele::fuzz {

namespace {

using page::kSlotSize;

constexpr size_t kFreeListOffset = 72;  // In a superblock.
constexpr size_t kRootsOffset = 256;
constexpr size_t kRootSize = 64;
constexpr size_t kRootPageOffset = 24;

// Gives a reference the checksum of the page that it names.
void relink(uint8_t* reference, ByteView file) {
  const auto number = load_le<uint64_t>(reference);
  if (number < page::first_page(kFoldedPageSize) || number >= file.size() / kFoldedPageSize) return;
  store_le(reference + 8, load_le<uint64_t>(file.data() + number * kFoldedPageSize));
}

void seal_pages(std::vector<uint8_t>& file, uint64_t seed) {
  const uint64_t count = file.size() / kFoldedPageSize;
  // As often as a chain may be long.
  for (int round = 0; round < 4; ++round) {
    for (uint64_t number = page::first_page(kFoldedPageSize); number < count; ++number) {
      const ByteSpan bytes(file.data() + number * kFoldedPageSize, kFoldedPageSize);
      const page::PageHeader header{bytes.data()};
      if (header.type() == page::PageType::kFree) {
        relink(bytes.data() + page::kFreeNextOffset, file);
      }
      page::seal_page(bytes, number, header.generation(), seed);
    }
  }
}

void seal_slots(std::vector<uint8_t>& file, uint64_t seed, bool relinks) {
  for (size_t slot = 0; slot < 2; ++slot) {
    uint8_t* bytes = file.data() + slot * kSlotSize;
    if (relinks) {
      relink(bytes + kFreeListOffset, file);
      for (size_t at = kRootsOffset; at < kFoldedSlot; at += kRootSize) {
        relink(bytes + at + kRootPageOffset, file);
      }
    }
    store_le(bytes + kSlotSize - 8, checksum({bytes, kSlotSize - 8}, page::page_seed(seed, slot)));
  }
}

}  // namespace

page::PageFileOptions page_file_options() {
  return {.uuid = {1, 2, 3}, .file_id = 4, .page_size = kFoldedPageSize};
}

std::vector<uint8_t> fold(uint8_t flags, ByteView file) {
  std::vector<uint8_t> input = {flags};
  const auto add = [&](size_t offset, size_t size) {
    const ByteView part = file.subspan(offset, size);
    input.insert(input.end(), part.begin(), part.end());
  };
  add(0, kFoldedSlot);
  add(kSlotSize, kFoldedSlot);
  for (size_t at = 2 * kSlotSize; at + kFoldedPageSize <= file.size(); at += kFoldedPageSize) {
    add(at, kFoldedPage);
  }
  return input;
}

std::vector<uint8_t> unfold(ByteView input) {
  const uint8_t flags = input[0];
  input = input.subspan(1);
  std::vector<uint8_t> file(2 * kSlotSize);
  const auto take = [&](size_t offset, size_t size) {
    const ByteView part = input.first(std::min(size, input.size()));
    std::ranges::copy(part, file.begin() + static_cast<ptrdiff_t>(offset));
    input = input.subspan(part.size());
  };
  take(0, kFoldedSlot);
  take(kSlotSize, kFoldedSlot);
  while (!input.empty() && file.size() < kFoldedPagesMax * kFoldedPageSize) {
    file.resize(file.size() + kFoldedPageSize);
    take(file.size() - kFoldedPageSize, kFoldedPage);
  }
  const uint64_t seed = page::file_seed(page_file_options().uuid, page_file_options().file_id);
  if ((flags & kSealPages) != 0) seal_pages(file, seed);
  if ((flags & (kSealSlots | kSealPages)) != 0) seal_slots(file, seed, (flags & kSealPages) != 0);
  return file;
}

}  // namespace stele::fuzz
