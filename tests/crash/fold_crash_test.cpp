// The checkpoint that folds the recent terms into the main tree, ended at each of its operations:
// afterwards every term is found once, in one tree or the other.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "crash/session.h"
#include "events/reader.h"
#include "events/term_tree.h"
#include "support/drafts.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::crash {
namespace {

using sim::Death;
using sim::Side;

constexpr size_t kTagsEach = events::kTagCountMax;
constexpr const char* kTagOfAll = "all";

// The tags of an event: one that all have, others that nobody else has.
std::vector<std::string> tags_of(uint64_t position) {
  std::vector<std::string> tags = {kTagOfAll};
  for (size_t i = 1; i < kTagsEach; ++i) tags.push_back(cat("t:", i, ":", position));
  return tags;
}

// A process on a machine, and what its database must hold.
class FoldStage {
 public:
  FoldStage(uint64_t seed, Tally& tally) : tally_(tally), machine_(seed) {
    machine_.disk.furnish(kParent);
  }
  FoldStage(uint64_t seed, const FoldStage& other)
      : tally_(other.tally_),
        machine_(seed, other.machine_.disk.image()),
        ledger_(other.ledger_),
        number_(other.number_) {}

  sim::SimDisk& disk() { return machine_.disk; }
  Session& session() { return *session_; }

  Verdict open() {
    session_ = std::make_unique<Session>(machine_, ledger_, tally_);
    if (auto wrong = session_->open()) return wrong;
    return session_->ended() ? std::nullopt : check();
  }

  // Commits events whose tags are new terms. Their positions are those that come next.
  Verdict commit(size_t events) {
    if (session_->ended()) return std::nullopt;
    auto submission = std::make_shared<Submission>();
    submission->number = ++number_;
    for (size_t i = 0; i < events; ++i) {
      test::Draft draft = {.tags = tags_of(session_->database()->snapshot().head + 1 + i),
                           .id = test::id_of(submission->number)};
      store_le(draft.id.data() + 8, static_cast<uint32_t>(i));
      submission->records.push_back(test::record_of(draft));
    }
    return session_->commit(submission);
  }

  Verdict checkpoint() { return session_->ended() ? std::nullopt : session_->checkpoint(); }

  void end(Death death) {
    if (!disk().ended()) disk().end_process(death);
    session_->abandon(death);
    disk().reboot();
  }

  // Commits, folds, commits, folds.
  Verdict perform() {
    for (int i = 0; i < 2; ++i) {
      if (auto wrong = commit(10)) return wrong;
      if (auto wrong = checkpoint()) return wrong;
    }
    return std::nullopt;
  }

  [[nodiscard]] page::Root root(std::string_view name) const {
    return session_->database()->checkpointer().file()->state()->root(name);
  }

 private:
  [[nodiscard]] std::vector<uint64_t> find(const std::string& tag) const {
    db::Database& database = *session_->database();
    events::Reader reader(database.views(), {{{.tags = {tag}}}}, {}, database.snapshot());
    std::vector<uint64_t> positions;
    for (;;) {
      const auto record = reader.peek();
      if (!record || !*record) return positions;
      positions.push_back((*record)->position());
      reader.advance();
    }
  }

  [[nodiscard]] Verdict check() const {
    if (auto wrong = verify_all(session_->database())) return wrong;
    std::vector<uint64_t> all;
    for (uint64_t p = 1; p <= session_->database()->snapshot().head; ++p) {
      all.push_back(p);
      const std::string tag = cat("t:", 1 + p % (kTagsEach - 1), ":", p);
      if (find(tag) != std::vector{p}) return cat("tag ", tag, " is not found, or not once");
    }
    return find(kTagOfAll) == all ? Verdict() : cat("the tag of all events is not found in each");
  }

  Tally& tally_;
  sim::SimMachine machine_;
  Ledger ledger_;
  uint64_t number_ = 0;
  std::unique_ptr<Session> session_;
};

TEST(FoldCrash, EveryTermIsFoundOnce) {
  const test::Seed seed;
  sim::Dice dice(seed.value());
  Tally tally;
  FoldStage base(seed.value(), tally);
  ASSERT_FALSE(base.open());
  for (int i = 0; i < 2; ++i) {
    ASSERT_FALSE(base.commit(31));
    ASSERT_FALSE(base.checkpoint());
  }
  ASSERT_EQ(base.root(events::kTermsMainTree).entries, 0U) << "the next checkpoint folds";
  base.end(Death::kKill);

  uint64_t first = 0;
  uint64_t last = 0;
  {
    FoldStage stage(1, base);
    ASSERT_FALSE(stage.open());
    first = stage.disk().operations() + 1;
    ASSERT_FALSE(stage.perform());
    last = stage.disk().operations();
    EXPECT_GT(stage.root(events::kTermsMainTree).entries, 0U) << "it has folded";
    EXPECT_GT(stage.root(events::kTermsRecentTree).entries, 0U) << "a slice of it";
    stage.end(Death::kKill);
  }
  for (uint64_t number = first; number <= last; number += test::kSlowness) {
    for (const Side side : {Side::kBefore, Side::kInside, Side::kAfter}) {
      const Death death = dice.chance(70) ? Death::kPowerFailure : Death::kKill;
      FoldStage stage(dice.next(), base);
      Verdict wrong = stage.open();
      ASSERT_FALSE(wrong) << *wrong;
      stage.disk().end_process_at(number, side, death);
      wrong = stage.perform();
      ASSERT_TRUE(stage.disk().ended()) << "operation " << number << " is missing";
      stage.end(death);
      // What is left, twice: the second time with a fold that began anew.
      for (int i = 0; i < 2 && !wrong; ++i) {
        wrong = stage.open();
        if (!wrong) wrong = stage.perform();
        stage.end(Death::kPowerFailure);
      }
      ASSERT_FALSE(wrong) << *wrong << "\n  after an end at operation " << number
                          << "\nTo see it again: STELE_SEED=" << seed.value();
    }
  }
  std::cout << "  ended at each of the operations " << first << " to " << last << ", "
            << tally.opens << " openings\n";
}

}  // namespace
}  // namespace stele::crash
