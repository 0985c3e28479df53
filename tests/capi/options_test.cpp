// What the options of an open change: levels, budgets, clocks, memory, reading only.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers
namespace fs = std::filesystem;

struct Options : ::testing::Test {
  // Waits until the figures of the database satisfy the condition; a minute is for ever.
  template <typename Condition>
  static bool comes_true(stele_db* db, const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (std::chrono::steady_clock::now() < deadline) {
      if (condition(stats_of(db))) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

  // The names and sizes of all files under a directory.
  static std::map<std::string, uint64_t> files_in(const std::string& directory) {
    std::map<std::string, uint64_t> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      files[entry.path()] = entry.is_regular_file() ? entry.file_size() : 0;
    }
    return files;
  }

  TempDirectory directory;
  std::string path = directory.path("db");
  Failure failure;
};

TEST_F(Options, ACommitMayRaiseItsLevelButNotLowerIt) {
  const Db weak = open_with(path, [](auto& o) { o.durability = STELE_DURABILITY_OS; });
  append(weak, "A");  // Begins the log, which is durable.
  const Batch batch = new_batch(weak);
  ASSERT_TRUE(is_ok(add(batch, "A")));
  ASSERT_TRUE(is_ok(stele_batch_durability(batch, STELE_DURABILITY_SYNC, failure), failure));
  const uint64_t before = stats_of(weak).syncs;
  ASSERT_TRUE(is_ok(stele_commit(weak, batch, nullptr, failure), failure));
  EXPECT_GT(stats_of(weak).syncs, before);
  EXPECT_EQ(stats_of(weak).durable_tsn, 2U);

  const Db strong = open(directory.path("strong"));
  const Batch lowered = new_batch(strong);
  ASSERT_TRUE(is_ok(add(lowered, "A")));
  ASSERT_TRUE(is_ok(stele_batch_durability(lowered, STELE_DURABILITY_OS, failure), failure));
  ASSERT_TRUE(is_ok(stele_commit(strong, lowered, nullptr, failure), failure));
  EXPECT_EQ(stats_of(strong).durable_tsn, 1U);
  for (const int32_t unknown : {-1, 4}) {
    EXPECT_TRUE(is(stele_batch_durability(batch, unknown, failure), STELE_INVALID));
  }
}

TEST_F(Options, SyncMakesEverythingDurable) {
  const Db db = open_with(path, [](auto& o) { o.durability = STELE_DURABILITY_OS; });
  for (int i = 0; i < 50; ++i) append(db, "A");
  ASSERT_TRUE(is_ok(stele_sync(db, failure), failure));
  EXPECT_EQ(stats_of(db).durable_tsn, 50U);
  EXPECT_TRUE(is(stele_sync(nullptr, failure), STELE_CLOSED));
}

TEST_F(Options, AnIntervalAndIdlenessBringCommitsToTheDisk) {
  for (const int32_t level : {STELE_DURABILITY_INTERVAL, STELE_DURABILITY_OS}) {
    const Db db = open_with(directory.path(std::to_string(level)), [&](auto& o) {
      o.durability = level;
      o.interval_ms = 5;
    });
    for (int i = 0; i < 3; ++i) append(db, "A");
    EXPECT_TRUE(comes_true(db, [](const stele_stats& s) { return s.durable_tsn == 3; }));
  }
}

// At a weaker level a rejection still waits for the commit that it names.
TEST_F(Options, ARejectionRestsOnWhatIsDurable) {
  const Db db = open_with(path, [](auto& o) { o.durability = STELE_DURABILITY_OS; });
  append(db, "A");
  append(db, "Taken", "", {"seat:1"});
  const Batch batch = new_batch(db);
  ASSERT_TRUE(is_ok(add(batch, "Taken", "", {"seat:1"})));
  const Query query = query_of({}, {"seat:1"});
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, query, 0, failure), failure));
  ASSERT_TRUE(is(stele_commit(db, batch, nullptr, failure), STELE_CONFLICT));
  EXPECT_GE(stats_of(db).durable_tsn, 2U);
}

TEST_F(Options, AKeyCommitsOnce) {
  for (int life = 0; life < 2; ++life) {
    const Db db = open(path);
    const Batch batch = new_batch(db);
    stele_commit_result result = empty_result();
    ASSERT_TRUE(is_ok(add(batch, "Paid", "5")));
    ASSERT_TRUE(is_ok(stele_batch_key(batch, "order-1", 7, failure), failure));
    ASSERT_TRUE(is_ok(stele_commit(db, batch, &result, failure), failure));
    EXPECT_EQ(result.tsn, 1U);
    EXPECT_EQ(result.first_position, 1U);
    EXPECT_EQ(result.repeated, life == 0 ? 0U : 1U);

    ASSERT_TRUE(is_ok(add(batch, "Paid", "6")));
    ASSERT_TRUE(is_ok(stele_batch_key(batch, "order-1", 7, failure), failure));
    EXPECT_TRUE(is(stele_commit(db, batch, &result, failure), STELE_KEY_REUSED));
    EXPECT_EQ(failure->guard, STELE_NO_GUARD);
    EXPECT_TRUE(failure.mentions("order-1")) << failure.message();
    EXPECT_EQ(head_of(db), 1U);
  }
  const Db db = open(path);
  const Batch batch = new_batch(db);
  EXPECT_TRUE(is(stele_batch_key(batch, "", 0, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_batch_key(batch, nullptr, 3, failure), STELE_INVALID));
  const std::string longest(256, 'k');
  const stele_status status = stele_batch_key(batch, longest.data(), longest.size(), failure);
  EXPECT_TRUE(status == STELE_TOO_LARGE || status == STELE_INVALID) << failure.message();
}

TEST_F(Options, ReadingOnlyWritesNothing) {
  {
    const Db db = open(path);
    append(db, "A", "1");
  }
  const auto before = files_in(path);
  {
    const Db first = open(path, STELE_OPEN_READ_ONLY);
    const Db second = open(path, STELE_OPEN_READ_ONLY);
    EXPECT_EQ(positions(first), std::vector<uint64_t>{1});
    EXPECT_TRUE(is(verify(second, failure), STELE_END, failure));
    EXPECT_EQ(stats_of(first).wal_segments, 1U);
    const Batch batch = new_batch(first);
    ASSERT_TRUE(is_ok(add(batch, "A")));
    EXPECT_TRUE(is(stele_commit(first, batch, nullptr, failure), STELE_READ_ONLY));
    EXPECT_TRUE(is_ok(stele_sync(first, failure), failure));
    Db writer;
    EXPECT_TRUE(is(try_open(path, writer, failure), STELE_BUSY));
  }
  EXPECT_EQ(files_in(path), before);
  const Db writer = open(path);
  Db reader;
  EXPECT_TRUE(is(try_open(path, reader, failure, STELE_OPEN_READ_ONLY), STELE_BUSY));
  EXPECT_TRUE(
      is(try_open(directory.path("none"), reader, failure, STELE_OPEN_READ_ONLY), STELE_NOT_FOUND));
  EXPECT_FALSE(fs::exists(directory.path("none")));
}

TEST_F(Options, MemoryIsADatabaseOfItsOwn) {
  const Db first = open(":memory:");
  const Db second = open(":memory:");
  for (int i = 0; i < 100; ++i) append(first, "A", std::string(5000, 'x'), {"t"});
  EXPECT_EQ(head_of(first), 100U);
  EXPECT_EQ(head_of(second), 0U);
  EXPECT_EQ(stats_of(first).durable_tsn, 100U);
  EXPECT_TRUE(is(verify(first, failure), STELE_END, failure));
  EXPECT_FALSE(fs::exists(":memory:"));
  Db third;
  EXPECT_TRUE(is(try_open(":memory:", third, failure, STELE_OPEN_EXISTING), STELE_NOT_FOUND));
}

TEST_F(Options, ATestClockAndSeedMakeEverythingTheSame) {
  std::string records[2];
  for (std::string& all : records) {
    const Db db = open_with(":memory:", [](auto& o) {
      o.test_clock = 1;
      o.test_time = 1'000'000;
      o.test_seed = 7;
    });
    append(db, "A");
    append(db, "B");
    ASSERT_TRUE(is_ok(stele_test_clock_set(db, int64_t{1} << 60, failure), failure));
    append(db, "C");
    const Cursor cursor = start_read(db);
    std::vector<int64_t> recorded;
    stele_event view = empty_view();
    while (stele_cursor_next(cursor, &view, nullptr) == STELE_OK) {
      recorded.push_back(view.recorded);
      all += to_string(view.record);
    }
    EXPECT_EQ(recorded, (std::vector<int64_t>{1'000'000, 1'000'001, int64_t{1} << 60}));
  }
  EXPECT_EQ(records[0], records[1]);
  const Db db = open(path);
  EXPECT_TRUE(is(stele_test_clock_set(db, 5, failure), STELE_INVALID));
}

TEST_F(Options, TheTailKeepsToItsBudget) {
  const Db db = open_with(path, [](auto& o) { o.tail_max = 2 << 20; });
  const Batch batch = new_batch(db);
  stele_status status = STELE_OK;
  uint64_t committed = 0;
  while (status == STELE_OK) {
    ASSERT_TRUE(is_ok(add(batch, "A", std::string(100'000, 'x'))));
    status = stele_commit(db, batch, nullptr, failure);
    committed += status == STELE_OK ? 1 : 0;
  }
  EXPECT_TRUE(is(status, STELE_NO_MEMORY, failure));
  EXPECT_TRUE(failure.mentions("tail")) << failure.message();
  EXPECT_GE(committed, 5U);
  EXPECT_EQ(head_of(db), committed);
}

TEST_F(Options, BeyondTheBufferCallersWait) {
  const Db db = open_with(path, [](auto& o) { o.buffer_max = 1; });
  const Batch batch = new_batch(db);
  std::vector<Ticket> tickets(20);
  for (Ticket& ticket : tickets) {
    ASSERT_TRUE(is_ok(add(batch, "A")));
    ASSERT_TRUE(is_ok(stele_commit_async(db, batch, ticket.out(), failure), failure));
    EXPECT_LE(stats_of(db).queue, 1U);
  }
  for (const Ticket& ticket : tickets) {
    EXPECT_TRUE(is_ok(stele_ticket_wait(ticket, STELE_FOREVER, nullptr, failure), failure));
  }
  EXPECT_EQ(stats_of(db).group_max, 1U);
}

}  // namespace
