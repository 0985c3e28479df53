// stele.hpp: what the C++ wrapper adds to the C API: ownership, exceptions, values, ranges.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <ranges>
#include <stele/stele.hpp>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/temp_directory.h"

namespace {

using namespace std::chrono_literals;
using stele::Database;
using stele::Event;
using stele::Query;
using Strings = std::vector<std::string>;

template <typename T>
constexpr bool kOwner =
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(kOwner<Database> && kOwner<stele::Batch> && kOwner<Query> && kOwner<stele::Cursor>);
static_assert(kOwner<stele::Terms> && kOwner<stele::Ticket> && kOwner<stele::Subscription>);
static_assert(kOwner<stele::Verify> && kOwner<stele::EventCopy>);
static_assert(std::ranges::input_range<stele::Cursor> && std::ranges::input_range<stele::Terms>);
static_assert(std::ranges::forward_range<Event::Tags> && std::ranges::forward_range<Event::Pairs>);

// Every test ends without an open handle.
struct Hpp : ::testing::Test {
  void TearDown() override { EXPECT_EQ(stele_live_handles(), 0U); }
};

Strings types_of(stele::Cursor cursor) {
  Strings types;
  for (const Event& event : cursor) types.emplace_back(event.type());
  return types;
}

// The status that a call throws; OK when it throws nothing.
template <typename Call>
stele::Status thrown_by(const Call& call) {
  try {
    call();
  } catch (const stele::Error& error) {
    return error.status();
  }
  return STELE_OK;
}

TEST_F(Hpp, RangeForReadsEveryFieldThatWasAppended) {
  const Database db = Database::memory({.test_time = 1000, .test_seed = 1});
  const stele::Id id = {1}, correlation = {2}, causation = {3};
  const std::vector<std::byte> value = {std::byte{0}, std::byte{255}};
  const stele::Outcome outcome = db.append({.type = "order.placed",
                                            .entity = "order-1",
                                            .scope = "tenant-1",
                                            .data = "payload",
                                            .tags = {"customer:7", "book:dune"},
                                            .metadata = {{"z", "last"}, {"a", value}},
                                            .id = id,
                                            .correlation_id = correlation,
                                            .causation_id = causation,
                                            .time = -5});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome.result.first_position, 1U);
  int seen = 0;
  for (const Event& event : db.read()) {
    ++seen;
    EXPECT_EQ(event.position(), 1U);
    EXPECT_EQ(event.tsn(), outcome.result.tsn);
    EXPECT_EQ(event.recorded(), outcome.result.recorded);
    EXPECT_EQ(event.time(), -5);
    EXPECT_EQ(event.sequence(), 1U);
    EXPECT_EQ(event.type(), "order.placed");
    EXPECT_EQ(event.entity(), "order-1");
    EXPECT_EQ(event.scope(), "tenant-1");
    EXPECT_EQ(event.text(), "payload");
    EXPECT_EQ(event.id(), id);
    EXPECT_EQ(event.correlation_id(), correlation);
    EXPECT_EQ(event.causation_id(), causation);
    EXPECT_EQ(event.hash().size(), 32U);
    const auto tags = event.tags();
    EXPECT_EQ(Strings(tags.begin(), tags.end()), (Strings{"book:dune", "customer:7"}));
    EXPECT_TRUE(event.has_tag("customer:7"));
    EXPECT_FALSE(event.has_tag("customer"));
    const auto pairs = event.metadata();
    ASSERT_EQ(pairs.size(), 2U);
    EXPECT_EQ(pairs[0].key, "z");
    EXPECT_EQ(pairs[0].value.text(), "last");
    EXPECT_EQ(event.metadata("a"), stele::Bytes(value));
    EXPECT_FALSE(event.metadata("b"));
  }
  EXPECT_EQ(seen, 1);
}

TEST_F(Hpp, WhatIsLeftOutIsAbsent) {
  const Database db = Database::memory();
  db.append({.type = "Plain"});
  stele::Cursor cursor = db.read();
  const std::optional<Event> event = cursor.next();
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->entity().empty());
  EXPECT_TRUE(event->scope().empty());
  EXPECT_TRUE(event->data().empty());
  EXPECT_TRUE(event->tags().empty());
  EXPECT_TRUE(event->metadata().empty());
  EXPECT_FALSE(event->correlation_id());
  EXPECT_FALSE(event->causation_id());
  EXPECT_EQ(event->time(), event->recorded());
  EXPECT_FALSE(cursor.next());
  EXPECT_FALSE(cursor.next());  // The end stays the end.
}

TEST_F(Hpp, QueriesAreMadeOfItemsOrStepByStep) {
  const Database db = Database::memory();
  db.append({{.type = "order.A", .entity = "e/1", .tags = {"x", "y"}},
             {.type = "order.B", .tags = {"x"}},
             {.type = "C", .scope = "s"}});
  const Query items({{.types = {"order.A"}, .tags = {"x"}}, {.scopes = {"s"}}});
  Query steps;
  steps.type("order.A").tag("x").item().scope("s");
  EXPECT_EQ(items.encode(), steps.encode());
  const Query decoded = Query::decode(items.encode());
  const std::vector<stele::Item> span = {{.types = {"C"}}};
  const struct {
    const char* name;
    const Query& query;
    Strings expected;
  } cases[] = {
      {"nothing: every event", Query(), {"order.A", "order.B", "C"}},
      {"two items", items, {"order.A", "C"}},
      {"of its bytes", decoded, {"order.A", "C"}},
      {"a category", Query({.categories = {"order"}}), {"order.A", "order.B"}},
      {"an entity prefix", Query({.entity_prefixes = {"e/"}}), {"order.A"}},
      {"two tags", Query({.tags = {"x", "y"}}), {"order.A"}},
      {"positions", Query({.positions = {{2, 4}}}), {"order.B", "C"}},
      {"a span of items", Query(std::span<const stele::Item>(span)), {"C"}},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(types_of(db.read(each.query)), each.expected);
    EXPECT_EQ(db.count(each.query), each.expected.size());
    EXPECT_TRUE(db.exists(each.query));
  }
  EXPECT_EQ(db.last(items, 2), (std::vector<uint64_t>{1, 3}));
  EXPECT_FALSE(db.exists(Query({.types = {"D"}})));
}

TEST_F(Hpp, BytesAreMadeOfWhateverHoldsBytes) {
  const std::string text = "abc";
  const std::byte bytes[] = {std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
  const uint8_t numbers[] = {'a', 'b', 'c'};
  const std::vector<unsigned char> vector = {'a', 'b', 'c'};
  const std::array<std::byte, 3> array = {std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
  const stele::Bytes all[] = {"abc",
                              text,
                              std::string_view(text),
                              bytes,
                              numbers,
                              vector,
                              array,
                              std::span<const std::byte>(bytes),
                              std::span<const uint8_t>(numbers),
                              {numbers, 3}};
  for (const stele::Bytes& each : all) {
    EXPECT_EQ(each.text(), "abc");
    EXPECT_EQ(each.as_span()[2], std::byte{'c'});
    EXPECT_EQ(std::string(each.begin(), each.end()), "abc");
  }
  EXPECT_TRUE(stele::Bytes().empty());
  EXPECT_EQ(stele::Bytes(), stele::Bytes(""));
  EXPECT_EQ(stele::Bytes(std::string_view("a\0b", 3)).size(), 3U);
}

// What a pair of braces means has to be told from its content alone.
TEST_F(Hpp, BracesMakeEventsQueriesAndOptions) {
  const Database db = Database::memory();
  EXPECT_EQ(db.append({.type = "A"}).result.event_count, 1U);
  EXPECT_EQ(db.append({{.type = "B"}}).result.event_count, 1U);
  EXPECT_EQ(db.append({{.type = "C"}, {.type = "D"}}).result.event_count, 2U);
  const std::vector<stele::NewEvent> events = {{.type = "E"}, {.type = "F"}};
  EXPECT_EQ(db.append(events).result.event_count, 2U);
  EXPECT_EQ(types_of(db.read({{.types = {"B"}}, {.types = {"E"}}})), (Strings{"B", "E"}));
  EXPECT_EQ(types_of(db.read({{.types = {"B"}}})), Strings{"B"});
  EXPECT_EQ(types_of(db.read({.limit = 1})), Strings{"A"});
  EXPECT_EQ(db.subscribe({.after = 0}).next(0ms)->type(), "A");
  stele::Batch batch = db.batch();
  EXPECT_EQ(types_of(batch.decide({.limit = 1})), Strings{"A"});
  EXPECT_EQ(types_of(batch.decide({{.types = {"C"}}}, {.limit = 1})), Strings{"C"});
}

TEST_F(Hpp, ReadsGoBothWaysFromAPlaceAndUpToALimit) {
  const Database db = Database::memory();
  db.append({{.type = "1"}, {.type = "2"}, {.type = "3"}, {.type = "4"}});
  EXPECT_EQ(types_of(db.read({.from = 2, .limit = 2})), (Strings{"2", "3"}));
  EXPECT_EQ(types_of(db.read({.backward = true})), (Strings{"4", "3", "2", "1"}));
  EXPECT_EQ(types_of(db.read({.backward = true, .from = 2})), (Strings{"2", "1"}));
  EXPECT_EQ(types_of(db.read({.limit = 0})), Strings{});
  EXPECT_EQ(db.read().head(), 4U);
}

TEST_F(Hpp, AConflictIsAValueThatSaysWhatStandsInTheWay) {
  const Database db = Database::memory();
  db.append({.type = "Reserved", .tags = {"seat:1"}});
  stele::Batch batch = db.batch();
  batch.add({.type = "Reserved", .tags = {"seat:1"}})
      .guard(Query({.tags = {"seat:2"}}), 0)
      .guard(Query({.tags = {"seat:1"}}), 0);
  EXPECT_TRUE(db.check(batch).conflict());
  const stele::Outcome outcome = db.commit(batch);
  EXPECT_FALSE(outcome);
  EXPECT_TRUE(outcome.conflict());
  EXPECT_STREQ(outcome.name(), "CONFLICT");
  EXPECT_EQ(outcome.guard, 1U);
  EXPECT_EQ(outcome.position, 1U);
  EXPECT_FALSE(outcome.message.empty());
  std::optional<stele::Cursor> in_the_way = batch.conflicts(outcome.guard);
  ASSERT_TRUE(in_the_way);
  EXPECT_EQ(types_of(*std::move(in_the_way)), Strings{"Reserved"});
  EXPECT_FALSE(batch.conflicts(7));
  EXPECT_EQ(db.head(), 1U);

  batch.clear().add({.type = "Moved", .entity = "e"}).expect("e", 3);
  EXPECT_EQ(db.commit(batch).sequence, 0U);
  batch.clear().add({.type = "Moved", .entity = "e"}).expect("e", 0);
  EXPECT_TRUE(db.commit(batch));
  batch.add({.type = "Moved", .entity = "e"}).expect("e", 0);
  EXPECT_EQ(db.commit(batch).sequence, 1U);
}

TEST_F(Hpp, OtherExpectedOutcomesAreValues) {
  const Database db = Database::memory();
  const stele::Id id = {9};
  EXPECT_TRUE(db.append({.type = "A", .id = id}));
  const stele::Outcome again = db.append({.type = "B", .id = id});
  EXPECT_EQ(again.status, STELE_EXISTS);
  EXPECT_EQ(again.position, 1U);

  stele::Batch batch = db.batch();
  EXPECT_FALSE(db.commit(batch.add({.type = "K"}).key("key-1")).result.repeated);
  EXPECT_TRUE(db.commit(batch.add({.type = "K"}).key("key-1")).result.repeated);
  EXPECT_EQ(db.commit(batch.add({.type = "L"}).key("key-1")).status, STELE_KEY_REUSED);

  EXPECT_FALSE(db.get(99));
  EXPECT_FALSE(db.get_by_id({1, 2, 3}));
  EXPECT_FALSE(db.latest("nobody"));
  EXPECT_FALSE(db.stream("nobody"));
  EXPECT_FALSE(db.tracked("nothing"));
  EXPECT_FALSE(db.walk(99, STELE_WALK_ANCESTORS));
  EXPECT_EQ(db.get_by_id(id)->type(), "A");
}

TEST_F(Hpp, OpeningWhatIsNotThereGivesADatabaseThatIsFalse) {
  const stele::test::TempDirectory directory;
  const std::string path = directory.path("db");
  Database none = Database::open(path, {.mode = STELE_OPEN_EXISTING});
  EXPECT_FALSE(none);
  EXPECT_EQ(thrown_by([&] { return none.head(); }), STELE_CLOSED);
  none.close();
  Database made = Database::open(path, {.mode = STELE_OPEN_NEW});
  EXPECT_TRUE(made);
  EXPECT_EQ(thrown_by([&] { return Database::open(path); }), STELE_BUSY);
  made.close();
  EXPECT_FALSE(Database::open(path, {.mode = STELE_OPEN_NEW}));
}

TEST_F(Hpp, AnErrorThrowsItsDetails) {
  const Database db = Database::memory();
  const uint8_t junk[] = {1, 2, 3, 4, 5};
  try {
    db.batch().add({.type = "Fine"}).add({.type = ""});
    FAIL() << "an event without a type was taken";
  } catch (const stele::Error& error) {
    EXPECT_EQ(error.status(), STELE_INVALID);
    EXPECT_STREQ(error.name(), "INVALID");
    EXPECT_NE(std::string(error.what()).find("type"), std::string::npos);
    EXPECT_EQ(error.guard(), STELE_NO_GUARD);
    EXPECT_EQ(error.os_errno(), 0);
  }
  try {
    const Database file = Database::open("/dev/null/db");
    FAIL() << "a database below a file was opened";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("/dev/null"), std::string::npos);
  }
  EXPECT_EQ(thrown_by([&] { return Query::decode(junk); }), STELE_INVALID);
  EXPECT_EQ(thrown_by([&] { return stele::EventCopy({1, 2, 3}); }), STELE_CORRUPT);
  stele::Batch empty = db.batch();
  EXPECT_EQ(thrown_by([&] { return db.commit(empty); }), STELE_INVALID);
}

TEST_F(Hpp, MovingTakesTheHandleAndClosingTwiceIsFine) {
  Database db = Database::memory();
  db.append({.type = "A"});
  Database moved = std::move(db);
  EXPECT_FALSE(db);  // NOLINT(bugprone-use-after-move): that is the question
  EXPECT_EQ(thrown_by([&] { return db.head(); }), STELE_CLOSED);
  db.close();
  db = std::move(moved);
  EXPECT_EQ(db.head(), 1U);
  db = Database::memory();  // Closes the one it was.
  EXPECT_EQ(db.head(), 0U);

  Query query({.types = {"A"}});
  const Query taken = std::move(query);
  EXPECT_EQ(types_of(db.read(taken)), Strings{});
  // Not: every event, which is what no query means.
  EXPECT_EQ(thrown_by([&] { return db.read(query); }), STELE_CLOSED);  // NOLINT
  stele::Batch batch = db.batch();
  EXPECT_EQ(thrown_by([&] { batch.guard(query, 0); }), STELE_CLOSED);

  stele::Cursor cursor = db.read();
  cursor.close();
  cursor.close();
  EXPECT_EQ(thrown_by([&] { return cursor.next(); }), STELE_CLOSED);
  db.close();
  db.close();
}

TEST_F(Hpp, UseAfterCloseThrowsClosed) {
  Database db = Database::memory();
  db.append({.type = "A"});
  stele::Batch batch = db.batch();
  batch.add({.type = "B"});
  stele::Cursor cursor = db.read();
  stele::Subscription subscription = db.subscribe();
  stele::Terms terms = db.terms(STELE_TERM_TYPE);
  stele::Verify verify = db.start_verify();
  db.close();
  EXPECT_EQ(thrown_by([&] { return db.head(); }), STELE_CLOSED);
  EXPECT_EQ(thrown_by([&] { return db.batch(); }), STELE_CLOSED);
  EXPECT_EQ(thrown_by([&] { return db.get(1); }), STELE_CLOSED);
  EXPECT_EQ(thrown_by([&] { db.append({.type = "B"}); }), STELE_CLOSED);
  EXPECT_EQ(thrown_by([&] { return db.commit(batch); }), STELE_CLOSED);
  EXPECT_EQ(thrown_by([&] { return cursor.next(); }), STELE_CLOSED);
  EXPECT_EQ(thrown_by([&] { return subscription.next(0ms); }), STELE_CLOSED);
  EXPECT_EQ(thrown_by([&] { return terms.next(); }), STELE_CLOSED);
  EXPECT_EQ(thrown_by([&] { return verify.step(); }), STELE_CLOSED);
}

TEST_F(Hpp, ADecisionIsGuardedByWhatItRead) {
  const Database db = Database::memory();
  db.append({.type = "Deposited", .entity = "a", .data = "5"});
  stele::Batch batch = db.batch();
  int balance = 0;
  for (const Event& event : batch.decide(Query({.entities = {"a"}}))) {
    balance += std::stoi(std::string(event.text()));
  }
  EXPECT_EQ(balance, 5);
  db.append({.type = "Deposited", .entity = "a", .data = "-5"});
  EXPECT_EQ(db.commit(batch.add({.type = "Withdrawn", .entity = "a"})).position, 2U);
}

TEST_F(Hpp, AnEventCopyOutlivesItsCursor) {
  const Database db = Database::memory();
  db.append({.type = "A", .entity = "e", .data = "1"});
  db.append({.type = "B", .entity = "e", .data = "2"});
  std::vector<stele::EventCopy> copies;
  for (const Event& event : db.read()) copies.push_back(event.copy());
  EXPECT_EQ(copies.at(0).type(), "A");
  EXPECT_EQ(copies.at(1).text(), "2");
  EXPECT_EQ(db.get(1)->record(), copies[0].record());
  EXPECT_EQ(db.latest("e")->sequence(), 2U);
  EXPECT_EQ(db.stream("e")->last_position, 2U);
  EXPECT_EQ(types_of(db.read_stream("e", {.from = 2})), Strings{"B"});
  std::optional<stele::Cursor> back = db.walk(2, STELE_WALK_ANCESTORS);
  ASSERT_TRUE(back);
  EXPECT_EQ(types_of(*std::move(back)), (Strings{"B", "A"}));
  uint8_t buffer[8];
  EXPECT_EQ(db.read_data(2, 0, buffer)->used, 1U);
  EXPECT_FALSE(db.read_data(3, 0, buffer));
  EXPECT_EQ(db.position_at(db.get(1)->recorded()), 1U);
}

TEST_F(Hpp, TermsAreARange) {
  const Database db = Database::memory();
  db.append({{.type = "A", .tags = {"k:1", "k:2", "l"}}, {.type = "B", .tags = {"k:2"}}});
  std::vector<std::pair<std::string, uint64_t>> tags;
  for (const stele::Term& term : db.terms(STELE_TERM_TAG, "k:")) {
    tags.emplace_back(term.text, term.count);
  }
  EXPECT_EQ(tags, (std::vector<std::pair<std::string, uint64_t>>{{"k:1", 1}, {"k:2", 2}}));
}

TEST_F(Hpp, ASubscriptionHandsOutAndResumesAtItsToken) {
  const Database db = Database::memory();
  db.append({{.type = "A"}, {.type = "B"}, {.type = "A"}});
  stele::Subscription first = db.subscribe(Query({.types = {"A"}}));
  EXPECT_EQ(first.next(0ms)->position(), 1U);
  const stele::Token token = first.token();
  stele::Subscription second = db.subscribe(Query({.types = {"A"}}), {.token = token});
  EXPECT_EQ(second.next(0ms)->position(), 3U);
  EXPECT_FALSE(second.next(0ms));
  EXPECT_TRUE(second.caught_up());
  EXPECT_EQ(second.through(), 3U);
  EXPECT_EQ(db.subscribe({.after = 1}).next(0ms)->position(), 2U);
  stele::Subscription news = db.subscribe({.new_only = true});
  EXPECT_FALSE(news.next(0ms));
  db.append({.type = "N"});
  EXPECT_EQ(news.next()->type(), "N");
}

TEST_F(Hpp, AnotherThreadEndsAWait) {
  const Database db = Database::memory();
  stele::Subscription interrupted = db.subscribe();
  stele::Subscription closed = db.subscribe();
  {
    const std::jthread other([&] { interrupted.interrupt(); });
    EXPECT_FALSE(interrupted.next());
  }
  const std::jthread other([&] {
    std::this_thread::sleep_for(20ms);
    closed.close();
  });
  EXPECT_EQ(thrown_by([&] { return closed.next(); }), STELE_CLOSED);
}

TEST_F(Hpp, WaitsForTicketsAndSubscriptions) {
  const Database db = Database::memory();
  stele::Subscription subscription = db.subscribe();
  EXPECT_FALSE(stele::wait_any({subscription}, 0ms));
  stele::Batch batch = db.batch();
  batch.add({.type = "A"}).durability(STELE_DURABILITY_SYNC);
  stele::Ticket ticket = db.commit_async(batch);
  EXPECT_TRUE(stele::wait_any({ticket, subscription}));
  const stele::Outcome outcome = ticket.wait();
  EXPECT_EQ(outcome.result.first_position, 1U);
  EXPECT_EQ(stele::wait_any({subscription}), 0U);
  EXPECT_EQ(thrown_by([&] { return db.commit_async(batch); }), STELE_INVALID);  // It is empty.
  batch.add({.type = "B"}).guard(0);
  EXPECT_TRUE(db.commit_async(batch).wait(1000ms)->conflict());
}

TEST_F(Hpp, TracksASourceInTheSameCommit) {
  const Database db = Database::memory();
  stele::Batch batch = db.batch();
  EXPECT_TRUE(db.commit(batch.add({.type = "Sent"}).track("mail", 7, 0)));
  EXPECT_EQ(db.tracked("mail"), 7U);
  EXPECT_EQ(db.commit(batch.add({.type = "Sent"}).track("mail", 8, 6)).position, 7U);
}

TEST_F(Hpp, VerifyTellsHowFarItIs) {
  const Database db = Database::memory();
  const std::string large(1 << 20, 'x');
  for (int i = 0; i < 3; ++i) db.append({.type = "Large", .data = large});
  uint64_t before = 0;
  int calls = 0;
  const stele::VerifyProgress progress = db.verify([&](const stele::VerifyProgress& now) {
    EXPECT_GT(now.bytes_done, before);
    before = now.bytes_done;
    ++calls;
  });
  EXPECT_GT(calls, 0);
  EXPECT_EQ(progress.events, 3U);
  EXPECT_EQ(db.verify().commits, 3U);
  EXPECT_THROW(db.verify([](const auto&) { throw std::runtime_error("enough"); }),
               std::runtime_error);
  EXPECT_EQ(db.stats().head, 3U);
  db.sync();
}

}  // namespace
