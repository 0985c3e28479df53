// What the writer puts into the log is there again, in the segments and with the syncs it promises.
#include "wal/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "wal/log.h"

namespace stele::wal {
namespace {

using os::SyncSite;
using test::succeeded;

std::vector<uint64_t> sizes_of_segments(Log& log) {
  std::vector<uint64_t> sizes;
  for (const uint64_t number : log.list().segments) {
    sizes.push_back(std::filesystem::file_size(log.segment(number)));
  }
  return sizes;
}

// Any mix of group and frame sizes in any size of segment is read back as it was written.
TEST(Writer, CommitsComeBackWhateverTheSegmentSize) {
  for (const uint64_t segment_size : {1, 4096, 4136, 4137, 4500, 5000, 8192, 20'000, 1'000'000}) {
    SCOPED_TRACE(segment_size);
    Log log(segment_size);
    std::vector<Payload> written;
    const auto writer = log.reopen();
    for (size_t group = 1; group <= 12; ++group) {
      std::vector<Payload> payloads;
      for (size_t i = 0; i < group % 5 + 1; ++i) {
        payloads.push_back(payload_of(written.size() + i + 1, group * 131 * i % 3000));
      }
      ASSERT_TRUE(succeeded(Log::write(*writer, written.size(), payloads)));
      written.insert(written.end(), payloads.begin(), payloads.end());
      EXPECT_EQ(writer->durable_tsn(), written.size());
    }
    const auto found = log.recover();
    ASSERT_TRUE(succeeded(found));
    EXPECT_EQ(found->payloads(), written);
    EXPECT_EQ(found->end.last_tsn, written.size());
    EXPECT_EQ(found->end.cut, 0U);
    EXPECT_EQ(found->end.last_segment, writer->stats().segments);
    for (const uint64_t size : sizes_of_segments(log)) {
      // Only a segment with a single frame may be longer than it should be.
      EXPECT_LE(size, std::max(segment_size, segment_size_for(40 + 3000)));
    }
  }
}

TEST(Writer, AFrameLongerThanASegmentGetsOneOfItsOwn) {
  Log log(8192);
  const auto writer = log.reopen();
  const std::vector<Payload> payloads = {payload_of(1, 100), payload_of(2, 50'000),
                                         payload_of(3, 100), payload_of(4, 10'000)};
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, payloads)));
  EXPECT_EQ(sizes_of_segments(log),
            (std::vector<uint64_t>{8192, 4096 + 50'040 + 40, 8192, 4096 + 10'040 + 40}));
  EXPECT_EQ(log.recover()->payloads(), payloads);
}

// Each kind of write syncs what it must, in the order that makes it safe, and not more.
TEST(Writer, SyncsWhatItPromises) {
  Log log(segment_size_for(3 * 48));
  const auto writer = log.reopen();
  auto& syncs = log.files().counts().syncs;
  EXPECT_TRUE(syncs.empty());
  const Payload small = payload_of(1, 8);

  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {small})));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kSegmentFile, SyncSite::kSegmentDirectory}));
  syncs.clear();
  ASSERT_TRUE(succeeded(Log::write(*writer, 1, {small, small})));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kGroup}));
  syncs.clear();
  // Full: nothing of the old segment is left to sync.
  ASSERT_TRUE(succeeded(Log::write(*writer, 3, {small, small})));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kSegmentFile, SyncSite::kSegmentDirectory}));
  syncs.clear();
  // A group over a border: the old segment is complete before the new one has a name.
  ASSERT_TRUE(succeeded(Log::write(*writer, 5, {small, small})));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kSegmentEnd, SyncSite::kSegmentFile,
                                SyncSite::kSegmentDirectory}));
  syncs.clear();
  ASSERT_TRUE(succeeded(writer->mark()));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kWatermark}));
  EXPECT_EQ(writer->stats().syncs, 6U);
}

// Weaker levels sync on request, and where the order of segments needs it.
TEST(Writer, WithoutDurabilitySyncsOnRequestOnly) {
  Log log(segment_size_for(3 * 48));
  auto writer = log.reopen();
  auto& syncs = log.files().counts().syncs;
  const Payload small = payload_of(1, 8);
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {small})));
  syncs.clear();
  ASSERT_TRUE(succeeded(Log::write(*writer, 1, {small}, /*durable=*/false)));
  EXPECT_TRUE(syncs.empty());
  EXPECT_EQ(writer->durable_tsn(), 1U);
  ASSERT_TRUE(succeeded(writer->sync()));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kLog}));
  EXPECT_EQ(writer->durable_tsn(), 2U);
  ASSERT_TRUE(succeeded(writer->sync()));
  EXPECT_EQ(syncs.size(), 1U) << "there is nothing to sync";
  syncs.clear();
  // Over a border, everything is durable, for the new segment says so of the old one.
  ASSERT_TRUE(succeeded(Log::write(*writer, 2, {small, small}, /*durable=*/false)));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kSegmentEnd, SyncSite::kSegmentFile,
                                SyncSite::kSegmentDirectory}));
  EXPECT_EQ(writer->durable_tsn(), 4U);
  syncs.clear();
  ASSERT_TRUE(succeeded(writer->release(3)));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kRecycledName}));
  syncs.clear();
  // A mark is behind what it speaks for: two syncs.
  ASSERT_TRUE(succeeded(Log::write(*writer, 4, {small}, /*durable=*/false)));
  ASSERT_TRUE(succeeded(writer->mark()));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kLog, SyncSite::kWatermark}));
  EXPECT_TRUE(writer->is_marked());
  syncs.clear();
  // The names that the next process finds are durable before it builds on them.
  writer = log.reopen(nullptr, 3);
  ASSERT_TRUE(succeeded(Log::write(*writer, 5, {small})));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kRecoveredNames, SyncSite::kSegmentFile,
                                SyncSite::kSegmentDirectory}));
}

// A clean close leaves nothing pending: no bytes are written again by the next open.
TEST(Writer, AMarkedEndLeavesNothingPending) {
  Log log;
  auto writer = log.reopen();
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {payload_of(1, 10), payload_of(2, 10)})));
  EXPECT_EQ(log.recover()->end.durable.tsn, 0U);
  ASSERT_TRUE(succeeded(writer->mark()));
  const LogEnd end = log.recover()->end;
  EXPECT_EQ(end.durable.tsn, 2U);
  EXPECT_EQ(end.last_tsn, 2U);
  EXPECT_EQ(end.cut, 0U);
  const auto files = log.save();
  writer = log.reopen();
  EXPECT_EQ(log.save(), files);
}

TEST(Writer, MarkingTheEndTwiceWritesOnce) {
  Log log;
  auto writer = log.reopen();
  ASSERT_TRUE(succeeded(writer->mark()));
  EXPECT_TRUE(sizes_of_segments(log).empty()) << "an empty log needs no mark";

  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {payload_of(1, 10)})));
  ASSERT_TRUE(succeeded(writer->mark()));
  const auto files = log.save();
  ASSERT_TRUE(succeeded(writer->mark()));
  EXPECT_EQ(log.save(), files);
  // Neither does the next process, which found it marked.
  writer = log.reopen();
  ASSERT_TRUE(succeeded(writer->mark()));
  EXPECT_EQ(log.save(), files);

  // Commits behind a mark are marked again.
  ASSERT_TRUE(succeeded(Log::write(*writer, 1, {payload_of(2, 10)})));
  ASSERT_TRUE(succeeded(writer->mark()));
  ASSERT_TRUE(succeeded(Log::write(*writer, 2, {payload_of(3, 10)})));
  ASSERT_TRUE(succeeded(writer->mark()));
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->end.durable.tsn, 3U);
  EXPECT_EQ(found->frames.size(), 3U);
}

// Segment.h, I2: what a recovery has judged stays as it was judged. Only room is taken from it.
TEST(Writer, ARecoveredSegmentIsNeverWrittenTo) {
  Log log;
  for (uint64_t open = 1; open <= 5; ++open) {
    const auto before = log.save();
    const auto writer = log.reopen();
    ASSERT_TRUE(succeeded(Log::write(*writer, open - 1, {payload_of(open, 30)})));
    if (open % 2 == 0) {
      ASSERT_TRUE(succeeded(writer->mark()));
    }
    for (const auto& [path, bytes] : before) {
      const std::vector<uint8_t> now = test::read_bytes(path);
      ASSERT_LE(now.size(), bytes.size()) << path;
      EXPECT_TRUE(std::equal(now.begin(), now.end(), bytes.begin())) << path;
    }
  }
  EXPECT_EQ(log.recover()->frames.size(), 5U);
}

TEST(Writer, ARecoveredSegmentIsTrimmedWhenItHasASuccessor) {
  Log log;
  auto writer = log.reopen();
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {payload_of(1, 24), payload_of(2, 24)})));
  ASSERT_TRUE(succeeded(Log::write(*writer, 2, {payload_of(3, 24)})));
  EXPECT_EQ(sizes_of_segments(log), (std::vector<uint64_t>{16384}));
  // As long as it is the last one, its size is evidence.
  writer = log.writer_at(log.recover()->end);
  EXPECT_EQ(sizes_of_segments(log), (std::vector<uint64_t>{16384}));
  // Commit 3 is pending: it is repeated.
  writer = log.reopen();
  EXPECT_EQ(sizes_of_segments(log), (std::vector<uint64_t>{4096 + 2 * 64, 16384}));
  EXPECT_EQ(log.header(2).previous_end, 4096U + 2 * 64);
  // A segment that was not recovered keeps its room, and with that its use as a spare.
  log.set_segment_size(segment_size_for(64));
  ASSERT_TRUE(succeeded(Log::write(*writer, 3, {payload_of(4, 15'000)})));
  EXPECT_EQ(sizes_of_segments(log)[1], 16384U);
  EXPECT_EQ(log.recover()->frames.size(), 4U);
}

TEST(Writer, ACloseGivesRoomBack) {
  Log log;
  const auto writer = log.reopen();
  ASSERT_TRUE(succeeded(writer->close()));
  EXPECT_TRUE(log.save().empty()) << "an empty log is closed without a trace";
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {payload_of(1, 24)})));
  ASSERT_TRUE(succeeded(writer->close()));
  EXPECT_EQ(sizes_of_segments(log), (std::vector<uint64_t>{4096 + 64 + kFrameHeaderSize}));
  EXPECT_EQ(log.recover()->end.durable.tsn, 1U);
}

// A small log takes little room; that of a large one is made in large pieces.
TEST(Writer, SegmentsGrowWithTheLog) {
  Log log(1 << 20);
  auto writer = log.reopen();
  EXPECT_EQ(writer->next_segment_size(), 256U << 10);
  uint64_t log_bytes = 0;
  for (uint64_t tsn = 1; tsn <= 100; ++tsn) {
    ASSERT_TRUE(succeeded(Log::write(*writer, tsn - 1, {payload_of(tsn, 60'000)})));
    EXPECT_GT(writer->stats().log_bytes, log_bytes);
    log_bytes = writer->stats().log_bytes;
    EXPECT_LE(writer->next_segment_size(), std::max<uint64_t>(log_bytes / 4, 256 << 10));
  }
  EXPECT_GT(log_bytes, 100U * 60'000);
  const std::vector<uint64_t> sizes = sizes_of_segments(log);
  EXPECT_EQ(sizes.front(), 256U << 10);
  EXPECT_EQ(sizes.back(), 1U << 20) << "and not above what was asked for";
  EXPECT_TRUE(std::ranges::is_sorted(sizes));
  EXPECT_NE(std::ranges::find(sizes, 512U << 10), sizes.end());
  writer = log.reopen();
  EXPECT_EQ(writer->next_segment_size(), 1U << 20) << "the next process goes on with it";
}

// What the sequencer relies on: a frame that fits by one byte fits, and one that does not, does
// not.
TEST(Writer, RoomIsExact) {
  Log log;
  const auto writer = log.reopen();
  EXPECT_EQ(writer->room(), 0U);
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {payload_of(1, 24)})));
  EXPECT_EQ(writer->room(), segment_room(16384) - 64);
  ASSERT_TRUE(succeeded(Log::write(*writer, 1, {payload_of(2, 100)}, /*durable=*/false)));
  EXPECT_EQ(writer->room(), segment_room(16384) - 64 - 144);
  EXPECT_EQ(segment_room(segment_size_for(writer->room())), writer->room());
}

TEST(Writer, AFrameThatFillsTheRoomLeavesAPlaceForTheWatermark) {
  Log log;
  const auto writer = log.reopen();
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {payload_of(1, 24)})));
  ASSERT_TRUE(
      succeeded(Log::write(*writer, 1, {payload_of(2, writer->room() - kFrameHeaderSize)})));
  EXPECT_EQ(writer->room(), 0U);
  EXPECT_EQ(sizes_of_segments(log), (std::vector<uint64_t>{16384}));
  ASSERT_TRUE(succeeded(writer->close()));
  EXPECT_EQ(sizes_of_segments(log), (std::vector<uint64_t>{16384}));
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->end.durable.tsn, 2U);
  EXPECT_EQ(found->end.cut, 0U);
}

// Two segments of one log never share a salt, nor does a segment made again.
TEST(Writer, EverySegmentHasASaltOfItsOwn) {
  Log log(4096);
  const auto writer = log.reopen();
  const std::vector<Payload> payloads(20, payload_of(1, 8));
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, payloads)));
  std::vector<uint64_t> salts;
  for (uint64_t number = 1; number <= 20; ++number) {
    EXPECT_EQ(log.header(number).first_tsn, number);
    salts.push_back(log.header(number).salt);
  }
  std::ranges::sort(salts);
  EXPECT_EQ(std::ranges::adjacent_find(salts), salts.end());
}

}  // namespace
}  // namespace stele::wal
