// Wherever a crash has cut the log, recovery finds the whole commits before the cut, goes on behind
// them, and can crash again at any moment of that.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
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
  ASSERT_TRUE(succeeded(writer->mark_end()));
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_TRUE(found->payloads() == commits);
  EXPECT_EQ(found->end.durable.tsn, commits.size());
}

const std::vector<std::vector<size_t>> kGroups = {{10}, {0, 33}, {8, 8, 8}, {50}, {1, 20}};

TEST(TornTail, ACutAtEveryByteLeavesTheWholeCommitsBeforeIt) {
  Log log;
  const Written written = write_groups(log, kGroups);
  const auto files = log.save();
  ASSERT_EQ(files.size(), 1U);
  const uint64_t size = files[0].second.size();
  ASSERT_EQ(size, written.ends.back());
  for (uint64_t cut = kSegmentHeaderSize; cut <= size; ++cut) {
    SCOPED_TRACE(testing::Message() << "cut at byte " << cut);
    log.restore(files);
    std::filesystem::resize_file(log.segment(1), cut);
    size_t whole = 0;
    while (whole < written.ends.size() && written.ends[whole] <= cut) ++whole;
    const auto found = log.recover();
    ASSERT_TRUE(succeeded(found));
    expect_prefix(*found, written, whole);
    EXPECT_EQ(found->end.cut, cut - (whole == 0 ? kSegmentHeaderSize : written.ends[whole - 1]));
    if (cut % test::kSlowness != 0) continue;
    expect_to_survive(log, first(written.payloads, whole));
    if (HasFatalFailure()) return;
  }
}

// A disk may write the pieces of a group in any order: what is missing can be zeros, old bytes or
// garbage, with whole frames of the same group behind it.
TEST(TornTail, AHoleAtEveryByteOfTheNewestGroupCutsThere) {
  const std::vector<std::vector<size_t>> groups = {{10}, {33}, {24, 8, 40, 16}};
  Log log;
  const Written written = write_groups(log, groups);
  const auto files = log.save();
  const uint64_t group_start = written.ends[1];
  for (const int hole : {0, 0xff, 0x55}) {
    for (uint64_t at = group_start; at < written.ends.back(); at += test::kSlowness) {
      std::vector<uint8_t> bytes = files[0].second;
      bool changed = false;
      for (uint64_t i = at; i < std::min<uint64_t>(at + 16, bytes.size()); ++i) {
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

// Space that was made ready ahead, or remains of whatever the file held before.
TEST(TornTail, ZerosAndGarbageBehindTheEndAreNotCommits) {
  Log log;
  const Written written = write_groups(log, kGroups);
  const auto files = log.save();
  const std::vector<uint8_t>& bytes = files[0].second;
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
    EXPECT_EQ(found->end.cut, c.tail.size());
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
    Log log;
    const Written written = write_groups(log, {{10}, {100, 200, 300, 400, 500}});
    const auto before = log.save();
    log.set_segment_size(segment_size);
    (void)log.reopen();
    const auto after = log.save();
    EXPECT_EQ(after.size(), 2U);
    for (uint64_t kept = before.size(); kept <= after.size(); ++kept) {
      log.restore(after);
      for (uint64_t number = kept + 1; number <= after.size(); ++number) {
        std::filesystem::remove(log.segment(number));
      }
      test::write_bytes(unfinished_segment_path(log.directory()), payload_of(1, 4200));
      SCOPED_TRACE(testing::Message() << kept << " segments of " << after.size());
      expect_to_survive(log, written.payloads);
    }
  }
}

}  // namespace
}  // namespace stele::wal
