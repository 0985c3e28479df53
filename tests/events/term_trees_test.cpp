// How terms move through their two trees, and what becomes of trees that are damaged.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"
#include "events/run.h"
#include "events/term_key.h"
#include "events/term_world.h"
#include "support/scale.h"

namespace stele::events {
namespace {

using test::failed;
using test::succeeded;

std::string numbered_id(uint64_t number) {
  std::string id(kIdSize, 'i');
  store_be(reinterpret_cast<uint8_t*>(id.data()), number);
  return id;
}

// An event with one tag and an id of its own.
EventTerms tagged(const std::string& tag, uint64_t number) {
  return {{TermKind::kTag, tag}, {TermKind::kId, numbered_id(number)}};
}

std::vector<uint64_t> walk(const TermWorld& world, const std::string& tag) {
  const auto positions =
      positions_in_trees(world.trees(), TermKind::kTag, tag, Direction::kForward);
  std::vector<uint64_t> all;
  for (uint64_t from = 1;;) {
    const auto found = positions->at_or_after(from);
    EXPECT_TRUE(succeeded(found));
    if (!found || *found == kNoPosition) return all;
    all.push_back(*found);
    from = *found + 1;
  }
}

std::vector<uint64_t> numbers(uint64_t from, uint64_t count) {
  std::vector<uint64_t> all(count);
  std::iota(all.begin(), all.end(), from);
  return all;
}

// Before the first checkpoint there is a file, but no tree in it.
TEST(TermTrees, AreEmptyAtFirst) {
  TermWorld world;
  world.verify();
  EXPECT_TRUE(walk(world, "a").empty());
  world.fold(100);
  EXPECT_EQ(world.entries(kTermsMainTree), 0U);
  EXPECT_EQ(*id_in_trees(world.trees(), as_bytes(numbered_id(1)).data(), 100), 0U);
  EXPECT_TRUE(terms_in_trees(world.trees(), TermKind::kTag, "", "", 10)->empty());
  EXPECT_EQ(summary_in_trees(world.trees(), TermKind::kTag, "a", 100)->count, 0U);
}

// A slice ends with a whole term, however many runs that has.
TEST(TermTrees, MoveATermAsAWhole) {
  TermWorld world;
  world.checkpoint(std::vector<EventTerms>(10'000, {{TermKind::kTag, "a"}, {TermKind::kTag, "b"}}),
                   0);
  const uint64_t ids = 10'000;  // All of the same id, which comes behind.
  const uint64_t all = world.entries(kTermsRecentTree);
  const uint64_t runs = (all - ids) / 2;
  ASSERT_GE(runs, 10U);
  world.fold(1);
  EXPECT_EQ(world.entries(kTermsMainTree), runs);
  EXPECT_EQ(world.entries(kTermsRecentTree), all - runs);
  world.verify();
  EXPECT_EQ(walk(world, "a"), numbers(1, 10'000));
  // And the next slice begins with the next term.
  world.fold(1);
  EXPECT_EQ(world.entries(kTermsMainTree), 2 * runs);
  world.verify();
  EXPECT_EQ(walk(world, "b"), numbers(1, 10'000));
}

// Behind the last term comes the first again, with what it has got meanwhile.
TEST(TermTrees, AreFoldedRoundAndRound) {
  TermWorld world;
  uint64_t head = 0;
  for (int round = 0; round < 5; ++round) {
    std::vector<EventTerms> events;
    for (uint64_t i = 0; i < 30; ++i) events.push_back(tagged(std::to_string(i), head + i + 1));
    world.checkpoint(events, head);
    head += events.size();
    for (int i = 0; i < 6; ++i) world.fold(10);
    world.fold(10);  // There is nothing behind: the next one begins at the front.
    EXPECT_EQ(world.entries(kTermsRecentTree), 0U);
    world.verify();
  }
  EXPECT_EQ(walk(world, "7"), (std::vector<uint64_t>{8, 38, 68, 98, 128}));
}

// A term that gets a position at a time still has few runs: the last one is filled up.
TEST(TermTrees, FillRunsUp) {
  TermWorld world;
  const uint64_t count = test::scaled(4000);
  for (uint64_t i = 1; i <= count; ++i) {
    world.checkpoint({tagged("a", i)}, i - 1);
    if (i % 2 == 0) world.fold(100);
    ASSERT_FALSE(HasFailure());
  }
  world.fold(100);
  world.fold(100);
  world.verify();
  EXPECT_EQ(walk(world, "a"), numbers(1, count));
  EXPECT_LE(world.entries(kTermsMainTree) - count, count / 700 + 1);
}

// With many rare terms the recent tree stays at an eighth of the main one, or its least size, but
// for what one checkpoint brings: a slice ends at the last term.
TEST(TermTrees, AreKeptInBalance) {
  constexpr uint64_t kEvents = 8000;  // Of two terms each.
  TermWorld world(page::kPageSizeDefault, uint64_t{16} << 20);
  uint64_t head = 0;
  for (size_t round = 0; round < test::scaled(30) + 5; ++round) {
    std::vector<EventTerms> events;
    for (uint64_t i = 0; i < kEvents; ++i) {
      const uint64_t number = head + i + 1;
      events.push_back(tagged(std::to_string(number * 0x9e3779b97f4a7c15), number));
    }
    world.checkpoint(events, head);
    head += events.size();
    ASSERT_FALSE(HasFailure());
    const uint64_t kept = std::max<uint64_t>(16'384, world.entries(kTermsMainTree) / 8);
    EXPECT_LE(world.entries(kTermsRecentTree), kept + 2 * kEvents);
  }
  EXPECT_GT(world.entries(kTermsMainTree), world.entries(kTermsRecentTree));
  world.verify();
}

// An id that a log has twice is found where it was first.
TEST(TermTrees, KnowTheFirstPositionOfAnId) {
  TermWorld world;
  const std::string id = numbered_id(5);
  world.checkpoint({tagged("a", 4), tagged("a", 5), tagged("a", 5)}, 0);
  world.fold(100);
  world.checkpoint({tagged("a", 5)}, 3);
  world.verify();
  for (const uint64_t last : {uint64_t{2}, uint64_t{3}, uint64_t{100}, UINT64_MAX}) {
    EXPECT_EQ(*id_in_trees(world.trees(), as_bytes(id).data(), last), 2U);
  }
  EXPECT_EQ(*id_in_trees(world.trees(), as_bytes(id).data(), 1), 0U);
  world.fold(100);
  world.verify();
  EXPECT_EQ(*id_in_trees(world.trees(), as_bytes(id).data(), 100), 2U);
}

struct Entry {
  std::string_view tree;
  std::vector<uint8_t> key;
  std::vector<uint8_t> value;
};

Entry entry(std::string_view tree, const std::string& text, std::vector<uint64_t> positions) {
  RunWriter run;
  for (const uint64_t position : positions) EXPECT_TRUE(run.add(position));
  const TermKey key(TermKind::kTag, text, positions.front());
  const ByteView bytes = run.bytes();
  return {tree, {key.bytes().begin(), key.bytes().end()}, {bytes.begin(), bytes.end()}};
}

// Whoever comes by damage says in which file and of which term; nobody loops, and no slice is
// moved.
TEST(TermTrees, SayWhatIsDamaged) {
  Entry torn = entry(kTermsRecentTree, "t", {40, 50, 60});
  torn.value.pop_back();
  Entry other_last = entry(kTermsRecentTree, "t", {40, 50, 60});
  other_last.value.back() = 1;
  Entry long_run = entry(kTermsRecentTree, "t", {40, 50});
  long_run.value.assign(5000, 1);
  Entry too_long_run = entry(kTermsRecentTree, "t", {40, 50});
  too_long_run.value.assign(1025, 1);
  Entry no_position = entry(kTermsRecentTree, "t", {40});
  store_be(no_position.key.data() + no_position.key.size() - 8, uint64_t{0});
  Entry no_kind = entry(kTermsRecentTree, "t", {40});
  no_kind.key[0] = kTermKinds;
  Entry no_end = entry(kTermsRecentTree, "t", {40});
  no_end.key[2] = 'x';
  Entry short_key = entry(kTermsRecentTree, "t", {40});
  short_key.key.resize(9);
  struct Case {
    const char* name;
    Entry entry;
    const char* reason;
    bool stops_walks;
  };
  const Case cases[] = {
      {"a run cut off", torn, "run from 40", true},
      {"a run that ends elsewhere", other_last, "run from 40", true},
      {"a run beyond 1 KiB", too_long_run, "run from 40", true},
      {"a run that fits in no leaf", long_run, "", true},
      {"a run over the one before", entry(kTermsRecentTree, "t", {5, 50}), "not behind", false},
      {"older than in the main tree", entry(kTermsRecentTree, "t", {2}), "not behind", false},
      {"what the main tree has", entry(kTermsRecentTree, "t", {10, 20, 30}), "not behind", false},
      {"no position", no_position, "", true},
      {"no kind", no_kind, "", false},
      {"a text that does not end", no_end, "", false},
      {"a key that is too short", short_key, "", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    TermWorld world;
    const Entry before = entry(kTermsMainTree, "t", {10, 20, 30});
    world.put(before.tree, before.key, before.value);
    world.put(c.entry.tree, c.entry.key, c.entry.value);
    TermDigest digest;
    const Status checked = TermCheck(world.trees()).run(digest);
    EXPECT_TRUE(failed(checked, Code::kCorrupt, c.reason));
    EXPECT_TRUE(failed(checked, Code::kCorrupt, cat("terms.pages: tree ", kTermsRecentTree)));

    const auto walk = positions_in_trees(world.trees(), TermKind::kTag, "t", Direction::kForward);
    Result<uint64_t> found = 0;
    while (found && *found != kNoPosition) {
      const uint64_t from = *found + 1;
      found = walk->at_or_after(from);
      ASSERT_TRUE(!found || *found >= from);
    }
    const auto back = positions_in_trees(world.trees(), TermKind::kTag, "t", Direction::kBackward);
    Result<uint64_t> before_it = 101;
    while (before_it && *before_it != 0) {
      const uint64_t from = *before_it - 1;
      before_it = back->at_or_before(from);
      ASSERT_TRUE(!before_it || *before_it <= from);
    }
    if (c.stops_walks) {
      EXPECT_TRUE(failed(found, Code::kCorrupt, "terms.pages"));
      EXPECT_TRUE(failed(found, Code::kCorrupt, "\"t\""));
    }
    world.expect_failures();
    world.fold(100);
    EXPECT_TRUE(failed(world.last_change(), Code::kCorrupt, "terms.pages"));
    EXPECT_EQ(world.entries(kTermsMainTree), 1U);
  }
}

// The digest does not know an order, but what is missing, too much or elsewhere.
TEST(TermDigest, IsThatOfASet) {
  TermDigest one;
  one.add(TermKind::kTag, "a", 1);
  one.add(TermKind::kTag, "b", 2);
  TermDigest other;
  other.add(TermKind::kTag, "b", 2);
  EXPECT_FALSE(one == other);
  other.add(TermKind::kTag, "a", 1);
  EXPECT_TRUE(one == other);
  other.add(TermKind::kTag, "a", 1);
  other.add(TermKind::kTag, "a", 1);
  EXPECT_FALSE(one == other) << "twice the same must not vanish";
  for (const auto& [kind, text, position] :
       {std::tuple{TermKind::kType, "a", 1}, {TermKind::kTag, "A", 1}, {TermKind::kTag, "a", 2}}) {
    TermDigest third;
    third.add(TermKind::kTag, "b", 2);
    third.add(kind, text, static_cast<uint64_t>(position));
    EXPECT_FALSE(one == third);
  }
}

}  // namespace
}  // namespace stele::events
