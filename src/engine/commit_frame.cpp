// Encodes and decodes commit payloads, and computes the chained root.
#include "engine/commit_frame.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace stele::engine {

namespace {

Digest digest_at(const uint8_t* from) {
  Digest digest;
  std::copy_n(from, digest.size(), digest.begin());
  return digest;
}

// Returns the place of a kind in a set of them; 0 for kinds of the future, which are not counted:
// who applies them knows what may occur twice.
uint64_t bit_of(SectionKind kind) {
  switch (kind) {
    case SectionKind::kEvents:
    case SectionKind::kTracking:
    case SectionKind::kKey:
    case SectionKind::kCatalog:
    case SectionKind::kRows:
      return uint64_t{1} << static_cast<uint16_t>(kind);
  }
  return 0;
}

}  // namespace

Stamp stamp_at(uint64_t tsn, const uint8_t* payload) {
  return {.tsn = tsn,
          .first_position = load_le<uint64_t>(payload + kCommitFirstPositionOffset),
          .event_count = load_le<uint32_t>(payload + kCommitEventCountOffset),
          .recorded = load_le<int64_t>(payload + kCommitRecordedOffset)};
}

Result<CommitView> CommitView::decode(uint64_t tsn, ByteView payload) {
  if (payload.size() < kCommitHeaderSize) {
    return fail(Code::kCorrupt, cat("commit ", tsn, ": the frame is shorter than its header"));
  }
  const auto section_count = load_le<uint32_t>(payload.data() + kCommitSectionCountOffset);
  return CommitView(stamp_at(tsn, payload.data()), section_count, payload);
}

Digest CommitView::merkle_root() const {
  return digest_at(payload_.data() + kCommitMerkleOffset);
}

Digest CommitView::chained_root() const {
  return digest_at(payload_.data() + kCommitChainedOffset);
}

Result<SectionView> CommitView::section_at(size_t at, uint64_t& seen) const {
  const auto damaged = [&](const char* reason) {
    return fail(Code::kCorrupt, cat("commit ", stamp_.tsn, ": ", reason));
  };
  constexpr const char* kTooLong = "a section does not fit its frame";
  if (at > payload_.size() || payload_.size() - at < kSectionHeaderSize) return damaged(kTooLong);
  const uint8_t* from = payload_.data() + at;
  const uint64_t room = payload_.size() - at - kSectionHeaderSize;
  const auto size = load_le<uint64_t>(from + 8);
  if (size > room || align_up(size) > room) return damaged(kTooLong);
  const auto kind = static_cast<SectionKind>(load_le<uint16_t>(from));
  const ByteView padded = payload_.subspan(at + kSectionHeaderSize, align_up(size));
  if (load_le<uint16_t>(from + 2) != 0 || !is_zero(padded.subspan(size))) {
    return damaged("a section has bytes that should be zero");
  }
  const uint64_t bit = bit_of(kind);
  if ((seen & bit) != 0) return damaged("a section of the same kind occurs twice");
  seen |= bit;
  return SectionView{
      .kind = kind, .count = load_le<uint32_t>(from + 4), .bytes = padded.first(size)};
}

Status CommitView::check_end(size_t at) const {
  if (at == payload_.size()) return {};
  return fail(Code::kCorrupt, cat("commit ", stamp_.tsn, ": bytes behind its last section"));
}

void encode_commit_header(uint8_t* payload, const Stamp& stamp, uint32_t section_count) {
  store_le(payload + kCommitFirstPositionOffset, stamp.first_position);
  store_le(payload + kCommitEventCountOffset, stamp.event_count);
  store_le(payload + kCommitSectionCountOffset, section_count);
  store_le(payload + kCommitRecordedOffset, stamp.recorded);
  std::fill_n(payload + kCommitMerkleOffset, kCommitHeaderSize - kCommitMerkleOffset, uint8_t{0});
}

void encode_section_header(uint8_t* at, SectionKind kind, uint32_t count, uint64_t size) {
  store_le(at, static_cast<uint16_t>(kind));
  store_le(at + 2, uint16_t{0});
  store_le(at + 4, count);
  store_le(at + 8, size);
}

void store_roots(uint8_t* payload, const Digest& merkle_root, const Digest& chained_root) {
  std::ranges::copy(merkle_root, payload + kCommitMerkleOffset);
  std::ranges::copy(chained_root, payload + kCommitChainedOffset);
}

Digest chained_root_of(const Stamp& stamp, const Digest& merkle_root, const Digest& previous) {
  std::array<uint8_t, 2 * kHashBlock> input = {};
  store_le(input.data(), stamp.tsn);
  store_le(input.data() + 8, stamp.first_position);
  store_le(input.data() + 16, uint64_t{stamp.event_count});
  store_le(input.data() + 24, stamp.recorded);
  std::ranges::copy(merkle_root, input.data() + 32);
  std::ranges::copy(previous, input.data() + 64);
  const uint8_t* inputs = input.data();
  Digest root;
  hash_blocks(HashDomain::kFrameRoot, {&inputs, 1}, input.size() / kHashBlock, root.data());
  return root;
}

Digest genesis_root(ByteView uuid) {
  return hash_padded(HashDomain::kGenesis, uuid);
}

}  // namespace stele::engine
