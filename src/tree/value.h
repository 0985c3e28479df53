// Values too large for a leaf: in pieces, each in a page of its own, wherever there is room.
//
// The leaf has a descriptor instead: which value it is and in which runs of pages its pieces are.
// When there are too many runs for a leaf they are in pages, each of which names the one before it,
// so that they can be written as the value comes in; the descriptor names the last.
//
//     descriptor ──► [run][run][run]                              few runs
//     descriptor ──► extents page ──► extents page ──► none       many: the last ones first
//
// A piece has no checksum in what refers to it. That it is the one meant follows from its page's
// own checksum, which covers the number; from the generation; and from the value's tag and the
// piece's index, which are in the page as well.
//
// On disk: docs/format.md, "Value page", "Extents page".
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "page/page_file.h"
#include "page/page_writer.h"
#include "tree/apply.h"
#include "tree/ref.h"
#include "tree/tree.h"

namespace stele::tree {

inline constexpr size_t kDescriptorSizeOffset = 0;
inline constexpr size_t kDescriptorGenerationOffset = kDescriptorSizeOffset + 8;
inline constexpr size_t kDescriptorTagOffset = kDescriptorGenerationOffset + 8;
inline constexpr size_t kDescriptorCountOffset = kDescriptorTagOffset + 8;
// Then `count` extents; or with count 0 the number and the checksum of the last extents page.
inline constexpr size_t kDescriptorHeaderSize = kDescriptorCountOffset + 4;
static_assert(kDescriptorHeaderSize == 28);

inline constexpr size_t kExtentFirstOffset = 0;
inline constexpr size_t kExtentCountOffset = kExtentFirstOffset + 8;
inline constexpr size_t kExtentSize = kExtentCountOffset + 4;

inline constexpr size_t kPieceTagOffset = page::kPageHeaderSize;
inline constexpr size_t kPieceIndexOffset = kPieceTagOffset + 8;
inline constexpr size_t kPieceHeaderSize = kPieceIndexOffset + 8;
static_assert(kPieceHeaderSize == 48);

inline constexpr size_t kExtentsPreviousOffset = page::kPageHeaderSize;  // Number and checksum.
inline constexpr size_t kExtentsFirstPieceOffset = kExtentsPreviousOffset + kRefSize;
inline constexpr size_t kExtentsTagOffset = kExtentsFirstPieceOffset + 8;
inline constexpr size_t kExtentsHeaderSize = kExtentsTagOffset + 8;
static_assert(kExtentsHeaderSize == 64);

// How many bytes of a value a page holds.
[[nodiscard]] constexpr uint64_t piece_size(uint32_t page_size) {
  return page_size - kPieceHeaderSize;
}

// How many pieces a value has.
[[nodiscard]] constexpr uint64_t piece_count(uint64_t size, uint32_t page_size) {
  return size / piece_size(page_size) + (size % piece_size(page_size) != 0 ? 1 : 0);
}

// How many extents a descriptor has room for: an eighth of a page holds it.
[[nodiscard]] constexpr size_t descriptor_extents_max(uint32_t page_size) {
  return (page_size / 8 - kDescriptorHeaderSize) / kExtentSize;
}

[[nodiscard]] constexpr size_t page_extents_max(uint32_t page_size) {
  return (page_size - kExtentsHeaderSize) / kExtentSize;
}

// Writes a value into pages and returns its descriptor. Holds two pages in memory at most.
[[nodiscard]] Result<std::vector<uint8_t>> write_value(page::PageWriter& writer,
                                                       ValueSource& source);

// Frees all pages of a value.
[[nodiscard]] Status free_value(page::PageWriter& writer, ByteView descriptor);

// A run of pages that hold consecutive pieces.
struct ValueRun {
  uint64_t piece = 0;  // The index of the first.
  uint64_t page = 0;   // Its number.
  uint64_t count = 0;
};

// Calls visit_run() for the runs that have pieces of [first, last), as far as they have them, and
// visit_list() for each extents page on the way. The order of the runs is not that of the pieces.
struct ValueVisitor {
  std::function<Status(const ValueRun&)> visit_run;
  std::function<Status(uint64_t page)> visit_list;  // May be empty.
};
[[nodiscard]] Status visit_value(const page::PageFile& file, ByteView descriptor, uint64_t first,
                                 uint64_t last, const ValueVisitor& visitor);

// Reads piece `index` of a value into `page`, page_size() bytes, and checks that it is that.
[[nodiscard]] Status read_piece(const page::PageFile& file, ByteView descriptor,
                                const ValueRun& place, ByteSpan page);

// Bytes in memory as a source.
class BytesSource final : public ValueSource {
 public:
  explicit BytesSource(ByteView bytes) : bytes_(bytes), size_(bytes.size()) {}
  [[nodiscard]] uint64_t size() const override { return size_; }
  [[nodiscard]] Status read(ByteSpan into) override {
    copy_bytes(into.data(), bytes_.first(into.size()));
    bytes_ = bytes_.subspan(into.size());
    return {};
  }

 private:
  ByteView bytes_;
  uint64_t size_;
};

}  // namespace stele::tree
