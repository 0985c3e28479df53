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
  const auto numbers = list_segments(log.files(), log.directory());
  for (const uint64_t number : *numbers) {
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
    EXPECT_EQ(found->end.last_segment, writer->segments());
    for (const uint64_t size : sizes_of_segments(log)) {
      // Only a segment with a single frame may be longer than it should be.
      EXPECT_LE(size, std::max<uint64_t>(segment_size, kSegmentHeaderSize + 40 + 3000));
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
            (std::vector<uint64_t>{4096 + 144, 4096 + 50'040, 4096 + 144, 4096 + 10'040}));
  EXPECT_EQ(log.recover()->payloads(), payloads);
}

// Each kind of write syncs what it must, in the order that makes it safe, and not more.
TEST(Writer, SyncsWhatItPromises) {
  Log log(4096 + 3 * 48);
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
  ASSERT_TRUE(succeeded(writer->mark_end()));
  EXPECT_EQ(syncs, (std::vector{SyncSite::kWatermark}));
  EXPECT_EQ(writer->syncs(), 6U);
}

// A clean close leaves nothing pending: no bytes are written again by the next open.
TEST(Writer, AMarkedEndLeavesNothingPending) {
  Log log;
  auto writer = log.reopen();
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {payload_of(1, 10), payload_of(2, 10)})));
  EXPECT_EQ(log.recover()->end.durable.tsn, 0U);
  ASSERT_TRUE(succeeded(writer->mark_end()));
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
  ASSERT_TRUE(succeeded(writer->mark_end()));
  EXPECT_TRUE(sizes_of_segments(log).empty()) << "an empty log needs no mark";

  ASSERT_TRUE(succeeded(Log::write(*writer, 0, {payload_of(1, 10)})));
  ASSERT_TRUE(succeeded(writer->mark_end()));
  const auto files = log.save();
  ASSERT_TRUE(succeeded(writer->mark_end()));
  EXPECT_EQ(log.save(), files);
  // Neither does the next process, which found it marked.
  writer = log.reopen();
  ASSERT_TRUE(succeeded(writer->mark_end()));
  EXPECT_EQ(log.save(), files);

  // Commits behind a mark are marked again.
  ASSERT_TRUE(succeeded(Log::write(*writer, 1, {payload_of(2, 10)})));
  ASSERT_TRUE(succeeded(writer->mark_end()));
  ASSERT_TRUE(succeeded(Log::write(*writer, 2, {payload_of(3, 10)})));
  ASSERT_TRUE(succeeded(writer->mark_end()));
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->end.durable.tsn, 3U);
  EXPECT_EQ(found->frames.size(), 3U);
}

// Segment.h, I2: what a recovery has judged stays as it was judged.
TEST(Writer, ARecoveredSegmentIsNeverWrittenTo) {
  Log log;
  for (uint64_t open = 1; open <= 5; ++open) {
    const auto before = log.save();
    const auto writer = log.reopen();
    ASSERT_TRUE(succeeded(Log::write(*writer, open - 1, {payload_of(open, 30)})));
    if (open % 2 == 0) {
      ASSERT_TRUE(succeeded(writer->mark_end()));
    }
    for (const auto& [path, bytes] : before) EXPECT_EQ(test::read_bytes(path), bytes) << path;
  }
  EXPECT_EQ(log.recover()->frames.size(), 5U);
}

// Two segments of one log never share a salt, nor does a segment made again.
TEST(Writer, EverySegmentHasASaltOfItsOwn) {
  Log log(4096);
  const auto writer = log.reopen();
  const std::vector<Payload> payloads(20, payload_of(1, 8));
  ASSERT_TRUE(succeeded(Log::write(*writer, 0, payloads)));
  std::vector<uint64_t> salts;
  for (uint64_t number = 1; number <= 20; ++number) {
    const auto header =
        decode_segment_header(test::read_bytes(log.segment(number)), "", log.uuid(), number);
    ASSERT_TRUE(succeeded(header));
    EXPECT_EQ(header->first_tsn, number);
    salts.push_back(header->salt);
  }
  std::ranges::sort(salts);
  EXPECT_EQ(std::ranges::adjacent_find(salts), salts.end());
}

}  // namespace
}  // namespace stele::wal
