// A frame: one commit in the log, and the rule that tells a whole one from a torn one.
//
//    0                8        12     13      14    16               24               32
//    +----------------+--------+------+-------+-----+----------------+----------------+
//    |    checksum    | length | type | flags |  0  |      TSN       | prev. checksum |
//    +----------------+--------+------+-------+-----+----------------+----------------+
//    |  durable TSN   |  payload, zeros up to a multiple of 8 ...
//    +----------------+
//
//    I1  The checksum is XXH3-64 of all bytes behind it, padding included, seeded with the
//        segment's salt.
//    I2  A commit frame has the TSN after the frame before it; a watermark frame repeats the TSN.
//    I3  `prev. checksum` is the checksum of the frame before it, also across segments.
//    I4  Every commit up to `durable TSN` was on stable storage before this frame was written.
//
// Why a salt: a segment file may have held other frames before; those do not verify any more.
// On disk: docs/format.md, "Frame".
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace stele::wal {

inline constexpr size_t kFrameChecksumOffset = 0;
inline constexpr size_t kFrameLengthOffset = kFrameChecksumOffset + 8;
inline constexpr size_t kFrameTypeOffset = kFrameLengthOffset + 4;
inline constexpr size_t kFrameFlagsOffset = kFrameTypeOffset + 1;
inline constexpr size_t kFrameTsnOffset = kFrameFlagsOffset + 3;
inline constexpr size_t kFramePreviousOffset = kFrameTsnOffset + 8;
inline constexpr size_t kFrameDurableOffset = kFramePreviousOffset + 8;
inline constexpr size_t kFrameHeaderSize = kFrameDurableOffset + 8;
static_assert(kFrameHeaderSize == 40);

// The longest frame: a batch of 256 MiB and what a commit adds around it.
inline constexpr uint64_t kFrameLengthMax = (uint64_t{256} << 20) + (uint64_t{1} << 20);

enum class FrameType : uint8_t { kCommit = 1, kWatermark = 2 };

// The state of the chain behind a frame: what the next one must continue.
struct Chain {
  uint64_t tsn = 0;       // Of the last commit frame.
  uint64_t checksum = 0;  // Of the last frame.
  friend bool operator==(const Chain&, const Chain&) = default;
};

// Starts a frame in `frame`: length, type and TSN. The payload is the caller's; the rest is filled
// in by seal_frame. Requires: frame.size() == align_up(length).
void start_frame(ByteSpan frame, FrameType type, uint64_t tsn, uint64_t length);

// Completes a frame: padding, chain, watermark, checksum. Advances `chain` behind it.
void seal_frame(ByteSpan frame, uint64_t salt, uint64_t durable_tsn, Chain& chain);

struct FrameView {
  ByteView bytes;  // The whole frame, padding included.
  FrameType type;
  uint64_t tsn;
  uint64_t durable_tsn;
  uint64_t checksum;

  [[nodiscard]] ByteView payload() const { return bytes.subspan(kFrameHeaderSize); }
};

// Returns the length that the header at `header` claims, 0 if no frame can have it.
// Requires: kFrameHeaderSize readable bytes.
[[nodiscard]] uint64_t claimed_length(const uint8_t* header);

// Decodes the frame that `bytes` holds, without looking at its place in the chain (I1 only).
// Returns the reason why it is not a frame otherwise. Requires: bytes.size() is the padded claimed
// length.
[[nodiscard]] std::expected<FrameView, const char*> decode_frame(ByteView bytes, uint64_t salt);

// Returns whether type and flags of a header are of this format. A frame whose checksum is good and
// whose kind is not known is no torn write: a newer version wrote it. Requires: kFrameHeaderSize
// readable bytes.
[[nodiscard]] bool is_known_kind(const uint8_t* header);

// Returns nullptr if `frame` continues `chain` (I2, I3, I4), and the reason if not.
[[nodiscard]] const char* chain_fault(const FrameView& frame, const Chain& chain);

}  // namespace stele::wal
