// What a commit promises: dense positions, one TSN, time that moves on, all or nothing, and
// visibility to everybody once it has returned.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "support/databases.h"
#include "support/scale.h"
#include "support/tail_of.h"

namespace stele {
namespace {

using test::Attempt;
using test::commit;
using test::DatabasePtr;
using test::Draft;
using test::failed;
using test::query_of_tag;
using test::read;
using test::succeeded;
using test::tagged;
using test::World;

// Positions count events and TSNs count commits; a commit of marks alone takes a TSN only.
TEST(Commit, TakesTheNextPositionsAndOneTsn) {
  World world;
  const DatabasePtr database = world.open();
  const struct {
    Attempt attempt;
    uint64_t first;
    uint64_t head;
  } commits[] = {
      {{{tagged("a")}}, 1, 1},
      {{{tagged("a"), tagged("b"), tagged("a")}}, 2, 4},
      {{{}, {}, {{"source", 0, 9}}}, 5, 4},
      {{{tagged("a")}, {}, {{"source", 9, 10}}}, 5, 5},
  };
  uint64_t tsn = 0;
  for (const auto& c : commits) {
    const auto stamp = commit(database, c.attempt);
    ASSERT_TRUE(succeeded(stamp));
    EXPECT_EQ(stamp->tsn, ++tsn);
    EXPECT_EQ(stamp->first_position, c.first);
    EXPECT_EQ(stamp->event_count, c.attempt.events.size());
    EXPECT_EQ(database->snapshot().tsn, tsn);
    EXPECT_EQ(database->snapshot().head, c.head);
  }
  EXPECT_EQ(*database->tracked("source"), 10U);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// Refused by a guard, empty or too large: nothing is used up, and the batch can be tried again.
TEST(Commit, UsesUpNothingWhenItIsRefused) {
  World world;
  const DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  db::Batch refused(database);
  test::fill(refused, {{tagged("b")}, {{query_of_tag("a"), 0}}});
  for (int i = 0; i < 3; ++i) {
    const auto stamp = refused.commit();
    ASSERT_TRUE(failed(stamp, Code::kConflict, "commit: guard 0: event 1"));
    EXPECT_EQ(stamp.error().guard(), 0U);
    EXPECT_EQ(stamp.error().position(), 1U);
  }
  db::Batch empty(database);
  EXPECT_TRUE(failed(empty.commit(), Code::kInvalid, "empty"));
  EXPECT_TRUE(succeeded(empty.add_guard({}, 0)));
  EXPECT_TRUE(failed(empty.commit(), Code::kInvalid, "empty")) << "a guard alone writes nothing";
  const auto stamp = commit(database, {{tagged("c")}});
  ASSERT_TRUE(succeeded(stamp));
  EXPECT_EQ(stamp->tsn, 2U);
  EXPECT_EQ(stamp->first_position, 2U);
}

struct GuardCase {
  const char* name;
  std::vector<std::pair<events::Query, uint64_t>> guards;
  uint32_t failing;  // Index of the guard that fails; kNoGuard: the commit succeeds.
  uint64_t position;
};

// The guard of DCB over a history of a, b, a at positions 1, 2, 3.
TEST(Commit, ChecksEachGuardBehindItsAfter) {
  const auto a = query_of_tag("a");
  const auto b = query_of_tag("b");
  const auto none = query_of_tag("none");
  const GuardCase cases[] = {
      {"whole history, match", {{a, 0}}, 0, 1},
      {"whole history, no match", {{none, 0}}, kNoGuard, 0},
      {"behind the first match", {{a, 1}}, 0, 3},
      {"just before the last match", {{a, 2}}, 0, 3},
      {"at the last match", {{a, 3}}, kNoGuard, 0},
      {"behind a match, before the head", {{b, 2}}, kNoGuard, 0},
      {"beyond the head", {{a, 4}}, kNoGuard, 0},
      {"far beyond the head", {{a, UINT64_MAX - 1}}, kNoGuard, 0},
      {"the largest number", {{a, UINT64_MAX}}, kNoGuard, 0},
      {"any event", {{{}, 2}}, 0, 3},
      {"any event, at the head", {{{}, 3}}, kNoGuard, 0},
      {"any event, the largest number", {{{}, UINT64_MAX}}, kNoGuard, 0},
      {"the second of two", {{none, 0}, {b, 0}}, 1, 2},
      {"the first of two that fail", {{a, 0}, {b, 0}}, 0, 1},
      {"all hold", {{a, 3}, {b, 2}, {none, 0}}, kNoGuard, 0},
  };
  for (const GuardCase& c : cases) {
    SCOPED_TRACE(c.name);
    World world;
    const DatabasePtr database = world.open();
    ASSERT_TRUE(succeeded(commit(database, {{tagged("a"), tagged("b"), tagged("a")}})));
    const auto stamp = commit(database, {{tagged("a")}, c.guards});
    if (c.failing == kNoGuard) {
      EXPECT_TRUE(succeeded(stamp)) << "its own events do not count";
    } else {
      ASSERT_TRUE(failed(stamp, Code::kConflict));
      EXPECT_EQ(stamp.error().guard(), c.failing);
      EXPECT_EQ(stamp.error().position(), c.position);
    }
  }
}

// Tracking counts as a guard in the order of the calls.
TEST(Commit, CountsTrackingAmongTheGuards) {
  World world;
  const DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}, {}, {{"s", 0, 7}}})));
  const auto stamp =
      commit(database, {{tagged("b")}, {{query_of_tag("none"), 0}}, {{"t", 0, 1}, {"s", 7, 7}}});
  ASSERT_TRUE(failed(stamp, Code::kConflict, "\"s\""));
  EXPECT_EQ(stamp.error().guard(), 2U);
  EXPECT_EQ(stamp.error().position(), 7U);
  EXPECT_EQ(*database->tracked("t"), 0U);
}

// `recorded` is the clock, and a microsecond more each where the clock stands or goes back.
TEST(Commit, IsRecordedLaterThanTheOneBefore) {
  World world;
  db::OpenOptions options = World::small();
  options.pipeline.clock_jump_max = 0;  // It goes back by decades, and so forward again.
  DatabasePtr database = world.open(options);
  const int64_t start = world.clock.wall_us();
  const struct {
    int64_t wall;
    int64_t recorded;
  } commits[] = {
      {start, start},           {start, start + 1},           {start - 5'000'000, start + 2},
      {start + 10, start + 10}, {start - 1, start + 11},      {0, start + 12},
      {-7, start + 13},         {start + 1000, start + 1000},
  };
  for (const auto& c : commits) {
    world.clock.set(c.wall);
    const auto stamp = commit(database, {{tagged("a")}});
    ASSERT_TRUE(succeeded(stamp));
    EXPECT_EQ(stamp->recorded, c.recorded);
    const auto record = test::tail_of(*database).record(stamp->first_position);
    EXPECT_EQ(record.recorded(), c.recorded);
    EXPECT_EQ(record.time(), c.recorded) << "no time given: that of the commit";
  }
  // Also across a reopen with the clock set back.
  database.reset();
  world.clock.set(5);
  database = world.open();
  const auto stamp = commit(database, {{tagged("a")}});
  ASSERT_TRUE(succeeded(stamp));
  EXPECT_EQ(stamp->recorded, start + 1001);
}

// The caller's time is kept whatever it is.
TEST(Commit, KeepsTheCallersTime) {
  World world;
  DatabasePtr database = world.open();
  Attempt attempt;
  for (const int64_t time : {INT64_MIN, int64_t{-1}, int64_t{0}, INT64_MAX}) {
    attempt.events.push_back({.time = time});
  }
  ASSERT_TRUE(succeeded(commit(database, attempt)));
  database.reset();
  database = world.open();
  for (size_t i = 0; i < attempt.events.size(); ++i) {
    EXPECT_EQ(test::tail_of(*database).record(i + 1).time(), attempt.events[i].time);
  }
}

// A stream counts the events of its entity, across batches, commits and a reopen.
TEST(Commit, NumbersTheEventsOfEachEntity) {
  World world;
  DatabasePtr database = world.open();
  const auto of = [](const std::string& entity) { return Draft{.entity = entity}; };
  ASSERT_TRUE(succeeded(commit(database, {{of("x"), of(""), of("y"), of("x")}})));
  ASSERT_TRUE(succeeded(commit(database, {{of("y")}})));
  database.reset();
  database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{of("x"), of("z")}})));
  std::vector<uint64_t> sequences;
  for (const auto& record : read(database)) sequences.push_back(record.sequence());
  EXPECT_EQ(sequences, (std::vector<uint64_t>{1, 0, 1, 2, 2, 3, 1}));
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// A reader sees what was visible when it began, however much is appended while it reads.
TEST(Reader, IsPinnedToItsSnapshot) {
  for (const bool backward : {false, true}) {
    World world;
    const DatabasePtr database = world.open();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
    events::Reader reader(database->views(), query_of_tag("a"), {.backward = backward, .start = {}},
                          database->snapshot());
    uint64_t count = 0;
    while (const auto record = *reader.peek()) {
      ++count;
      EXPECT_LE(record->position(), 5U);
      ASSERT_TRUE(succeeded(commit(database, {{tagged("a"), tagged("a")}})));
      reader.advance();
    }
    EXPECT_EQ(count, 5U) << (backward ? "backward" : "forward");
    EXPECT_FALSE(reader.peek()->has_value()) << "the end stays the end";
  }
}

// Once a commit has returned, any thread that asks afterwards sees it, and every event before it.
TEST(Commit, IsVisibleToEveryThreadOnceItReturns) {
  World world;
  const DatabasePtr database = world.open();
  std::atomic<uint64_t> returned = 0;  // The highest position of a commit that has returned.
  std::atomic<bool> done = false;
  std::atomic<uint64_t> wrong = 0;
  std::vector<std::thread> watchers;
  for (int i = 0; i < 2; ++i) {
    watchers.emplace_back([&] {
      while (!done) {
        const uint64_t expected = returned.load();
        const auto snapshot = database->snapshot();
        if (snapshot.head < expected) ++wrong;
        events::Reader reader(database->views(), query_of_tag("a"),
                              {.backward = true, .start = {}, .limit = 3}, snapshot);
        for (uint64_t at = snapshot.head; at > 0 && at + 3 > snapshot.head; --at) {
          const auto record = *reader.peek();
          if (!record || record->position() != at) ++wrong;
          if (record) reader.advance();
        }
      }
    });
  }
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      for (size_t left = test::scaled(200); left > 0; --left) {
        const auto stamp = commit(database, {{tagged("a"), tagged("a")}});
        if (!stamp) {
          ++wrong;
          continue;
        }
        uint64_t known = returned.load();
        while (known < stamp->last_position() &&
               !returned.compare_exchange_weak(known, stamp->last_position())) {
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& watcher : watchers) watcher.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(database->snapshot().head, 8 * test::scaled(200));
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// Commits that come while others are written share a sync: that is what groups are for.
TEST(Commit, SharesSyncsWithOthers) {
  World world;
  const DatabasePtr database = world.open();
  test::Gate gate;
  world.files.set_judge([&](const test::FaultFiles::Event& event) -> Status {
    if (event.call == test::FaultFiles::Call::kSync) gate.pass();
    return {};
  });
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, tag = std::to_string(i)] {
      EXPECT_TRUE(succeeded(commit(database, {{tagged(tag)}})));
    });
  }
  gate.wait_for(1);
  // All eight are sequenced, and indexed under their type and a tag each, before one is durable.
  while (test::tail_of(*database).terms().size() < 9) std::this_thread::yield();
  EXPECT_EQ(database->snapshot().tsn, 0U) << "what is not durable is not visible";
  gate.open();
  for (std::thread& writer : writers) writer.join();
  const auto stats = database->pipeline().stats();
  EXPECT_EQ(stats.commits, 8U);
  EXPECT_LE(stats.groups, 2U);
  EXPECT_LE(stats.wal.syncs, 2U);
  EXPECT_EQ(database->snapshot().tsn, 8U);
}

}  // namespace
}  // namespace stele
