// A matcher steps through exactly the events that the query's definition says, in both directions.
#include "events/matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/scale.h"
#include "support/seed.h"

namespace stele::events {
namespace {

using test::between;
using test::Seed;

struct Fact {
  std::string type;
  std::vector<std::string> tags;
};

// Events with their terms, as the tail indexes them, and the plain definition of a match.
class History {
 public:
  void add(const Fact& fact) {
    facts_.push_back(fact);
    index(TermKind::kType, fact.type);
    for (const std::string& tag : fact.tags) index(TermKind::kTag, tag);
  }

  [[nodiscard]] bool matches(const Query& query, uint64_t position) const {
    const Fact& fact = facts_[position - 1];
    return query.items.empty() || std::ranges::any_of(query.items, [&](const QueryItem& item) {
             const bool type =
                 item.types.empty() || std::ranges::find(item.types, fact.type) != item.types.end();
             return type && std::ranges::all_of(item.tags, [&](const std::string& tag) {
                      return std::ranges::find(fact.tags, tag) != fact.tags.end();
                    });
           });
  }
  [[nodiscard]] std::vector<uint64_t> all_matches(const Query& query) const {
    std::vector<uint64_t> positions;
    for (uint64_t position = 1; position <= head(); ++position) {
      if (matches(query, position)) positions.push_back(position);
    }
    return positions;
  }
  [[nodiscard]] uint64_t head() const { return facts_.size(); }
  [[nodiscard]] const TermTable& terms() const { return terms_; }

 private:
  void index(TermKind kind, const std::string& text) {
    terms_.intern(kind, text, term_hash(kind, text)).append(facts_.size());
  }
  std::vector<Fact> facts_;
  TermTable terms_;
};

template <typename Generator>
std::vector<std::string> pick(Generator& random, const char* kind, uint64_t count_max) {
  std::vector<std::string> names;
  for (uint64_t left = between(random, 0, count_max); left > 0; --left) {
    const std::string name = kind + std::to_string(between(random, 0, 9));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

template <typename Generator>
Query random_query(Generator& random) {
  Query query;
  for (uint64_t left = between(random, 0, 3); left > 0; --left) {
    query.items.push_back({pick(random, "type", 4), pick(random, "tag", 3)});
  }
  return query;
}

template <typename Generator>
Fact random_fact(Generator& random) {
  return {"type" + std::to_string(between(random, 0, 9)), pick(random, "tag", 5)};
}

std::vector<uint64_t> forward(const History& history, const Query& query) {
  Matcher matcher(query, history.terms(), Matcher::Direction::kForward);
  std::vector<uint64_t> found;
  for (uint64_t from = 1; from <= history.head();) {
    const uint64_t match = matcher.at_or_after(from, history.head());
    if (match == kNoPosition) break;
    found.push_back(match);
    from = match + 1;
  }
  return found;
}

std::vector<uint64_t> backward(const History& history, const Query& query) {
  Matcher matcher(query, history.terms(), Matcher::Direction::kBackward);
  std::vector<uint64_t> found;
  for (uint64_t from = history.head(); from > 0;) {
    const uint64_t match = matcher.at_or_before(from);
    if (match == 0) break;
    found.push_back(match);
    from = match - 1;
  }
  return found;
}

// The queries whose meaning is easily got wrong.
TEST(Matcher, FollowsTheDefinition) {
  History history;
  history.add({"A", {"x", "y"}});  // 1
  history.add({"B", {"x"}});       // 2
  history.add({"C", {}});          // 3
  history.add({"A", {"y"}});       // 4
  history.add({"B", {"x", "y"}});  // 5
  const struct {
    const char* name;
    Query query;
    std::vector<uint64_t> matches;
  } cases[] = {
      {"no items: everything", {}, {1, 2, 3, 4, 5}},
      {"an empty item: everything", {{{{}, {}}}}, {1, 2, 3, 4, 5}},
      {"an empty item beside a picky one: everything",
       {{{{"nowhere"}, {}}, {{}, {}}}},
       {1, 2, 3, 4, 5}},
      {"one type", {{{{"A"}, {}}}}, {1, 4}},
      {"types are alternatives", {{{{"A", "C"}, {}}}}, {1, 3, 4}},
      {"one tag", {{{{}, {"x"}}}}, {1, 2, 5}},
      {"tags are all required", {{{{}, {"x", "y"}}}}, {1, 5}},
      {"type and tag", {{{{"B"}, {"y"}}}}, {5}},
      {"types and tags", {{{{"A", "B"}, {"x", "y"}}}}, {1, 5}},
      {"items are alternatives, and a match of both counts once",
       {{{{"A"}, {}}, {{}, {"y"}}}},
       {1, 4, 5}},
      {"the same type twice", {{{{"A", "A"}, {}}}}, {1, 4}},
      {"the same tag twice", {{{{}, {"x", "x"}}}}, {1, 2, 5}},
      {"an unknown tag", {{{{}, {"x", "z"}}}}, {}},
      {"an unknown type", {{{{"Z"}, {"x"}}}}, {}},
      {"an unknown type among others", {{{{"Z", "B"}, {"x"}}}}, {2, 5}},
      {"a tag is no type", {{{{"x"}, {}}}}, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(forward(history, c.query), c.matches);
    std::vector<uint64_t> descending = c.matches;
    std::ranges::reverse(descending);
    EXPECT_EQ(backward(history, c.query), descending);
  }
}

// Random queries over random histories, against the definition applied to every event.
TEST(Matcher, AgreesWithBruteForce) {
  const Seed seed;
  auto random = seed.generator();
  const size_t rounds = test::scaled(300);
  for (size_t round = 0; round < rounds; ++round) {
    History history;
    for (uint64_t left = between(random, 0, 120); left > 0; --left) {
      history.add(random_fact(random));
    }
    for (int i = 0; i < 10; ++i) {
      const Query query = random_query(random);
      std::vector<uint64_t> expected = history.all_matches(query);
      ASSERT_EQ(forward(history, query), expected) << "round " << round;
      std::ranges::reverse(expected);
      ASSERT_EQ(backward(history, query), expected) << "round " << round;
    }
  }
}

// A guard's two searches: over what its snapshot had, while the sequencer goes on adding events,
// and then over what came since. Together they must see every match, whatever the first saw of
// events behind its snapshot.
TEST(Matcher, SearchesOnWhereASnapshotEnded) {
  const Seed seed;
  auto random = seed.generator();
  const size_t rounds = test::scaled(3000);
  for (size_t round = 0; round < rounds; ++round) {
    History history;
    for (uint64_t left = between(random, 0, 20); left > 0; --left) {
      history.add(random_fact(random));
    }
    const Query query = random_query(random);
    const uint64_t after = between(random, 0, history.head());
    const uint64_t held = history.head();
    Matcher matcher(query, history.terms(), Matcher::Direction::kForward);
    for (uint64_t left = between(random, 0, 10); left > 0; --left) {
      history.add(random_fact(random));
    }
    const std::vector<uint64_t> matches = history.all_matches(query);
    const auto expected = [&](uint64_t behind, uint64_t last) {
      const auto found = std::ranges::upper_bound(matches, behind);
      return found == matches.end() || *found > last ? kNoPosition : *found;
    };
    ASSERT_EQ(matcher.at_or_after(after + 1, held), expected(after, held)) << "round " << round;
    if (expected(after, held) != kNoPosition) continue;
    matcher.look_up_again();
    ASSERT_EQ(matcher.at_or_after(held + 1, history.head()), expected(held, history.head()))
        << "round " << round;
  }
}

// How a guard once missed an event: its item asks for type X or Y, and tag T. Its first search,
// over positions 1 and 2, began before X existed. Then 3 (X with T) and 4 (Y alone) were sequenced;
// the search met 4 among the Ys and let T's list overtake 3; the second search went on from there.
TEST(Matcher, IsNotLedPastAMatchByEventsBehindItsSnapshot) {
  History history;
  history.add({"Y", {}});
  history.add({"Z", {"T"}});
  const Query query = {{{{"X", "Y"}, {"T"}}}};
  Matcher matcher(query, history.terms(), Matcher::Direction::kForward);
  history.add({"X", {"T"}});
  history.add({"Y", {}});
  EXPECT_EQ(matcher.at_or_after(1, 2), kNoPosition);
  matcher.look_up_again();
  EXPECT_EQ(matcher.at_or_after(3, 4), 3U);
}

}  // namespace
}  // namespace stele::events
