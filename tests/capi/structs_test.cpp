// Structs that may grow: shorter ones of uninitialised programs are refused, longer ones of newer
// programs are accepted when they ask for nothing that this library does not know.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

// A struct as a program compiled with a longer version of it has it: `T`, and a tail.
template <typename T>
struct Longer {
  T known;
  std::array<uint8_t, 32> tail;
};

struct Structs : ::testing::Test {
  Structs() : db(open(directory.path("db"))) {
    append(db, "Thing", "data");
    stele_new_event event = new_event();
    event.entity = text("entity");
    const Batch batch = new_batch(db);
    EXPECT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
    EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, nullptr)));
  }
  TempDirectory directory;
  Db db;
};

// A call that takes a struct, in memory that is larger than the struct. `set` fills it as its
// _init() does, with the struct_size given.
struct Call {
  const char* name;  // Of the parameter.
  uint32_t size;     // What the struct has today.
  std::function<stele_status(stele_db* db, uint32_t struct_size, uint8_t tail, stele_error* error)>
      run;
};

template <typename T>
stele_status with_out_struct(uint32_t struct_size, uint8_t tail,
                             const std::function<stele_status(T*)>& call) {
  Longer<T> memory;
  std::memset(&memory, 0x5a, sizeof memory);
  memory.known.struct_size = struct_size;
  memory.tail.fill(tail);
  const stele_status status = call(&memory.known);
  EXPECT_EQ(memory.known.struct_size, struct_size) << "struct_size is the caller's";
  for (const uint8_t byte : memory.tail) EXPECT_EQ(byte, tail) << "the unknown tail is not written";
  if (status != STELE_OK) {
    Longer<T> untouched;
    std::memset(&untouched, 0x5a, sizeof untouched);
    untouched.known.struct_size = struct_size;
    EXPECT_EQ(std::memcmp(&memory.known, &untouched.known, sizeof(T)), 0) << "written on failure";
  }
  return status;
}

// NOLINTNEXTLINE(readability-function-size): a table, a line or two for each struct.
const std::vector<Call>& out_structs() {
  static const std::vector<Call> kCalls = {
      {"stats", sizeof(stele_stats),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         return with_out_struct<stele_stats>(
             size, tail, [&](stele_stats* s) { return stele_stats_get(db, s, e); });
       }},
      {"view", sizeof(stele_event),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Cursor cursor = start_read(db);
         return with_out_struct<stele_event>(
             size, tail, [&](stele_event* view) { return stele_cursor_next(cursor, view, e); });
       }},
      {"view", sizeof(stele_event),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Cursor cursor = start_read(db);
         stele_event first = empty_view();
         EXPECT_TRUE(is_ok(stele_cursor_next(cursor, &first, nullptr)));
         return with_out_struct<stele_event>(size, tail, [&](stele_event* view) {
           return stele_event_decode(first.record.data, first.record.size, view, e);
         });
       }},
      {"info", sizeof(stele_cursor_info),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Cursor cursor = start_read(db);
         return with_out_struct<stele_cursor_info>(size, tail, [&](stele_cursor_info* info) {
           return stele_cursor_info_get(cursor, info, e);
         });
       }},
      {"result", sizeof(stele_commit_result),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Batch batch = new_batch(db);
         EXPECT_TRUE(is_ok(add(batch, "Thing")));
         return with_out_struct<stele_commit_result>(size, tail, [&](stele_commit_result* result) {
           return stele_commit(db, batch, result, e);
         });
       }},
      {"result", sizeof(stele_commit_result),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Batch batch = new_batch(db);
         EXPECT_TRUE(is_ok(add(batch, "Thing")));
         return with_out_struct<stele_commit_result>(size, tail, [&](stele_commit_result* result) {
           return stele_commit_check(db, batch, result, e);
         });
       }},
      {"info", sizeof(stele_stream_info),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         return with_out_struct<stele_stream_info>(size, tail, [&](stele_stream_info* info) {
           return stele_stream_get(db, "entity", 6, info, e);
         });
       }},
      {"term", sizeof(stele_term),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         Terms terms;
         EXPECT_TRUE(is_ok(stele_terms_open(db, STELE_TERM_TYPE, nullptr, 0, terms.out(), e)));
         return with_out_struct<stele_term>(
             size, tail, [&](stele_term* term) { return stele_terms_next(terms, term, e); });
       }},
      {"view", sizeof(stele_event),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Subscription following = subscribe(db);
         return with_out_struct<stele_event>(size, tail, [&](stele_event* view) {
           return stele_subscription_next(following, 0, view, nullptr, e);
         });
       }},
      {"info", sizeof(stele_subscription_info),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Subscription following = subscribe(db);
         return with_out_struct<stele_subscription_info>(
             size, tail, [&](stele_subscription_info* info) {
               stele_event view = empty_view();
               return stele_subscription_next(following, 0, &view, info, e);
             });
       }},
      {"info", sizeof(stele_subscription_info),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Subscription following = subscribe(db);
         return with_out_struct<stele_subscription_info>(
             size, tail, [&](stele_subscription_info* info) {
               std::vector<uint8_t> buffer(4096);
               size_t used = 0;
               uint32_t count = 0;
               return stele_subscription_next_batch(following, 0, buffer.data(), buffer.size(),
                                                    &used, &count, info, e);
             });
       }},
  };
  return kCalls;
}

// Structs to be filled: any tail is the caller's own; less than today's size is refused before
// anything is done.
TEST_F(Structs, ToBeFilledMayBeLongerButNotShorter) {
  for (const Call& call : out_structs()) {
    SCOPED_TRACE(call.name);
    for (const uint32_t size : {0U, 1U, 4U, call.size - 1}) {
      const uint64_t head = head_of(db);
      Failure failure;
      EXPECT_TRUE(is(call.run(db, size, 0, failure), STELE_INVALID, failure)) << size;
      EXPECT_TRUE(failure.mentions(std::string(call.name) + ".struct_size")) << failure.message();
      EXPECT_EQ(head_of(db), head) << "refused, and committed all the same";
    }
    for (const uint8_t tail : {uint8_t{0}, uint8_t{0xee}}) {
      for (const uint32_t size : {call.size, call.size + 1, call.size + 32}) {
        Failure failure;
        EXPECT_TRUE(is_ok(call.run(db, size, tail, failure), failure)) << size;
      }
    }
  }
}

TEST_F(Structs, OfProgressMayBeLongerButNotShorter) {
  for (const uint32_t size : {0U, uint32_t{sizeof(stele_verify_progress)} - 1}) {
    Verify verification;
    ASSERT_TRUE(is_ok(stele_verify_open(db, verification.out(), nullptr)));
    stele_verify_progress progress = {};
    progress.struct_size = size;
    EXPECT_TRUE(is(stele_verify_step(verification, &progress, nullptr), STELE_INVALID));
    EXPECT_TRUE(is(stele_verify_step(verification, nullptr, nullptr), STELE_END));
  }
  Longer<stele_verify_progress> longer = {};
  longer.tail.fill(0xee);
  longer.known.struct_size = sizeof longer;
  EXPECT_TRUE(is(verify(db, nullptr, &longer.known), STELE_END));
  EXPECT_EQ(longer.known.events, 2U);
  EXPECT_EQ(longer.tail[0], 0xee);
}

template <typename T>
stele_status with_in_struct(const T& good, uint32_t struct_size, uint8_t tail,
                            const std::function<stele_status(const T*)>& call) {
  Longer<T> memory = {};
  memory.known = good;
  memory.known.struct_size = struct_size;
  memory.tail.fill(tail);
  return call(&memory.known);
}

const std::vector<Call>& in_structs() {
  static const std::vector<Call> kCalls = {
      {"options", sizeof(stele_options),
       [](stele_db* /*db*/, uint32_t size, uint8_t tail, stele_error* e) {
         stele_options options;
         stele_options_init(&options);
         const TempDirectory other;
         return with_in_struct<stele_options>(options, size, tail, [&](const stele_options* o) {
           Db opened;
           const std::string path = other.path("db");
           return stele_open(path.data(), path.size(), o, opened.out(), e);
         });
       }},
      {"options", sizeof(stele_read_options),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         return with_in_struct<stele_read_options>(
             read_options(0, 0), size, tail, [&](const stele_read_options* o) {
               Cursor cursor;
               return stele_read(db, nullptr, o, cursor.out(), e);
             });
       }},
      {"options", sizeof(stele_read_options),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         return with_in_struct<stele_read_options>(
             read_options(0, 0), size, tail, [&](const stele_read_options* o) {
               Cursor cursor;
               return stele_stream_read(db, "entity", 6, o, cursor.out(), e);
             });
       }},
      {"options", sizeof(stele_read_options),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Batch batch = new_batch(db);
         return with_in_struct<stele_read_options>(
             read_options(0, 0), size, tail, [&](const stele_read_options* o) {
               Cursor cursor;
               return stele_batch_read(batch, nullptr, o, cursor.out(), e);
             });
       }},
      {"options", sizeof(stele_subscribe_options),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         stele_subscribe_options options;
         stele_subscribe_options_init(&options);
         return with_in_struct<stele_subscribe_options>(
             options, size, tail, [&](const stele_subscribe_options* o) {
               Subscription following;
               return stele_subscribe(db, nullptr, o, following.out(), e);
             });
       }},
      {"input", sizeof(stele_new_event),
       [](stele_db* db, uint32_t size, uint8_t tail, stele_error* e) {
         const Batch batch = new_batch(db);
         return with_in_struct<stele_new_event>(
             new_event(), size, tail,
             [&](const stele_new_event* input) { return stele_batch_event(batch, input, e); });
       }},
  };
  return kCalls;
}

// Structs that say what is wanted: a tail that is not zero wants something unknown.
TEST_F(Structs, ThatAreReadMayBeLongerWithZeros) {
  for (const Call& call : in_structs()) {
    SCOPED_TRACE(call.name);
    for (const uint32_t size : {0U, 1U, 4U, call.size - 1}) {
      Failure failure;
      EXPECT_TRUE(is(call.run(db, size, 0, failure), STELE_INVALID, failure)) << size;
      EXPECT_TRUE(failure.mentions(std::string(call.name) + ".struct_size")) << failure.message();
    }
    for (const uint32_t size : {call.size, call.size + 1, call.size + 32}) {
      Failure failure;
      EXPECT_TRUE(is_ok(call.run(db, size, 0, failure), failure)) << size;
    }
    Failure failure;
    EXPECT_TRUE(is_ok(call.run(db, call.size, 0xee, failure), failure))
        << "what lies behind struct_size is not looked at";
    EXPECT_TRUE(is(call.run(db, call.size + 1, 0xee, failure), STELE_INVALID, failure));
    EXPECT_TRUE(failure.mentions("does not know")) << failure.message();
    EXPECT_TRUE(is(call.run(db, UINT32_MAX, 0, failure), STELE_INVALID, failure))
        << "never initialised: nothing beyond the struct is read";
  }
}

// The _init() functions set the size and the defaults, and accept NULL.
TEST(InitFunctions, SetSizesAndDefaults) {
  stele_options options;
  std::memset(&options, 0xee, sizeof options);
  stele_options_init(&options);
  EXPECT_EQ(options.struct_size, sizeof options);
  EXPECT_EQ(options.mode, STELE_OPEN_CREATE);
  EXPECT_EQ(options.segment_size, 0U);
  stele_read_options read;
  std::memset(&read, 0xee, sizeof read);
  stele_read_options_init(&read);
  EXPECT_EQ(read.struct_size, sizeof read);
  EXPECT_EQ(read.flags, 0U);
  EXPECT_EQ(read.start, 0U);
  EXPECT_EQ(read.limit, STELE_NO_LIMIT);
  stele_stats stats;
  std::memset(&stats, 0xee, sizeof stats);
  stele_stats_init(&stats);
  EXPECT_EQ(stats.struct_size, sizeof stats);
  EXPECT_EQ(stats.head, 0U);
  stele_subscribe_options subscribe;
  std::memset(&subscribe, 0xee, sizeof subscribe);
  stele_subscribe_options_init(&subscribe);
  EXPECT_EQ(subscribe.struct_size, sizeof subscribe);
  EXPECT_EQ(subscribe.flags + subscribe.after + subscribe.token_size, 0U);
  EXPECT_EQ(subscribe.token, nullptr);
  stele_subscribe_options_init(nullptr);
  stele_options_init(nullptr);
  stele_read_options_init(nullptr);
  stele_stats_init(nullptr);
  const stele_error error = STELE_ERROR_INIT;
  EXPECT_EQ(error.struct_size, sizeof error);
  EXPECT_EQ(error.guard, STELE_NO_GUARD);
}

}  // namespace
