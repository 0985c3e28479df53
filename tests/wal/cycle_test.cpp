// A log that is written and released in cycles, as a database with checkpoints has it, soon goes
// round in the files it has: the system writes the log's bytes and hardly any other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "wal/log.h"

namespace stele::wal {
namespace {

using test::succeeded;

// Writes a log as the commit pipeline does: two spares are ready ahead, one is left in reserve.
class Cycles {
 public:
  explicit Cycles(uint64_t segment_size) : log_(segment_size) { reopen(); }

  void reopen() {
    if (writer_ != nullptr) {
      ASSERT_TRUE(succeeded(writer_->close()));
    }
    writer_ = log_.reopen(nullptr, floor_);
  }

  // Writes `bytes` of commits of `size` bytes in groups of `group`.
  void write(uint64_t bytes, uint64_t size, uint64_t group) {
    for (uint64_t written = 0; written < bytes && !testing::Test::HasFailure();) {
      std::vector<Frame> frames;
      std::vector<Placed> placed;
      frames.reserve(group);
      uint64_t room = writer_->room();
      for (uint64_t i = 0; i < group; ++i) {
        ++last_tsn_;
        Frame& frame = frames.emplace_back(
            make_frame(FrameType::kCommit, last_tsn_, payload_of(last_tsn_, size)));
        std::unique_ptr<Spare> segment;
        if (frame.size() > room) {
          segment = begin_segment(frame.size());
          ASSERT_NE(segment, nullptr);
          room = segment_room(segment->size);
        }
        room -= frame.size();
        written += frame.size();
        placed.push_back({frame, std::move(segment)});
      }
      ASSERT_TRUE(succeeded(writer_->write(placed, /*durable=*/true)));
      ASSERT_TRUE(succeeded(writer_->spares().make(writer_->next_segment_size(), 2)));
      writer_->fill_ahead();
    }
  }

  void release_up_to(uint64_t tsn) {
    floor_ = tsn;
    ASSERT_TRUE(succeeded(writer_->release(tsn)));
  }
  void release_all() { release_up_to(last_tsn_); }

  [[nodiscard]] uint64_t last_tsn() const { return last_tsn_; }
  [[nodiscard]] UnsyncedFiles::Counts& counts() { return log_.files().counts(); }
  [[nodiscard]] Log& log() { return log_; }
  [[nodiscard]] Writer& writer() { return *writer_; }
  [[nodiscard]] uint64_t disk_bytes() const {
    uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(log_.directory())) {
      bytes += entry.file_size();
    }
    return bytes;
  }

 private:
  std::unique_ptr<Spare> begin_segment(uint64_t frame_size) {
    const uint64_t needed = segment_size_for(frame_size);
    if (auto spare = writer_->spares().take_leaving_one(needed)) return spare;
    auto spare = writer_->spares().obtain(needed, std::max(needed, writer_->next_segment_size()));
    return spare ? *std::move(spare) : nullptr;
  }

  Log log_;
  std::unique_ptr<Writer> writer_;
  uint64_t last_tsn_ = 0;
  uint64_t floor_ = 0;
};

struct Case {
  const char* name;
  uint64_t segment_size;
  uint64_t cycle;  // Bytes written between two releases.
  uint64_t frame;
  uint64_t group;
};

constexpr uint64_t kKi = 1024;
constexpr uint64_t kMi = 1024 * kKi;

TEST(Cycle, OfAnySizeSoonWritesTheLogAndNothingElse) {
  const Case cases[] = {
      {"the default", 64 * kMi, 8 * kMi, 4000, 16},
      {"as long as a segment", 16 * kMi, 16 * kMi, 60'000, 8},
      {"small segments", 64 * kKi, 4 * kMi, 1000, 4},
      {"small segments, short cycles", 64 * kKi, 100 * kKi, 1000, 4},
      {"a mebibyte of memory in all", 256 * kKi, kMi, 500, 4},
      {"cycles shorter than the first segment", 64 * kMi, 50 * kKi, 500, 4},
      {"frames longer than a segment", 64 * kKi, 2 * kMi, 100'000, 2},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Cycles cycles(c.segment_size);
    for (int warm = 0; warm < 8; ++warm) {
      cycles.write(c.cycle, c.frame, c.group);
      cycles.release_all();
    }
    const uint64_t disk_before = cycles.disk_bytes();
    const uint64_t log_before = cycles.writer().stats().written;
    UnsyncedFiles::Counts& counts = cycles.counts();
    counts = {};
    for (int cycle = 0; cycle < 6; ++cycle) {
      cycles.write(c.cycle, c.frame, c.group);
      cycles.release_all();
    }
    if (testing::Test::HasFailure()) return;
    const uint64_t log_bytes = cycles.writer().stats().written - log_before;
    // What there is beside the frames: a header of 4 KiB for each segment, at most 1/16 of it.
    const double per_byte =
        static_cast<double>(counts.bytes_written) / static_cast<double>(log_bytes);
    EXPECT_LE(per_byte, c.segment_size <= 64 * kKi ? 1.07 : 1.02);
    EXPECT_EQ(counts.bytes_added, 0U);
    EXPECT_EQ(counts.created, 0U);
    EXPECT_EQ(counts.removed, 0U);
    EXPECT_EQ(cycles.disk_bytes(), disk_before);
    RecordProperty(c.name, std::to_string(per_byte));
    std::cout << "  " << c.name << ": " << per_byte << " bytes written a byte of log, "
              << disk_before / kKi << " KiB of files for cycles of " << c.cycle / kKi << " KiB\n";
    ASSERT_TRUE(succeeded(cycles.log().recover_from({.floor = cycles.last_tsn()})));
  }
}

// A release that lags behind, as when an older slot of a superblock or a backup still needs some.
TEST(Cycle, ThatReleasesLateDoesNoMore) {
  Cycles cycles(4 * kMi);
  uint64_t before = 0;
  const auto run = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const uint64_t last = cycles.last_tsn();
      cycles.write(3 * kMi, 2000, 8);
      cycles.release_up_to(before);
      before = last;
    }
  };
  run(10);
  cycles.counts() = {};
  run(6);
  EXPECT_EQ(cycles.counts().bytes_added, 0U);
  EXPECT_EQ(cycles.counts().created, 0U);
}

// The next process takes the files over.
TEST(Cycle, GoesOnAfterAClose) {
  Cycles cycles(4 * kMi);
  for (int i = 0; i < 8; ++i) {
    cycles.write(4 * kMi, 2000, 8);
    cycles.release_all();
  }
  const uint64_t disk_before = cycles.disk_bytes();
  cycles.counts() = {};
  for (int i = 0; i < 6; ++i) {
    cycles.reopen();
    cycles.write(4 * kMi, 2000, 8);
    cycles.release_all();
  }
  // A close gives the room behind the log's end back, so that a part of one file is made again.
  const auto segment = static_cast<uint64_t>(kMi);
  EXPECT_LE(cycles.counts().bytes_added, 6 * segment);
  EXPECT_LE(cycles.disk_bytes(), disk_before + 2 * segment);
}

// What a backup or a slow reader had held back does not stay on the disk for ever.
TEST(Cycle, RoomOfALogThatWasHeldBackIsGivenBack) {
  Cycles cycles(kMi);
  for (int i = 0; i < 30; ++i) {
    cycles.write(2 * kMi, 2000, 8);
    cycles.release_up_to(0);
  }
  EXPECT_GT(cycles.disk_bytes(), 60 * kMi);
  cycles.release_all();
  EXPECT_LE(cycles.disk_bytes(), 9 * kMi);
  // Nor does that of one that was busier once.
  cycles.write(20 * kMi, 2000, 8);
  cycles.release_all();
  for (int i = 0; i < 20; ++i) {
    cycles.write(kMi, 2000, 8);
    cycles.release_all();
  }
  EXPECT_LE(cycles.disk_bytes(), 9 * kMi);
}

}  // namespace
}  // namespace stele::wal
