// A recovery that is told of a place in the log begins there if it is one, reads nothing before it,
// and judges what follows as if it had read everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/seed.h"
#include "wal/log.h"

namespace stele::wal {
namespace {

using test::between;
using test::failed;
using test::succeeded;

constexpr uint64_t kFrame = 64;

// Commits of 64 bytes, each a group of its own, in segments of ten; three commits more in a group.
class Place : public ::testing::Test {
 protected:
  void SetUp() override {
    for (uint64_t tsn = 1; tsn <= 25; ++tsn) write(1);
    write(3);
  }

  void write(uint64_t count) {
    std::vector<Payload> group;
    for (uint64_t i = 1; i <= count; ++i) group.push_back(payload_of(last_ + i, 24));
    ASSERT_TRUE(succeeded(Log::write(*writer_, last_, group)));
    last_ += count;
  }

  Log log_{segment_size_for(10 * kFrame)};
  std::unique_ptr<Writer> writer_ = log_.reopen();
  uint64_t last_ = 0;
};

TEST_F(Place, IsBehindEachGroup) {
  ASSERT_EQ(log_.list().segments.size(), 3U);
  const std::vector<LogPlace> real = log_.places_now();
  for (uint64_t tsn = 1; tsn <= 25; ++tsn) {
    const auto place = writer_->place_of(tsn);
    ASSERT_TRUE(place) << tsn;
    EXPECT_EQ(place->chain.tsn, tsn);
    EXPECT_NE(std::ranges::find(real, *place), real.end()) << tsn;
  }
  // Commits 26 to 28 are one group: inside it, the place before it is the nearest.
  EXPECT_EQ(writer_->place_of(26)->chain.tsn, 25U);
  EXPECT_EQ(writer_->place_of(27)->chain.tsn, 25U);
  EXPECT_EQ(writer_->place_of(28), writer_->place());
  EXPECT_EQ(writer_->place_of(UINT64_MAX), writer_->place());
  EXPECT_EQ(writer_->place(), real.back());
  EXPECT_EQ(writer_->place_of(0), std::nullopt);
}

TEST_F(Place, OfOldGroupsIsForgotten) {
  for (uint64_t i = 0; i < Writer::kPlaces; ++i) write(1);
  EXPECT_EQ(writer_->place_of(28), std::nullopt);
  EXPECT_EQ(writer_->place_of(29)->chain.tsn, 29U);
}

// The watermark frame can be read before it is durable, and nothing would tell.
TEST_F(Place, IsInFrontOfTheWatermark) {
  const LogPlace before = writer_->place();
  ASSERT_TRUE(succeeded(writer_->mark()));
  EXPECT_EQ(writer_->place(), before);
  write(1);
  EXPECT_EQ(writer_->place().offset, before.offset + kFrameHeaderSize + kFrame);
}

TEST_F(Place, IsKnownToTheNextProcess) {
  const LogPlace place = writer_->place();
  ASSERT_TRUE(succeeded(writer_->close()));
  EXPECT_EQ(log_.writer_at(log_.recover()->end)->place(), place);
  Log empty;
  EXPECT_EQ(empty.reopen()->place(), LogPlace());
  EXPECT_EQ(empty.reopen()->place_of(9), std::nullopt);
}

// What the test is for: nothing before the place is read but the headers.
TEST_F(Place, WhatIsBeforeItIsNotRead) {
  ASSERT_TRUE(succeeded(writer_->mark()));
  for (uint64_t tsn = 1; tsn <= 28; ++tsn) {
    const auto place = writer_->place_of(tsn);
    const auto found = log_.recover_from({.floor = tsn, .place = place});
    ASSERT_TRUE(succeeded(found)) << tsn;
    EXPECT_EQ(found->end.durable.tsn, 28U);
    const bool at_segment_end = tsn == 10 || tsn == 20;
    EXPECT_TRUE(at_segment_end || found->frames.size() == 28 - place->chain.tsn) << tsn;
    log_.expect_same_from(*place, tsn);
  }
  // Bytes, too: a large segment is not worth its name otherwise.
  Log large(1 << 20);
  const auto writer = large.reopen();
  for (uint64_t tsn = 1; tsn <= 200; ++tsn) {
    ASSERT_TRUE(succeeded(Log::write(*writer, tsn - 1, {payload_of(tsn, 1000)})));
  }
  ASSERT_TRUE(succeeded(writer->close()));
  large.files().counts().bytes_read = 0;
  const auto found = large.recover_from({.floor = 200, .place = writer->place()});
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->end.durable.tsn, 200U);
  EXPECT_LT(large.files().counts().bytes_read, 20'000U);
}

// At a segment's end the next one's header says it all, and the place is not needed.
TEST_F(Place, AtASegmentsEndLeadsToTheNextSegment) {
  const LogPlace end = *writer_->place_of(10);
  ASSERT_EQ(end.segment, 1U);
  const auto found = log_.recover_from({.floor = 10, .place = end});
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->end.first_segment, 2U);
  EXPECT_EQ(found->frames.size(), 18U);
  std::filesystem::remove(log_.segment(1));
  log_.expect_same_from(end, 10);
}

// Damage before the place is damage to what nobody needs; behind it, it is found as ever.
TEST_F(Place, DamageIsFoundBehindItOnly) {
  ASSERT_TRUE(succeeded(writer_->mark()));
  const LogPlace place = *writer_->place_of(24);
  const Log::Files files = log_.save();
  const std::vector<uint8_t> good = test::read_bytes(log_.segment(3));
  const uint64_t end = writer_->place().offset;
  for (uint64_t at = kSegmentHeaderSize; at < end; ++at) {
    std::vector<uint8_t> bytes = good;
    bytes[at] ^= 0x20;
    test::write_bytes(log_.segment(3), bytes);
    const auto found = log_.recover_from({.floor = 24, .place = place});
    if (at < place.offset) {
      ASSERT_TRUE(succeeded(found)) << "byte " << at;
      EXPECT_EQ(found->end.last_tsn, 28U);
      EXPECT_EQ(found->frames.size(), 4U);
    } else {
      ASSERT_TRUE(failed(found, Code::kCorrupt, "00000003.wal")) << "byte " << at;
      EXPECT_EQ(found.error().offset(), at - (at - kSegmentHeaderSize) % kFrame) << "byte " << at;
    }
  }
}

// The end of the log stands at the place, or is torn right there: no frame proves it, so the whole
// segment is read, with the same result.
TEST_F(Place, WithNothingWholeBehindItTheSegmentIsRead) {
  const LogPlace place = writer_->place();
  const auto at_end = log_.recover_from({.floor = 28, .place = place});
  ASSERT_TRUE(succeeded(at_end));
  EXPECT_EQ(at_end->frames.size(), 8U);
  EXPECT_EQ(at_end->end.durable, place.chain) << "the floor says so, without a watermark";
  EXPECT_EQ(at_end->end.end, place.offset);

  write(1);
  std::vector<uint8_t> bytes = test::read_bytes(log_.segment(3));
  bytes[place.offset + 60] ^= 1;
  test::write_bytes(log_.segment(3), bytes);
  const auto torn = log_.recover_from({.floor = 28, .place = place});
  ASSERT_TRUE(succeeded(torn));
  EXPECT_EQ(torn->end.last_tsn, 28U);
  EXPECT_EQ(torn->end.cut, kFrame);
  log_.expect_same_from(place, 28);
}

// Commits up to the floor are durable, whatever the log itself says of them: who holds them in
// pages could not repeat them.
TEST_F(Place, NothingUpToTheFloorIsPending) {
  EXPECT_EQ(log_.recover_from({.floor = 24})->end.durable.tsn, 25U) << "the last group is pending";
  for (uint64_t floor = 25; floor <= 28; ++floor) {
    const auto found = log_.recover_from({.floor = floor});
    ASSERT_TRUE(succeeded(found));
    EXPECT_EQ(found->end.durable.tsn, floor);
    EXPECT_EQ(found->end.end, kSegmentHeaderSize + (floor - 20) * kFrame);
  }
  EXPECT_TRUE(failed(log_.recover_from({.floor = 29}), Code::kCorrupt));
}

// A place is a hint: it may be of another log, another time, or anything at all.
TEST_F(Place, OneThatDoesNotFitChangesNothing) {
  ASSERT_TRUE(succeeded(writer_->release(12)));
  const LogPlace real = *writer_->place_of(24);
  const auto expected = log_.recover_from({.floor = 24});
  ASSERT_TRUE(succeeded(expected));
  const auto expect_whole = [&](const LogPlace& place, const char* why) {
    SCOPED_TRACE(why);
    const auto found = log_.recover_from({.floor = 24, .place = place});
    ASSERT_TRUE(succeeded(found));
    EXPECT_TRUE(found->end == expected->end);
    EXPECT_TRUE(found->frames == expected->frames);
  };
  expect_whole({0, 0, {}}, "no place");
  expect_whole({1, real.offset, real.chain}, "a segment that was released");
  expect_whole({4, real.offset, real.chain}, "a segment that there never was");
  expect_whole({3, real.offset, {24, real.chain.checksum + 1}}, "another checksum");
  expect_whole({3, real.offset, {23, real.chain.checksum}}, "another commit");
  expect_whole({3, real.offset + kFrame, real.chain}, "one frame late");
  expect_whole({3, real.offset - kFrame, real.chain}, "one frame early");
  expect_whole({3, 0, real.chain}, "in the header");
  expect_whole({3, real.offset + 1, real.chain}, "where no frame can begin");
  expect_whole({3, UINT64_MAX, real.chain}, "behind everything");
  expect_whole({3, UINT64_MAX - 7, real.chain}, "behind everything, aligned");
  expect_whole(*writer_->place_of(25), "behind the floor");
  expect_whole({3, real.offset, {UINT64_MAX, real.chain.checksum}}, "behind all commits");

  const test::Seed seed;
  auto random = seed.generator();
  for (int i = 0; i < 2000; ++i) {
    LogPlace place = real;
    if (between(random, 0, 1) == 0) place.segment = between(random, 0, 4);
    if (between(random, 0, 1) == 0) place.offset = between(random, 0, 600) * 8;
    if (between(random, 0, 1) == 0) place.chain.tsn = between(random, 0, 30);
    if (between(random, 0, 2) == 0) place.chain.checksum ^= uint64_t{1} << between(random, 0, 63);
    const auto places = log_.places_now();
    if (std::ranges::find(places, place) != places.end()) continue;
    SCOPED_TRACE(testing::Message() << "STELE_SEED=" << seed.value() << ", try " << i);
    expect_whole(place, "by chance");
  }
}

// Bytes of a payload may look like a frame, yet not under the segment's salt.
TEST_F(Place, InsideAPayloadIsNone) {
  const LogPlace start = writer_->place();
  Chain chain = {28, 77};
  Frame forged = make_frame(FrameType::kCommit, 29, payload_of(29, 24));
  seal_frame(forged, /*salt=*/99, 28, chain);
  ASSERT_TRUE(succeeded(Log::write(*writer_, 28, {forged})));
  ASSERT_TRUE(succeeded(writer_->mark()));
  const LogPlace inside = {start.segment, start.offset + kFrameHeaderSize, {28, 77}};
  log_.expect_same_from(inside, 28);
  EXPECT_GT(log_.recover_from({.floor = 28, .place = inside})->frames.size(), 1U);
}

// Whatever a release has done to the segments before, and wherever a crash stopped it.
TEST_F(Place, ServesWhileSegmentsGo) {
  for (const bool keep : {false, true}) {
    const Log::Files files = log_.save();
    for (uint64_t floor = 20; floor <= 28; ++floor) {
      log_.restore(files);
      const auto place = writer_->place_of(floor);
      if (keep) log_.keep_segments();
      const auto writer = log_.writer_at(log_.recover_from({.floor = floor, .place = place})->end);
      ASSERT_TRUE(succeeded(writer->release(floor)));
      EXPECT_EQ(log_.list().segments, std::vector<uint64_t>{3});
      log_.expect_same_from(*place, floor);
      // As if the first renaming had not lasted.
      test::write_bytes(log_.segment(1), files[0].second);
      log_.expect_same_from(*place, floor);
      const auto found = log_.recover_from({.floor = floor, .place = place});
      EXPECT_EQ(found->end.unneeded, std::vector<uint64_t>{1});
      EXPECT_EQ(found->end.first_segment, 3U);
    }
    log_.restore(files);
  }
}

// A checkpoint asks while the log goes on.
TEST_F(Place, MayBeAskedForByAnyThread) {
  std::atomic<bool> done = false;
  std::thread asking([&] {
    uint64_t last = 0;
    while (!done) {
      const LogPlace place = writer_->place();
      ASSERT_GE(place.chain.tsn, last);
      last = place.chain.tsn;
      const auto earlier = writer_->place_of(last);
      ASSERT_TRUE(!earlier || earlier->chain.tsn <= last);
    }
  });
  for (int i = 0; i < 300; ++i) write(1);
  done = true;
  asking.join();
  EXPECT_EQ(writer_->place().chain.tsn, 328U);
}

}  // namespace
}  // namespace stele::wal
