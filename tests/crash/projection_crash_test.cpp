// Two instances of a projection, and a rebuild of it, on a machine that loses power between each
// pair of their calls in turn, and inside operations of its disk: whatever is left, the tables are
// those of exactly the events that the mark beside them tells, in the old version or in the new;
// and of a projection that is dropped, all is left or nothing.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crash/counting.h"
#include "db/projection_list.h"
#include "os/sync_site.h"
#include "sim/dice.h"
#include "sim/sim_environment.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

using os::SyncSite;
using Fault = std::optional<std::string>;

constexpr const char* kCountedPath = "/home/counted";

struct CountingTally {
  uint64_t deaths = 0;
  uint64_t conflicts = 0;
  uint64_t switches = 0;
  uint64_t unknown_switches = 0;  // The power went in a switch that had happened.
  uint64_t drops = 0;
  uint64_t unknown_drops = 0;
  uint64_t rebuilds_cut = 0;  // A death left a rebuild that had begun and not ended.
  uint64_t kept_batches = 0;  // A death came before a commit, and took what was put.
};

// When the power goes.
struct Cut {
  std::optional<uint64_t> behind_call = {};  // Behind that call of a life.
  std::optional<SyncSite> elided = {};       // Not even that, but this sync does nothing.
};

// One database. Its lives follow from the seed; what is known of it outlives them.
class CountingRun {
 public:
  CountingRun(uint64_t seed, const Cut& cut, CountingTally& tally)
      : cut_(cut), tally_(tally), dice_(seed), ends_(seed, 0x656e64), machine_(seed) {
    machine_.disk.furnish("/home");
    if (cut.elided) machine_.disk.elide(*cut.elided);
  }

  // Leads a life that the power ends, some more that end at any operation, and one that does not.
  Fault run() {
    constexpr uint64_t kMore = 3;
    for (uint64_t life = 0; life <= kMore && !fault_; ++life) {
      calls_ = 0;
      dies_behind_ = life == 0 ? cut_.behind_call : std::nullopt;
      if (life > 0 || !dies_behind_) {
        machine_.disk.end_process_in(ends_.between(1, 60), any_side(), any_death());
      }
      live();
      die();
    }
    if (!fault_) finish();
    return fault_;
  }
  // How many calls the first life has when nothing ends it.
  uint64_t count_calls() {
    live();
    return calls_;
  }

 private:
  static db::OpenOptions options() {
    return {.mode = db::OpenMode::kCreate,
            .segment_size = db::kSegmentSizeMin,
            .pipeline = {.background_threads = false}};
  }
  sim::Side any_side() {
    constexpr std::array kSides = {sim::Side::kBefore, sim::Side::kInside, sim::Side::kAfter};
    return ends_.pick(kSides);
  }
  sim::Death any_death() {
    return ends_.chance(80) ? sim::Death::kPowerFailure : sim::Death::kKill;
  }

  // ---- Calls ----

  // Behind each call: whether the life goes on. The power may have gone inside it, or goes now.
  bool is_over() {
    ++calls_;
    if (dies_behind_ && calls_ == *dies_behind_ && !machine_.disk.ended()) {
      machine_.disk.end_process(sim::Death::kPowerFailure);
    }
    return machine_.disk.ended() || fault_;
  }
  void is_wrong(const std::string& what) {
    if (!fault_ && !machine_.disk.ended()) fault_ = cat("call ", calls_, ": ", what);
  }
  void is_wrong(const char* what, const Error& error) {
    is_wrong(cat(what, ": ", error.message()));
  }

  void live() {
    auto opened = db::Database::open(machine_.environment(), kCountedPath, options());
    if (!opened) return is_wrong("open", opened.error());
    database_ = *std::move(opened);
    if (is_over()) return;
    check();
    for (uint64_t step = 0; step < 70 && !machine_.disk.ended() && !fault_; ++step) {
      const uint64_t what = dice_.between(0, 99);
      if (what < 40) {
        take(instances_[dice_.between(0, 1)], /*rebuilds=*/false);
      } else if (what < 58) {
        commit(instances_[dice_.between(0, 1)]);
      } else if (what < 68) {
        append();
      } else if (what < 74) {
        checkpoint();
      } else if (what < 86) {
        for (uint64_t i = dice_.between(1, 8); i > 0; --i) take(rebuild_, /*rebuilds=*/true);
      } else if (what < 92) {
        commit(rebuild_);
      } else if (what < 98) {
        switch_over();
      } else {
        drop();
      }
    }
  }

  void append() {
    test::Attempt attempt;
    for (uint64_t i = dice_.between(1, 6); i > 0; --i) {
      const std::string entity = counted_entity(dice_.between(0, kCountedEntities - 1));
      attempt.events.push_back({.entity = entity, .data = std::string(dice_.between(0, 900), 'x')});
      entities_.push_back(entity);
    }
    const auto made = test::commit(database_, attempt);
    if (!made) return is_wrong("append", made.error());
    acknowledged_ = entities_.size();
    is_over();
  }

  void checkpoint() {
    if (const Status made = database_->checkpoint(); !made) is_wrong("checkpoint", made.error());
    is_over();
  }

  // One instance, and what it does when it is not there yet, or not any more.
  using Instance = std::unique_ptr<Counting>;

  bool open(Instance& instance, bool rebuilds) {
    if (instance != nullptr) return true;
    auto opened = Counting::open(database_, version_ + (rebuilds ? 1 : 0), rebuilds);
    if (!opened) {
      is_wrong("open a projection", opened.error());
      is_over();
      return false;
    }
    instance = *std::move(opened);
    return !is_over();
  }

  void take(Instance& instance, bool rebuilds) {
    if (!open(instance, rebuilds)) return;
    const auto taken = instance->take();
    if (!taken) is_wrong("take", taken.error());
    is_over();
  }

  // An instance whose tables were replaced is opened anew, in the version that there is now.
  void commit(Instance& instance) {
    if (instance == nullptr) return;
    const bool rebuilds = &instance == &rebuild_;
    const uint64_t through = instance->has_rows() ? instance->through() : 0;
    const Status committed = instance->commit();
    if (committed) {
      uint64_t& mark = rebuilds ? rebuilt_ : applied_;
      mark = std::max(mark, through);
    } else if (committed.error().code() == Code::kNotFound && !rebuilds) {
      instance.reset();
    } else if (committed.error().code() == Code::kConflict && !rebuilds) {
      ++tally_.conflicts;
    } else {
      tally_.kept_batches += machine_.disk.ended() ? 1 : 0;
      is_wrong("commit", committed.error());
    }
    is_over();
  }

  void switch_over() {
    if (rebuild_ == nullptr) return;
    const Status switched = rebuild_->projection().switch_over();
    if (switched) {
      ++tally_.switches;
      ++version_;
      applied_ = std::max(applied_, rebuild_->through());
      rebuilt_ = 0;
      rebuild_.reset();
    } else if (switched.error().code() == Code::kNotYet) {
      rebuilt_ = std::max(rebuilt_, rebuild_->through());  // It has committed what there was.
    } else {
      is_switching_ = machine_.disk.ended();
      is_wrong("switch", switched.error());
    }
    is_over();
  }

  void drop() {
    const Status dropped = db::drop_projection(database_, kCounting);
    if (dropped) {
      ++tally_.drops;
      forget();
    } else if (dropped.error().code() != Code::kNotFound || applied_ + rebuilt_ > 0) {
      is_dropping_ = machine_.disk.ended();
      is_wrong("drop", dropped.error());
    }
    is_over();
  }
  // It begins anew; instances that are open find that out.
  void forget() {
    version_ = 1;
    applied_ = 0;
    rebuilt_ = 0;
    rebuild_.reset();
  }

  void die() {
    tally_.rebuilds_cut += rebuild_ != nullptr ? 1 : 0;
    rebuild_.reset();
    instances_ = {};
    machine_.disk.let_live();
    if (!machine_.disk.ended()) machine_.disk.end_process(any_death());
    database_.reset();
    ++tally_.deaths;
    machine_.disk.reboot();
  }

  // ---- What is left ----

  void check() {
    check_events();
    if (!fault_) check_dropped();
    if (!fault_) check_version();
    if (!fault_) check_tables("", kCounting, version_, applied_);
    if (!fault_) check_rebuild();
    is_switching_ = false;
    is_dropping_ = false;
  }

  // An append that was not answered is there as a whole, or not at all.
  void check_events() {
    const uint64_t head = database_->snapshot().head;
    if (head != acknowledged_ && head != entities_.size()) {
      return is_wrong(cat(head, " events are left of ", acknowledged_, " to ", entities_.size()));
    }
    entities_.resize(head);
    acknowledged_ = head;
    uint64_t position = 0;
    for (const events::RecordView& event : test::read(database_)) {
      if (event.entity() != entities_[position++]) return is_wrong("an event is another one");
    }
  }

  // A drop that was not answered has happened, or not: tables and marks are looked at as ever.
  void check_dropped() {
    if (!is_dropping_) return;
    const auto table = db::Table::open(database_, counts_name());
    if (table) return;
    if (table.error().code() != Code::kNotFound) return is_wrong("open", table.error());
    ++tally_.unknown_drops;
    forget();
  }

  // A switch that was not answered has happened, or not: no table of the rebuild is left, or all.
  void check_version() {
    if (!is_switching_) return;
    const auto table = db::Table::open(database_, counts_name(cat("~", version_)));
    if (table) return;
    if (table.error().code() != Code::kNotFound) return is_wrong("open", table.error());
    ++version_;
    ++tally_.unknown_switches;
    rebuilt_ = 0;
  }

  std::optional<uint64_t> mark_of(const std::string& source) {
    const auto mark = database_->tracked(source);
    if (!mark) {
      is_wrong("tracked", mark.error());
      return std::nullopt;
    }
    return *mark;
  }

  // Both tables with this suffix are of one version and one position, which is not before `least`.
  void check_tables(const std::string& suffix, const std::string& source, uint64_t version,
                    uint64_t& least) {
    const auto mark = mark_of(source);
    if (!mark) return;
    if (*mark < least) {
      return is_wrong(cat(source, " stands at ", *mark, ", and stood at ", least, " before"));
    }
    least = *mark;
    const Counted expected = counted(entities_, *mark, version);
    compare(counts_name(suffix), expected.counts, {});
    compare(lasts_name(suffix), expected.lasts, {});
    if (*mark == 0) return;
    const uint64_t past = ends_.between(0, *mark);
    compare(counts_name(suffix), counted(entities_, past, version).counts,
            {.kind = db::AsOf::Kind::kPosition, .at = static_cast<int64_t>(past)});
  }

  void compare(const tables::TableName& name, const CountedRows& expected, const db::AsOf& as_of) {
    const auto table = db::Table::open(database_, name);
    if (!table && table.error().code() == Code::kNotFound && expected.empty()) return;
    if (!table) return is_wrong("open a table", table.error());
    const auto rows = rows_of(**table, as_of);
    if (!rows) return is_wrong("read", rows.error());
    if (*rows == expected) return;
    std::string what = cat(tables::shown(name), " as of ", as_of.at, " has");
    for (const auto& [key, row] : *rows) what += cat(" ", key, "=", row);
    what += ", and not";
    for (const auto& [key, row] : expected) what += cat(" ", key, "=", row);
    is_wrong(what);
  }

  // The tables of a rebuild are those of its own mark. None but the one under way has any.
  void check_rebuild() {
    const std::string current = cat("~", version_);  // The first version is built by no rebuild.
    tables::TableName name;
    for (;;) {
      const auto next = db::next_table(*database_, name);
      if (!next) break;
      name = next->name;
      const size_t at = name.name.find('~');
      if (at != std::string::npos && name.name.substr(at) != current) {
        return is_wrong(cat("table ", tables::shown(name), " is left of a rebuild that is over"));
      }
    }
    check_tables(current, cat(kCounting, current), version_ + 1, rebuilt_);
  }

  // All of them go on, undisturbed, to the end of the events.
  void finish() {
    machine_.disk.let_live();
    dies_behind_.reset();
    auto opened = db::Database::open(machine_.environment(), kCountedPath, options());
    if (!opened) return is_wrong("open", opened.error());
    database_ = *std::move(opened);
    check();
    for (uint64_t i = 0; i < 4 * entities_.size() + 4 && !fault_; ++i) {
      Instance& instance = instances_[dice_.between(0, 1)];
      take(instance, /*rebuilds=*/false);
      if (dice_.chance(40)) commit(instance);
      take(rebuild_, /*rebuilds=*/true);
      if (dice_.chance(10)) commit(rebuild_);
    }
    for (Instance& instance : instances_) commit(instance);
    check_tables("", kCounting, version_, applied_);
    switch_over();
    if (!fault_ && rebuild_ != nullptr) is_wrong("a rebuild that is at the end does not take over");
    if (!fault_) check_tables("", kCounting, version_, applied_);
    if (!fault_ && applied_ != entities_.size()) is_wrong(cat("it ended at ", applied_));
    if (const Status sound = test::verify(database_); !sound) is_wrong("verify", sound.error());
  }

  Cut cut_;
  CountingTally& tally_;
  sim::Dice dice_;  // What the programs do,
  sim::Dice ends_;  // and when they end.
  sim::SimMachine machine_;
  std::shared_ptr<db::Database> database_;
  std::array<Instance, 2> instances_;
  Instance rebuild_;
  std::optional<uint64_t> dies_behind_;
  uint64_t calls_ = 0;

  std::vector<std::string> entities_;  // Of all events, also of an append that was not answered.
  uint64_t acknowledged_ = 0;          // Events.
  uint64_t applied_ = 0;               // What the projection stands at, at least,
  uint64_t rebuilt_ = 0;               // and its rebuild.
  uint64_t version_ = 1;
  bool is_switching_ = false;  // When the life ended.
  bool is_dropping_ = false;
  Fault fault_;
};

void print(const CountingTally& tally) {
  std::cout << "  deaths " << tally.deaths << ", conflicts " << tally.conflicts << ", switches "
            << tally.switches << ", not answered and there " << tally.unknown_switches << ", drops "
            << tally.drops << ", not answered and done " << tally.unknown_drops << ", rebuilds cut "
            << tally.rebuilds_cut << ", commits cut " << tally.kept_batches << '\n';
}

TEST(ProjectionCrash, ThePowerGoesBetweenEachPairOfCalls) {
  const test::Seed seed;
  CountingTally tally;
  uint64_t calls = 0;
  for (uint64_t i = 0; i < test::scaled(12); ++i) {
    const uint64_t value = seed.value() + i;
    CountingTally unused;
    const uint64_t last = CountingRun(value, {}, unused).count_calls();
    ASSERT_GT(last, 40U);
    for (uint64_t call = 1; call <= last; ++call) {
      const Fault fault = CountingRun(value, {.behind_call = call}, tally).run();
      ASSERT_FALSE(fault) << *fault << "\n  the power had gone behind call " << call
                          << "\nTo see it again: STELE_SEED=" << value;
    }
    calls += last;
  }
  std::cout << "  " << calls << " calls\n";
  print(tally);
  EXPECT_GT(tally.conflicts, 0U);
  EXPECT_GT(tally.switches, 0U);
  EXPECT_GT(tally.rebuilds_cut, 0U);
}

TEST(ProjectionCrash, ThePowerGoesInsideAnyOperationOfTheDisk) {
  const test::Seed seed;
  CountingTally tally;
  for (uint64_t i = 0; i < test::scaled(1500); ++i) {
    const Fault fault = CountingRun(seed.value() + i, {}, tally).run();
    ASSERT_FALSE(fault) << *fault << "\nTo see it again: STELE_SEED=" << seed.value() + i;
  }
  print(tally);
  EXPECT_GT(tally.conflicts, 0U);
  EXPECT_GT(tally.switches, 0U);
  EXPECT_GT(tally.unknown_switches, 0U);
  EXPECT_GT(tally.drops, 0U);
  EXPECT_GT(tally.kept_batches, 0U);
}

// The syncs that commits, and checkpoints of what they wrote, rest on.
class ProjectionElision : public ::testing::TestWithParam<SyncSite> {};

TEST_P(ProjectionElision, IsNoticed) {
  const test::Search search(1);
  CountingTally tally;
  for (uint64_t i = 0; i < 20'000; ++i) {
    if (const Fault fault = CountingRun(search.seed(i), {.elided = GetParam()}, tally).run()) {
      std::cout << "noticed in run " << i + 1 << ": " << *fault << '\n';
      return;
    }
  }
  FAIL() << "never missed";
}

INSTANTIATE_TEST_SUITE_P(Sync, ProjectionElision,
                         ::testing::Values(SyncSite::kGroup, SyncSite::kPages),
                         [](const ::testing::TestParamInfo<SyncSite>& site) {
                           return std::string(os::kSyncSiteNames[static_cast<size_t>(site.param)]);
                         });

}  // namespace
}  // namespace stele::crash
