// Superblocks to bytes and back.
#include "page/superblock.h"

#include <algorithm>
#include <bit>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/checksum.h"
#include "base/text.h"

namespace stele::page {

namespace {

constexpr std::string_view kMagic = "STELEPGS";

constexpr size_t kFormatOffset = 8;
constexpr size_t kPageSizeOffset = kFormatOffset + 4;
constexpr size_t kUuidOffset = kPageSizeOffset + 4;
constexpr size_t kFileIdOffset = kUuidOffset + 16;
constexpr size_t kGenerationOffset = kFileIdOffset + 8;
constexpr size_t kAppliedTsnOffset = kGenerationOffset + 8;
constexpr size_t kPageCountOfFileOffset = kAppliedTsnOffset + 8;
constexpr size_t kFreePagesOffset = kPageCountOfFileOffset + 8;
constexpr size_t kFreeListOffset = kFreePagesOffset + 8;
constexpr size_t kRootCountOffset = kFreeListOffset + 16;
constexpr size_t kNoteOffset = kRootCountOffset + 8;
constexpr size_t kNoteEnd = kNoteOffset + kNoteSize;
constexpr size_t kRootsOffset = 256;
constexpr size_t kRootSize = 64;
constexpr size_t kRootsEnd = kRootsOffset + kRootsMax * kRootSize;
constexpr size_t kChecksumOffset = kSlotSize - 8;
static_assert(kNoteEnd == 160 && kRootsEnd == 2304);

// Within a root.
constexpr size_t kRootPageOffset = kRootNameMax;
constexpr size_t kRootChecksumOffset = kRootPageOffset + 8;
constexpr size_t kRootEntriesOffset = kRootChecksumOffset + 8;
constexpr size_t kRootHeightOffset = kRootEntriesOffset + 8;
constexpr size_t kRootEnd = kRootHeightOffset + 1;
static_assert(kRootEnd == 49);

uint64_t checksum_of(ByteView bytes, size_t slot, const Uuid& uuid, uint64_t file_id) {
  return checksum(bytes.first(kChecksumOffset), page_seed(file_seed(uuid, file_id), slot));
}

void encode_root(uint8_t* to, std::string_view name, const Root& root) {
  STELE_CHECK(!name.empty() && name.size() <= kRootNameMax);
  STELE_CHECK(name.find('\0') == std::string_view::npos);
  copy_bytes(to, as_bytes(name));
  store_le(to + kRootPageOffset, root.page.number);
  store_le(to + kRootChecksumOffset, root.page.checksum);
  store_le(to + kRootEntriesOffset, root.entries);
  to[kRootHeightOffset] = root.height;
}

// Reads the fields of one superblock; each function says what is wrong with its part.
class Decoder {
 public:
  Decoder(ByteView bytes, size_t slot, const std::string& path)
      : bytes_(bytes), slot_(slot), path_(path) {}

  Result<Superblock> decode() {
    STELE_TRY(check_identity());
    STELE_TRY(decode_fields());
    STELE_TRY(decode_roots());
    return std::move(superblock_);
  }

 private:
  template <typename T>
  [[nodiscard]] T at(size_t offset) const {
    return load_le<T>(bytes_.data() + offset);
  }
  [[nodiscard]] std::unexpected<Error> wrong(size_t offset, const std::string& reason) const {
    return corruption(path_, slot_ * kSlotSize + offset, cat("slot ", slot_, ": ", reason));
  }
  [[nodiscard]] bool is_page(uint64_t number) const {
    return number >= first_page(superblock_.page_size) && number < superblock_.state.page_count;
  }

  Status check_identity() {
    if (bytes_.size() < kSlotSize) return wrong(bytes_.size(), "the file ends inside of it");
    if (as_text(bytes_.first(kMagic.size())) != kMagic) return wrong(0, "this is no superblock");
    std::copy_n(bytes_.data() + kUuidOffset, superblock_.uuid.size(), superblock_.uuid.data());
    superblock_.file_id = at<uint64_t>(kFileIdOffset);
    const uint64_t sum = checksum_of(bytes_, slot_, superblock_.uuid, superblock_.file_id);
    if (sum != at<uint64_t>(kChecksumOffset)) return wrong(0, "the checksum does not match");
    // Formats to come keep magic, format and checksum where they are, so that a newer superblock is
    // told from a damaged one.
    const auto format = at<uint32_t>(kFormatOffset);
    if (format > kPageFileFormat) {
      return fail(Code::kUnsupported, cat(path_, ": written in format ", format,
                                          "; this library reads up to ", kPageFileFormat));
    }
    if (format == 0) return wrong(kFormatOffset, "format 0 never was");
    return {};
  }

  Status decode_fields() {
    State& state = superblock_.state;
    superblock_.page_size = at<uint32_t>(kPageSizeOffset);
    state.generation = at<uint64_t>(kGenerationOffset);
    state.applied_tsn = at<uint64_t>(kAppliedTsnOffset);
    state.page_count = at<uint64_t>(kPageCountOfFileOffset);
    state.free_pages = at<uint64_t>(kFreePagesOffset);
    state.free_list = {at<uint64_t>(kFreeListOffset), at<uint64_t>(kFreeListOffset + 8)};
    std::copy_n(bytes_.data() + kNoteOffset, kNoteSize, state.note.data());
    const uint32_t size = superblock_.page_size;
    if (!std::has_single_bit(size) || size < kPageSizeMin || size > kPageSizeMax) {
      return wrong(kPageSizeOffset, cat("pages of ", size, " bytes"));
    }
    if (slot_of(state.generation) != slot_ || state.generation > kGenerationMax) {
      return wrong(kGenerationOffset, cat("generation ", state.generation, " belongs elsewhere"));
    }
    const uint64_t most = (uint64_t{1} << 62) / size;
    if (state.page_count < first_page(size) || state.page_count > most) {
      return wrong(kPageCountOfFileOffset, cat("a file of ", state.page_count, " pages"));
    }
    if (state.free_pages > state.page_count) {
      return wrong(kFreePagesOffset, cat(state.free_pages, " free pages"));
    }
    if (state.free_list ? !is_page(state.free_list.number)
                        : state.free_list.checksum != 0 || state.free_pages != 0) {
      return wrong(kFreeListOffset, cat("a free list in page ", state.free_list.number));
    }
    return {};
  }

  Status decode_roots() {
    const auto count = at<uint32_t>(kRootCountOffset);
    if (count > kRootsMax) return wrong(kRootCountOffset, cat(count, " roots"));
    for (size_t i = 0; i < count; ++i) STELE_TRY(decode_root(kRootsOffset + i * kRootSize));
    const size_t end = kRootsOffset + count * kRootSize;
    if (!is_zero(bytes_.subspan(kRootCountOffset + 4, 4)) ||
        !is_zero(bytes_.subspan(kNoteEnd, kRootsOffset - kNoteEnd)) ||
        !is_zero(bytes_.subspan(end, kChecksumOffset - end))) {
      return wrong(kNoteEnd, "reserved bytes are in use");
    }
    return {};
  }

  Status decode_root(size_t offset) {
    const std::string_view padded = as_text(bytes_.subspan(offset, kRootNameMax));
    const std::string_view name = padded.substr(0, std::min(padded.find('\0'), kRootNameMax));
    Roots& roots = superblock_.state.roots;
    if (name.empty() || !is_zero(as_bytes(padded.substr(name.size()))) ||
        (!roots.empty() && name <= roots.rbegin()->first)) {
      return wrong(offset, "the names of roots are out of order");
    }
    const Root root = {.page = {at<uint64_t>(offset + kRootPageOffset),
                                at<uint64_t>(offset + kRootChecksumOffset)},
                       .height = bytes_[offset + kRootHeightOffset],
                       .entries = at<uint64_t>(offset + kRootEntriesOffset)};
    if (root.page ? !is_page(root.page.number) || root.height == 0 : root != Root()) {
      return wrong(offset, cat("the root ", quoted(name), " in page ", root.page.number));
    }
    if (!is_zero(bytes_.subspan(offset + kRootEnd, kRootSize - kRootEnd))) {
      return wrong(offset + kRootEnd, "reserved bytes are in use");
    }
    roots.emplace_hint(roots.end(), name, root);
    return {};
  }

  ByteView bytes_;
  size_t slot_;
  const std::string& path_;
  Superblock superblock_;
};

}  // namespace

SlotBytes encode_superblock(const Superblock& superblock) {
  const State& state = superblock.state;
  STELE_CHECK(state.roots.size() <= kRootsMax);
  SlotBytes bytes = {};
  copy_bytes(bytes.data(), as_bytes(kMagic));
  store_le(bytes.data() + kFormatOffset, kPageFileFormat);
  store_le(bytes.data() + kPageSizeOffset, superblock.page_size);
  copy_bytes(bytes.data() + kUuidOffset, superblock.uuid);
  store_le(bytes.data() + kFileIdOffset, superblock.file_id);
  store_le(bytes.data() + kGenerationOffset, state.generation);
  store_le(bytes.data() + kAppliedTsnOffset, state.applied_tsn);
  store_le(bytes.data() + kPageCountOfFileOffset, state.page_count);
  store_le(bytes.data() + kFreePagesOffset, state.free_pages);
  store_le(bytes.data() + kFreeListOffset, state.free_list.number);
  store_le(bytes.data() + kFreeListOffset + 8, state.free_list.checksum);
  store_le(bytes.data() + kRootCountOffset, static_cast<uint32_t>(state.roots.size()));
  copy_bytes(bytes.data() + kNoteOffset, state.note);
  uint8_t* at = bytes.data() + kRootsOffset;
  for (const auto& [name, root] : state.roots) {
    encode_root(at, name, root);
    at += kRootSize;
  }
  store_le(bytes.data() + kChecksumOffset,
           checksum_of(bytes, slot_of(state.generation), superblock.uuid, superblock.file_id));
  return bytes;
}

Result<Superblock> decode_superblock(ByteView bytes, size_t slot, const std::string& path) {
  return Decoder(bytes, slot, path).decode();
}

}  // namespace stele::page
