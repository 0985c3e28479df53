// Segments that nobody needs any more become spares, are kept or go; what is needed stays, and is
// found again from the floor on.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "wal/log.h"

namespace stele::wal {
namespace {

using test::failed;
using test::succeeded;

constexpr uint64_t kPerSegment = 3;

// A log of small commits, three to a segment: segment n ends with commit 3n.
class Release : public ::testing::Test {
 protected:
  void write(uint64_t count) {
    for (; count > 0; --count) {
      payloads_.push_back(payload_of(payloads_.size() + 1, 24));
      ASSERT_TRUE(succeeded(Log::write(*writer_, payloads_.size() - 1, {payloads_.back()})));
    }
  }

  // Checks that recovery finds the commits behind `first`, which is before the floor or at it.
  void expect_from(uint64_t floor, uint64_t first) {
    SCOPED_TRACE(testing::Message() << "floor " << floor);
    const auto found = log_.recover(floor);
    ASSERT_TRUE(succeeded(found));
    EXPECT_TRUE(
        found->payloads() ==
        std::vector<Payload>(payloads_.begin() + static_cast<ptrdiff_t>(first), payloads_.end()));
    EXPECT_EQ(found->end.last_tsn, payloads_.size());
  }

  [[nodiscard]] std::vector<uint64_t> segments() { return log_.list().segments; }
  [[nodiscard]] std::vector<uint64_t> spares() { return log_.list().spares; }

  Log log_{segment_size_for(kPerSegment * 64)};
  std::unique_ptr<Writer> writer_ = log_.reopen();
  std::vector<Payload> payloads_;
};

using Numbers = std::vector<uint64_t>;

TEST_F(Release, KeepsWhatIsNeeded) {
  write(10);
  ASSERT_EQ(segments(), (Numbers{1, 2, 3, 4}));
  ASSERT_TRUE(succeeded(writer_->release(0)));
  ASSERT_TRUE(succeeded(writer_->release(2)));
  EXPECT_EQ(segments(), (Numbers{1, 2, 3, 4})) << "commit 3 is still needed";
  EXPECT_EQ(writer_->stats().segments, 4U);
  expect_from(2, 0);

  ASSERT_TRUE(succeeded(writer_->release(3)));
  EXPECT_EQ(segments(), (Numbers{2, 3, 4}));
  EXPECT_EQ(writer_->stats().segments, 3U);
  EXPECT_EQ(writer_->stats().log_bytes, 3 * 4096U + 7 * 64);
  expect_from(3, 3);
  ASSERT_TRUE(succeeded(writer_->release(8)));
  EXPECT_EQ(segments(), (Numbers{3, 4}));
  // The open segment is never released.
  ASSERT_TRUE(succeeded(writer_->release(10)));
  EXPECT_EQ(segments(), (Numbers{4}));
  expect_from(10, 9);
  EXPECT_EQ(writer_->stats().segments, 1U);
}

TEST_F(Release, MakesSparesOfWhatTheLogTakes) {
  write(16);
  std::vector<std::vector<uint8_t>> oldest;
  for (uint64_t number = 1; number <= 5; ++number) {
    oldest.push_back(test::read_bytes(log_.segment(number)));
  }
  ASSERT_TRUE(succeeded(writer_->release(15)));
  EXPECT_EQ(segments(), (Numbers{6}));
  ASSERT_EQ(spares().size(), 5U);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(test::read_bytes(log_.directory() + "/" + spare_name(spares()[i])), oldest[i]);
  }
  // They are what the next segments are made of.
  write(15);
  EXPECT_EQ(segments(), (Numbers{6, 7, 8, 9, 10, 11}));
  EXPECT_TRUE(spares().empty());
  EXPECT_FALSE(log_.header(6).reused);
  for (uint64_t number = 7; number <= 11; ++number) {
    EXPECT_TRUE(log_.header(number).reused) << number;
  }
  expect_from(15, 15);
}

// As a database has it, which makes two spares ahead: they are no reason to remove a segment.
TEST_F(Release, RecyclesBesideSparesThatWereMade) {
  write(7);
  ASSERT_TRUE(succeeded(writer_->spares().make(segment_size_for(kPerSegment * 64), 2)));
  ASSERT_TRUE(succeeded(writer_->release(6)));
  EXPECT_EQ(segments(), (Numbers{3}));
  EXPECT_EQ(spares().size(), 4U);
  write(12);
  EXPECT_TRUE(spares().empty());
  EXPECT_FALSE(log_.header(5).reused);
  EXPECT_TRUE(log_.header(6).reused);
  EXPECT_TRUE(log_.header(7).reused);
  expect_from(6, 6);
}

TEST_F(Release, RemovesASegmentThatIsTooSmallForASpare) {
  log_.set_segment_size(16384);
  writer_ = log_.reopen();
  write(2);
  writer_ = log_.reopen();  // Trims segment 1.
  write(4);
  ASSERT_EQ(segments(), (Numbers{1, 2}));
  ASSERT_TRUE(succeeded(writer_->release(3)));
  EXPECT_EQ(segments(), (Numbers{2}));
  EXPECT_TRUE(spares().empty());
}

// Left from one very long commit: each small one of its kind would hold as much back.
TEST_F(Release, RemovesASegmentThatIsTooLongForASpare) {
  write(1);
  payloads_.push_back(payload_of(2, 100'000));
  ASSERT_TRUE(succeeded(Log::write(*writer_, 1, {payloads_.back()})));
  write(1);
  ASSERT_EQ(segments(), (Numbers{1, 2, 3}));
  ASSERT_TRUE(succeeded(writer_->release(2)));
  EXPECT_EQ(segments(), (Numbers{3}));
  EXPECT_EQ(spares().size(), 1U);
  expect_from(2, 2);
}

// A recycled file is full of whole frames, each of which was once the next one of the chain.
TEST_F(Release, FramesOfAnEarlierLifeNeverComeBack) {
  write(7);
  ASSERT_TRUE(succeeded(writer_->release(3)));
  const std::vector<uint8_t> stale =
      test::read_bytes(log_.directory() + "/" + spare_name(spares()[0]));
  write(3);  // Two in segment 3, one in segment 4.
  ASSERT_TRUE(log_.header(4).reused);
  const std::vector<uint8_t> bytes = test::read_bytes(log_.segment(4));
  ASSERT_EQ(bytes.size(), stale.size());
  const uint64_t end = 4096 + 64;
  EXPECT_TRUE(std::equal(bytes.begin() + end, bytes.end(), stale.begin() + end))
      << "what is behind the new frame are the old ones";
  expect_from(3, 3);
  EXPECT_EQ(log_.recover(3)->end.cut, 0U);

  // Cut the new frame anywhere: the old ones take its place where it ends.
  for (uint64_t cut = kSegmentHeaderSize; cut < end; ++cut) {
    SCOPED_TRACE(testing::Message() << "cut at byte " << cut);
    std::vector<uint8_t> torn = bytes;
    copy_bytes(torn.data() + cut, ByteView(stale).subspan(cut, end - cut));
    test::write_bytes(log_.segment(4), torn);
    const auto found = log_.recover(3);
    ASSERT_TRUE(succeeded(found));
    EXPECT_EQ(found->end.last_tsn, 9U);
    EXPECT_EQ(found->end.cut, cut >= kSegmentHeaderSize + kFrameDurableOffset ? 64U : 0U);
  }
  // And the log goes on without them.
  payloads_.pop_back();
  writer_ = log_.reopen(nullptr, 3);
  write(2);
  expect_from(3, 3);
}

TEST_F(Release, KeepsSegmentsOnRequest) {
  log_.keep_segments();
  writer_ = log_.writer_at(log_.recover()->end);
  write(10);
  const std::vector<uint8_t> first = test::read_bytes(log_.segment(1));
  ASSERT_TRUE(succeeded(writer_->release(7)));
  EXPECT_EQ(segments(), (Numbers{3, 4}));
  EXPECT_TRUE(spares().empty());
  EXPECT_EQ(test::read_bytes(kept_segment_path(log_.directory(), 1)), first);
  EXPECT_TRUE(std::filesystem::exists(kept_segment_path(log_.directory(), 2)));
  expect_from(7, 6);
  // With them, the log is whole again.
  for (const uint64_t number : {uint64_t{1}, uint64_t{2}}) {
    std::filesystem::rename(kept_segment_path(log_.directory(), number), log_.segment(number));
  }
  expect_from(0, 0);
}

TEST_F(Release, RecoveryStartsAtTheSegmentThatHoldsTheNextCommit) {
  write(10);
  for (uint64_t floor = 0; floor <= 10; ++floor) expect_from(floor, floor / 3 * 3);
  const auto found = log_.recover(7);
  EXPECT_EQ(found->end.unneeded, (Numbers{1, 2}));
  EXPECT_EQ(found->end.closed.size(), 1U);
  EXPECT_EQ(log_.recover(5)->end.closed.size(), 2U);
}

// In whatever order a crash lets the renames and removals of a release come through.
TEST_F(Release, AGapBelowTheFloorIsIgnored) {
  write(13);
  const auto files = log_.save();
  for (uint64_t gone = 0; gone < 8; ++gone) {
    SCOPED_TRACE(testing::Message() << "gone " << gone);
    log_.restore(files);
    for (uint64_t number = 1; number <= 3; ++number) {
      if ((gone & (uint64_t{1} << (number - 1))) == 0) continue;
      std::filesystem::rename(log_.segment(number), kept_segment_path(log_.directory(), number));
    }
    expect_from(9, 9);
    // What is left of them goes with the next release, whatever that asks for.
    const auto writer = log_.reopen(nullptr, 9);
    ASSERT_TRUE(succeeded(writer->release(0)));
    EXPECT_EQ(segments().front(), 4U);
    expect_from(9, 9);
  }
}

TEST_F(Release, AGapAboveTheFloorIsCorruption) {
  write(13);
  const auto files = log_.save();
  for (uint64_t number = 1; number <= 4; ++number) {
    log_.restore(files);
    std::filesystem::remove(log_.segment(number));
    for (uint64_t floor = 0; floor < number * kPerSegment; ++floor) {
      EXPECT_TRUE(failed(log_.recover(floor), Code::kCorrupt,
                         log_.segment(number) + ", byte 0: the segment is missing"))
          << "floor " << floor;
    }
    expect_from(number * kPerSegment, number * kPerSegment);
  }
}

// Commits up to the floor were durable once. Where they are not, more than they may be gone.
TEST_F(Release, ALogThatEndsBeforeTheFloorIsCorruption) {
  EXPECT_TRUE(failed(log_.recover(1), Code::kCorrupt, "the log is missing"));
  write(5);
  expect_from(5, 3);
  EXPECT_TRUE(failed(log_.recover(6), Code::kCorrupt, "00000002.wal, byte 4224"));
  std::filesystem::remove(log_.segment(2));
  EXPECT_TRUE(failed(log_.recover(4), Code::kCorrupt, "00000001.wal, byte 4288"));
  payloads_.resize(3);
  expect_from(3, 0);
}

// What the process before it did not come to release, the next one does.
TEST_F(Release, WhatIsLeftFromTheProcessBeforeIsReleased) {
  write(10);
  writer_ = log_.reopen(nullptr, 7);
  EXPECT_EQ(writer_->stats().segments, 5U) << "commit 10 was pending and has got segment 5";
  ASSERT_TRUE(succeeded(writer_->release(7)));
  EXPECT_EQ(segments(), (Numbers{3, 4, 5}));
  // Segment 4 held nothing else, so that nothing in it counts.
  ASSERT_TRUE(succeeded(writer_->release(9)));
  EXPECT_EQ(segments(), (Numbers{5}));
  expect_from(9, 9);
}

}  // namespace
}  // namespace stele::wal
