// The payload of a commit frame: who it is, what it binds, and its sections.
//
//    0                8        12        16               24                              56
//    +----------------+--------+---------+----------------+-------------------------------+
//    | first position | events | sections|    recorded    |         Merkle root           |
//    +----------------+--------+---------+----------------+-------------------------------+
//    |  chained root                     |  section, section ...
//    +-----------------------------------+ 88
//
//    section := kind u16, zero u16, count u32, size u64, then `size` bytes and zeros up to a
//               multiple of 8
//
// Offsets count from the end of the frame header. On disk: docs/format.md, "Commit".
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"

namespace stele::engine {

inline constexpr size_t kCommitFirstPositionOffset = 0;
inline constexpr size_t kCommitEventCountOffset = kCommitFirstPositionOffset + 8;
inline constexpr size_t kCommitSectionCountOffset = kCommitEventCountOffset + 4;
inline constexpr size_t kCommitRecordedOffset = kCommitSectionCountOffset + 4;
inline constexpr size_t kCommitMerkleOffset = kCommitRecordedOffset + 8;
inline constexpr size_t kCommitChainedOffset = kCommitMerkleOffset + 32;
inline constexpr size_t kCommitHeaderSize = kCommitChainedOffset + 32;
static_assert(kCommitHeaderSize == 88);
inline constexpr size_t kSectionHeaderSize = 16;

// What a section holds. Values are on disk. 5 was an encoding of rows that no release has had.
enum class SectionKind : uint16_t { kEvents = 1, kTracking = 2, kKey = 3, kCatalog = 4, kRows = 6 };
inline constexpr size_t kSectionKinds = 7;  // Above every one.

// A commit's place in the one order of the database.
struct Stamp {
  uint64_t tsn;
  uint64_t first_position;  // Of its first event; the next free position when it has none.
  uint32_t event_count;
  int64_t recorded;

  [[nodiscard]] uint64_t last_position() const { return first_position + event_count - 1; }
};

// Reads the stamp of commit `tsn` in place. Requires: kCommitHeaderSize readable bytes.
[[nodiscard]] Stamp stamp_at(uint64_t tsn, const uint8_t* payload);

struct SectionView {
  SectionKind kind;
  uint32_t count;
  ByteView bytes;  // Without header and padding.
};

// Reads a payload that recovery or verify took from disk, or that this process has written. The
// frame's checksum is good, so damage means a defect or forgery, and is a Status all the same.
class CommitView {
 public:
  static Result<CommitView> decode(uint64_t tsn, ByteView payload);

  [[nodiscard]] const Stamp& stamp() const { return stamp_; }
  [[nodiscard]] Digest merkle_root() const;
  [[nodiscard]] Digest chained_root() const;

  // Walks the sections: calls `visit(section)` for each until one returns an error. CORRUPT: they
  // are not what fills the payload, or one occurs twice.
  template <typename Visit>
  Status for_each_section(const Visit& visit) const {
    size_t at = kCommitHeaderSize;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < section_count_; ++i) {
      const auto section = section_at(at, seen);
      if (!section) return fail(section.error());
      STELE_TRY(visit(*section));
      at += kSectionHeaderSize + align_up(section->bytes.size());
    }
    return check_end(at);
  }

 private:
  CommitView(const Stamp& stamp, uint32_t section_count, ByteView payload)
      : stamp_(stamp), section_count_(section_count), payload_(payload) {}
  // Adds the section's kind to the set `seen`, of which it must not be one.
  [[nodiscard]] Result<SectionView> section_at(size_t at, uint64_t& seen) const;
  [[nodiscard]] Status check_end(size_t at) const;

  Stamp stamp_;
  uint32_t section_count_;
  ByteView payload_;
};

// Writes everything of the commit header but the roots, which are known only when the frame is
// sealed.
void encode_commit_header(uint8_t* payload, const Stamp& stamp, uint32_t section_count);
void encode_section_header(uint8_t* at, SectionKind kind, uint32_t count, uint64_t size);
void store_roots(uint8_t* payload, const Digest& merkle_root, const Digest& chained_root);

// Returns the root that binds a commit and, through `previous`, every commit before it.
[[nodiscard]] Digest chained_root_of(const Stamp& stamp, const Digest& merkle_root,
                                     const Digest& previous);

// Returns what stands for the previous root in the first commit: it binds the database.
[[nodiscard]] Digest genesis_root(ByteView uuid);

}  // namespace stele::engine
