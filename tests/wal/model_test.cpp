// A log under random groups, closes, crashes and repeated crashes holds what a vector holds: every
// acknowledged commit, and of an unacknowledged group a prefix.
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

namespace stele::wal {
namespace {

using test::between;
using test::succeeded;

class LogModel {
 public:
  explicit LogModel(uint64_t seed) : random_(seed) {}

  void run(int steps) {
    open();
    for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step << ", commits " << commits_.size());
      switch (between(random_, 0, 9)) {
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
          ASSERT_TRUE(succeeded(writer_->mark_end()));
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
      const uint64_t before = count_segments();
      Recovered found;
      writer_ = log_.reopen(&found);
      ASSERT_NE(writer_, nullptr);
      take_over(found.payloads());
      if (between(random_, 0, 3) == 0) lose_new_segments(before);
    } while (writer_ == nullptr);
  }

  // The prefix of the group in doubt that recovery found is committed from now on.
  void take_over(const std::vector<Payload>& found) {
    ASSERT_GE(found.size(), commits_.size()) << "acknowledged commits are lost";
    ASSERT_LE(found.size(), commits_.size() + in_doubt_.size());
    for (size_t i = commits_.size(); i < found.size(); ++i) {
      commits_.push_back(in_doubt_[i - acknowledged_]);
    }
    in_doubt_.clear();
    acknowledged_ = commits_.size();
    ASSERT_TRUE(found == commits_);
  }

  // As if the process had died while it repeated pending commits in new segments: some are there,
  // the next one is not finished.
  void lose_new_segments(uint64_t before) {
    writer_.reset();
    const uint64_t last = count_segments();
    const uint64_t kept = between(random_, before, last);
    for (uint64_t number = kept + 1; number <= last; ++number) {
      std::filesystem::remove(log_.segment(number));
    }
    if (between(random_, 0, 1) == 0) leave_unfinished_segment();
  }

  void leave_unfinished_segment() {
    test::write_bytes(unfinished_segment_path(log_.directory()),
                      payload_of(3, between(random_, 0, 6000)));
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
    ASSERT_TRUE(succeeded(Log::write(*writer_, commits_.size(), group)));
    commits_.insert(commits_.end(), group.begin(), group.end());
    acknowledged_ = commits_.size();
  }

  void close() {
    ASSERT_TRUE(succeeded(writer_->mark_end()));
    writer_.reset();
  }

  // Nothing is in doubt, but there may be remains behind the end.
  void crash_between_groups() {
    writer_.reset();
    if (between(random_, 0, 1) == 0) leave_unfinished_segment();
    const uint64_t last = count_segments();
    if (last == 0) return;
    std::vector<uint8_t> bytes = test::read_bytes(log_.segment(last));
    append_remains(bytes);
    test::write_bytes(log_.segment(last), bytes);
  }

  void append_remains(std::vector<uint8_t>& bytes) {
    const uint64_t size = between(random_, 0, 300);
    switch (between(random_, 0, 2)) {
      case 0:
        bytes.resize(bytes.size() + size, 0);
        break;
      case 1:
        for (uint64_t i = 0; i < size; ++i) bytes.push_back(static_cast<uint8_t>(random_()));
        break;
      default: {  // Old frames of some segment.
        const uint64_t from = between(random_, kSegmentHeaderSize / 8, bytes.size() / 8) * 8;
        const std::vector<uint8_t> copied(
            bytes.begin() + static_cast<ptrdiff_t>(from),
            bytes.begin() + static_cast<ptrdiff_t>(std::min(bytes.size(), from + size)));
        bytes.insert(bytes.end(), copied.begin(), copied.end());
      }
    }
  }

  // A group is written, but nobody hears of it: what of it has reached the disk is chance.
  void crash_in_group() {
    const uint64_t before = count_segments();
    const uint64_t old_end = before == 0 ? 0 : std::filesystem::file_size(log_.segment(before));
    const std::vector<Payload> group = random_group();
    ASSERT_TRUE(succeeded(Log::write(*writer_, commits_.size(), group)));
    writer_.reset();
    in_doubt_ = group;
    const uint64_t last = count_segments();
    // A segment gets its name only when it and those before it are durable.
    const uint64_t kept = between(random_, before, last);
    for (uint64_t number = kept + 1; number <= last; ++number) {
      std::filesystem::remove(log_.segment(number));
    }
    if (kept < last) leave_unfinished_segment();
    if (kept != before || kept == 0) return;

    // It died in the first write: behind the old end anything may be missing or different.
    std::vector<uint8_t> bytes = test::read_bytes(log_.segment(kept));
    bytes.resize(between(random_, old_end, bytes.size()));
    for (uint64_t flips = between(random_, 0, 2); flips > 0 && bytes.size() > old_end; --flips) {
      bytes[between(random_, old_end, bytes.size() - 1)] ^=
          static_cast<uint8_t>(between(random_, 1, 255));
    }
    if (between(random_, 0, 2) == 0) append_remains(bytes);
    test::write_bytes(log_.segment(kept), bytes);
  }

  uint64_t count_segments() { return list_segments(log_.files(), log_.directory())->size(); }

  static constexpr uint64_t kSegmentSizes[] = {1, 4200, 5000, 8192, 20'000, 1 << 20};

  std::mt19937_64 random_;
  Log log_;
  std::unique_ptr<Writer> writer_;
  std::vector<Payload> commits_;   // What must be there.
  std::vector<Payload> in_doubt_;  // Of which a prefix may be there behind them.
  size_t acknowledged_ = 0;        // commits_.size() when the group in doubt was written.
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
