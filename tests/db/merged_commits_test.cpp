// Commits that hold rows alone take next to nothing in the trees, and what anybody may ask of them
// is there all the same: under random work with checkpoints, crashes and reopens, after a repair,
// and for a verification, which finds what was taken away.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "db/compact.h"
#include "db/receipt.h"
#include "db/repair.h"
#include "db/table.h"
#include "engine/commit_tree.h"
#include "support/commit_times.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"
#include "support/tail_of.h"
#include "tree/apply.h"
#include "tree/cursor.h"

namespace stele {
namespace {

using tables::History;
using test::between;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::World;

constexpr const char* kPlain = "plain";
constexpr const char* kPast = "past";

tables::TableName table_named(const char* name) {
  return {.schema = "root", .name = name};
}

uint64_t entries_of(const DatabasePtr& database, std::string_view tree) {
  return database->views().current()->trees->root(tree).entries;
}

// A database, its clock, and everything that was committed.
class Merged : public testing::Test {
 protected:
  void open(const db::OpenOptions& options = World::small()) {
    database = world.open(options);
    ASSERT_NE(database, nullptr);
  }
  void commit(db::Batch& batch) {
    now += step;
    world.clock.set(now);
    const auto committed = batch.commit();
    ASSERT_TRUE(succeeded(committed));
    times.note(*committed);
  }
  uint32_t create(const char* name, History history, uint64_t amount = 0) {
    db::Batch batch(database);
    const auto id = batch.catalog().create(table_named(name), history, amount);
    EXPECT_TRUE(succeeded(id));
    commit(batch);
    return id.value_or(0);
  }
  void put(uint32_t table, const std::string& key) {
    db::Batch batch(database);
    const std::string row = cat(times.last() + 1);
    ASSERT_TRUE(succeeded(batch.rows().put(table, as_bytes(key), as_bytes(row), 0)));
    commit(batch);
  }
  void put_some(uint32_t table, int count) {
    for (int i = 0; i < count; ++i) put(table, cat("key ", i % 7));
  }
  void append() {
    db::Batch batch(database);
    test::fill(batch, {{test::tagged("all")}});
    commit(batch);
  }
  void checkpoint() { ASSERT_TRUE(succeeded(database->checkpoint())); }
  void check() {
    times.check(*database);
    ASSERT_TRUE(succeeded(test::verify(database)));
  }
  [[nodiscard]] uint64_t merged() const { return entries_of(database, engine::kMergedTree); }

  World world;
  DatabasePtr database;
  test::CommitTimes times;
  int64_t now = 1'700'000'000'000'000;
  int64_t step = 50;
};

TEST_F(Merged, ThousandsWithoutHistoryAreOneEntry) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  for (int round = 0; round < 5; ++round) {
    put_some(table, 400);
    checkpoint();
    EXPECT_EQ(merged(), 2U) << "the creation, and all others";
    check();
  }
  ASSERT_TRUE(succeeded(database->close()));
  open();
  check();
  put_some(table, 10);
  append();
  put_some(table, 10);
  checkpoint();
  EXPECT_EQ(merged(), 4U) << "the event, and what is behind it";
  check();
}

TEST_F(Merged, BehindAnEventTheyKeepTheirTimesInABytePerCommit) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  append();
  put_some(table, 2000);
  checkpoint();
  EXPECT_LE(merged(), 2 + 1 + 2000 / engine::kTimesMax);
  check();
}

TEST_F(Merged, UnderATableWithHistoryTheyKeepTheirTimes) {
  open();
  const uint32_t plain = create(kPlain, History::kNone);
  put_some(plain, 500);
  checkpoint();
  const uint32_t past = create(kPast, History::kAll);
  times.set_since(times.last());
  put_some(plain, 300);
  put_some(past, 300);
  checkpoint();
  EXPECT_LE(merged(), 8U);
  check();
  const auto table = db::Table::open(database, table_named(kPast));
  ASSERT_TRUE(succeeded(table));
  for (uint64_t tsn = times.last() - 300; tsn <= times.last(); ++tsn) {
    std::string found;
    const std::string key = cat("key ", (tsn - (times.last() - 299)) % 7);
    const auto got =
        (*table)->get(as_bytes(key), {.kind = db::AsOf::Kind::kTime, .at = times.of(tsn).recorded},
                      [&](const engine::View&, const tables::Row& row) -> Status {
                        found = std::string(as_text(row.version.row));
                        return {};
                      });
    if (tsn == times.last() - 300) {
      EXPECT_TRUE(failed(got, Code::kNotFound));
      continue;
    }
    ASSERT_TRUE(succeeded(got));
    ASSERT_EQ(found, cat(tsn));
  }
  const auto before = (*table)->get(
      as_bytes("key 0"), {.kind = db::AsOf::Kind::kTime, .at = times.of(100).recorded},
      [](const engine::View&, const tables::Row&) { return Status(); });
  EXPECT_TRUE(failed(before, Code::kTooOld, "was created by commit"));
}

TEST_F(Merged, ABatchThatRepeatsOneIsNotTakenForIt) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  put_some(table, 20);
  checkpoint();
  const auto opened = db::Table::open(database, table_named(kPlain));
  ASSERT_TRUE(succeeded(opened));
  db::Batch batch(database);
  test::fill(batch, {{test::tagged("all")}});
  ASSERT_TRUE(succeeded(batch.add_range_guard((*opened)->info(), {}, 5)));
  EXPECT_TRUE(failed(batch.commit(), Code::kConflict));
}

TEST_F(Merged, MarksKeysAndCatalogStayOnTheirOwn) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  put_some(table, 20);
  {
    db::Batch batch(database);
    ASSERT_TRUE(succeeded(batch.set_key("key of a batch")));
    ASSERT_TRUE(succeeded(batch.rows().put(table, as_bytes("key"), as_bytes("row"), 0)));
    commit(batch);
  }
  put_some(table, 20);
  {
    db::Batch batch(database);
    ASSERT_TRUE(succeeded(
        batch.add_tracking({.source = "source", .previous = events::kPreviousAny, .position = 7})));
    ASSERT_TRUE(succeeded(batch.rows().put(table, as_bytes("key"), as_bytes("row"), 0)));
    commit(batch);
  }
  put_some(table, 20);
  checkpoint();
  EXPECT_EQ(merged(), 6U);
  check();
  db::Batch again(database);
  ASSERT_TRUE(succeeded(again.set_key("key of a batch")));
  ASSERT_TRUE(succeeded(again.rows().put(table, as_bytes("key"), as_bytes("row"), 0)));
  const auto repeated = again.commit();
  ASSERT_TRUE(succeeded(repeated));
  EXPECT_EQ(repeated->tsn, 22U);
}

// A database of a version that merged nothing has all of its commits in the dense tree.
TEST_F(Merged, GoesOnBehindCommitsThatWereNotMerged) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  for (int i = 0; i < 10; ++i) {
    checkpoint();
    put(table, "key");
  }
  checkpoint();
  EXPECT_EQ(merged(), 0U);
  EXPECT_EQ(entries_of(database, engine::kCommitTree), 11U);
  check();
  put_some(table, 100);
  checkpoint();
  EXPECT_EQ(merged(), 1U);
  EXPECT_EQ(entries_of(database, engine::kCommitTree), 11U);
  check();
}

// A million updates without history in a few megabytes: here a fifth of them.
TEST_F(Merged, TheFileStaysSmallHoweverManyCommitsThereWere) {
  constexpr uint64_t kKeys = 1000;
  const uint64_t commits = 200'000 / test::kSlowness;
  db::OpenOptions options = World::small();
  options.segment_size = uint64_t{1} << 22;
  options.pipeline.durability = engine::Durability::kOs;
  world.files.skip_syncs();
  open(options);
  const uint32_t table = create(kPlain, History::kNone);
  const std::string row(100, 'r');
  db::Batch batch(database);
  for (uint64_t i = 0; i < commits; ++i) {
    const std::string key = cat("a key of 16 b ", 1000 + i * 7 % kKeys);
    ASSERT_TRUE(succeeded(batch.rows().put(table, as_bytes(key), as_bytes(row), 0)));
    ASSERT_TRUE(succeeded(batch.commit()));
    if (i % (commits / 8) == 0) checkpoint();
  }
  auto compact = db::Compact::start(database);
  ASSERT_TRUE(succeeded(compact));
  for (;;) {
    const auto more = (*compact)->step();
    ASSERT_TRUE(succeeded(more));
    if (!*more) break;
  }
  const uint64_t live = kKeys * (18 + row.size());
  EXPECT_LE((*compact)->bytes_now(), live * 3 / 2 + (uint64_t{2} << 20));
  EXPECT_EQ(merged(), 1U);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// ---- Random work. ----

class MergedRandom : public Merged {
 protected:
  void run(uint64_t seed, size_t steps) {
    std::mt19937_64 random(seed);
    // Some have no event for long, some early.
    const uint64_t events = between(random, 0, 2) == 0 ? 0 : between(random, 1, 10);
    world.files.skip_syncs();
    open();
    plain_ = create(kPlain, History::kNone);
    for (size_t i = 0; i < steps && !HasFailure(); ++i) {
      SCOPED_TRACE(cat("step ", i));
      step = static_cast<int64_t>(between(random, 0, 9) == 0 ? between(random, 1, 10'000'000)
                                                             : between(random, 1, 300));
      act(between(random, 0, 99), events, random);
    }
    checkpoint();
    check();
    for (uint64_t position = 1; position <= database->snapshot().head; ++position) {
      const auto receipt = db::receipt_of(*database, position);
      ASSERT_TRUE(succeeded(receipt));
      ASSERT_TRUE(succeeded(db::check_receipt(*database, *receipt)));
    }
  }

 private:
  void act(uint64_t dice, uint64_t events, std::mt19937_64& random) {
    if (dice < events) return append();
    if (dice < 60) return put(plain_, cat("key ", between(random, 0, 9)));
    if (dice < 75) return put_some(plain_, static_cast<int>(between(random, 2, 100)));
    if (dice < 85) {
      checkpoint();
      return times.check(*database);
    }
    if (dice < 90) return reopen(random);
    if (dice < 93) return toggle_history(random);
    if (past_ != 0) return put(past_, cat("key ", between(random, 0, 9)));
    db::Batch batch(database);
    ASSERT_TRUE(succeeded(batch.add_tracking(
        {.source = "source", .previous = events::kPreviousAny, .position = times.last() + 1})));
    commit(batch);
  }
  void reopen(std::mt19937_64& random) {
    if (between(random, 0, 1) == 0) {
      world.crash(database);
    } else {
      ASSERT_TRUE(succeeded(database->close()));
    }
    database = nullptr;
    open();
    check();
  }
  void toggle_history(std::mt19937_64& random) {
    if (past_ == 0) {
      static constexpr History kKinds[] = {History::kAll, History::kCommits, History::kTime};
      const History history = kKinds[between(random, 0, 2)];
      past_ = create(kPast, history, history == History::kAll ? 0 : 100);
      return times.set_since(times.last());
    }
    db::Batch batch(database);
    ASSERT_TRUE(succeeded(batch.catalog().drop(std::exchange(past_, 0))));
    commit(batch);
    times.set_since(UINT64_MAX);
  }

  uint32_t plain_ = 0;
  uint32_t past_ = 0;
};

TEST_F(MergedRandom, WhatAnybodyMayAskForIsThere) {
  const test::Seed seed;
  run(seed.value(), 300 / test::kSlowness);
}
TEST_F(MergedRandom, WhatAnybodyMayAskForIsThereOnceMore) {
  const test::Seed seed;
  run(seed.value() + 1, 300 / test::kSlowness);
}

// ---- What was taken away. ----

class MergedDamage : public Merged {
 protected:
  // What becomes of an entry: another value, or nothing.
  using Forge = std::function<std::optional<std::vector<uint8_t>>(std::vector<uint8_t>)>;

  // Changes the entry that holds commit `tsn`, with all checksums right.
  void forge(uint64_t tsn, const Forge& change) {
    const auto rewritten = database->rewrite_trees(
        [&](page::PageWriter& writer, const page::State& state) -> Result<page::Roots> {
          page::Roots roots = state.roots;
          page::Root& root = roots[std::string(engine::kMergedTree)];
          tree::Cursor cursor(writer.file(), root);
          STELE_TRY(cursor.seek(engine::merged_key(tsn)));
          const ByteView value = cursor.value().bytes;
          OneChange changes(cursor.key(), change({value.begin(), value.end()}));
          const auto made = tree::apply(writer, root, tree::LeafKind::kSlotted, changes);
          if (!made) return fail(made.error());
          root = *made;
          return roots;
        });
    ASSERT_TRUE(succeeded(rewritten));
  }
  void expect_found(const std::string& reason) {
    EXPECT_TRUE(failed(test::verify(database), Code::kCorrupt, reason));
  }
  static size_t header_at(const std::vector<uint8_t>& value) {
    ByteView rest = value;
    uint64_t count = 0;
    EXPECT_TRUE(take_varint(rest, count));
    return value.size() - rest.size();
  }
  static std::vector<uint8_t> without_times(std::vector<uint8_t> value) {
    value.resize(header_at(value) + engine::kCommitHeaderSize);
    return value;
  }

 private:
  class OneChange final : public tree::ChangeSource {
   public:
    OneChange(ByteView key, std::optional<std::vector<uint8_t>> value)
        : key_(key.begin(), key.end()), value_(std::move(value)) {}
    Result<const tree::Change*> next() override {
      if (std::exchange(is_done_, true)) return nullptr;
      change_ = {.key = key_, .is_erase = !value_};
      if (value_) change_.value = *value_;
      return &change_;
    }

   private:
    std::vector<uint8_t> key_;
    std::optional<std::vector<uint8_t>> value_;
    tree::Change change_ = {};
    bool is_done_ = false;
  };
};

TEST_F(MergedDamage, AnEntryThatIsMissingIsFound) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  append();
  put_some(table, 100);
  append();
  checkpoint();
  forge(50, [](auto) { return std::nullopt; });
  expect_found("commit 3: it is missing");
}

TEST_F(MergedDamage, TheLastEntryIsMissedToo) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  put_some(table, 100);
  checkpoint();
  // As if there had been one more commit, which nothing knows of.
  forge(50, [](std::vector<uint8_t> value) {
    value[0] -= 1;
    return value;
  });
  expect_found("commit 2: it is missing");
}

TEST_F(MergedDamage, TimesThatAreMissingBehindAnEventAreFound) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  append();
  put_some(table, 100);
  checkpoint();
  forge(50, without_times);
  expect_found("commits without times");
}

TEST_F(MergedDamage, TimesThatATableNeedsAreMissed) {
  open();
  const uint32_t table = create(kPast, History::kAll);
  put_some(table, 100);
  checkpoint();
  forge(50, without_times);
  expect_found("keeps its history since commit 1");
}

TEST_F(MergedDamage, ATimeThatIsAnotherIsFound) {
  open();
  const uint32_t table = create(kPast, History::kAll);
  put_some(table, 100);
  checkpoint();
  forge(50, [](std::vector<uint8_t> value) {
    value.back() += 1;
    return value;
  });
  expect_found("do not match the commits before it");
}

TEST_F(MergedDamage, EventsCannotHideInAnEntry) {
  open();
  const uint32_t table = create(kPlain, History::kNone);
  put_some(table, 100);
  append();
  put_some(table, 3);
  checkpoint();
  // The event's commit as one of the merged ones before it.
  forge(102, [](auto) { return std::nullopt; });
  forge(105, [](std::vector<uint8_t> value) {
    value[0] += 1;
    return without_times(std::move(value));
  });
  expect_found("commits without times");
}

// ---- Repair. ----

class MergedRepair : public Merged {
 protected:
  void fill(History history) {
    open();
    const uint32_t table = create(kPlain, history);
    put_some(table, 600);
    checkpoint();
    put_some(table, 600);
    append();
    put_some(table, 600);
    append();
    checkpoint();
    checkpoint();  // The log is released.
  }
  // Moves to what a repair makes of the database, which must be the same history.
  void repair() {
    const Digest root = test::root_of(*database, times.last());
    ASSERT_TRUE(succeeded(database->close()));
    database.reset();
    const std::string to = cat(world.path(), "-repaired");
    auto repair = db::Repair::start(world.environment(), world.path(), to, db::Lost::kRefuse);
    ASSERT_TRUE(succeeded(repair));
    for (;;) {
      const auto more = (*repair)->step();
      ASSERT_TRUE(succeeded(more));
      if (!*more) break;
    }
    EXPECT_EQ((*repair)->stats().commits, times.last());
    EXPECT_EQ((*repair)->stats().commits_rebuilt, 0U);
    repair->reset();
    auto opened = db::Database::open(world.environment(), to, World::small());
    ASSERT_TRUE(succeeded(opened));
    database = *opened;
    EXPECT_EQ(test::root_of(*database, times.last()), root);
    check();
  }
};

TEST_F(MergedRepair, KeepsCommitsWithoutTimesAndTheRootsBehindThem) {
  fill(History::kNone);
  repair();
}

TEST_F(MergedRepair, KeepsCommitsWithTimes) {
  fill(History::kAll);
  times.set_since(1);
  check();
  repair();
}

}  // namespace
}  // namespace stele
