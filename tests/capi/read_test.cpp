// What a read returns: the meaning of queries, starts, limits and ends, and of batches of bytes.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "support/c_api.h"
#include "support/scale.h"
#include "support/seed.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers
using Positions = std::vector<uint64_t>;

// Positions 1 to 6: A{x,y}  B{x}  C{}  A{y}  B{x,y}  A{x}
struct Read : ::testing::Test {
  Read() : db(open(directory.path("db"))) {
    append(db, "A", "1", {"x", "y"});
    append(db, "B", "22", {"x"});
    append(db, "C", "333", {});
    append(db, "A", "4444", {"y"});
    append(db, "B", "55555", {"y", "x", "y"});
    append(db, "A", std::string(600, '6'), {"x"});
  }
  TempDirectory directory;
  Db db;
};

// Queries built call by call, as the header describes them.
TEST_F(Read, FindsWhatTheQuerySays) {
  const auto type = [](stele_query* q, const char* name) {
    EXPECT_TRUE(is_ok(stele_query_type(q, name, std::strlen(name), nullptr)));
  };
  const auto tag = [](stele_query* q, const char* name) {
    EXPECT_TRUE(is_ok(stele_query_tag(q, name, std::strlen(name), nullptr)));
  };
  const auto item = [](stele_query* q) { EXPECT_TRUE(is_ok(stele_query_item(q, nullptr))); };
  const struct {
    const char* name;
    std::function<void(stele_query*)> build;
    Positions expected;
  } cases[] = {
      {"no items", [](stele_query*) {}, {1, 2, 3, 4, 5, 6}},
      {"an item without types and tags", [&](stele_query* q) { item(q); }, {1, 2, 3, 4, 5, 6}},
      {"such an item behind a picky one",
       [&](stele_query* q) {
         type(q, "none");
         item(q);
       },
       {1, 2, 3, 4, 5, 6}},
      {"a type starts the first item", [&](stele_query* q) { type(q, "A"); }, {1, 4, 6}},
      {"a tag starts the first item", [&](stele_query* q) { tag(q, "x"); }, {1, 2, 5, 6}},
      {"an item that is started and filled",
       [&](stele_query* q) {
         item(q);
         tag(q, "x");
       },
       {1, 2, 5, 6}},
      {"types or-ed, tags and-ed",
       [&](stele_query* q) {
         type(q, "A");
         tag(q, "x");
         type(q, "B");
         tag(q, "y");
       },
       {1, 5}},
      {"items or-ed",
       [&](stele_query* q) {
         type(q, "C");
         item(q);
         tag(q, "x");
         tag(q, "y");
       },
       {1, 3, 5}},
      {"the same name twice",
       [&](stele_query* q) {
         tag(q, "x");
         tag(q, "x");
       },
       {1, 2, 5, 6}},
      {"a prefix is no match", [&](stele_query* q) { tag(q, "xx"); }, {}},
      {"case counts", [&](stele_query* q) { type(q, "a"); }, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Query query;
    ASSERT_TRUE(is_ok(stele_query_create(query.out(), nullptr)));
    c.build(query);
    EXPECT_EQ(positions(db, query), c.expected);
    const stele_read_options backward = read_options(STELE_READ_BACKWARD, 0);
    Positions descending = c.expected;
    std::reverse(descending.begin(), descending.end());
    EXPECT_EQ(positions(db, query, &backward), descending);
  }
  EXPECT_EQ(positions(db), (Positions{1, 2, 3, 4, 5, 6})) << "NULL: all";
}

// One that was only opened kept the state of its moment, for as long as nobody asked it anything.
TEST_F(Read, ThatWasOnlyBegunHoldsNothing) {
  const Cursor cursor = start_read(db, nullptr, nullptr);
  append(db, "C", "later", {});
  ASSERT_TRUE(is_ok(stele_checkpoint(db, nullptr)));
  EXPECT_EQ(stats_of(db).readers, 0U);
  EXPECT_EQ(stats_of(db).reader_bytes, 0U);
  EXPECT_EQ(positions_of(cursor), (Positions{1, 2, 3, 4, 5, 6}));
}

// The same of one that was asked for an event behind its last one.
TEST_F(Read, ThatIsAtItsEndHoldsNothing) {
  const Cursor cursor = start_read(db, nullptr, nullptr);
  EXPECT_EQ(positions_of(cursor), (Positions{1, 2, 3, 4, 5, 6}));
  append(db, "C", "later", {});
  ASSERT_TRUE(is_ok(stele_checkpoint(db, nullptr)));
  EXPECT_EQ(stats_of(db).readers, 0U);
  EXPECT_EQ(stats_of(db).reader_bytes, 0U);
}

TEST_F(Read, OfTermsThatWasOnlyBegunHoldsNothing) {
  Terms terms;
  ASSERT_TRUE(is_ok(stele_terms_open(db, STELE_TERM_TAG, nullptr, 0, terms.out(), nullptr)));
  append(db, "C", "later", {});
  ASSERT_TRUE(is_ok(stele_checkpoint(db, nullptr)));
  EXPECT_EQ(stats_of(db).readers, 0U);
}

// The data of an event that is in many pages, and in the tail before.
TEST_F(Read, OfDataGivesAnyRangeOfIt) {
  std::string data;
  for (uint32_t i = 0; data.size() < 100'000; ++i) data += std::to_string(i) + ",";
  append(db, "D", data, {});
  for (const bool in_trees : {false, true}) {
    if (in_trees) {
      ASSERT_TRUE(is_ok(stele_checkpoint(db, nullptr)));
    }
    for (const uint64_t offset : {uint64_t{0}, uint64_t{1}, uint64_t{8'000}, uint64_t{99'999}}) {
      for (const size_t capacity : {size_t{0}, size_t{1}, size_t{10'000}, size_t{200'000}}) {
        std::string part(capacity, '?');
        size_t used = 0;
        uint64_t total = 0;
        ASSERT_TRUE(is_ok(stele_data_read(db, 7, offset, reinterpret_cast<uint8_t*>(part.data()),
                                          capacity, &used, &total, nullptr)));
        EXPECT_EQ(total, data.size());
        part.resize(used);
        EXPECT_EQ(part, data.substr(offset, capacity)) << offset << ", " << capacity;
      }
    }
  }
  size_t used = 1;
  uint64_t total = 0;
  EXPECT_TRUE(is_ok(stele_data_read(db, 7, data.size() + 1, nullptr, 0, &used, &total, nullptr)));
  EXPECT_EQ(used, 0U);
  EXPECT_EQ(total, data.size());
}

// Start, direction and limit.
TEST_F(Read, BeginsAndEndsWhereTheOptionsSay) {
  constexpr uint32_t kFrom = STELE_READ_FROM;
  constexpr uint32_t kBackFrom = STELE_READ_FROM | STELE_READ_BACKWARD;
  const struct {
    const char* name;
    uint32_t flags;
    uint64_t start;
    uint64_t limit;
    Positions expected;
  } cases[] = {
      {"forward from the start", 0, 0, STELE_NO_LIMIT, {1, 2, 3, 4, 5, 6}},
      {"without FROM the start does not count", 0, 4, STELE_NO_LIMIT, {1, 2, 3, 4, 5, 6}},
      {"forward, 0 is the first", kFrom, 0, STELE_NO_LIMIT, {1, 2, 3, 4, 5, 6}},
      {"forward, 1 is the first", kFrom, 1, STELE_NO_LIMIT, {1, 2, 3, 4, 5, 6}},
      {"forward, inclusive", kFrom, 4, STELE_NO_LIMIT, {4, 5, 6}},
      {"forward, the last", kFrom, 6, STELE_NO_LIMIT, {6}},
      {"forward, beyond the head", kFrom, 7, STELE_NO_LIMIT, {}},
      {"forward, far beyond", kFrom, UINT64_MAX, STELE_NO_LIMIT, {}},
      {"backward from the end", STELE_READ_BACKWARD, 0, STELE_NO_LIMIT, {6, 5, 4, 3, 2, 1}},
      {"backward, inclusive", kBackFrom, 4, STELE_NO_LIMIT, {4, 3, 2, 1}},
      {"backward, 1", kBackFrom, 1, STELE_NO_LIMIT, {1}},
      {"backward, 0 is nothing", kBackFrom, 0, STELE_NO_LIMIT, {}},
      {"backward, beyond the head", kBackFrom, 99, STELE_NO_LIMIT, {6, 5, 4, 3, 2, 1}},
      {"backward, far beyond", kBackFrom, UINT64_MAX, STELE_NO_LIMIT, {6, 5, 4, 3, 2, 1}},
      {"limit 0 is nothing", 0, 0, 0, {}},
      {"limit 0 backward", STELE_READ_BACKWARD, 0, 0, {}},
      {"limit 1", 0, 0, 1, {1}},
      {"limit 2 from 4", kFrom, 4, 2, {4, 5}},
      {"limit 2 backward", STELE_READ_BACKWARD, 0, 2, {6, 5}},
      {"a limit beyond what there is", 0, 0, 100, {1, 2, 3, 4, 5, 6}},
      {"the largest limit but one", 0, 0, UINT64_MAX - 1, {1, 2, 3, 4, 5, 6}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const stele_read_options options = read_options(c.flags, c.start, c.limit);
    EXPECT_EQ(positions(db, nullptr, &options), c.expected);
  }
  const stele_read_options unknown = read_options(4, 0);
  Cursor cursor;
  Failure failure;
  EXPECT_TRUE(is(stele_read(db, nullptr, &unknown, cursor.out(), failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("flags")) << failure.message();
}

// A start and a limit count matches only.
TEST_F(Read, CountsMatchesOnly) {
  const Query query = query_of({"A"}, {});
  const stele_read_options options = read_options(STELE_READ_FROM, 2, 1);
  EXPECT_EQ(positions(db, query, &options), Positions{4});
}

stele_cursor_info info_of(stele_cursor* cursor) {
  stele_cursor_info info = {};
  info.struct_size = sizeof info;
  EXPECT_TRUE(is_ok(stele_cursor_info_get(cursor, &info, nullptr)));
  return info;
}

// store_head is the store's, last_returned the read's; both are what the read was pinned to.
TEST_F(Read, KnowsTheHeadItWasPinnedTo) {
  const Query query = query_of({"B"}, {});
  const Cursor cursor = start_read(db, query);
  append(db, "B", "late");
  EXPECT_EQ(info_of(cursor).store_head, 6U);
  EXPECT_EQ(info_of(cursor).tsn, 6U);
  EXPECT_EQ(info_of(cursor).last_returned, 0U);
  stele_event view = empty_view();
  ASSERT_TRUE(is_ok(stele_cursor_next(cursor, &view, nullptr)));
  EXPECT_EQ(info_of(cursor).last_returned, 2U);
  EXPECT_EQ(positions_of(cursor), Positions{5}) << "the late event is not seen";
  EXPECT_EQ(info_of(cursor).last_returned, 5U);
  EXPECT_EQ(info_of(cursor).store_head, 6U);
  EXPECT_TRUE(is(stele_cursor_next(cursor, &view, nullptr), STELE_END)) << "the end stays";

  const Query none = query_of({"none"}, {});
  const Cursor nothing = start_read(db, none);
  EXPECT_TRUE(positions_of(nothing).empty());
  EXPECT_EQ(info_of(nothing).store_head, 7U) << "also when nothing matches";
  EXPECT_EQ(info_of(nothing).last_returned, 0U);
}

TEST(ReadOfNothing, IsEmptyInBothDirections) {
  const TempDirectory directory;
  const Db db = open(directory.path("db"));
  EXPECT_EQ(head_of(db), 0U);
  for (const uint32_t flags : {0U, uint32_t{STELE_READ_BACKWARD}, uint32_t{STELE_READ_FROM}, 3U}) {
    const stele_read_options options = read_options(flags, 1);
    EXPECT_TRUE(positions(db, nullptr, &options).empty());
  }
  const Cursor cursor = start_read(db);
  append(db, "Late");
  EXPECT_TRUE(positions_of(cursor).empty()) << "pinned to the empty store";
  EXPECT_EQ(info_of(cursor).store_head, 0U);
}

// The query may be changed or closed: a cursor has its own copy.
TEST_F(Read, KeepsItsOwnCopyOfTheQuery) {
  Query query = query_of({"C"}, {});
  const Cursor cursor = start_read(db, query);
  ASSERT_TRUE(is_ok(stele_query_type(query, "A", 1, nullptr)));
  query.close();
  EXPECT_EQ(positions_of(cursor), Positions{3});
}

// Reads everything in batches of this capacity; grows the buffer when an event needs more. Returns
// the bytes, one record behind the other.
std::vector<uint8_t> in_batches(stele_db* db, const stele_query* query,
                                const stele_read_options* options, size_t capacity) {
  const Cursor cursor = start_read(db, query, options);
  std::vector<uint8_t> all;
  for (;;) {
    std::vector<uint8_t> buffer(capacity + 8, 0x5a);
    size_t used = 77;
    uint32_t count = 77;
    Failure failure;
    const auto status =
        stele_cursor_next_batch(cursor, buffer.data(), capacity, &used, &count, failure);
    for (size_t i = capacity; i < buffer.size(); ++i) EXPECT_EQ(buffer[i], 0x5a) << "overrun";
    if (status == STELE_END) {
      EXPECT_EQ(used, 0U);
      EXPECT_EQ(count, 0U);
      return all;
    }
    if (status == STELE_BUFFER_TOO_SMALL) {
      EXPECT_EQ(count, 0U);
      EXPECT_GT(used, capacity);
      const uint64_t at = info_of(cursor).last_returned;
      // One byte less than it says is still too small; exactly that much is enough.
      std::vector<uint8_t> exact(used);
      size_t again = 0;
      EXPECT_TRUE(
          is(stele_cursor_next_batch(cursor, exact.data(), used - 1, &again, &count, failure),
             STELE_BUFFER_TOO_SMALL));
      EXPECT_EQ(again, used);
      EXPECT_EQ(info_of(cursor).last_returned, at) << "the cursor stays where it is";
      EXPECT_TRUE(
          is_ok(stele_cursor_next_batch(cursor, exact.data(), used, &again, &count, failure)));
      EXPECT_EQ(again, used);
      EXPECT_EQ(count, 1U);
      all.insert(all.end(), exact.begin(), exact.end());
      continue;
    }
    EXPECT_TRUE(is_ok(status, failure));
    EXPECT_GE(count, 1U);
    EXPECT_LE(used, capacity);
    EXPECT_EQ(used % 8, 0U);
    all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(used));
  }
}

// Whatever the capacity, the same bytes come out, and each record decodes to its event.
TEST_F(Read, GivesTheSameBytesInBatchesOfAnySize) {
  const Query query = query_of({"A", "B"}, {});
  const stele_read_options backward = read_options(STELE_READ_BACKWARD, 0);
  for (const stele_read_options* options :
       {static_cast<const stele_read_options*>(nullptr), &backward}) {
    const std::vector<uint8_t> whole = in_batches(db, query, options, 1 << 20);
    for (const size_t capacity : {0, 1, 7, 8, 119, 120, 136, 143, 144, 145, 300, 777, 1000, 5000}) {
      EXPECT_EQ(in_batches(db, query, options, capacity), whole) << capacity;
    }
    Positions decoded;
    for (size_t at = 0; at < whole.size();) {
      stele_event view = empty_view();
      Failure failure;
      ASSERT_TRUE(
          is_ok(stele_event_decode(whole.data() + at, whole.size() - at, &view, failure), failure));
      decoded.push_back(view.position);
      EXPECT_EQ(view.record.data, whole.data() + at);
      at += view.record.size;
    }
    EXPECT_EQ(decoded, positions(db, query, options));
  }
}

// Single events and batches may be mixed on one cursor.
TEST_F(Read, MixesSinglesAndBatches) {
  const Cursor cursor = start_read(db);
  stele_event view = empty_view();
  ASSERT_TRUE(is_ok(stele_cursor_next(cursor, &view, nullptr)));
  EXPECT_EQ(view.position, 1U);
  size_t used = 0;
  uint32_t count = 0;
  std::vector<uint8_t> buffer(view.record.size + 8);
  ASSERT_TRUE(
      is_ok(stele_cursor_next_batch(cursor, buffer.data(), buffer.size(), &used, &count, nullptr)));
  EXPECT_EQ(count, 1U);
  ASSERT_TRUE(is(stele_cursor_next_batch(cursor, buffer.data(), 0, &used, &count, nullptr),
                 STELE_BUFFER_TOO_SMALL));
  EXPECT_EQ(positions_of(cursor), (Positions{3, 4, 5, 6}));
}

// Bytes that are no record are refused, from memory of exactly their size.
TEST_F(Read, DecodesNothingButRecords) {
  const std::vector<uint8_t> whole = in_batches(db, nullptr, nullptr, 1 << 20);
  stele_event view = empty_view();
  ASSERT_TRUE(is_ok(stele_event_decode(whole.data(), whole.size(), &view, nullptr)));
  const std::vector<uint8_t> record(whole.begin(),
                                    whole.begin() + static_cast<ptrdiff_t>(view.record.size));
  for (size_t size = 0; size < record.size(); ++size) {
    const std::vector<uint8_t> part(record.begin(), record.begin() + static_cast<ptrdiff_t>(size));
    Failure failure;
    stele_event none = empty_view();
    EXPECT_TRUE(is(stele_event_decode(part.data(), size, &none, failure), STELE_CORRUPT)) << size;
    EXPECT_TRUE(failure.message().starts_with("decode: event record")) << failure.message();
    EXPECT_EQ(none.record.data, nullptr);
  }
  std::vector<uint8_t> newer = record;
  newer[72] = 2;
  Failure failure;
  EXPECT_TRUE(
      is(stele_event_decode(newer.data(), newer.size(), &view, failure), STELE_UNSUPPORTED));
  EXPECT_TRUE(failure.mentions("version 2")) << failure.message();

  const Seed seed;
  auto random = seed.generator();
  for (size_t i = 0; i < scaled(20000); ++i) {
    std::vector<uint8_t> bytes = record;
    for (uint64_t left = between(random, 1, 3); left > 0; --left) {
      bytes[between(random, 0, bytes.size() - 1)] = static_cast<uint8_t>(random());
    }
    stele_event any = empty_view();
    if (stele_event_decode(bytes.data(), bytes.size(), &any, nullptr) != STELE_OK) continue;
    stele_text tag;
    stele_metadata pair;
    for (uint32_t t = 0; t < any.tag_count; ++t)
      EXPECT_EQ(stele_event_tag(&any, t, &tag), STELE_OK);
    for (uint32_t m = 0; m < any.metadata_count; ++m) {
      EXPECT_EQ(stele_event_metadata(&any, m, &pair), STELE_OK);
    }
    EXPECT_LE(to_string(any.data).size() + to_string(any.event_type).size() +
                  to_string(any.entity).size() + to_string(any.scope).size(),
              bytes.size());
  }
}

// Names in queries: checked as those of events are, but all INVALID, for no event can have them.
TEST(QueryNames, AreChecked) {
  const std::pair<std::string, const char*> wrong[] = {
      {"", "is empty"},
      {std::string(513, 'n'), "513 bytes"},
      {std::string("a\0b", 3), "NUL"},
      {"\xff", "UTF-8"},
  };
  const Query query = query_of({}, {});
  for (const auto& [name, reason] : wrong) {
    Failure failure;
    EXPECT_TRUE(is(stele_query_type(query, name.data(), name.size(), failure), STELE_INVALID));
    EXPECT_TRUE(failure.mentions(reason) && failure.message().starts_with("query: the event type"))
        << failure.message();
    EXPECT_TRUE(is(stele_query_tag(query, name.data(), name.size(), failure), STELE_INVALID));
    EXPECT_TRUE(failure.mentions(reason) && failure.message().starts_with("query: a tag"))
        << failure.message();
  }
  const std::string longest(512, 'n');
  EXPECT_TRUE(is_ok(stele_query_tag(query, longest.data(), longest.size(), nullptr)));
}

// 1,024 items; 1,024 types and 1,024 tags in each.
TEST(QueryLimits, AreExact) {
  Query query = query_of({}, {});
  const auto name = [](size_t i) { return "n" + std::to_string(i); };
  for (size_t i = 0; i < 1024; ++i) {
    const std::string text = name(i);
    ASSERT_TRUE(is_ok(stele_query_type(query, text.data(), text.size(), nullptr)));
    ASSERT_TRUE(is_ok(stele_query_tag(query, text.data(), text.size(), nullptr)));
  }
  Failure failure;
  EXPECT_TRUE(is(stele_query_type(query, "n", 1, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(is(stele_query_tag(query, "n", 1, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(failure.mentions("1024")) << failure.message();
  for (size_t i = 1; i < 1024; ++i) ASSERT_TRUE(is_ok(stele_query_item(query, nullptr)));
  EXPECT_TRUE(is(stele_query_item(query, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(failure.mentions("1024")) << failure.message();
}

}  // namespace
