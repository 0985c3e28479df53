// Commits that hold rows alone, merged by checkpoints, on a machine that ends at each operation of
// its disk: afterwards every commit is there, with its time where somebody may ask for it.
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "db/table.h"
#include "engine/commit_entry.h"
#include "sim/sim_environment.h"
#include "support/commit_times.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele {
namespace {

using sim::Death;
using sim::Side;
using tables::History;
using test::succeeded;

constexpr const char* kParent = "/home";
constexpr const char* kPath = "/home/shop";

// A process on a machine, and what its database must hold. What fails because the process has ended
// is no failure.
class MergeStage {
 public:
  explicit MergeStage(uint64_t seed) : machine_(seed) { machine_.disk.furnish(kParent); }
  MergeStage(uint64_t seed, const MergeStage& other)
      : machine_(seed, other.machine_.disk.image()),
        times_(other.times_),
        plain_(other.plain_),
        past_(other.past_) {}

  sim::SimDisk& disk() { return machine_.disk; }

  void open() {
    auto opened = db::Database::open(machine_.environment(), kPath, test::World::small());
    if (disk().ended()) return;
    ASSERT_TRUE(succeeded(opened));
    database_ = *std::move(opened);
    // What was under way may have come through; it is in the log, whole.
    const engine::ViewPtr view = database_->views().current();
    ASSERT_GE(database_->snapshot().tsn, times_.last());
    for (uint64_t tsn = times_.last() + 1; tsn <= database_->snapshot().tsn; ++tsn) {
      times_.note(engine::commit_info(*view, tsn)->stamp);
    }
    find_tables();
    times_.check(*database_);
    ASSERT_TRUE(succeeded(test::verify(database_)));
  }

  // Does a bit of everything.
  void perform() {
    put(plain_, 9);
    checkpoint();
    put(plain_, 9);
    checkpoint();
    if (past_ == 0) past_ = create("past", History::kAll);
    put(past_, 9);
    checkpoint();
    drop(std::exchange(past_, 0));
    put(plain_, 9);
    checkpoint();
  }
  void prepare() {
    plain_ = create("plain", History::kNone);
    put(plain_, 20);
    checkpoint();
  }
  void append() {
    if (disk().ended()) return;
    db::Batch batch(database_);
    test::fill(batch, {{test::tagged("all")}});
    commit(batch);
  }

  void end(Death death) {
    if (!disk().ended()) disk().end_process(death);
    database_.reset();
    disk().reboot();
  }
  [[nodiscard]] uint64_t merged() const {
    return database_->views().current()->trees->root(engine::kMergedTree).entries;
  }

 private:
  void find_tables() {
    past_ = 0;
    times_.set_since(UINT64_MAX);
    const auto look = [&](const char* name) {
      return db::Table::open(database_, {.schema = "root", .name = name});
    };
    if (const auto plain = look("plain")) plain_ = (*plain)->id();
    if (const auto past = look("past")) {
      past_ = (*past)->id();
      times_.set_since((*past)->info().created_tsn);
    }
  }
  void commit(db::Batch& batch) {
    machine_.clock.advance(70);
    const auto committed = batch.commit();
    if (disk().ended()) return;
    ASSERT_TRUE(succeeded(committed));
    times_.note(*committed);
  }
  uint32_t create(const char* name, History history) {
    if (disk().ended()) return 0;
    db::Batch batch(database_);
    const auto id = batch.catalog().create({.schema = "root", .name = name}, history, 0);
    EXPECT_TRUE(succeeded(id));
    commit(batch);
    if (history != History::kNone && !disk().ended()) times_.set_since(times_.last());
    return id.value_or(0);
  }
  void drop(uint32_t table) {
    if (disk().ended()) return;
    db::Batch batch(database_);
    ASSERT_TRUE(succeeded(batch.catalog().drop(table)));
    commit(batch);
    if (!disk().ended()) times_.set_since(UINT64_MAX);
  }
  void put(uint32_t table, int count) {
    for (int i = 0; i < count && !disk().ended(); ++i) {
      db::Batch batch(database_);
      ASSERT_TRUE(succeeded(batch.rows().put(table, as_bytes("key"), as_bytes(cat(i)), 0)));
      commit(batch);
    }
  }
  void checkpoint() {
    if (disk().ended()) return;
    const Status made = database_->checkpoint();
    if (!disk().ended()) {
      ASSERT_TRUE(succeeded(made));
      times_.check(*database_);
    }
  }

  sim::SimMachine machine_;
  test::CommitTimes times_;
  std::shared_ptr<db::Database> database_;
  uint32_t plain_ = 0;
  uint32_t past_ = 0;
};

void end_at_each_operation(bool has_events) {
  const test::Seed seed;
  sim::Dice dice(seed.value());
  MergeStage base(seed.value());
  base.open();
  base.prepare();
  if (has_events) base.append();
  base.end(Death::kKill);
  ASSERT_FALSE(testing::Test::HasFailure());

  uint64_t first = 0;
  uint64_t last = 0;
  {
    MergeStage stage(1, base);
    stage.open();
    first = stage.disk().operations() + 1;
    stage.perform();
    last = stage.disk().operations();
    ASSERT_LT(stage.merged(), 15U) << "commits are merged";
    stage.end(Death::kKill);
  }
  for (uint64_t number = first; number <= last; number += test::kSlowness) {
    for (const Side side : {Side::kBefore, Side::kInside, Side::kAfter}) {
      SCOPED_TRACE(cat("ended at operation ", number, ", STELE_SEED=", seed.value()));
      const Death death = dice.chance(70) ? Death::kPowerFailure : Death::kKill;
      MergeStage stage(dice.next(), base);
      stage.open();
      stage.disk().end_process_at(number, side, death);
      stage.perform();
      ASSERT_TRUE(stage.disk().ended()) << "the operation is missing";
      stage.end(death);
      // What is left, twice: the second time behind checkpoints that began anew.
      for (int i = 0; i < 2 && !testing::Test::HasFailure(); ++i) {
        stage.open();
        stage.perform();
        stage.end(Death::kPowerFailure);
      }
      ASSERT_FALSE(testing::Test::HasFailure());
    }
  }
  std::cout << "  ended at each of the operations " << first << " to " << last << '\n';
}

TEST(MergeCrash, EveryCommitIsThere) {
  end_at_each_operation(/*has_events=*/false);
}
TEST(MergeCrash, EveryCommitIsThereBehindAnEvent) {
  end_at_each_operation(/*has_events=*/true);
}

}  // namespace
}  // namespace stele
