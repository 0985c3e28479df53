// A frame is accepted exactly as it was sealed, and only where it belongs.
#include "wal/frame.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/checksum.h"
#include "wal/log.h"

namespace stele::wal {
namespace {

constexpr uint64_t kSalt = 0x5a175a175a175a17;

// Returns a sealed frame of commit 8 with `size` bytes of payload, behind commit 7.
Frame sealed(size_t size, FrameType type = FrameType::kCommit, uint64_t tsn = 8) {
  Frame frame = make_frame(type, tsn, payload_of(tsn, size));
  Chain chain = {7, 0x1234};
  seal_frame(frame, kSalt, 6, chain);
  return frame;
}

// Decodes bytes that may be anything, as a reader does: the claimed length first.
const char* fault_of(ByteView bytes, uint64_t salt, const Chain& chain) {
  const uint64_t length = claimed_length(bytes.data());
  if (length == 0 || align_up(length) != bytes.size()) return "the length";
  const auto frame = decode_frame(bytes, salt);
  if (!frame) return frame.error();
  return chain_fault(*frame, chain);
}

TEST(Frame, IsReadAsItWasSealed) {
  for (const size_t size : {0, 1, 7, 8, 9, 40, 63, 64, 1000, 100'000}) {
    SCOPED_TRACE(size);
    Frame frame = make_frame(FrameType::kCommit, 8, payload_of(8, size));
    ASSERT_EQ(frame.size() % kAlignment, 0U);
    Chain chain = {7, 0x1234};
    seal_frame(frame, kSalt, 6, chain);
    EXPECT_EQ(chain.tsn, 8U);
    const auto view = decode_frame(frame, kSalt);
    ASSERT_TRUE(view.has_value()) << view.error();
    EXPECT_EQ(view->type, FrameType::kCommit);
    EXPECT_EQ(view->tsn, 8U);
    EXPECT_EQ(view->durable_tsn, 6U);
    EXPECT_EQ(view->checksum, chain.checksum);
    EXPECT_EQ(claimed_length(frame.data()), kFrameHeaderSize + size);
    const Payload payload = payload_of(8, size);
    EXPECT_TRUE(std::equal(payload.begin(), payload.end(), view->payload().begin()));
    EXPECT_EQ(chain_fault(*view, {7, 0x1234}), nullptr);
  }
}

// Whatever a frame's memory held before, what goes to disk depends on its content only.
TEST(Frame, UnusedBytesAreZero) {
  Frame frame(align_up(kFrameHeaderSize + 3), 0xee);
  start_frame(frame, FrameType::kCommit, 8, kFrameHeaderSize + 3);
  EXPECT_EQ(frame[kFrameFlagsOffset], 0);
  EXPECT_EQ(frame[kFrameFlagsOffset + 1], 0);
  EXPECT_EQ(frame[kFrameFlagsOffset + 2], 0);
  for (size_t i = kFrameHeaderSize + 3; i < frame.size(); ++i) EXPECT_EQ(frame[i], 0) << i;
}

// I1 and the zeros behind it: no bit of the header, the payload or the padding may change.
TEST(Frame, AChangeOfAnyBitIsRefused) {
  for (const size_t size : {0, 5, 8, 77}) {
    const Frame frame = sealed(size);
    ASSERT_EQ(fault_of(frame, kSalt, {7, 0x1234}), nullptr);
    for (size_t bit = 0; bit < frame.size() * 8; ++bit) {
      Frame changed = frame;
      changed[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
      EXPECT_NE(fault_of(changed, kSalt, {7, 0x1234}), nullptr)
          << "bit " << bit % 8 << " of byte " << bit / 8 << ", payload of " << size;
    }
  }
}

TEST(Frame, AnotherSaltRefusesIt) {
  const Frame frame = sealed(20);
  for (const uint64_t salt : {uint64_t{0}, kSalt + 1, ~kSalt}) {
    EXPECT_STREQ(fault_of(frame, salt, {7, 0x1234}), "the frame's checksum does not match");
  }
}

TEST(Frame, LengthsThatNoFrameHasAreRefused) {
  struct Case {
    uint32_t length;
    uint64_t claimed;
  };
  const Case cases[] = {{0, 0},
                        {1, 0},
                        {kFrameHeaderSize - 1, 0},
                        {kFrameHeaderSize, kFrameHeaderSize},
                        {kFrameLengthMax, kFrameLengthMax},
                        {kFrameLengthMax + 1, 0},
                        {UINT32_MAX, 0}};
  for (const Case& c : cases) {
    Frame frame = sealed(0);
    store_le(frame.data() + kFrameLengthOffset, c.length);
    EXPECT_EQ(claimed_length(frame.data()), c.claimed) << c.length;
  }
}

// I2, I3, I4: a whole frame in the wrong place.
TEST(Frame, OnlyTheNextOfTheChainIsAccepted) {
  struct Case {
    std::string name;
    FrameType type;
    uint64_t tsn;
    uint64_t durable;
    Chain chain;
    const char* fault;
  };
  const char* const previous = "the frame does not continue the one before it";
  const char* const order = "the frame's TSN is out of order";
  const char* const ahead = "the frame's watermark is ahead of it";
  constexpr auto kCommit = FrameType::kCommit;
  constexpr auto kWatermark = FrameType::kWatermark;
  const Case cases[] = {
      {"next commit", kCommit, 8, 0, {7, 1}, nullptr},
      {"next commit, all before it durable", kCommit, 8, 7, {7, 1}, nullptr},
      {"first commit", kCommit, 1, 0, {0, 1}, nullptr},
      {"same commit again", kCommit, 7, 0, {7, 1}, order},
      {"a commit left out", kCommit, 9, 0, {7, 1}, order},
      {"a commit before", kCommit, 6, 0, {7, 1}, order},
      {"a commit that calls itself durable", kCommit, 8, 8, {7, 1}, ahead},
      {"watermark", kWatermark, 7, 7, {7, 1}, nullptr},
      {"watermark of the next commit", kWatermark, 8, 7, {7, 1}, order},
      {"watermark ahead", kWatermark, 7, 8, {7, 1}, ahead},
      {"another frame before it", kCommit, 8, 0, {7, 2}, previous},
      {"another database", kCommit, 8, 0, {7, 0}, previous},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Frame frame = make_frame(c.type, c.tsn, {});
    Chain before = {7, 1};
    seal_frame(frame, kSalt, c.durable, before);
    EXPECT_STREQ(fault_of(frame, kSalt, c.chain), c.fault);
  }
}

}  // namespace
}  // namespace stele::wal
