// A read returns exactly the matches of its query, each when it is asked for, although it looks for
// the next ones ahead: whatever commits and checkpoints come between its steps, in a database with
// hardly any memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "events/record_match.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"
#include "tree/node.h"

namespace stele {
namespace {

using test::between;
using test::commit;
using test::DatabasePtr;
using test::Seed;
using test::succeeded;
using test::World;

using Records = std::vector<std::vector<uint8_t>>;

std::vector<uint8_t> copy_of(const events::RecordView& record) {
  return {record.bytes().begin(), record.bytes().end()};
}

db::OpenOptions with_little_memory() {
  db::OpenOptions options = World::small();
  options.memory_budget = db::kMemoryBudgetMin;
  return options;
}

class ReadAhead : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.files.skip_syncs();
    database_ = world_.open(with_little_memory());
  }

  template <typename Generator>
  void append(Generator& random, uint64_t count) {
    test::Attempt attempt;
    for (; count > 0; --count) {
      const auto any = [&](uint64_t of) { return std::to_string(between(random, 1, of)); };
      test::Draft draft = {.type = "type" + any(3),
                           .entity = "e/" + any(40),
                           .data = std::string(between(random, 0, 900), 'x'),
                           .tags = {"all", "one of 5: " + any(5), "one of 50: " + any(50)},
                           .time = static_cast<int64_t>(between(random, 0, 1000))};
      if (between(random, 0, 200) == 0) draft.data.assign(20'000, 'y');
      attempt.events.push_back(std::move(draft));
    }
    ASSERT_TRUE(succeeded(commit(database_, attempt)));
  }

  // 200 events that have the tag "rare", each in a leaf without another one; then nothing is open.
  void append_far_apart() {
    for (int i = 0; i < 100; ++i) {
      test::Attempt attempt;
      for (int j = 0; j < 40; ++j) {
        attempt.events.push_back(
            {.data = std::string(900, 'x'), .tags = {j % 20 == 0 ? "rare" : "other"}});
      }
      ASSERT_TRUE(succeeded(commit(database_, attempt)));
      ASSERT_TRUE(succeeded(database_->checkpoint()));
    }
    database_.reset();
  }

  template <typename Generator>
  static events::Query random_query(Generator& random) {
    events::Query query;
    for (uint64_t left = between(random, 1, 2); left > 0; --left) {
      const auto any = [&](uint64_t of) { return std::to_string(between(random, 1, of)); };
      const auto maybe = [&](uint64_t in) { return between(random, 1, in) == 1; };
      events::QueryItem item;
      if (maybe(3)) item.types = {"type" + any(3)};
      if (maybe(3)) item.tags.push_back("all");
      if (maybe(2)) item.tags.push_back("one of 5: " + any(5));
      if (maybe(2)) item.tags.push_back("one of 50: " + any(50));
      if (maybe(6)) item.entities = {"e/" + any(40), "e/" + any(40)};
      if (maybe(6)) item.prefixes = {"e/" + any(4)};
      if (maybe(6)) item.time = {{100, 600}};
      if (maybe(6)) item.positions = {{between(random, 0, 900), between(random, 0, 3000)}};
      query.items.push_back(std::move(item));
    }
    return query;
  }

  // What a read is to return, by the definition of a match, one record after the other.
  Records expected(const events::Query& query, const events::ReadOptions& options,
                   const engine::Snapshot& snapshot) {
    events::History history(database_->views());
    Records records;
    const uint64_t start = options.start.value_or(options.backward ? snapshot.head : uint64_t{1});
    for (uint64_t i = 1; i <= snapshot.head && records.size() < options.limit; ++i) {
      const uint64_t position = options.backward ? snapshot.head + 1 - i : i;
      if (options.backward ? position > start : position < start) continue;
      const auto record = history.record(position);
      EXPECT_TRUE(succeeded(history.status()));
      if (record && events::matches(query, *record)) records.push_back(copy_of(*record));
    }
    return records;
  }

  World world_;
  DatabasePtr database_;
};

TEST_F(ReadAhead, ReturnsWhatMatchesWhateverHappensBetweenItsSteps) {
  const Seed seed;
  auto random = seed.generator();
  for (int i = 0; i < 8; ++i) {
    append(random, 150);
    if (i < 6) {
      ASSERT_TRUE(succeeded(database_->checkpoint()));
    }
  }
  for (uint64_t round = test::scaled(60); round > 0; --round) {
    const events::Query query = random_query(random);
    events::ReadOptions options = {.backward = between(random, 0, 1) == 1, .start = {}};
    const engine::Snapshot snapshot = database_->snapshot();
    if (between(random, 0, 2) == 0) options.start = between(random, 0, snapshot.head + 5);
    if (between(random, 0, 2) == 0) options.limit = between(random, 0, 40);
    const Records records = expected(query, options, snapshot);
    events::Reader reader(database_->views(), query, options, snapshot);
    const bool is_disturbed = round % 2 == 0;
    for (const auto& record : records) {
      const auto next = reader.peek();
      ASSERT_TRUE(succeeded(next));
      ASSERT_TRUE(next->has_value());
      ASSERT_EQ(copy_of(**next), record);
      reader.advance();
      if (!is_disturbed) continue;
      if (between(random, 0, 9) == 0) append(random, between(random, 1, 3));
      if (between(random, 0, 19) == 0) {
        ASSERT_TRUE(succeeded(database_->checkpoint()));
      }
    }
    const auto end = reader.peek();
    ASSERT_TRUE(succeeded(end));
    ASSERT_FALSE(end->has_value());
    ASSERT_FALSE(reader.peek()->has_value()) << "the end stays the end";
  }
}

// What is far apart is read from the disk. The system is told of it in time; no page is read twice
// for that, although the cache holds fewer than are looked ahead for.
TEST_F(ReadAhead, TellsTheSystemWhatIsReadSoonAndReadsNothingTwice) {
  append_far_apart();
  for (const bool backward : {false, true}) {
    database_ = world_.open(with_little_memory());
    const uint64_t told = world_.files.told_bytes();
    const uint64_t pages = database_->stats()->pages->pages_read;
    const uint64_t count =
        test::read(database_, test::query_of_tag("rare"), {.backward = backward, .start = {}})
            .size();
    EXPECT_EQ(count, 200U);
    const uint64_t read = database_->stats()->pages->pages_read - pages;
    EXPECT_GE(read, count) << "the test is about nothing otherwise: two of them share a leaf";
    EXPECT_LE(read, count + 10) << "the tree of terms, and inner pages";
    // All but the first few, and none of them twice.
    const uint64_t told_pages = (world_.files.told_bytes() - told) / page::kPageSizeDefault;
    EXPECT_GE(told_pages, count - 10);
    EXPECT_LE(told_pages, count + 10);
    database_.reset();
  }
}

// Flips a bit in the leaf of the events' tree that has a position. Returns its first position.
uint64_t damage_leaf_of(const std::string& path, uint64_t position) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::vector<char> page(page::kPageSizeDefault);
  for (std::streamoff at = page::kPageSizeDefault;; at += page::kPageSizeDefault) {
    if (!file.seekg(at).read(page.data(), page::kPageSizeDefault)) return 0;
    tree::DenseNode leaf;
    const auto* const bytes = reinterpret_cast<const uint8_t*>(page.data());
    if (leaf.open(bytes, page::kPageSizeDefault) != nullptr) continue;
    if (position - leaf.first() >= leaf.count()) continue;
    page.back() ^= 1;
    file.seekp(at).write(page.data(), page::kPageSizeDefault);
    return leaf.first();
  }
}

// What cannot be read is met ahead, and said when it is reached.
TEST_F(ReadAhead, ReturnsWhatComesBeforeADamagedPage) {
  append_far_apart();
  const uint64_t first = damage_leaf_of(world_.path() + "/events.pages", 1501);
  ASSERT_NE(first, 0U);
  database_ = world_.open(with_little_memory());
  {
    events::Reader reader(database_->views(), test::query_of_tag("rare"), {},
                          database_->snapshot());
    // Each twentieth event, beginning with the first, has the tag.
    uint64_t position = 1;
    for (; position < first; position += 20) {
      const auto next = reader.peek();
      ASSERT_TRUE(succeeded(next)) << position;
      ASSERT_TRUE(next->has_value());
      ASSERT_EQ((*next)->position(), position);
      reader.advance();
    }
    ASSERT_EQ(position, 1501U);
    EXPECT_TRUE(test::failed(reader.peek(), Code::kCorrupt));
    EXPECT_TRUE(test::failed(reader.peek(), Code::kCorrupt)) << "each time";
  }
  database_.reset();
}

// Who reads the first match only pays for that one.
TEST_F(ReadAhead, LooksNoFurtherThanTheFirstEventForTheFirstEvent) {
  const Seed seed;
  auto random = seed.generator();
  for (int i = 0; i < 4; ++i) append(random, 200);
  ASSERT_TRUE(succeeded(database_->checkpoint()));
  const uint64_t told = world_.files.told_bytes();
  for (const bool backward : {false, true}) {
    for (const uint64_t limit : {uint64_t{1}, events::kNoLimit}) {
      events::Reader reader(database_->views(), test::query_of_tag("all"),
                            {.backward = backward, .start = {}, .limit = limit},
                            database_->snapshot());
      ASSERT_TRUE(reader.peek()->has_value());
    }
  }
  EXPECT_EQ(world_.files.told_bytes(), told);
}

}  // namespace
}  // namespace stele
