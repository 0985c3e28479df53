// Memory that runs out at any single allocation of a batch, a commit, a read or an open: the call
// fails, and everything is as if it had not been made.
#include <gtest/gtest.h>

#include <functional>
#include <new>
#include <string>
#include <vector>

#include "heap/heap.h"
#include "support/databases.h"

namespace stele {
namespace {

using test::DatabasePtr;
using test::Draft;
using test::failed;
using test::query_of_tag;
using test::read;
using test::succeeded;
using test::World;

// Runs `work` with its n-th allocation failing. Returns false if memory ran out, by exception or by
// status; anything else that goes wrong fails the test.
bool run_with_failure(int64_t n, const std::function<Status()>& work) {
  Status status;
  bool thrown = false;
  test::heap::fail_after(n);
  try {
    status = work();
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  test::heap::fail_after(-1);
  if (!thrown && status) return true;
  if (!thrown) {
    const Code code = status.error().code();
    EXPECT_TRUE(code == Code::kNoMemory || code == Code::kOutcomeUnknown)
        << test::describe(status.error());
  }
  return false;
}

Draft event(const std::string& name) {
  return {.type = "Type" + name,
          .entity = "entity" + name,
          .data = std::string(300, 'd'),
          .tags = {"tag" + name, "all"},
          .metadata = {{"key", name}}};
}

// Adds to a batch, one call after the other; a call that fails is made again. In the end the batch
// holds each event once, and they are found by their terms.
TEST(OutOfMemory, LeavesABatchAsItWas) {
  World world;
  const DatabasePtr database = world.open();
  bool again = true;
  uint64_t rounds = 0;
  uint64_t ids = 0;
  for (int64_t n = 0; again; ++n, ++rounds) {
    SCOPED_TRACE(n);
    again = false;
    db::Batch batch(database);
    const auto unique_event = [&](const char* name) {
      Draft draft = event(name);
      draft.id = test::id_of(++ids);
      return draft;
    };
    std::vector<uint8_t> records;
    for (const char* name : {"r1", "r2", "r3"}) {
      const auto record = test::record_of(unique_event(name));
      records.insert(records.end(), record.begin(), record.end());
    }
    const Draft first = unique_event("e1");
    const Draft last = unique_event("e2");
    const auto add = [&](const Draft& draft) -> Status {
      events::NewEvent added = draft.event();
      return batch.add_event(added);
    };
    const std::function<Status()> calls[] = {
        [&] { return add(first); },
        [&] { return batch.add_records(records); },
        [&] { return batch.add_guard(query_of_tag("none"), 0); },
        [&] {
          return batch.add_tracking({"source-long-enough-to-allocate", UINT64_MAX, rounds + 1});
        },
        [&] { return add(last); },
    };
    for (const auto& call : calls) {
      if (run_with_failure(n, call)) continue;
      again = true;
      ASSERT_TRUE(succeeded(call()));
    }
    const auto stamp = batch.commit();
    ASSERT_TRUE(succeeded(stamp));
    ASSERT_EQ(stamp->event_count, 5U);
    EXPECT_EQ(*database->tracked("source-long-enough-to-allocate"), rounds + 1);
  }
  EXPECT_GT(rounds, 5U);
  for (const char* name : {"e1", "r1", "r2", "r3", "e2"}) {
    EXPECT_EQ(read(database, query_of_tag(std::string("tag") + name)).size(), rounds);
  }
  EXPECT_EQ(read(database, query_of_tag("all")).size(), 5 * rounds);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// A commit that runs out of memory has not happened, or is not known to have; a second try goes
// through or finds the handle read-only. A reopen has it whole or not at all, and finds it by its
// terms.
TEST(OutOfMemory, LeavesACommitWholeOrNotThere) {
  uint64_t not_committed = 0;
  uint64_t retried = 0;
  for (int64_t n = 0;; ++n) {
    SCOPED_TRACE(n);
    World world;
    DatabasePtr database = world.open();
    ASSERT_TRUE(succeeded(test::commit(database, {{event("0")}})));
    db::Batch batch(database);
    test::fill(
        batch,
        {{event("1"), event("2"), event("3")}, {{query_of_tag("tag1"), 0}}, {{"source", 0, 7}}});
    const bool done = run_with_failure(n, [&]() -> Status {
      const auto stamp = batch.commit();
      return stamp ? Status() : fail(stamp.error());
    });
    uint64_t expected = done ? 4 : 1;
    if (!done) {
      ++not_committed;
      EXPECT_EQ(read(database).size(), 1U) << "not visible";
      const auto second = batch.commit();
      if (second) {
        ++retried;
        expected = 4;
      } else {
        EXPECT_TRUE(failed(second, Code::kReadOnly, "memory"));
      }
    }
    EXPECT_EQ(read(database).size(), expected);
    EXPECT_TRUE(succeeded(test::verify(database)));
    EXPECT_TRUE(succeeded(database->close()));
    database = world.open();
    ASSERT_NE(database, nullptr);
    const size_t found = read(database).size();
    EXPECT_TRUE(found == expected || (expected == 1 && found == 4)) << found;
    EXPECT_EQ(read(database, query_of_tag("all")).size(), found);
    EXPECT_EQ(read(database, {{{.types = {"Type2"}, .tags = {"tag2"}}}}).size(), found / 4);
    EXPECT_EQ(*database->tracked("source"), found == 4 ? 7U : 0U);
    EXPECT_TRUE(succeeded(test::verify(database)));
    if (done) break;
  }
  EXPECT_GT(not_committed, 10U);
  EXPECT_GT(retried, 5U) << "running out of memory early must not cost the handle";
}

// Readers and openings take back what they had.
TEST(OutOfMemory, OfAnOpenOrAReadCanBeRepeated) {
  World world;
  {
    const DatabasePtr database = world.open();
    ASSERT_TRUE(succeeded(test::commit(database, {{event("1"), event("2")}, {}, {{"s", 0, 7}}})));
  }
  for (int64_t n = 0;; ++n) {
    SCOPED_TRACE(n);
    DatabasePtr database;
    const bool opened = run_with_failure(n, [&]() -> Status {
      auto result = world.try_open();
      if (!result) return fail(result.error());
      database = *std::move(result);
      return {};
    });
    if (!opened) database = world.open();
    ASSERT_NE(database, nullptr) << "the directory was not given back";
    size_t found = 0;
    const auto count = [&]() -> Status {
      found = read(database, query_of_tag("all")).size();
      return test::verify(database);
    };
    if (!run_with_failure(n, count)) {
      ASSERT_TRUE(succeeded(count()));
    }
    EXPECT_EQ(found, 2U);
    if (opened && n > 50) break;
  }
}

}  // namespace
}  // namespace stele
