// Frames: started by the sequencer, sealed by the group's writer, decoded by recovery and verify.
#include "wal/frame.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/checksum.h"

namespace stele::wal {

void start_frame(ByteSpan frame, FrameType type, uint64_t tsn, uint64_t length) {
  STELE_CHECK(length >= kFrameHeaderSize && length <= kFrameLengthMax);
  STELE_CHECK(frame.size() == align_up(length));
  std::memset(frame.data(), 0, kFrameHeaderSize);
  store_le(frame.data() + kFrameLengthOffset, static_cast<uint32_t>(length));
  frame[kFrameTypeOffset] = static_cast<uint8_t>(type);
  store_le(frame.data() + kFrameTsnOffset, tsn);
  std::memset(frame.data() + length, 0, frame.size() - length);
}

void seal_frame(ByteSpan frame, uint64_t salt, uint64_t durable_tsn, Chain& chain) {
  const uint64_t length = load_le<uint32_t>(frame.data() + kFrameLengthOffset);
  STELE_CHECK(align_up(length) == frame.size());
  store_le(frame.data() + kFramePreviousOffset, chain.checksum);
  store_le(frame.data() + kFrameDurableOffset, durable_tsn);
  const uint64_t sum = checksum(frame.subspan(kFrameLengthOffset), salt);
  store_le(frame.data() + kFrameChecksumOffset, sum);
  chain = {load_le<uint64_t>(frame.data() + kFrameTsnOffset), sum};
}

uint64_t claimed_length(const uint8_t* header) {
  const uint64_t length = load_le<uint32_t>(header + kFrameLengthOffset);
  return length >= kFrameHeaderSize && length <= kFrameLengthMax ? length : 0;
}

std::expected<FrameView, const char*> decode_frame(ByteView bytes, uint64_t salt) {
  STELE_DCHECK(claimed_length(bytes.data()) != 0);
  STELE_DCHECK(align_up(claimed_length(bytes.data())) == bytes.size());
  const auto stored = load_le<uint64_t>(bytes.data() + kFrameChecksumOffset);
  if (checksum(bytes.subspan(kFrameLengthOffset), salt) != stored) {
    return std::unexpected("the frame's checksum does not match");
  }
  return FrameView{
      .bytes = bytes,
      .type = static_cast<FrameType>(bytes[kFrameTypeOffset]),
      .tsn = load_le<uint64_t>(bytes.data() + kFrameTsnOffset),
      .durable_tsn = load_le<uint64_t>(bytes.data() + kFrameDurableOffset),
      .checksum = stored,
  };
}

bool is_known_kind(const uint8_t* header) {
  const uint8_t type = header[kFrameTypeOffset];
  const bool known = type == static_cast<uint8_t>(FrameType::kCommit) ||
                     type == static_cast<uint8_t>(FrameType::kWatermark);
  return known && std::all_of(header + kFrameFlagsOffset, header + kFrameTsnOffset,
                              [](uint8_t byte) { return byte == 0; });
}

const char* chain_fault(const FrameView& frame, const Chain& chain) {
  if (load_le<uint64_t>(frame.bytes.data() + kFramePreviousOffset) != chain.checksum) {
    return "the frame does not continue the one before it";
  }
  const uint64_t expected = chain.tsn + (frame.type == FrameType::kCommit ? 1 : 0);
  if (frame.tsn != expected) return "the frame's TSN is out of order";
  // A frame cannot know more commits to be durable than there were before it.
  if (frame.durable_tsn > chain.tsn) return "the frame's watermark is ahead of it";
  return nullptr;
}

}  // namespace stele::wal
