// What every commit of a database was, and what must be left of it whatever checkpoints have
// merged: times that somebody may ask for, and positions.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "base/text.h"
#include "db/database.h"
#include "support/results.h"

namespace stele::test {

class CommitTimes {
 public:
  // Takes note of the next commit.
  void note(const engine::Stamp& stamp) { stamps_.push_back(stamp); }
  // A table that keeps history is there since that commit; UINT64_MAX: none is.
  void set_since(uint64_t since) { since_ = since; }
  [[nodiscard]] uint64_t since() const { return since_; }
  [[nodiscard]] uint64_t last() const { return stamps_.size(); }
  [[nodiscard]] const engine::Stamp& of(uint64_t tsn) const { return stamps_[tsn - 1]; }

  // Whether a commit must have kept its time.
  [[nodiscard]] bool is_kept(uint64_t tsn) const {
    const engine::Stamp& stamp = of(tsn);
    return tsn >= since_ || stamp.first_position > 1 || stamp.event_count > 0;
  }

  // Compares every commit, and the commits of moments.
  void check(const db::Database& database) const {
    const engine::ViewPtr view = database.views().current();
    ASSERT_EQ(database.snapshot().tsn, last());
    int64_t before = INT64_MIN;
    for (uint64_t tsn = 1; tsn <= last(); ++tsn) {
      SCOPED_TRACE(cat("commit ", tsn, ", history since ", since_));
      const engine::Stamp& stamp = of(tsn);
      const auto info = engine::commit_info(*view, tsn);
      ASSERT_TRUE(succeeded(info));
      ASSERT_EQ(info->stamp.tsn, tsn);
      ASSERT_EQ(info->stamp.first_position, stamp.first_position);
      ASSERT_EQ(info->stamp.event_count, stamp.event_count);
      ASSERT_GE(info->stamp.recorded, before);
      before = info->stamp.recorded;
      if (is_kept(tsn)) {
        ASSERT_EQ(info->stamp.recorded, stamp.recorded);
      } else {
        ASSERT_GE(info->stamp.recorded, stamp.recorded);
      }
      if (tsn % (1 + last() / kMoments) != 0) continue;
      check_moment(*view, tsn, stamp.recorded);
      check_moment(*view, tsn - 1, stamp.recorded - 1);
    }
  }

 private:
  static constexpr uint64_t kMoments = 100;  // Of so many commits, or twice as many.

  // `tsn` is the last commit at or before a moment.
  void check_moment(const engine::View& view, uint64_t tsn, int64_t time) const {
    const auto found = engine::commit_at(view, time, last());
    ASSERT_TRUE(succeeded(found));
    if (tsn > 0 && is_kept(tsn)) {
      ASSERT_EQ(*found, tsn);
      return;
    }
    ASSERT_LE(*found, tsn);
    for (uint64_t between = *found + 1; between <= tsn; ++between) ASSERT_FALSE(is_kept(between));
  }

  std::vector<engine::Stamp> stamps_;
  uint64_t since_ = UINT64_MAX;
};

}  // namespace stele::test
