// What a stele_error says, and that every pointer that may not be NULL says so.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

struct Errors : ::testing::Test {
  Errors() : db(open(directory.path("db"))), batch(new_batch(db)), query(query_of({}, {})) {
    append(db, "Thing", "", {"a"});
    cursor = start_read(db);
    EXPECT_TRUE(is_ok(stele_verify_open(db, verification.out(), nullptr)));
  }
  TempDirectory directory;
  Db db;
  Batch batch;
  Query query;
  Cursor cursor;
  Verify verification;
};

// Every pointer that is needed, left out: INVALID, with the name of the parameter.
TEST_F(Errors, NameAPointerThatIsNull) {
  uint8_t buffer[16];
  size_t used = 0;
  uint32_t count = 0;
  stele_new_event tags_missing = new_event();
  tags_missing.tag_count = 1;
  stele_new_event metadata_missing = new_event();
  metadata_missing.metadata_count = 1;
  stele_new_event data_missing = new_event();
  data_missing.data.size = 1;
  stele_new_event type_missing = new_event();
  type_missing.event_type = {nullptr, 3};
  const stele_text bad_tag = {nullptr, 2};
  stele_new_event tag_missing = new_event();
  tag_missing.tags = &bad_tag;
  tag_missing.tag_count = 1;
  const struct {
    const char* name;
    std::function<stele_status(stele_error*)> call;
  } cases[] = {
      {"open: db", [](stele_error* e) { return stele_open("x", 1, nullptr, nullptr, e); }},
      {"open: path",
       [](stele_error* e) {
         stele_db* opened = nullptr;
         return stele_open(nullptr, 3, nullptr, &opened, e);
       }},
      {"head: position", [&](stele_error* e) { return stele_head(db, nullptr, e); }},
      {"stats: stats", [&](stele_error* e) { return stele_stats_get(db, nullptr, e); }},
      {"tracked: position", [&](stele_error* e) { return stele_tracked(db, "s", 1, nullptr, e); }},
      {"tracked: source",
       [&](stele_error* e) {
         uint64_t position = 0;
         return stele_tracked(db, nullptr, 1, &position, e);
       }},
      {"decode: view", [&](stele_error* e) { return stele_event_decode(buffer, 16, nullptr, e); }},
      {"decode: data",
       [&](stele_error* e) {
         stele_event view = empty_view();
         return stele_event_decode(nullptr, 16, &view, e);
       }},
      {"query: query", [](stele_error* e) { return stele_query_create(nullptr, e); }},
      {"query: the event type",
       [&](stele_error* e) { return stele_query_type(query, nullptr, 1, e); }},
      {"query: a tag", [&](stele_error* e) { return stele_query_tag(query, nullptr, 1, e); }},
      {"read: cursor",
       [&](stele_error* e) { return stele_read(db, nullptr, nullptr, nullptr, e); }},
      {"read: view", [&](stele_error* e) { return stele_cursor_next(cursor, nullptr, e); }},
      {"read: info", [&](stele_error* e) { return stele_cursor_info_get(cursor, nullptr, e); }},
      {"read: buffer",
       [&](stele_error* e) {
         return stele_cursor_next_batch(cursor, nullptr, 16, &used, &count, e);
       }},
      {"read: used",
       [&](stele_error* e) {
         return stele_cursor_next_batch(cursor, buffer, 16, nullptr, &count, e);
       }},
      {"read: count",
       [&](stele_error* e) {
         return stele_cursor_next_batch(cursor, buffer, 16, &used, nullptr, e);
       }},
      {"batch: batch", [&](stele_error* e) { return stele_batch_create(db, nullptr, e); }},
      {"append: input", [&](stele_error* e) { return stele_batch_event(batch, nullptr, e); }},
      {"append: tags", [&](stele_error* e) { return stele_batch_event(batch, &tags_missing, e); }},
      {"append: a tag", [&](stele_error* e) { return stele_batch_event(batch, &tag_missing, e); }},
      {"append: metadata",
       [&](stele_error* e) { return stele_batch_event(batch, &metadata_missing, e); }},
      {"append: data", [&](stele_error* e) { return stele_batch_event(batch, &data_missing, e); }},
      {"append: event_type",
       [&](stele_error* e) { return stele_batch_event(batch, &type_missing, e); }},
      {"append: data", [&](stele_error* e) { return stele_batch_events(batch, nullptr, 8, e); }},
      {"track: source",
       [&](stele_error* e) { return stele_batch_track(batch, nullptr, 1, 0, 1, e); }},
      {"verify: verify", [&](stele_error* e) { return stele_verify_open(db, nullptr, e); }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Failure failure;
    EXPECT_TRUE(is(c.call(failure), STELE_INVALID, failure));
    EXPECT_TRUE(failure.message().starts_with(std::string(c.name) + " is NULL"))
        << failure.message();
    EXPECT_EQ(failure->status, STELE_INVALID);
    EXPECT_EQ(failure->guard, STELE_NO_GUARD);
    EXPECT_EQ(failure->position, 0U);
    EXPECT_EQ(failure->os_errno, 0);
    EXPECT_TRUE(is(c.call(nullptr), STELE_INVALID)) << "also without an error";
  }
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, nullptr), STELE_INVALID))
      << "nothing has got into the batch";
  // The two functions without an error parameter.
  stele_text tag;
  stele_metadata pair;
  stele_event view = empty_view();
  EXPECT_EQ(stele_event_tag(nullptr, 0, &tag), STELE_INVALID);
  EXPECT_EQ(stele_event_tag(&view, 0, &tag), STELE_INVALID) << "a view that was never filled";
  EXPECT_EQ(stele_event_tag(&view, 0, nullptr), STELE_INVALID);
  EXPECT_EQ(stele_event_metadata(nullptr, 0, &pair), STELE_INVALID);
  EXPECT_EQ(stele_event_metadata(&view, 0, &pair), STELE_INVALID);
}

// Sizes of 0 need no pointer.
TEST_F(Errors, AreNotMadeOfNullWithSizeZero) {
  stele_new_event event = new_event();
  event.tags = nullptr;
  event.metadata = nullptr;
  EXPECT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
  EXPECT_TRUE(is_ok(stele_batch_events(batch, nullptr, 0, nullptr)));
  size_t used = 0;
  uint32_t count = 0;
  EXPECT_TRUE(is(stele_cursor_next_batch(cursor, nullptr, 0, &used, &count, nullptr),
                 STELE_BUFFER_TOO_SMALL));
  EXPECT_GT(used, 0U);
}

// A conflict names guard and position; the reason is in the message.
TEST_F(Errors, OfAConflictNameTheGuardAndThePosition) {
  const Query tag_a = query_of({}, {"a"});
  const Query other = query_of({"Other"}, {});
  ASSERT_TRUE(is_ok(add(batch, "Thing")));
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, other, 0, nullptr)));
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, tag_a, 0, nullptr)));
  Failure failure;
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure), STELE_CONFLICT));
  EXPECT_EQ(failure->status, STELE_CONFLICT);
  EXPECT_EQ(failure->guard, 1U);
  EXPECT_EQ(failure->position, 1U);
  EXPECT_EQ(failure->os_errno, 0);
  EXPECT_EQ(failure->offset, 0U);
  EXPECT_EQ(failure->struct_size, sizeof(stele_error));
  EXPECT_TRUE(failure.message().starts_with("commit: guard 1: event 1")) << failure.message();
}

// Success leaves the error alone, whatever it says.
TEST_F(Errors, AreLeftAloneBySuccess) {
  stele_error error;
  std::memset(&error, 0x5a, sizeof error);
  error.struct_size = sizeof error;
  const stele_error before = error;
  uint64_t head = 0;
  EXPECT_TRUE(is_ok(stele_head(db, &head, &error)));
  EXPECT_EQ(std::memcmp(&error, &before, sizeof error), 0);
}

// The caller's struct may be shorter or longer than the library's; nothing is written behind it.
TEST_F(Errors, FitTheCallersStruct) {
  struct {
    stele_error error;
    uint8_t behind[64];
  } memory;
  for (const size_t size :
       {size_t{0}, size_t{4}, offsetof(stele_error, message), offsetof(stele_error, message) + 31,
        offsetof(stele_error, message) + 32, offsetof(stele_error, message) + 40,
        sizeof(stele_error) - 1, sizeof(stele_error), sizeof(stele_error) + 64}) {
    SCOPED_TRACE(size);
    std::memset(&memory, 0x5a, sizeof memory);
    memory.error.struct_size = static_cast<uint32_t>(size);
    EXPECT_TRUE(is(stele_head(nullptr, &memory.error.position, &memory.error), STELE_CLOSED));
    const auto* bytes = reinterpret_cast<const uint8_t*>(&memory);
    const size_t written = size < offsetof(stele_error, message) + 32
                               ? sizeof(uint32_t) * 4 + sizeof(uint64_t)  // The position we gave.
                               : std::min(size, sizeof(stele_error));
    for (size_t i = written; i < sizeof memory; ++i) ASSERT_EQ(bytes[i], 0x5a) << i;
    EXPECT_EQ(memory.error.struct_size, size);
    if (size >= offsetof(stele_error, message) + 32) {
      EXPECT_EQ(memory.error.status, STELE_CLOSED);
      EXPECT_LT(std::strlen(memory.error.message), size - offsetof(stele_error, message));
      EXPECT_EQ(std::string(memory.error.message).substr(0, 12), "head: db is ");
    }
  }
}

// A message that is too long is cut, and still UTF-8 that ends with NUL.
TEST_F(Errors, AreCutToTheirSize) {
  std::string path(3000, 'p');
  for (size_t i = 0; i + 2 < path.size(); i += 2) path.replace(i, 2, "é");
  Db none;
  Failure failure;
  EXPECT_NE(try_open(directory.path("missing/") + path, none, failure, STELE_OPEN_EXISTING),
            STELE_OK);
  const std::string message = failure.message();
  EXPECT_LE(message.size(), sizeof(stele_error::message) - 1);
  EXPECT_GE(message.size(), sizeof(stele_error::message) - 5);
  EXPECT_TRUE(static_cast<unsigned char>(message.back()) < 0x80 ||
              (static_cast<unsigned char>(message[message.size() - 2]) == 0xc3 &&
               static_cast<unsigned char>(message.back()) == 0xa9))
      << "cut inside a character";
}

// Names of all statuses, and of numbers that are none.
TEST(StatusNames, AreThoseOfTheHeader) {
  const std::pair<int, const char*> names[] = {
      {0, "OK"},
      {1, "CONFLICT"},
      {2, "NOT_FOUND"},
      {3, "END"},
      {4, "TIMEOUT"},
      {5, "EXISTS"},
      {6, "KEY_REUSED"},
      {7, "NOT_YET"},
      {8, "BUFFER_TOO_SMALL"},
      {-1, "INVALID"},
      {-2, "IO"},
      {-3, "FULL"},
      {-4, "CORRUPT"},
      {-5, "BUSY"},
      {-6, "READ_ONLY"},
      {-7, "TOO_OLD"},
      {-8, "TOO_LARGE"},
      {-9, "UNSUPPORTED"},
      {-10, "OUTCOME_UNKNOWN"},
      {-11, "NO_MEMORY"},
      {-12, "CLOSED"},
      {-13, "INTERNAL"},
      {9, "UNKNOWN"},
      {-14, "UNKNOWN"},
  };
  for (const auto& [number, name] : names) {
    EXPECT_STREQ(stele_status_name(static_cast<stele_status>(number)), name) << number;
  }
}

TEST(Version, IsThatOfTheHeader) {
  EXPECT_EQ(stele_version_number(), static_cast<uint32_t>(STELE_VERSION_NUMBER));
  const std::string expected = std::to_string(STELE_VERSION_MAJOR) + "." +
                               std::to_string(STELE_VERSION_MINOR) + "." +
                               std::to_string(STELE_VERSION_PATCH);
  EXPECT_EQ(stele_version(), expected);
}

}  // namespace
