// Bytes that were acknowledged and have changed since are reported, with file and place, and are
// never taken for the torn end of the log.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "wal/log.h"

namespace stele::wal {
namespace {

using test::failed;
using test::succeeded;

constexpr std::array<size_t, 6> kSizes = {0, 33, 8, 100, 5, 17};
constexpr uint8_t kFlips[] = {0x01, 0x80, 0xff};

// Writes one commit of each size as a group of its own, and marks the end. Returns where each frame
// starts, and where the watermark frame does.
std::vector<uint64_t> fill(Log& log) {
  std::vector<uint64_t> starts = {kSegmentHeaderSize};
  const auto writer = log.reopen();
  for (size_t i = 0; i < kSizes.size(); ++i) {
    EXPECT_TRUE(succeeded(Log::write(*writer, i, {payload_of(i + 1, kSizes[i])})));
    starts.push_back(starts.back() + align_up(kFrameHeaderSize + kSizes[i]));
  }
  EXPECT_TRUE(succeeded(writer->mark()));
  return starts;
}

uint64_t start_of_frame_at(const std::vector<uint64_t>& starts, uint64_t byte) {
  return *std::prev(std::ranges::upper_bound(starts, byte));
}

// Since the watermark says that all commits are durable, whatever is wrong before it is damage.
TEST(Damage, AFlippedByteBeforeTheWatermarkIsCorruption) {
  Log log;
  const std::vector<uint64_t> starts = fill(log);
  const auto files = log.save();
  for (uint64_t at = kSegmentHeaderSize; at < starts.back(); ++at) {
    for (const uint8_t flip : kFlips) {
      std::vector<uint8_t> bytes = files[0].second;
      bytes[at] ^= flip;
      log.restore({{files[0].first, bytes}});
      const auto found = log.recover();
      ASSERT_TRUE(failed(found, Code::kCorrupt, "00000001.wal")) << "byte " << at;
      EXPECT_EQ(found.error().offset(), start_of_frame_at(starts, at)) << "byte " << at;
      EXPECT_EQ(test::read_bytes(files[0].first), bytes) << "damage is evidence";
    }
  }
}

// Damage to the watermark frame itself takes nothing from anybody: the commits are whole.
TEST(Damage, AFlippedByteInTheWatermarkCostsTheMarkOnly) {
  Log log;
  const std::vector<uint64_t> starts = fill(log);
  const auto files = log.save();
  for (uint64_t at = starts.back(); at < starts.back() + kFrameHeaderSize; ++at) {
    std::vector<uint8_t> bytes = files[0].second;
    bytes[at] ^= 0x10;
    log.restore({{files[0].first, bytes}});
    const auto found = log.recover();
    ASSERT_TRUE(succeeded(found)) << "byte " << at;
    EXPECT_EQ(found->frames.size(), kSizes.size());
    EXPECT_EQ(found->end.cut, used_behind(bytes, starts.back()));
    // Each commit but the last is vouched for by the one behind it.
    EXPECT_EQ(found->end.durable.tsn, kSizes.size() - 1);
  }
}

// Larger damage: whole sectors zeroed, or from elsewhere.
TEST(Damage, LostSectorsBeforeTheWatermarkAreCorruption) {
  Log log(1 << 15);
  const auto writer = log.reopen();
  uint64_t end = kSegmentHeaderSize;
  for (uint64_t tsn = 1; tsn <= 40; ++tsn) {
    ASSERT_TRUE(succeeded(Log::write(*writer, tsn - 1, {payload_of(tsn, tsn * 53 % 700)})));
    end += align_up(kFrameHeaderSize + tsn * 53 % 700);
  }
  ASSERT_TRUE(succeeded(writer->mark()));
  const auto files = log.save();
  const std::vector<uint8_t>& good = files[0].second;
  ASSERT_EQ(files.size(), 1U);
  for (uint64_t sector = kSegmentHeaderSize; sector + 512 < end; sector += 512) {
    for (const bool zeros : {true, false}) {
      std::vector<uint8_t> bytes = good;
      for (uint64_t i = 0; i < 512; ++i) {
        bytes[sector + i] = zeros ? 0 : good[kSegmentHeaderSize + (sector + i * 7) % 5000];
      }
      log.restore({{files[0].first, bytes}});
      EXPECT_TRUE(failed(log.recover(), Code::kCorrupt, "00000001.wal")) << "sector at " << sector;
    }
  }
}

// A closed segment is durable to its end, which the next one names; no watermark is needed there.
TEST(Damage, AFlippedByteInAClosedSegmentIsCorruption) {
  Log log(segment_size_for(200));
  const auto writer = log.reopen();
  const std::vector<Payload> payloads = {payload_of(1, 20), payload_of(2, 20), payload_of(3, 30),
                                         payload_of(4, 20)};
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, payloads)));
  ASSERT_EQ(log.list().segments.size(), 2U);
  const std::vector<uint8_t> good = test::read_bytes(log.segment(1));
  const uint64_t end = kSegmentHeaderSize + 200;
  ASSERT_EQ(log.header(2).previous_end, end);
  for (uint64_t at = 0; at < good.size(); ++at) {
    for (const uint8_t flip : kFlips) {
      std::vector<uint8_t> bytes = good;
      bytes[at] ^= flip;
      test::write_bytes(log.segment(1), bytes);
      const auto found = log.recover();
      ASSERT_EQ(found.has_value(), at >= end) << "byte " << at;
      // A changed format number may look like a newer one.
      EXPECT_TRUE(found || failed(found, Code::kCorrupt, "00000001.wal") ||
                  failed(found, Code::kUnsupported, "written in format"))
          << "byte " << at;
    }
  }
  // Neither may it be shorter than what counts.
  for (uint64_t size = 0; size < end; ++size) {
    test::write_bytes(log.segment(1), ByteView(good).first(size));
    EXPECT_TRUE(failed(log.recover(), Code::kCorrupt, "00000001.wal")) << size;
  }
  // Longer is fine: what is behind the end counts for nothing.
  std::vector<uint8_t> longer(good.begin(), good.begin() + static_cast<ptrdiff_t>(end));
  longer.resize(end + 1000, 0xab);
  test::write_bytes(log.segment(1), longer);
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->payloads(), payloads);
}

// A segment that recovery has cut keeps the torn bytes behind the end its successor names. They may
// be anything; what counts before them may not.
TEST(Damage, TheRemainsBehindACutSegmentDoNotMatterWhatCountsDoes) {
  Log log;
  const std::vector<uint64_t> starts = fill(log);
  // Crash without the mark and inside the last frame, then go on.
  std::vector<uint8_t> good = test::read_bytes(log.segment(1));
  std::fill(good.begin() + static_cast<ptrdiff_t>(starts[kSizes.size()] - 8), good.end(),
            uint8_t{0});
  good.resize(starts[kSizes.size()] + 100);
  test::write_bytes(log.segment(1), good);
  auto writer = log.reopen();
  ASSERT_TRUE(succeeded(Log::write(*writer, kSizes.size() - 1, {payload_of(6, 17)})));
  ASSERT_TRUE(succeeded(writer->mark()));
  // Commit 5 was whole but not known to be durable: it has been repeated, and does not count here.
  const uint64_t end = log.header(2).previous_end;
  EXPECT_EQ(end, starts[4]);
  // They were cut off, but who knows when the disk hears of it.
  EXPECT_EQ(std::filesystem::file_size(log.segment(1)), end);
  for (uint64_t at = kSegmentHeaderSize; at < good.size(); ++at) {
    std::vector<uint8_t> bytes = good;
    bytes[at] ^= 0x04;
    test::write_bytes(log.segment(1), bytes);
    const auto found = log.recover();
    if (at < end) {
      EXPECT_TRUE(failed(found, Code::kCorrupt, "00000001.wal")) << "byte " << at;
    } else {
      ASSERT_TRUE(succeeded(found)) << "byte " << at;
      EXPECT_EQ(found->frames.size(), kSizes.size());
    }
  }
}

}  // namespace
}  // namespace stele::wal
