// Recovery takes the log as it finds it, and refuses one that is not whole or not its own.
#include "wal/recovery.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "wal/log.h"

namespace stele::wal {
namespace {

using test::failed;
using test::succeeded;

// Writes `count` small commits, each a group of its own; in several segments if they are small.
void fill(Log& log, uint64_t count, bool mark) {
  const auto writer = log.reopen();
  for (uint64_t tsn = 1; tsn <= count; ++tsn) {
    ASSERT_TRUE(succeeded(Log::write(*writer, tsn - 1, {payload_of(tsn, 24)})));
  }
  if (mark) {
    ASSERT_TRUE(succeeded(writer->mark()));
  }
}

TEST(Recovery, AnEmptyDirectoryIsAnEmptyLog) {
  Log log;
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->end.last_segment, 0U);
  EXPECT_EQ(found->end.last_tsn, 0U);
  EXPECT_EQ(found->end.durable.tsn, 0U);
  EXPECT_EQ(found->end.cut, 0U);
}

// A frame's watermark speaks for those before it: of commits 1 to 3, each behind the last one's
// sync, only the third is not known to be durable.
TEST(Recovery, WhatNoLaterFrameVouchesForIsPending) {
  Log log;
  fill(log, 3, false);
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->end.last_tsn, 3U);
  EXPECT_EQ(found->end.durable.tsn, 2U);
  EXPECT_EQ(found->end.end, 4096U + 2 * 64);
  EXPECT_EQ(found->end.last_segment, 1U);

  Recovered before;
  const auto writer = log.reopen(&before);
  EXPECT_EQ(writer->durable_tsn(), 3U);
  const auto after = log.recover();
  ASSERT_TRUE(succeeded(after));
  EXPECT_EQ(after->payloads(), before.payloads());
  EXPECT_EQ(after->end.last_segment, 2U);
}

// It died before the new segment had its name. What it left has room, and nothing to say.
TEST(Recovery, AnInterruptedSegmentStartIsASpare) {
  for (const size_t size : {0, 100, 4096, 10'000}) {
    SCOPED_TRACE(size);
    Log log;
    fill(log, 2, true);
    const std::string path = log.directory() + "/" + spare_name(3);
    test::write_bytes(path, payload_of(9, size));
    auto found = log.recover();
    ASSERT_TRUE(succeeded(found));
    EXPECT_EQ(found->frames.size(), 2U);
    EXPECT_EQ(found->end.spares, std::vector<uint64_t>{3});
    EXPECT_EQ(test::read_bytes(path), payload_of(9, size)) << "recovery writes nothing";

    const auto writer = log.reopen();
    ASSERT_TRUE(succeeded(Log::write(*writer, 2, {payload_of(3, 24)})));
    EXPECT_FALSE(std::filesystem::exists(path)) << "it has become segment 2";
    EXPECT_TRUE(log.header(2).reused);
    found = log.recover();
    ASSERT_TRUE(succeeded(found));
    EXPECT_EQ(found->frames.size(), 3U);
    EXPECT_TRUE(found->end.spares.empty());
    EXPECT_EQ(found->end.cut, 0U) << "what it held before is not a torn write";
  }
}

TEST(Recovery, FilesOfOtherNamesAreLeftAlone) {
  Log log;
  fill(log, 2, true);
  for (const char* name : {"next.tmp", "spare-x", "spare-07", "00000001.kept", "README"}) {
    test::write_bytes(log.directory() + "/" + name, payload_of(9, 100));
  }
  const auto found = log.recover();
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->frames.size(), 2U);
  EXPECT_TRUE(found->end.spares.empty());
  const auto writer = log.reopen();
  ASSERT_TRUE(succeeded(Log::write(*writer, 2, {payload_of(3, 24)})));
  ASSERT_TRUE(succeeded(writer->release(2)));
  for (const char* name : {"next.tmp", "spare-x", "spare-07", "00000001.kept", "README"}) {
    EXPECT_EQ(test::read_bytes(log.directory() + "/" + name), payload_of(9, 100)) << name;
  }
}

TEST(Recovery, AnyMissingSegmentButTheNewestIsCorruption) {
  Log log(segment_size_for(2 * 64));
  fill(log, 9, true);
  const auto files = log.save();
  ASSERT_EQ(files.size(), 5U);
  for (uint64_t number = 1; number <= 4; ++number) {
    log.restore(files);
    std::filesystem::remove(log.segment(number));
    EXPECT_TRUE(failed(log.recover(), Code::kCorrupt,
                       log.segment(number) + ", byte 0: the segment is missing"));
  }
}

TEST(Recovery, SegmentsInTheWrongPlaceAreRefused) {
  Log log(segment_size_for(2 * 64));
  fill(log, 5, true);
  Log other(segment_size_for(2 * 64), /*salt_seed=*/2);
  fill(other, 5, true);  // Of the same database and length, but another history: other salts.
  const auto files = log.save();

  // Under another number.
  std::filesystem::copy_file(log.segment(2), log.segment(4));
  EXPECT_TRUE(failed(log.recover(), Code::kCorrupt, "the segment says it is number 2"));

  // In place of another.
  log.restore(files);
  const auto overwrite = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(log.segment(1), log.segment(2), overwrite);
  EXPECT_TRUE(failed(log.recover(), Code::kCorrupt, "the segment says it is number 1"));

  // From a copy of the database that went another way.
  log.restore(files);
  test::write_bytes(log.segment(2), test::read_bytes(other.segment(2)));
  auto writer = other.reopen();
  ASSERT_TRUE(succeeded(Log::write(*writer, 5, {payload_of(99, 24)})));
  const auto changed = log.recover();
  // Equal commits up to there: checksums differ by their salts all the same.
  EXPECT_TRUE(failed(changed, Code::kCorrupt, log.segment(1)) ||
              failed(changed, Code::kCorrupt, log.segment(2)));
}

TEST(Recovery, AnotherDatabasesLogIsRefused) {
  Log log;
  fill(log, 2, true);
  const FrameSink sink = [](const FrameView&) -> Status { return {}; };
  const Uuid stranger = {9};
  EXPECT_TRUE(failed(recover(log.files(), log.directory(), stranger, {}, sink), Code::kCorrupt,
                     "00000001.wal, byte 16: the segment belongs to another database"));
}

// A segment has its name only when its header is durable, so half a header is not a torn write.
TEST(Recovery, ATruncatedHeaderIsCorruption) {
  for (const uint64_t size : {0, 1, 72, 4095}) {
    Log log;
    fill(log, 2, true);
    std::filesystem::resize_file(log.segment(1), size);
    EXPECT_TRUE(failed(log.recover(), Code::kCorrupt, "inside its header")) << size;
  }
}

// What the sink says ends the recovery, with the place of the commit.
TEST(Recovery, AnErrorOfTheSinkNamesTheFrame) {
  Log log;
  fill(log, 3, true);
  const FrameSink sink = [](const FrameView& frame) -> Status {
    if (frame.tsn == 2) return fail(Code::kUnsupported, "of a newer kind");
    return {};
  };
  EXPECT_TRUE(failed(recover(log.files(), log.directory(), log.uuid(), {}, sink),
                     Code::kUnsupported, "00000001.wal, byte 4160: of a newer kind"));
}

// A segment file may hold frames of an earlier life behind its end. They are whole, and continue
// what is there, yet they were written under another salt.
TEST(Recovery, StaleFramesOfAnotherSaltAreNeverAdopted) {
  Log log;
  fill(log, 3, false);
  const auto chain_behind = [&] {
    Chain chain;
    const auto found = log.recover();
    const Frame& last = found->frames.back();
    chain = {3, load_le<uint64_t>(last.data() + kFrameChecksumOffset)};
    return chain;
  };
  std::vector<uint8_t> bytes = test::read_bytes(log.segment(1));
  const uint64_t salt = decode_segment_header(bytes, "", log.uuid(), 1)->salt;
  for (const bool stale : {true, false}) {
    std::vector<uint8_t> more = bytes;
    Chain chain = chain_behind();
    uint64_t at = kSegmentHeaderSize + 3 * 64;
    for (uint64_t tsn = 4; tsn <= 6; ++tsn) {
      Frame frame = make_frame(FrameType::kCommit, tsn, payload_of(tsn, 24));
      seal_frame(frame, stale ? salt + 1 : salt, tsn - 1, chain);
      copy_bytes(more.data() + at, frame);
      at += frame.size();
    }
    test::write_bytes(log.segment(1), more);
    const auto found = log.recover();
    ASSERT_TRUE(succeeded(found));
    EXPECT_EQ(found->end.last_tsn, stale ? 3U : 6U) << "the frames must differ by the salt alone";
    EXPECT_EQ(found->end.cut, stale ? 3 * 64U : 0U);
    test::write_bytes(log.segment(1), bytes);
  }
}

// A frame with a good checksum is no remains of a torn write, even if this version cannot read it.
// To cut it off would lose what a newer version has acknowledged.
TEST(Recovery, AWholeFrameOfAnUnknownKindIsNotCut) {
  struct Case {
    std::string name;
    size_t offset;
  };
  const Case cases[] = {{"type", kFrameTypeOffset},
                        {"flags", kFrameFlagsOffset},
                        {"reserved", kFrameFlagsOffset + 1},
                        {"reserved", kFrameFlagsOffset + 2}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Log log;
    fill(log, 3, false);
    std::vector<uint8_t> bytes = test::read_bytes(log.segment(1));
    const uint64_t salt = decode_segment_header(bytes, "", log.uuid(), 1)->salt;
    uint8_t* const end = bytes.data() + kSegmentHeaderSize + 3 * 64;
    Chain chain = {3, load_le<uint64_t>(end - 64)};
    Frame frame = make_frame(FrameType::kCommit, 4, payload_of(4, 24));
    frame[c.offset] = 0x77;
    seal_frame(frame, salt, 3, chain);
    copy_bytes(end, frame);
    test::write_bytes(log.segment(1), bytes);
    const auto found = log.recover();
    EXPECT_TRUE(failed(found, Code::kUnsupported, "00000001.wal, byte 4288"));
  }
}

// Whoever has a mebibyte in all recovers a log of any length.
TEST(Recovery, OnlyALongFrameTakesMoreMemoryThanAWindow) {
  constexpr uint64_t kWindow = uint64_t{128} << 10;
  Log log(uint64_t{4} << 20);
  const auto writer = log.reopen();
  for (uint64_t tsn = 1; tsn <= 100; ++tsn) {
    ASSERT_TRUE(succeeded(Log::write(*writer, tsn - 1, {payload_of(tsn, tsn * 997)})));
  }
  ASSERT_TRUE(succeeded(writer->mark()));
  UnsyncedFiles::Counts& counts = log.files().counts();
  counts.bytes_read = 0;
  counts.largest_read = 0;
  ASSERT_TRUE(succeeded(log.recover_from({})));
  EXPECT_LE(counts.largest_read, kWindow);
  const uint64_t in_all = counts.bytes_read;
  uint64_t size = 0;
  for (const uint64_t number : log.list().segments) {
    size += std::filesystem::file_size(log.segment(number));
  }
  EXPECT_LT(in_all, size + 100'000) << "nothing is read twice but headers";

  ASSERT_TRUE(succeeded(Log::write(*writer, 100, {payload_of(101, 3'000'000)})));
  ASSERT_TRUE(succeeded(Log::write(*writer, 101, {payload_of(102, 100)})));
  ASSERT_TRUE(succeeded(log.recover_from({})));
  EXPECT_LE(counts.largest_read, 3'000'040U);
}

// The search for a witness behind a torn frame looks at every eighth byte. In bytes that look
// random every sixteenth of them could be the start of a frame, and to checksum each would take
// hours.
TEST(Recovery, ATornFrameOfRandomBytesIsJudgedInOneReading) {
  Log log(uint64_t{64} << 20);
  fill(log, 1, false);
  std::mt19937_64 random(5);
  Payload payload(8 << 20);
  for (size_t i = 0; i < payload.size(); i += 8) store_le(payload.data() + i, uint64_t{random()});
  auto writer = log.reopen();
  ASSERT_TRUE(succeeded(Log::write(*writer, 1, {payload_of(2, 24)})));
  ASSERT_TRUE(succeeded(writer->spares().make(uint64_t{9} << 20)));
  ASSERT_TRUE(succeeded(Log::write(*writer, 2, {payload_of(3, 300'000)})));
  ASSERT_TRUE(succeeded(Log::write(*writer, 3, {payload})));
  const std::string path = log.segment(writer->stats().segments);
  const uint64_t size = std::filesystem::file_size(path);
  ASSERT_EQ(size, uint64_t{9} << 20);
  std::filesystem::resize_file(path, size - writer->room() - kFrameHeaderSize - 8);
  std::filesystem::resize_file(path, size);
  log.files().counts().bytes_read = 0;
  const auto found = log.recover_from({});
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->end.last_tsn, 3U);
  EXPECT_GT(found->end.cut, payload.size());
  EXPECT_LT(log.files().counts().bytes_read, 3 * size);
}

}  // namespace
}  // namespace stele::wal
