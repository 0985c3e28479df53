// Tables of projections that keep so many commits, or a time: as far as they can be read, they are
// what follows from the events, however far the projection is behind and whatever was removed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "db/projection.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele {
namespace {

using db::Projection;
using db::Table;
using tables::History;
using test::failed;
using test::succeeded;

// One projection: each event puts the row of its entity, and each seventh deletes it.
class LimitedHistory : public ::testing::Test {
 protected:
  using Rows = std::map<std::string, std::string>;

  void SetUp() override {
    world_.files.skip_syncs();
    database_ = world_.open();
  }

  void begin(History history, uint64_t amount, bool rebuilds) {
    auto opened = Projection::open(database_, "p", {}, rebuilds);
    ASSERT_TRUE(succeeded(opened));
    projection_ = *std::move(opened);
    auto table = projection_->table({.schema = "root", .name = "t"}, history, amount);
    ASSERT_TRUE(succeeded(table));
    table_ = *std::move(table);
    history_ = history;
    amount_ = amount;
    note();
  }
  // Notes the commits since the last one, which all came at the same time and of which only the
  // last may have had events.
  void note() {
    const engine::Snapshot now = database_->snapshot();
    while (heads_.size() < now.tsn) {
      heads_.push_back(now.head);
      times_.push_back(world_.clock.wall_us());
    }
  }
  void append(uint64_t count) {
    test::Attempt attempt;
    for (; count > 0; --count) {
      entities_.push_back(cat("e:", test::between(random_, 0, 3)));
      attempt.events.push_back({.entity = entities_.back()});
    }
    ASSERT_TRUE(succeeded(test::commit(database_, attempt)));
    note();
  }
  void work(uint64_t most) {
    for (; most > 0; --most) {
      const auto record = projection_->events().peek();
      ASSERT_TRUE(succeeded(record));
      if (!*record) break;
      const std::string entity((*record)->entity());
      const uint64_t position = (*record)->position();
      projection_->events().advance();
      const ByteView key = as_bytes(entity);
      if (position % 7 == 0) {
        ASSERT_TRUE(succeeded(projection_->erase(*table_, key, position)));
      } else {
        ASSERT_TRUE(succeeded(projection_->put(*table_, key, as_bytes(cat(position)), position)));
      }
    }
    ASSERT_TRUE(succeeded(projection_->commit()));
    note();
  }

  [[nodiscard]] Rows expected(uint64_t position) const {
    Rows rows;
    for (uint64_t i = 1; i <= position; ++i) {
      if (i % 7 == 0) {
        rows.erase(entities_[i - 1]);
      } else {
        rows[entities_[i - 1]] = cat(i);
      }
    }
    return rows;
  }
  // The first position that can be read, but for the newest one: the head of a commit.
  [[nodiscard]] uint64_t first_kept() const {
    uint64_t gone = 0;
    if (history_ == History::kCommits) {
      gone = heads_.size() > amount_ ? heads_.size() - amount_ : 0;
    } else {
      const auto kept =
          std::ranges::upper_bound(times_, times_.back() - static_cast<int64_t>(amount_));
      const auto at = static_cast<uint64_t>(kept - times_.begin());
      gone = at > 0 ? at - 1 : 0;
    }
    return gone == 0 ? 0 : heads_[gone];
  }
  void check() {
    const auto lag = projection_->lag();
    ASSERT_TRUE(succeeded(lag));
    for (uint64_t position = 0; position <= entities_.size(); ++position) {
      SCOPED_TRACE(cat("as of ", position, ", the projection at ", lag->applied));
      auto scan = db::TableScan::start(
          *table_, {}, {.kind = db::AsOf::Kind::kPosition, .at = static_cast<int64_t>(position)});
      if (position > lag->applied) {
        ASSERT_TRUE(failed(scan, Code::kNotYet));
      } else if (position < std::min(first_kept(), lag->applied)) {
        ASSERT_TRUE(failed(scan, Code::kTooOld));
      } else {
        ASSERT_TRUE(succeeded(scan));
        Rows rows;
        for (;;) {
          const auto row = (*scan)->next();
          ASSERT_TRUE(succeeded(row));
          if (*row == nullptr) break;
          rows[std::string(as_text((*row)->key))] = as_text((*row)->version.row);
        }
        ASSERT_EQ(rows, expected(position));
      }
    }
  }
  void live(History history, uint64_t amount) {
    begin(history, amount, /*rebuilds=*/false);
    for (int step = 0; step < 60 && !HasFatalFailure(); ++step) {
      if (test::between(random_, 0, 2) == 0) world_.clock.set(world_.clock.wall_us() + 1000);
      switch (test::between(random_, 0, 4)) {
        case 0:
        case 1:
          append(test::between(random_, 1, 5));
          break;
        case 2:
        case 3:
          work(test::between(random_, 1, 9));
          break;
        default:
          ASSERT_TRUE(succeeded(database_->checkpoint()));
      }
      if (step % 3 == 0) check();
    }
    // From the first event on: its commits are new, and what they say of the events is old.
    begin(history, amount, /*rebuilds=*/true);
    for (size_t left = entities_.size(); left > 0 && !HasFatalFailure();
         left -= std::min<size_t>(left, 6)) {
      work(6);
      if (left % 3 == 0) {
        ASSERT_TRUE(succeeded(database_->checkpoint()));
      }
    }
    work(entities_.size());
    check();
    ASSERT_TRUE(succeeded(projection_->switch_over()));
    note();
    begin(history, amount, /*rebuilds=*/false);
    check();
    EXPECT_TRUE(succeeded(test::verify(database_)));
  }

  const test::Seed seed_;
  std::mt19937_64 random_ = seed_.generator();
  test::World world_;
  test::DatabasePtr database_;
  std::unique_ptr<Projection> projection_;
  std::unique_ptr<Table> table_;
  History history_ = History::kNone;
  uint64_t amount_ = 0;
  std::vector<std::string> entities_;  // Of event 1 and so on.
  std::vector<uint64_t> heads_;        // The last event behind commit 1 and so on,
  std::vector<int64_t> times_;         // and its time.
};

TEST_F(LimitedHistory, SoManyCommitsReachBackToWhatWasTheLastEventThen) {
  live(History::kCommits, test::between(random_, 1, 25));
}

TEST_F(LimitedHistory, ATimeReachesBackToWhatWasTheLastEventThen) {
  live(History::kTime, test::between(random_, 1, 9000));
}

TEST_F(LimitedHistory, AProjectionThatIsFarBehindIsReadAsOfWhereItStands) {
  for (int i = 0; i < 20; ++i) append(2);
  begin(History::kCommits, 2, /*rebuilds=*/false);
  work(10);
  check();
  begin(History::kNone, 0, /*rebuilds=*/true);
  work(10);
  const auto at = [&](int64_t position) {
    return db::TableScan::start(*table_, {}, {.kind = db::AsOf::Kind::kPosition, .at = position});
  };
  EXPECT_TRUE(succeeded(at(10)));
  EXPECT_TRUE(failed(at(9), Code::kTooOld, "no history"));
  EXPECT_TRUE(failed(at(11), Code::kNotYet));
}

}  // namespace
}  // namespace stele
