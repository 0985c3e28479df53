// A compaction ended at each of its operations: nothing is lost, and the next one comes to its end.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "base/text.h"
#include "db/compact.h"
#include "sim/dice.h"
#include "sim/sim_environment.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

using sim::Death;
using sim::Side;

constexpr const char* kCompacted = "/home/db";

// A machine with a database of which a good part is free pages, or one that goes on from there.
class CompactStage {
 public:
  explicit CompactStage(uint64_t seed) : machine_(seed) { machine_.disk.furnish("/home"); }
  CompactStage(uint64_t seed, const CompactStage& other)
      : machine_(seed, other.machine_.disk.image()) {}

  sim::SimDisk& disk() { return machine_.disk; }

  Status open() {
    auto opened = db::Database::open(
        machine_.environment(), kCompacted,
        {.segment_size = db::kSegmentSizeMin, .pipeline = {.background_threads = false}});
    if (!opened) return fail(std::move(opened).error());
    database_ = *std::move(opened);
    return {};
  }
  // Small checkpoints, each of which writes most pages again, and some large values. A reader in
  // the middle keeps what it can see, so that the file grows.
  Status fill() {
    engine::ViewPtr reader;
    for (int round = 0; round < 60; ++round) {
      if (round == 10) reader = database_->views().current();
      for (int i = 0; i < 20; ++i) {
        const size_t size = i == 0 && round < 30 ? 40'000 : 200;
        const auto made =
            test::commit(database_, {{test::tagged(std::to_string(i), std::string(size, 'x'))}});
        if (!made) return fail(made.error());
      }
      STELE_TRY(database_->checkpoint());
    }
    return {};
  }
  Status compact() {
    auto compact = db::Compact::start(database_);
    if (!compact) return fail(std::move(compact).error());
    for (;;) {
      const auto more = (*compact)->step();
      if (!more) return fail(more.error());
      if (*more) continue;
      pages_moved_ = (*compact)->pages_moved();
      return {};
    }
  }
  void end(Death death) {
    if (!disk().ended()) disk().end_process(death);
    database_.reset();
    disk().let_live();
    disk().reboot();
  }

  [[nodiscard]] const test::DatabasePtr& database() const { return database_; }
  [[nodiscard]] uint64_t pages_moved() const { return pages_moved_; }
  [[nodiscard]] bool is_small() const {
    const auto file = database_->checkpointer().file();
    const auto state = file->state();
    const uint64_t live = state->page_count - state->free_pages;
    return state->page_count <= live + live / 10 + 8;
  }

 private:
  sim::SimMachine machine_;
  test::DatabasePtr database_;
  uint64_t pages_moved_ = 0;
};

TEST(CompactCrash, LosesNothingAtAnyOperation) {
  const test::Seed seed;
  sim::Dice dice(seed.value());
  CompactStage base(seed.value());
  ASSERT_TRUE(test::succeeded(base.open()));
  ASSERT_TRUE(test::succeeded(base.fill()));
  const uint64_t head = base.database()->snapshot().head;
  ASSERT_FALSE(base.is_small());
  base.end(Death::kKill);

  uint64_t first = 0;
  uint64_t last = 0;
  {
    CompactStage stage(1, base);
    ASSERT_TRUE(test::succeeded(stage.open()));
    first = stage.disk().operations() + 1;
    ASSERT_TRUE(test::succeeded(stage.compact()));
    last = stage.disk().operations();
    EXPECT_GT(stage.pages_moved(), 0U);
    EXPECT_TRUE(stage.is_small());
    stage.end(Death::kKill);
  }
  for (uint64_t number = first; number <= last; number += test::kSlowness) {
    SCOPED_TRACE(testing::Message()
                 << "STELE_SEED=" << seed.value() << ", ended at operation " << number);
    constexpr std::array kSides = {Side::kBefore, Side::kInside, Side::kAfter};
    const Death death = dice.chance(70) ? Death::kPowerFailure : Death::kKill;
    CompactStage stage(dice.next(), base);
    ASSERT_TRUE(test::succeeded(stage.open()));
    stage.disk().end_process_at(number, dice.pick(kSides), death);
    [[maybe_unused]] const Status ended = stage.compact();
    ASSERT_TRUE(stage.disk().ended());
    stage.end(death);
    for (int life = 0; life < 2; ++life) {
      ASSERT_TRUE(test::succeeded(stage.open()));
      ASSERT_EQ(stage.database()->snapshot().head, head);
      ASSERT_TRUE(test::succeeded(test::verify(stage.database())));
      if (life == 0) {
        ASSERT_TRUE(test::succeeded(stage.compact()));
        ASSERT_TRUE(stage.is_small());
      }
      stage.end(Death::kPowerFailure);
    }
  }
  std::cout << "  ended at each of the operations " << first << " to " << last << '\n';
}

}  // namespace
}  // namespace stele::crash
