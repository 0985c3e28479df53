// A reader that is held while commits and checkpoints go on: it sees what it saw, the file grows by
// the pages of its time and no more, and figures show who holds it; let go, they are used again.
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "db/backup.h"
#include "support/databases.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::succeeded;
using test::World;

constexpr uint64_t kRounds = 60;

// Opens a database whose trees have some pages, all of which are written again, bit by bit.
class HeldReader : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.files.skip_syncs();
    database_ = world_.open();
    for (int i = 0; i < 20; ++i) add();
  }

  // Commits events and makes a checkpoint.
  void add() {
    test::Attempt attempt;
    for (int i = 0; i < 20; ++i) {
      const uint64_t number = ++events_;
      attempt.events.push_back({.entity = cat("e:", number % 50),
                                .data = std::string(200, 'x'),
                                .tags = {cat("t:", number % 30), "all", cat("n:", number)}});
    }
    ASSERT_TRUE(succeeded(commit(database_, attempt)));
    ASSERT_TRUE(succeeded(database_->checkpoint()));
  }

  [[nodiscard]] page::PageFileStats pages() const { return *database_->stats()->pages; }

  [[nodiscard]] std::unique_ptr<events::Reader> reader(const events::Query& query = {}) const {
    return std::make_unique<events::Reader>(database_->views(), query, events::ReadOptions(),
                                            database_->snapshot());
  }

  // Commits and makes checkpoints; returns the pages by which the file has grown.
  int64_t growth_of(uint64_t rounds) {
    const uint64_t before = pages().page_count;
    for (uint64_t i = 0; i < rounds; ++i) add();
    return static_cast<int64_t>(pages().page_count - before);
  }

  World world_;
  DatabasePtr database_;
  uint64_t events_ = 0;
};

TEST_F(HeldReader, SeesWhatItSawAndHoldsThePagesOfItsTimeOnly) {
  const int64_t growth_alone = growth_of(kRounds);
  const uint64_t seen = events_;
  const page::PageFileStats start = pages();
  EXPECT_EQ(start.readers, 0U);
  EXPECT_EQ(start.oldest_generation, start.generation);

  auto held = reader();
  const auto first = held->peek();
  ASSERT_TRUE(succeeded(first));
  ASSERT_TRUE(first->has_value());
  const auto bytes = (*first)->bytes();
  const std::vector<uint8_t> record(bytes.begin(), bytes.end());

  const int64_t growth_held = growth_of(kRounds);
  const page::PageFileStats middle = pages();
  EXPECT_EQ(middle.generation, start.generation + kRounds);
  EXPECT_EQ(middle.readers, 1U);
  EXPECT_EQ(middle.oldest_generation, start.generation);
  // The pages that there were, and none of those that came and went meanwhile.
  const auto written = static_cast<int64_t>(middle.pages_written - start.pages_written);
  const auto there = static_cast<int64_t>(start.page_count);
  EXPECT_GT(written, 4 * there) << "the test is about nothing otherwise";
  EXPECT_LE(middle.held_pages, start.page_count);
  EXPECT_GT(middle.held_pages, 10U);
  EXPECT_LE(growth_held, growth_alone + there + there / 4);

  // What it has found is still there, and then all that there was when it began.
  const auto again = held->peek();
  ASSERT_TRUE(succeeded(again));
  EXPECT_TRUE(std::ranges::equal((*again)->bytes(), record));
  uint64_t count = 0;
  for (;;) {
    const auto next = held->peek();
    ASSERT_TRUE(succeeded(next));
    if (!*next) break;
    EXPECT_EQ((*next)->position(), ++count);
    held->advance();
  }
  EXPECT_EQ(count, seen);

  // It has moved on to the newest trees, and holds nothing older.
  EXPECT_EQ(pages().readers, 0U);
  held = nullptr;
  add();
  EXPECT_EQ(pages().held_pages, 0U);
  EXPECT_LE(growth_of(5), 0) << "there are enough free pages for a while";
  EXPECT_TRUE(succeeded(test::verify(database_)));
  std::cout << "  in " << kRounds << " checkpoints " << written << " pages were written; growth "
            << growth_alone << " pages without a reader, " << growth_held << " with one\n";
}

// A view that somebody keeps answers from the trees of its time, however many came since.
TEST_F(HeldReader, AViewAnswersAsOfItsTime) {
  const engine::ViewPtr view = database_->views().current();
  const uint64_t seen = events_;
  std::vector<std::vector<uint8_t>> records;
  {
    events::History history(*view);
    for (uint64_t position = 1; position <= seen; ++position) {
      const auto bytes = history.record(position)->bytes();
      records.emplace_back(bytes.begin(), bytes.end());
    }
  }
  (void)growth_of(kRounds);
  events::History history(*view);
  for (uint64_t position = 1; position <= seen; ++position) {
    const auto record = history.record(position);
    ASSERT_TRUE(record) << history.status().error().message();
    ASSERT_TRUE(std::ranges::equal(record->bytes(), records[position - 1]));
  }
}

// Readers that come and go, each held over a few checkpoints, hold no more than those few wrote.
TEST_F(HeldReader, ReadersThatMoveOnHoldLittle) {
  const int64_t growth_alone = growth_of(kRounds);
  std::vector<std::unique_ptr<events::Reader>> readers;
  const uint64_t before = pages().page_count;
  for (uint64_t i = 0; i < kRounds; ++i) {
    readers.push_back(reader({{{.tags = {"all"}}}}));
    const auto found = readers.back()->peek();
    ASSERT_TRUE(succeeded(found));
    ASSERT_TRUE(found->has_value());
    if (readers.size() > 3) readers.erase(readers.begin());
    add();
    EXPECT_LE(pages().readers, 3U);
  }
  const auto growth = static_cast<int64_t>(pages().page_count - before);
  const auto written_each = static_cast<int64_t>(pages().pages_written / pages().generation);
  EXPECT_LE(growth, growth_alone + 8 * written_each);
  std::cout << "  growth " << growth << " pages, without readers " << growth_alone << "; "
            << written_each << " are written each time\n";
}

// A cursor between two calls that copy holds nothing, and goes on in newer trees.
TEST_F(HeldReader, ACursorThatRestsHoldsNothing) {
  const uint64_t seen = events_;
  auto cursor = reader(test::query_of_tag("all"));
  uint64_t count = 0;
  const auto take = [&](uint64_t wanted) {
    for (uint64_t i = 0; i < wanted; ++i) {
      const auto next = cursor->peek();
      ASSERT_TRUE(succeeded(next));
      ASSERT_TRUE(next->has_value());
      EXPECT_EQ((*next)->position(), ++count);
      cursor->advance();
    }
    // One that did not fit the caller's buffer: it was looked at, and is not handed out yet.
    ASSERT_TRUE(succeeded(cursor->peek()));
    cursor->rest();
  };
  take(100);
  for (int i = 0; i < 10; ++i) {
    growth_of(3);
    EXPECT_EQ(pages().readers, 0U);
    EXPECT_EQ(database_->stats()->readers.count, 0U);
    take(20);
  }
  take(seen - count - 1);
  EXPECT_EQ(count, seen - 1);
}

// What a reader holds is told: how many there are, for how long, and how much.
TEST_F(HeldReader, IsVisible) {
  auto cursor = reader();
  ASSERT_TRUE(succeeded(cursor->peek()));
  EXPECT_EQ(database_->stats()->readers.count, 0U) << "what is the newest is nobody's burden";
  EXPECT_EQ(pages().held_pages, 0U);
  growth_of(20);
  world_.clock.set_steady(world_.clock.steady_us() + 5'000'000);
  const auto stats = database_->stats();
  EXPECT_EQ(stats->readers.count, 1U);
  EXPECT_GE(stats->readers.age_us, 5'000'000);
  EXPECT_GT(stats->readers.tail_bytes, 0U);
  EXPECT_GT(pages().held_pages, 5U);
  cursor = nullptr;
  EXPECT_EQ(database_->stats()->readers.count, 0U);
  EXPECT_EQ(pages().held_pages, 0U);
}

// A backup or a verification that was left alone for too long is told so, and holds nothing.
TEST_F(HeldReader, OneThatRestedTooLongIsTold) {
  database_.reset();
  auto options = World::small();
  options.reader_age_us = 60'000'000;
  database_ = world_.open(options);
  auto verification = db::Verify::start(database_);
  auto backup = db::Backup::start(database_, world_.files, world_.path() + "-copy");
  ASSERT_TRUE(succeeded(verification));
  ASSERT_TRUE(succeeded(backup));
  growth_of(2);
  world_.clock.set_steady(world_.clock.steady_us() + 59'000'000);
  growth_of(2);
  EXPECT_TRUE(succeeded((*verification)->step())) << "there is still time";
  EXPECT_TRUE(succeeded((*backup)->step()));
  EXPECT_GE(database_->stats()->readers.count, 1U);
  const uint64_t total = (*verification)->bytes_total();
  const uint64_t copied_so_far = (*backup)->bytes_done();
  EXPECT_GT(total, 0U);
  EXPECT_GT(copied_so_far, 0U);
  world_.clock.set_steady(world_.clock.steady_us() + 2'000'000);
  growth_of(1);
  EXPECT_EQ(database_->stats()->readers.count, 0U);
  EXPECT_EQ(pages().readers, 0U);
  const auto verified = (*verification)->step();
  EXPECT_TRUE(test::failed(verified, Code::kTooOld, "max_reader_age"));
  const auto copied = (*backup)->step();
  EXPECT_TRUE(test::failed(copied, Code::kTooOld, "max_reader_age"));
  EXPECT_TRUE(test::failed((*backup)->step(), Code::kTooOld)) << "for good";
  // How far they were was once asked of trees that were gone by then.
  EXPECT_EQ((*verification)->bytes_total(), total);
  EXPECT_EQ((*backup)->bytes_done(), copied_so_far);
}

}  // namespace
}  // namespace stele
