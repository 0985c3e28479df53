// A log under random groups, releases, closes, crashes and repeated crashes holds what a vector
// holds: every acknowledged commit above the floor, and a prefix of the others.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "support/scale.h"
#include "support/seed.h"
#include "wal/log.h"
#include "wal/reader.h"

namespace stele::wal {
namespace {

using test::between;
using test::succeeded;

class LogModel {
 public:
  explicit LogModel(uint64_t seed) : random_(seed) {
    if (between(random_, 0, 5) == 0) log_.keep_segments();
  }

  void run(int steps) {
    open();
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step << ", commits " << commits_.size());
      switch (between(random_, 0, 12)) {
        case 0:
          close();
          open();
          break;
        case 1:
        case 2:
          crash_between_groups();
          open();
          break;
        case 3:
        case 4:
          crash_in_group();
          open();
          break;
        case 5:
          mark();
          break;
        case 6:
          ASSERT_TRUE(succeeded(writer_->sync()));
          acknowledge_all();
          break;
        case 7:
        case 8:
          release();
          break;
        default:
          write(random_group());
      }
    }
  }

 private:
  // Recovers, compares, and sometimes dies in the middle of it.
  void open() {
    writer_.reset();
    log_.set_segment_size(kSegmentSizes[between(random_, 0, std::size(kSegmentSizes) - 1)]);
    do {
      const auto before = log_.save();
      const uint64_t last = last_segment();
      Recovered found;
      writer_ = log_.reopen(&found, floor_);
      ASSERT_NE(writer_, nullptr);
      take_over(found);
      if (between(random_, 0, 3) == 0) lose_new_segment(before, last);
    } while (writer_ == nullptr);
  }

  // Of what was not acknowledged, the prefix that recovery found is committed from now on.
  void take_over(const Recovered& found) {
    ASSERT_GE(found.end.last_tsn, acknowledged_) << "acknowledged commits are lost";
    ASSERT_LE(found.end.last_tsn, commits_.size());
    commits_.resize(found.end.last_tsn);
    acknowledged_ = commits_.size();
    const size_t count = found.frames.size();
    ASSERT_LE(count, commits_.size());
    ASSERT_GE(count, commits_.size() - floor_) << "commits above the floor are missing";
    const std::vector<Payload> expected(commits_.end() - static_cast<ptrdiff_t>(count),
                                        commits_.end());
    ASSERT_TRUE(found.payloads() == expected);
  }

  // As if the process had died while it repeated pending commits in a new segment.
  void lose_new_segment(const Log::Files& before, uint64_t last) {
    writer_.reset();
    if (last_segment() == last) return;
    if (between(random_, 0, 1) == 0) log_.restore(before);
    if (between(random_, 0, 1) == 0) leave_interrupted_segment();
  }

  void leave_interrupted_segment() {
    const std::string path = log_.directory() + "/" + spare_name(between(random_, 1, 3));
    test::write_bytes(path, payload_of(3, between(random_, 0, 6000)));
  }

  std::vector<Payload> random_group() {
    std::vector<Payload> group;
    for (uint64_t count = between(random_, 1, 6); count > 0; --count) {
      const uint64_t size =
          between(random_, 0, 20) == 0 ? between(random_, 0, 20'000) : between(random_, 0, 200);
      Payload payload = payload_of(random_(), size);
      // Payloads that look like frames must not confuse anyone.
      if (between(random_, 0, 5) == 0) {
        const Frame frame = make_frame(FrameType::kCommit, commits_.size() + 2, payload);
        payload.assign(frame.begin(), frame.end());
      }
      group.push_back(payload);
    }
    return group;
  }

  void write(const std::vector<Payload>& group) {
    const bool durable = between(random_, 0, 2) > 0;
    ASSERT_TRUE(succeeded(Log::write(*writer_, commits_.size(), group, durable)));
    commits_.insert(commits_.end(), group.begin(), group.end());
    ASSERT_LE(writer_->durable_tsn(), commits_.size());
    ASSERT_GE(writer_->durable_tsn(), durable ? commits_.size() : acknowledged_);
    acknowledged_ = writer_->durable_tsn();
  }

  void acknowledge_all() {
    EXPECT_EQ(writer_->durable_tsn(), commits_.size());
    acknowledged_ = commits_.size();
  }

  void mark() {
    if (writer_->room() < kFrameHeaderSize) return;  // The place is the close's.
    ASSERT_TRUE(succeeded(writer_->mark()));
    EXPECT_TRUE(writer_->is_marked());
    acknowledge_all();
  }

  void release() {
    floor_ = between(random_, floor_, acknowledged_);
    if (between(random_, 0, 3) == 0) return;  // Somebody else has not come to it.
    ASSERT_TRUE(succeeded(writer_->release(floor_)));
  }

  void close() {
    ASSERT_TRUE(succeeded(writer_->close()));
    acknowledge_all();
    writer_.reset();
  }

  // Where the frames that are acknowledged end in the newest segment, 0 if there is none.
  uint64_t acknowledged_end() {
    if (last_segment() == 0) return 0;
    auto reader = SegmentReader::open(log_.files(), log_.directory(), log_.uuid(), last_segment());
    EXPECT_TRUE(succeeded(reader));
    reader->set_chain({reader->header().first_tsn - 1, reader->header().previous_checksum});
    uint64_t end = reader->offset();
    while (reader->next(UINT64_MAX)->found) {
      if (reader->chain().tsn <= acknowledged_) end = reader->offset();
    }
    return end;
  }

  // Everything that was written is there, and remains behind it. Or some of it is not there that
  // nobody was promised.
  void crash_between_groups() {
    writer_.reset();
    if (between(random_, 0, 1) == 0) leave_interrupted_segment();
    spoil_behind(acknowledged_end());
  }

  // A group is written, but nobody hears of it.
  void crash_in_group() {
    const auto before = log_.save();
    const uint64_t last = last_segment();
    const std::vector<Payload> group = random_group();
    ASSERT_TRUE(succeeded(Log::write(*writer_, commits_.size(), group)));
    const uint64_t end = acknowledged_end();
    writer_.reset();
    commits_.insert(commits_.end(), group.begin(), group.end());
    if (last_segment() == last) return spoil_behind(end);
    // A segment gets its name only when it and those before it are durable, so that the first new
    // ones may be missing only together with what follows.
    const uint64_t kept = between(random_, last, last_segment());
    if (kept == last) {
      log_.restore(before);
      leave_interrupted_segment();
      return;
    }
    for (uint64_t number = last_segment(); number > kept; --number) {
      std::filesystem::remove(log_.segment(number));
    }
  }

  // Behind `end` of the newest segment anything may be missing or different.
  void spoil_behind(uint64_t end) {
    if (end == 0) return;
    const std::string path = log_.segment(last_segment());
    std::vector<uint8_t> bytes = test::read_bytes(path);
    if (end == bytes.size()) return append_remains(path, bytes, end);
    const uint64_t used = end + used_behind(bytes, end);
    const uint64_t cut = between(random_, end, used);
    if (between(random_, 0, 1) == 0) {
      std::fill(bytes.begin() + static_cast<ptrdiff_t>(cut), bytes.end(), uint8_t{0});
    } else if (between(random_, 0, 1) == 0) {
      bytes.resize(cut);
    }
    for (uint64_t flips = between(random_, 0, 2); flips > 0 && bytes.size() > end; --flips) {
      bytes[between(random_, end, bytes.size() - 1)] ^=
          static_cast<uint8_t>(between(random_, 1, 255));
    }
    append_remains(path, bytes, cut);
  }

  // Puts old frames or anything else at `at`, over what is there.
  void append_remains(const std::string& path, std::vector<uint8_t>& bytes, uint64_t at) {
    const uint64_t size = between(random_, 0, 2) == 0 ? between(random_, 0, 300) : 0;
    std::vector<uint8_t> remains(size);
    switch (between(random_, 0, 2)) {
      case 0:
        break;
      case 1:
        for (uint8_t& byte : remains) byte = static_cast<uint8_t>(random_());
        break;
      default: {  // Old frames of this segment.
        const uint64_t from = between(random_, kSegmentHeaderSize / 8, at / 8) * 8;
        remains.assign(
            bytes.begin() + static_cast<ptrdiff_t>(std::min(from, bytes.size())),
            bytes.begin() + static_cast<ptrdiff_t>(std::min<uint64_t>(bytes.size(), from + size)));
      }
    }
    if (bytes.size() < at + remains.size()) bytes.resize(at + remains.size(), 0);
    copy_bytes(bytes.data() + at, remains);
    test::write_bytes(path, bytes);
  }

  uint64_t last_segment() {
    const std::vector<uint64_t> segments = log_.list().segments;
    return segments.empty() ? 0 : segments.back();
  }

  static constexpr uint64_t kSegmentSizes[] = {1, 4200, 5000, 8192, 20'000, 1 << 16};

  std::mt19937_64 random_;
  Log log_;
  std::unique_ptr<Writer> writer_;
  std::vector<Payload> commits_;  // Everything written, of which what is behind acknowledged_ ...
  size_t acknowledged_ = 0;       // ... may be lost from any point on.
  uint64_t floor_ = 0;
};

TEST(LogModel, HoldsWhatAVectorHolds) {
  const test::Seed seed;
  auto generator = seed.generator();
  for (size_t round = 0; round < test::scaled(150); ++round) {
    SCOPED_TRACE(testing::Message() << "STELE_SEED=" << seed.value() << ", round " << round);
    LogModel(generator()).run(25);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace stele::wal
