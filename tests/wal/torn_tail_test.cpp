// Wherever a crash has cut the log, recovery finds the whole commits before the cut, goes on behind
// them, and can crash again at any moment of that.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/scale.h"
#include "wal/log.h"

namespace stele::wal {
namespace {

using test::succeeded;

// A log of several groups in one segment, and where each of its frames ends.
struct Written {
  std::vector<Payload> payloads;
  std::vector<uint64_t> ends;       // Of commit i + 1, in the last segment.
  std::vector<uint64_t> watermark;  // What commit i + 1's frame says to be durable.
};

Written write_groups(Log& log, const std::vector<std::vector<size_t>>& groups) {
  Written written;
  const auto writer = log.reopen();
  uint64_t end = kSegmentHeaderSize;
  for (const std::vector<size_t>& sizes : groups) {
    const uint64_t before = written.payloads.size();
    std::vector<Payload> payloads;
    for (const size_t size : sizes) {
      payloads.push_back(payload_of(before + payloads.size() + 1, size));
      end += align_up(kFrameHeaderSize + size);
      written.ends.push_back(end);
      written.watermark.push_back(before);
    }
    EXPECT_TRUE(succeeded(Log::write(*writer, before, payloads)));
    written.payloads.insert(written.payloads.end(), payloads.begin(), payloads.end());
  }
  return written;
}

std::vector<Payload> first(const std::vector<Payload>& payloads, size_t count) {
  return {payloads.begin(), payloads.begin() + static_cast<ptrdiff_t>(count)};
}

// Checks what recovery says of a log whose last segment holds `whole` of its commits.
void expect_prefix(const Recovered& found, const Written& written, size_t whole) {
  EXPECT_TRUE(found.payloads() == first(written.payloads, whole));
  EXPECT_EQ(found.end.last_tsn, whole);
  const uint64_t durable = whole == 0 ? 0 : written.watermark[whole - 1];
  EXPECT_EQ(found.end.durable.tsn, durable);
  EXPECT_EQ(found.end.end, durable == 0 ? kSegmentHeaderSize : written.ends[durable - 1]);
  EXPECT_EQ(found.end.last_segment, 1U);
}

// Goes on with the log, again and again, each time as if the process had died right behind it.
void expect_to_survive(Log& log, std::vector<Payload> commits) {
  for (int round = 0; round < 3; ++round) {
    Recovered found;
    auto writer = log.reopen(&found);
    ASSERT_NE(writer, nullptr);
    ASSERT_TRUE(found.payloads() == commits) << "round " << round;
    writer.reset();
    // Only pending commits have been repeated: the log says what it said.
    const auto again = log.recover();
    ASSERT_TRUE(succeeded(again));
    ASSERT_TRUE(again->payloads() == commits) << "round " << round;
  }
  const auto writer = log.reopen();
  commits.push_back(payload_of(77, 20));
  ASSERT_TRUE(succeeded(Log::write(*writer, commits.size() - 1, {commits.back()})));
  ASSERT_TRUE(succeeded(writer->mark()));
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_TRUE(found->payloads() == commits);
  EXPECT_EQ(found->end.durable.tsn, commits.size());
}

const std::vector<std::vector<size_t>> kGroups = {{10}, {0, 33}, {8, 8, 8}, {50}, {1, 20}};
constexpr uint64_t kSegmentSize = 5000;  // Room for all of them, and for more.

// What is missing behind the cut may still be room, of zeros, or be gone with the file's size.
TEST(TornTail, ACutAtEveryByteLeavesTheWholeCommitsBeforeIt) {
  Log log(kSegmentSize);
  const Written written = write_groups(log, kGroups);
  const auto files = log.save();
  ASSERT_EQ(files.size(), 1U);
  ASSERT_EQ(files[0].second.size(), kSegmentSize);
  for (uint64_t cut = kSegmentHeaderSize; cut <= written.ends.back(); ++cut) {
    for (const bool shorter : {true, false}) {
      SCOPED_TRACE(testing::Message() << "cut at byte " << cut << (shorter ? ", shorter" : ""));
      std::vector<uint8_t> bytes = files[0].second;
      bytes.resize(cut);
      if (!shorter) bytes.resize(kSegmentSize, 0);
      log.restore({{files[0].first, bytes}});
      size_t whole = 0;
      while (whole < written.ends.size() && written.ends[whole] <= cut) ++whole;
      const auto found = log.recover();
      ASSERT_TRUE(succeeded(found));
      // A frame that ends in padding is whole without it, if there is room behind.
      if (!shorter && found->frames.size() == whole + 1) {
        ASSERT_EQ(used_behind(bytes, cut), 0U);
        ++whole;
      }
      expect_prefix(*found, written, whole);
      const uint64_t end = whole == 0 ? kSegmentHeaderSize : written.ends[whole - 1];
      EXPECT_EQ(found->end.cut, used_behind(bytes, std::min<uint64_t>(end, bytes.size())));
      // What follows does not look at the file's size: a few of the shorter ones will do.
      if (cut % (shorter ? 4 * test::kSlowness : test::kSlowness) != 0) continue;
      expect_to_survive(log, first(written.payloads, whole));
      if (HasFatalFailure()) return;
    }
  }
}

// In a file that was something else before, what is behind the end may be anything. Only a frame
// whose header came through is known to be torn.
TEST(TornTail, OfARecycledFileOnlyATornFrameIsCut) {
  Log log(kSegmentSize);
  const Written written = write_groups(log, kGroups);
  const auto files = log.save();
  const uint64_t start = written.ends[written.ends.size() - 2];
  for (uint64_t cut = start; cut < written.ends.back() - 3; ++cut) {
    SCOPED_TRACE(testing::Message() << "cut at byte " << cut);
    std::vector<uint8_t> bytes = files[0].second;
    SegmentHeader header = log.header(1);
    header.reused = true;
    copy_bytes(bytes.data(), encode_segment_header(header));
    std::fill(bytes.begin() + static_cast<ptrdiff_t>(cut), bytes.end(), uint8_t{0xa5});
    log.restore({{files[0].first, bytes}});
    const auto found = log.recover();
    ASSERT_TRUE(succeeded(found));
    expect_prefix(*found, written, written.ends.size() - 1);
    const bool tells = cut >= start + kFrameDurableOffset;
    EXPECT_EQ(found->end.cut, tells ? written.ends.back() - start : 0);
    log.restore(files);
  }
}

// A disk may write the pieces of a group in any order: what is missing can be zeros, old bytes or
// garbage, with whole frames of the same group behind it.
TEST(TornTail, AHoleAtEveryByteOfTheNewestGroupCutsThere) {
  const std::vector<std::vector<size_t>> groups = {{10}, {33}, {24, 8, 40, 16}};
  Log log(kSegmentSize);
  const Written written = write_groups(log, groups);
  const auto files = log.save();
  const uint64_t group_start = written.ends[1];
  for (const int hole : {0, 0xff, 0x55}) {
    for (uint64_t at = group_start; at < written.ends.back(); at += test::kSlowness) {
      std::vector<uint8_t> bytes = files[0].second;
      bool changed = false;
      for (uint64_t i = at; i < std::min(at + 16, written.ends.back()); ++i) {
        changed = changed || bytes[i] != hole;
        bytes[i] = static_cast<uint8_t>(hole);
      }
      if (!changed) continue;
      SCOPED_TRACE(testing::Message() << "hole of " << hole << " at byte " << at);
      log.restore({{files[0].first, bytes}});
      const auto found = log.recover();
      ASSERT_TRUE(succeeded(found));
      // The first byte that has really changed is in the first frame that does not count.
      uint64_t first_changed = at;
      while (bytes[first_changed] == files[0].second[first_changed]) ++first_changed;
      size_t whole = 0;
      while (written.ends[whole] <= first_changed) ++whole;
      expect_prefix(*found, written, whole);
      expect_to_survive(log, first(written.payloads, whole));
      if (HasFatalFailure()) return;
    }
  }
}

// Remains of whatever the file held before, over the room and beyond it.
TEST(TornTail, ZerosAndGarbageBehindTheEndAreNotCommits) {
  Log log(kSegmentSize);
  const Written written = write_groups(log, kGroups);
  const auto files = log.save();
  std::vector<uint8_t> bytes = files[0].second;
  bytes.resize(written.ends.back());
  std::vector<uint8_t> own_frames(bytes.begin() + kSegmentHeaderSize, bytes.end());
  struct Case {
    std::string name;
    std::vector<uint8_t> tail;
  };
  std::vector<Case> cases = {
      {"a zero", {0}},
      {"zeros", std::vector<uint8_t>(100'000, 0)},
      {"ones", std::vector<uint8_t>(5000, 0xff)},
      {"a header's worth of garbage", payload_of(5, kFrameHeaderSize)},
      {"much garbage", payload_of(5, 70'001)},
      {"the log's own frames again", own_frames},
  };
  // A frame that claims to be as long as anything may be.
  std::vector<uint8_t> claim(64, 0);
  store_le(claim.data() + kFrameLengthOffset, static_cast<uint32_t>(kFrameLengthMax));
  cases.push_back({"an impossibly long frame", claim});
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    std::vector<uint8_t> longer = bytes;
    longer.insert(longer.end(), c.tail.begin(), c.tail.end());
    log.restore({{files[0].first, longer}});
    const auto found = log.recover();
    ASSERT_TRUE(succeeded(found));
    expect_prefix(*found, written, written.payloads.size());
    EXPECT_EQ(found->end.cut, used_behind(longer, written.ends.back()));
    expect_to_survive(log, written.payloads);
  }
}

// Pending commits are repeated in one segment, whatever its size. As soon as a new segment has its
// name, they do not count in the old one any more; with some of them still to be written, a crash
// would have lost commits that were acknowledged. It did, when a database was opened with smaller
// segments than before.
TEST(TornTail, ACrashDuringTheRepetitionLosesNothing) {
  for (const uint64_t segment_size : {1, 4096 + 400, 4096 + 1000, 1 << 20}) {
    SCOPED_TRACE(segment_size);
    Log log(8192);
    const Written written = write_groups(log, {{10}, {100, 200, 300, 400, 500}});
    const auto before = log.save();
    log.set_segment_size(segment_size);
    (void)log.reopen();
    const auto after = log.save();
    ASSERT_EQ(log.list().segments, (std::vector<uint64_t>{1, 2}));
    ASSERT_EQ(after.size(), 2U);
    const std::vector<uint8_t> second = test::read_bytes(log.segment(2));

    SCOPED_TRACE("before the second segment has its name");
    for (const uint64_t written_bytes : {uint64_t{0}, uint64_t{4200}, uint64_t{second.size()}}) {
      log.restore(before);
      test::write_bytes(log.directory() + "/" + spare_name(1),
                        ByteView(second).first(std::min(written_bytes, second.size())));
      expect_to_survive(log, written.payloads);
    }
    SCOPED_TRACE("after that, with the first one trimmed or not");
    log.restore(after);
    expect_to_survive(log, written.payloads);
    log.restore(after);
    test::write_bytes(log.segment(1), before[0].second);
    expect_to_survive(log, written.payloads);
  }
}

}  // namespace
}  // namespace stele::wal
