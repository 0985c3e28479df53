// The calls that find single events, streams, walks and terms: what they answer to arguments that
// are wrong, to handles that are not theirs, and to buffers that are too small.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

constexpr std::array<uint8_t, 16> kId = {1, 2, 3};

struct Lookup : ::testing::Test {
  Lookup() : db(open(":memory:")), batch(new_batch(db)), query(query_of({"Thing"}, {})) {
    stele_new_event event = new_event();
    event.entity = text("entity");
    event.id = kId.data();
    event.data = {reinterpret_cast<const uint8_t*>("0123456789"), 10};
    EXPECT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
    EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, nullptr)));
    EXPECT_TRUE(is_ok(stele_terms_open(db, STELE_TERM_TYPE, nullptr, 0, terms.out(), nullptr)));
  }
  Db db;
  Batch batch;
  Query query;
  Terms terms;
  Failure failure;
};

// A call with a handle in its first place. Every other argument is good.
struct Call {
  const char* kind;
  std::function<stele_status(void* handle, stele_error* error)> run;
};

stele_db* as_db(void* handle) {
  return static_cast<stele_db*>(handle);
}
stele_batch* as_batch(void* handle) {
  return static_cast<stele_batch*>(handle);
}
stele_query* as_query(void* handle) {
  return static_cast<stele_query*>(handle);
}

std::vector<Call> calls_of_databases() {
  static std::array<uint8_t, 4096> buffer;
  static size_t used = 0;
  static uint64_t number = 0;
  return {
      {"db",
       [](void* h, stele_error* e) {
         return stele_get(as_db(h), 1, buffer.data(), buffer.size(), &used, e);
       }},
      {"db",
       [](void* h, stele_error* e) {
         return stele_get_by_id(as_db(h), kId.data(), buffer.data(), buffer.size(), &used, e);
       }},
      {"db",
       [](void* h, stele_error* e) {
         return stele_latest(as_db(h), "entity", 6, buffer.data(), buffer.size(), &used, e);
       }},
      {"db",
       [](void* h, stele_error* e) {
         return stele_data_read(as_db(h), 1, 0, buffer.data(), buffer.size(), &used, nullptr, e);
       }},
      {"db", [](void* h, stele_error* e) { return stele_exists(as_db(h), nullptr, e); }},
      {"db", [](void* h, stele_error* e) { return stele_count(as_db(h), nullptr, &number, e); }},
      {"db", [](void* h, stele_error* e) { return stele_last(as_db(h), nullptr, &number, 1, e); }},
      {"db", [](void* h, stele_error* e) { return stele_position_at(as_db(h), 0, &number, e); }},
      {"db",
       [](void* h, stele_error* e) {
         stele_stream_info info = {};
         info.struct_size = sizeof info;
         return stele_stream_get(as_db(h), "entity", 6, &info, e);
       }},
      {"db",
       [](void* h, stele_error* e) {
         Cursor cursor;
         return stele_stream_read(as_db(h), "entity", 6, nullptr, cursor.out(), e);
       }},
      {"db",
       [](void* h, stele_error* e) {
         Cursor cursor;
         return stele_walk(as_db(h), 1, STELE_WALK_CAUSES, cursor.out(), e);
       }},
      {"db",
       [](void* h, stele_error* e) {
         Terms terms;
         return stele_terms_open(as_db(h), STELE_TERM_TAG, "a", 1, terms.out(), e);
       }},
      {"db",
       [](void* h, stele_error* e) {
         Subscription following;
         return stele_subscribe(as_db(h), nullptr, nullptr, following.out(), e);
       }},
  };
}

std::vector<Call> calls_of_others() {
  static std::array<uint8_t, 4096> buffer;
  static size_t used = 0;
  return {
      {"batch",
       [](void* h, stele_error* e) { return stele_batch_expect(as_batch(h), "entity", 6, 1, e); }},
      {"batch", [](void* h, stele_error* e) { return stele_batch_key(as_batch(h), "key", 3, e); }},
      {"batch",
       [](void* h, stele_error* e) {
         Cursor cursor;
         return stele_batch_read(as_batch(h), nullptr, nullptr, cursor.out(), e);
       }},
      {"batch",
       [](void* h, stele_error* e) {
         Cursor cursor;
         const auto status = stele_batch_conflicts(as_batch(h), 0, cursor.out(), e);
         return status == STELE_NOT_FOUND ? STELE_OK : status;
       }},
      {"query", [](void* h, stele_error* e) { return stele_query_entity(as_query(h), "e", 1, e); }},
      {"query",
       [](void* h, stele_error* e) { return stele_query_entity_prefix(as_query(h), "e", 1, e); }},
      {"query", [](void* h, stele_error* e) { return stele_query_scope(as_query(h), "s", 1, e); }},
      {"query",
       [](void* h, stele_error* e) { return stele_query_category(as_query(h), "c", 1, e); }},
      {"query",
       [](void* h, stele_error* e) { return stele_query_correlation(as_query(h), kId.data(), e); }},
      {"query",
       [](void* h, stele_error* e) { return stele_query_causation(as_query(h), kId.data(), e); }},
      {"query", [](void* h, stele_error* e) { return stele_query_time(as_query(h), 1, 2, e); }},
      {"query",
       [](void* h, stele_error* e) { return stele_query_positions(as_query(h), 1, 2, e); }},
      {"query",
       [](void* h, stele_error* e) {
         return stele_query_encode(as_query(h), buffer.data(), buffer.size(), &used, e);
       }},
      {"terms",
       [](void* h, stele_error* e) {
         stele_term term = {};
         term.struct_size = sizeof term;
         return stele_terms_next(static_cast<stele_terms*>(h), &term, e);
       }},
  };
}

// NULL and closed handles are CLOSED, those of another kind INVALID, and the object is named.
TEST_F(Lookup, WantsItsOwnHandle) {
  const Query closed_query = query_of({}, {});
  stele_query* const closed = closed_query.get();
  stele_query_close(closed);
  const std::pair<std::string, void*> handles[] = {
      {"db", db.get()}, {"batch", batch.get()}, {"query", query.get()}, {"terms", terms.get()}};
  std::vector<Call> calls = calls_of_databases();
  for (const Call& call : calls_of_others()) calls.push_back(call);
  for (size_t i = 0; i < calls.size(); ++i) {
    SCOPED_TRACE("call " + std::to_string(i) + " of " + calls[i].kind);
    for (const auto& [kind, handle] : handles) {
      const stele_status expected = kind == calls[i].kind ? STELE_OK : STELE_INVALID;
      EXPECT_TRUE(is(calls[i].run(handle, failure), expected, failure)) << kind;
    }
    for (void* none : {static_cast<void*>(nullptr), static_cast<void*>(closed)}) {
      EXPECT_TRUE(is(calls[i].run(none, failure), STELE_CLOSED, failure));
      EXPECT_TRUE(failure.mentions(calls[i].kind)) << failure.message();
    }
  }
  // What was opened of a database that is closed says so.
  db.close();
  for (const auto& call : calls_of_others()) {
    if (std::string(call.kind) == "query") continue;  // A query belongs to no database.
    void* const handle = std::string(call.kind) == "batch" ? static_cast<void*>(batch.get())
                                                           : static_cast<void*>(terms.get());
    EXPECT_TRUE(is(call.run(handle, failure), STELE_CLOSED, failure)) << call.kind;
  }
}

// Every pointer that is needed, left out: INVALID, with the name of the parameter.
TEST_F(Lookup, NamesAPointerThatIsNull) {
  std::array<uint8_t, 64> buffer;
  size_t used = 0;
  uint64_t number = 0;
  Cursor cursor;
  Terms listed;
  const struct {
    const char* name;
    stele_status status;
  } cases[] = {
      {"used", stele_get(db, 1, buffer.data(), buffer.size(), nullptr, failure)},
      {"buffer", stele_get(db, 1, nullptr, 1, &used, failure)},
      {"id", stele_get_by_id(db, nullptr, buffer.data(), buffer.size(), &used, failure)},
      {"used", stele_get_by_id(db, kId.data(), buffer.data(), buffer.size(), nullptr, failure)},
      {"entity", stele_latest(db, nullptr, 3, buffer.data(), buffer.size(), &used, failure)},
      {"used", stele_latest(db, "entity", 6, buffer.data(), buffer.size(), nullptr, failure)},
      {"used", stele_data_read(db, 1, 0, buffer.data(), 4, nullptr, nullptr, failure)},
      {"buffer", stele_data_read(db, 1, 0, nullptr, 4, &used, nullptr, failure)},
      {"count", stele_count(db, nullptr, nullptr, failure)},
      {"positions", stele_last(db, nullptr, nullptr, 1, failure)},
      {"position", stele_position_at(db, 0, nullptr, failure)},
      {"info", stele_stream_get(db, "entity", 6, nullptr, failure)},
      {"cursor", stele_stream_read(db, "entity", 6, nullptr, nullptr, failure)},
      {"entity", stele_stream_read(db, nullptr, 6, nullptr, cursor.out(), failure)},
      {"cursor", stele_walk(db, 1, STELE_WALK_CAUSES, nullptr, failure)},
      {"terms", stele_terms_open(db, STELE_TERM_TYPE, nullptr, 0, nullptr, failure)},
      {"prefix", stele_terms_open(db, STELE_TERM_TYPE, nullptr, 1, listed.out(), failure)},
      {"term", stele_terms_next(terms, nullptr, failure)},
      {"entity", stele_batch_expect(batch, nullptr, 3, 1, failure)},
      {"key", stele_batch_key(batch, nullptr, 3, failure)},
      {"cursor", stele_batch_read(batch, nullptr, nullptr, nullptr, failure)},
      {"cursor", stele_batch_conflicts(batch, 0, nullptr, failure)},
      {"id", stele_query_correlation(query, nullptr, failure)},
      {"id", stele_query_causation(query, nullptr, failure)},
      {"entity", stele_query_entity(query, nullptr, 3, failure)},
      {"query", stele_query_create(nullptr, failure)},
      {"query", stele_query_decode(buffer.data(), 8, nullptr, failure)},
      {"used", stele_query_encode(query, buffer.data(), 8, nullptr, failure)},
      {"buffer", stele_query_encode(query, nullptr, 8, &used, failure)},
  };
  size_t number_of_case = 0;
  for (const auto& c : cases) {
    EXPECT_EQ(c.status, STELE_INVALID) << c.name << ", case " << number_of_case;
    ++number_of_case;
  }
  EXPECT_TRUE(is(stele_count(db, nullptr, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("count: count is NULL")) << failure.message();
  // A refused read for a decision adds no guard.
  EXPECT_TRUE(is(stele_batch_conflicts(batch, 0, cursor.out(), failure), STELE_NOT_FOUND));
  EXPECT_TRUE(is_ok(stele_count(db, query, &number, failure), failure));
}

// Kinds and flags that this library does not know.
TEST_F(Lookup, RefusesWhatItDoesNotKnow) {
  Cursor cursor;
  Terms listed;
  for (const int32_t kind : {0, 5, -1, INT32_MAX}) {
    EXPECT_TRUE(is(stele_walk(db, 1, kind, cursor.out(), failure), STELE_INVALID));
    EXPECT_EQ(cursor.get(), nullptr);
    EXPECT_TRUE(failure.mentions("kind")) << failure.message();
  }
  for (const int32_t kind : {0, 6, 7, 8, -1, INT32_MIN}) {
    EXPECT_TRUE(is(stele_terms_open(db, kind, nullptr, 0, listed.out(), failure), STELE_INVALID));
    EXPECT_EQ(listed.get(), nullptr);
  }
  for (const uint32_t flags : {4U, 0x80000000U, UINT32_MAX}) {
    const stele_read_options options = read_options(flags, 0);
    EXPECT_TRUE(
        is(stele_stream_read(db, "entity", 6, &options, cursor.out(), failure), STELE_INVALID));
    EXPECT_TRUE(failure.mentions("flags")) << failure.message();
    EXPECT_TRUE(
        is(stele_batch_read(batch, nullptr, &options, cursor.out(), failure), STELE_INVALID));
  }
  EXPECT_TRUE(is(stele_batch_conflicts(batch, 0, cursor.out(), failure), STELE_NOT_FOUND))
      << "a refused read for a decision has added a guard";
  uint64_t two[2] = {77, 77};
  EXPECT_TRUE(is(stele_last(db, query, two, 2, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_last(db, query, two, 0, failure), STELE_INVALID));
  EXPECT_EQ(two[0], 77U);
}

// One byte too few: what it takes is said, and nothing is written behind the capacity.
TEST_F(Lookup, SaysHowMuchRoomItTakes) {
  using Copy = std::function<stele_status(uint8_t*, size_t, size_t*)>;
  const Copy copies[] = {
      [&](uint8_t* to, size_t room, size_t* used) {
        return stele_get(db, 1, to, room, used, failure);
      },
      [&](uint8_t* to, size_t room, size_t* used) {
        return stele_get_by_id(db, kId.data(), to, room, used, failure);
      },
      [&](uint8_t* to, size_t room, size_t* used) {
        return stele_latest(db, "entity", 6, to, room, used, failure);
      },
      [&](uint8_t* to, size_t room, size_t* used) {
        return stele_query_encode(query, to, room, used, failure);
      },
  };
  for (const Copy& copy : copies) {
    size_t needed = 77;
    ASSERT_TRUE(is(copy(nullptr, 0, &needed), STELE_BUFFER_TOO_SMALL));
    ASSERT_GT(needed, 8U);
    std::vector<uint8_t> buffer(needed + 1, 0x5a);
    size_t used = 0;
    EXPECT_TRUE(is(copy(buffer.data(), needed - 1, &used), STELE_BUFFER_TOO_SMALL));
    EXPECT_EQ(used, needed);
    EXPECT_EQ(buffer[needed - 1], 0x5a);
    EXPECT_TRUE(is_ok(copy(buffer.data(), needed, &used), failure));
    EXPECT_EQ(used, needed);
    EXPECT_EQ(buffer[needed], 0x5a);
  }
  // A range of data is cut to the room there is, and says how much there would be.
  std::array<uint8_t, 4> part = {0x5a, 0x5a, 0x5a, 0x5a};
  size_t used = 77;
  uint64_t total = 77;
  EXPECT_TRUE(is_ok(stele_data_read(db, 1, 7, part.data(), 2, &used, &total, failure), failure));
  EXPECT_EQ(used, 2U);
  EXPECT_EQ(total, 10U);
  EXPECT_EQ(part, (std::array<uint8_t, 4>{'7', '8', 0x5a, 0x5a}));
  EXPECT_TRUE(
      is(stele_data_read(db, 2, 0, part.data(), 2, &used, &total, failure), STELE_NOT_FOUND));
  EXPECT_EQ(used + total, 0U);
}

// A term's text lives as long as the list, not as the next call.
TEST_F(Lookup, KeepsTheTextOfItsTerms) {
  append(db, "Another");
  Terms listed;
  ASSERT_TRUE(is_ok(stele_terms_open(db, STELE_TERM_TYPE, nullptr, 0, listed.out(), failure)));
  stele_term first = {};
  first.struct_size = sizeof first;
  stele_term second = first;
  ASSERT_TRUE(is_ok(stele_terms_next(listed, &first, failure), failure));
  ASSERT_TRUE(is_ok(stele_terms_next(listed, &second, failure), failure));
  stele_term none = second;
  EXPECT_TRUE(is(stele_terms_next(listed, &none, failure), STELE_END));
  EXPECT_TRUE(is(stele_terms_next(listed, &none, failure), STELE_END)) << "the end stays the end";
  for (int i = 0; i < 100; ++i) append(db, "Type" + std::to_string(i));
  EXPECT_EQ(to_string(first.text), "Another");
  EXPECT_EQ(to_string(second.text), "Thing");
}

}  // namespace
