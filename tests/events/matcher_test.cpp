// A matcher steps through exactly the events that the query's definition says, in both directions.
#include "events/matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "events/record_match.h"
#include "support/commits.h"
#include "support/drafts.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::events {
namespace {

using test::between;
using test::Seed;

using test::Draft;
using test::id_of;

bool one_of(const std::vector<std::string>& values, const std::string& value) {
  return std::ranges::find(values, value) != values.end();
}

// The definition of a match, in the words of the manual.
bool item_matches(const QueryItem& item, const Draft& event, uint64_t position, int64_t time) {
  const bool type = item.types.empty() && item.categories.empty();
  const std::string category = event.type.substr(0, event.type.find('.'));
  const bool entity = item.entities.empty() && item.prefixes.empty();
  const auto begins = [&](const std::string& prefix) { return event.entity.starts_with(prefix); };
  const auto has = [](const std::vector<Uuid>& ids, const std::optional<test::Id>& id) {
    return ids.empty() || (id && std::ranges::find(ids, *id) != ids.end());
  };
  return (type || one_of(item.types, event.type) || one_of(item.categories, category)) &&
         (entity || one_of(item.entities, event.entity) ||
          std::ranges::any_of(item.prefixes, begins)) &&
         (item.scopes.empty() || one_of(item.scopes, event.scope)) &&
         std::ranges::all_of(item.tags,
                             [&](const std::string& tag) { return one_of(event.tags, tag); }) &&
         has(item.correlations, event.correlation_id) && has(item.causations, event.causation_id) &&
         (!item.time || (item.time->from <= time && time < item.time->to)) &&
         (!item.positions || (item.positions->from <= position && position < item.positions->to));
}

// Events as the tail indexes them, and the plain definition of a match.
class Events {
 public:
  void add(const Draft& event) {
    log_.add({event});
    events_.push_back(event);
  }

  [[nodiscard]] bool matches(const Query& query, uint64_t position) const {
    const int64_t time = tail().record(position).time();
    return query.items.empty() || std::ranges::any_of(query.items, [&](const QueryItem& item) {
             return item_matches(item, events_[position - 1], position, time);
           });
  }
  [[nodiscard]] std::vector<uint64_t> all_matches(const Query& query) const {
    std::vector<uint64_t> positions;
    for (uint64_t position = 1; position <= head(); ++position) {
      if (matches(query, position)) positions.push_back(position);
    }
    return positions;
  }
  [[nodiscard]] uint64_t head() const { return events_.size(); }
  [[nodiscard]] const Tail& tail() const { return log_.tail(); }
  [[nodiscard]] const engine::Views& views() const { return log_.views(); }

 private:
  std::vector<Draft> events_;
  test::CommitLog log_{Digest{}};
};

template <typename Generator>
std::vector<std::string> pick(Generator& random, const char* kind, uint64_t count_max) {
  std::vector<std::string> names;
  for (uint64_t left = between(random, 0, count_max); left > 0; --left) {
    names.push_back(kind + std::to_string(between(random, 0, 9)));
  }
  return names;
}

template <typename Generator>
std::vector<Uuid> pick_ids(Generator& random, uint64_t count_max) {
  std::vector<Uuid> ids;
  for (uint64_t left = between(random, 0, count_max); left > 0; --left) {
    ids.push_back(id_of(between(random, 1, 5)));
  }
  return ids;
}

// Asks for some of the fields, so that most queries still find something.
template <typename Generator>
QueryItem random_item(Generator& random) {
  QueryItem item;
  const auto often = [&] { return between(random, 0, 2) == 0; };
  if (often()) item.types = pick(random, "area1.type", 4);
  if (often()) item.categories = pick(random, "area", 2);
  if (often()) item.tags = pick(random, "tag", 3);
  if (often()) item.entities = pick(random, "entity/1", 3);
  if (often()) item.prefixes = pick(random, "entity/", 2);
  if (often()) item.scopes = pick(random, "scope", 4);
  if (between(random, 0, 9) == 0) item.correlations = pick_ids(random, 3);
  if (between(random, 0, 9) == 0) item.causations = pick_ids(random, 3);
  if (between(random, 0, 4) == 0) {
    const auto from = static_cast<int64_t>(between(random, 0, 1100));
    item.time = {from, from + static_cast<int64_t>(between(random, 0, 400))};
  }
  if (between(random, 0, 4) == 0) {
    const uint64_t from = between(random, 0, 60);
    item.positions = {from, from + between(random, 0, 60)};
  }
  return item;
}

template <typename Generator>
Query random_query(Generator& random) {
  Query query;
  for (uint64_t left = between(random, 0, 3); left > 0; --left) {
    query.items.push_back(random_item(random));
  }
  return query;
}

template <typename Generator>
Draft random_event(Generator& random) {
  const auto maybe = [&] { return between(random, 0, 1) == 1; };
  const auto digit = [&] { return std::to_string(between(random, 0, 9)); };
  Draft event;
  event.type = maybe() ? "area1.type" + digit() : maybe() ? "area" + digit() : "other.x" + digit();
  if (maybe()) event.entity = "entity/" + digit() + (maybe() ? digit() : "");
  if (maybe()) event.scope = "scope" + digit();
  event.tags = pick(random, "tag", 5);
  if (maybe()) event.correlation_id = id_of(between(random, 1, 5));
  if (maybe()) event.causation_id = id_of(between(random, 1, 5));
  if (maybe()) event.time = static_cast<int64_t>(between(random, 0, 1500));
  return event;
}

std::vector<uint64_t> forward(const Events& history, const Query& query) {
  History in(history.views());
  Matcher matcher(query, in, Direction::kForward);
  std::vector<uint64_t> found;
  for (uint64_t from = 1; from <= history.head();) {
    const uint64_t match = matcher.at_or_after(from, history.head());
    if (match == kNoPosition) break;
    found.push_back(match);
    from = match + 1;
  }
  return found;
}

std::vector<uint64_t> backward(const Events& history, const Query& query) {
  History in(history.views());
  Matcher matcher(query, in, Direction::kBackward);
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
  Events history;
  history.add({.type = "A", .tags = {"x", "y"}});                         // 1
  history.add({.type = "B", .entity = "e/1", .tags = {"x"}});             // 2
  history.add({.type = "C.c", .entity = "e/2", .scope = "s"});            // 3
  history.add({.type = "A", .tags = {"y"}, .correlation_id = id_of(7)});  // 4
  history.add({.type = "B", .entity = "e/1", .tags = {"x", "y"}});        // 5
  history.add({.type = "C", .entity = "f", .causation_id = id_of(7)});    // 6
  history.add({.type = "C.c.d", .scope = "e/1", .time = -5});             // 7
  const struct {
    const char* name;
    std::vector<QueryItem> items;
    std::vector<uint64_t> matches;
  } cases[] = {
      {"no items: everything", {}, {1, 2, 3, 4, 5, 6, 7}},
      {"an empty item: everything", {{}}, {1, 2, 3, 4, 5, 6, 7}},
      {"an empty item beside a picky one", {{.types = {"nowhere"}}, {}}, {1, 2, 3, 4, 5, 6, 7}},
      {"one type", {{.types = {"A"}}}, {1, 4}},
      {"types are alternatives", {{.types = {"A", "C"}}}, {1, 4, 6}},
      {"a category is what stands before the first dot", {{.categories = {"C"}}}, {3, 6, 7}},
      {"types and categories are alternatives",
       {{.types = {"B"}, .categories = {"C"}}},
       {2, 3, 5, 6, 7}},
      {"the same name as type and category", {{.types = {"C"}, .categories = {"C"}}}, {3, 6, 7}},
      {"a category is no prefix", {{.categories = {"C.c"}}}, {}},
      {"one tag", {{.tags = {"x"}}}, {1, 2, 5}},
      {"tags are all required", {{.tags = {"x", "y"}}}, {1, 5}},
      {"type and tag", {{.types = {"B"}, .tags = {"y"}}}, {5}},
      {"types and tags", {{.types = {"A", "B"}, .tags = {"x", "y"}}}, {1, 5}},
      {"items are alternatives, and a match of both counts once",
       {{.types = {"A"}}, {.tags = {"y"}}},
       {1, 4, 5}},
      {"the same type twice", {{.types = {"A", "A"}}}, {1, 4}},
      {"the same tag twice", {{.tags = {"x", "x"}}}, {1, 2, 5}},
      {"an unknown tag", {{.tags = {"x", "z"}}}, {}},
      {"an unknown type", {{.types = {"Z"}, .tags = {"x"}}}, {}},
      {"an unknown type among others", {{.types = {"Z", "B"}, .tags = {"x"}}}, {2, 5}},
      {"a tag is no type", {{.types = {"x"}}}, {}},
      {"an entity", {{.entities = {"e/1"}}}, {2, 5}},
      {"an entity prefix", {{.prefixes = {"e/"}}}, {2, 3, 5}},
      {"a prefix may be all of an entity", {{.prefixes = {"e/1"}}}, {2, 5}},
      {"an entity and a prefix are alternatives",
       {{.entities = {"f"}, .prefixes = {"e/2"}}},
       {3, 6}},
      {"overlapping prefixes find each event once", {{.prefixes = {"e", "e/", "e/1"}}}, {2, 3, 5}},
      {"entity and tag", {{.tags = {"y"}, .entities = {"e/1"}}}, {5}},
      {"a scope is no entity", {{.scopes = {"e/1"}}}, {7}},
      {"scopes are alternatives", {{.scopes = {"s", "e/1"}}}, {3, 7}},
      {"a correlation", {{.correlations = {id_of(7)}}}, {4}},
      {"a causation", {{.causations = {id_of(7)}}}, {6}},
      {"a time range has its start and not its end", {{.time = {{-5, 1000}}}}, {7}},
      {"and ends before its end", {{.time = {{-6, -5}}}}, {}},
      {"a position range has its start and not its end", {{.positions = {{2, 4}}}}, {2, 3}},
      {"an empty position range", {{.positions = {{2, 2}}}}, {}},
      {"up to position 0", {{.positions = {{0, 0}}}}, {}},
      {"any position", {{.positions = {{0, UINT64_MAX}}}}, {1, 2, 3, 4, 5, 6, 7}},
      {"a range of one item bounds no other",
       {{.types = {"A"}, .positions = {{2, 9}}}, {.types = {"B"}}},
       {2, 4, 5}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(forward(history, {c.items}), c.matches);
    EXPECT_EQ(history.all_matches({c.items}), c.matches);
    std::vector<uint64_t> descending = c.matches;
    std::ranges::reverse(descending);
    EXPECT_EQ(backward(history, {c.items}), descending);
    for (uint64_t position = 1; position <= history.head(); ++position) {
      EXPECT_EQ(matches(Query{c.items}, history.tail().record(position)),
                std::ranges::binary_search(c.matches, position));
    }
  }
}

// More entities begin with a prefix than lists are merged for.
TEST(Matcher, FindsTheEventsOfAPrefixThatThousandsOfEntitiesHave) {
  Events history;
  std::vector<uint64_t> expected;
  for (uint64_t i = 1; i <= 4200; ++i) {
    const bool inside = i % 64 != 0;
    history.add({.type = "T", .entity = (inside ? "in/" : "out/") + std::to_string(i)});
    if (inside) expected.push_back(i);
  }
  EXPECT_EQ(forward(history, {{{.prefixes = {"in/"}}}}), expected);
  std::ranges::reverse(expected);
  EXPECT_EQ(backward(history, {{{.prefixes = {"in/"}}}}), expected);
}

// Random queries over random histories, against the definition applied to every event.
TEST(Matcher, AgreesWithBruteForce) {
  const Seed seed;
  auto random = seed.generator();
  const size_t rounds = test::scaled(300);
  for (size_t round = 0; round < rounds; ++round) {
    Events history;
    for (uint64_t left = between(random, 0, 120); left > 0; --left) {
      history.add(random_event(random));
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
    Events history;
    for (uint64_t left = between(random, 0, 20); left > 0; --left) {
      history.add(random_event(random));
    }
    const Query query = random_query(random);
    const uint64_t after = between(random, 0, history.head());
    const uint64_t held = history.head();
    History in(history.views());
    Matcher matcher(query, in, Direction::kForward);
    for (uint64_t left = between(random, 0, 10); left > 0; --left) {
      history.add(random_event(random));
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
  Events history;
  history.add({.type = "Y"});
  history.add({.type = "Z", .tags = {"T"}});
  const Query query = {{{.types = {"X", "Y"}, .tags = {"T"}}}};
  History in(history.views());
  Matcher matcher(query, in, Direction::kForward);
  history.add({.type = "X", .tags = {"T"}});
  history.add({.type = "Y"});
  EXPECT_EQ(matcher.at_or_after(1, 2), kNoPosition);
  matcher.look_up_again();
  EXPECT_EQ(matcher.at_or_after(3, 4), 3U);
}

}  // namespace
}  // namespace stele::events
