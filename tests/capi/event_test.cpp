// An event comes back as it was given, with what the commit adds; what cannot be taken is refused
// and leaves the batch as it was.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

struct Event : ::testing::Test {
  Event() : db(open(directory.path("db"))), batch(new_batch(db)) {}

  stele_commit_result commit() {
    stele_commit_result result = {};
    result.struct_size = sizeof result;
    Failure failure;
    EXPECT_TRUE(is_ok(stele_commit(db, batch, &result, failure), failure));
    return result;
  }

  TempDirectory directory;
  Db db;
  Batch batch;
};

stele_bytes bytes(std::string_view from) {
  return {reinterpret_cast<const uint8_t*>(from.data()), from.size()};
}

// All fields, read back, also after a reopen; tags sorted and merged, metadata in order.
TEST_F(Event, ComesBackAsItWasGiven) {
  const std::string data("\0\x01\xff binary", 10);
  const stele_text tags[] = {text("student:s7"), text("course:c1"), text("student:s7"), text("a")};
  const stele_metadata metadata[] = {{text("z"), bytes("1")}, {text("a"), bytes("")}};
  const std::array<uint8_t, 16> ids[] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
  stele_new_event event = new_event("course.Joined");
  event.has_time = 1;
  event.time = -1;
  event.entity = text("course-1");
  event.scope = text("tenant");
  event.data = bytes(data);
  event.tags = tags;
  event.tag_count = 4;
  event.metadata = metadata;
  event.metadata_count = 2;
  event.id = ids[0].data();
  event.correlation_id = ids[1].data();
  event.causation_id = ids[2].data();
  ASSERT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
  ASSERT_TRUE(is_ok(add(batch, "Bare")));
  const stele_commit_result result = commit();
  EXPECT_EQ(result.event_count, 2U);
  EXPECT_EQ(result.tsn, 1U);
  EXPECT_EQ(result.first_position, 1U);
  EXPECT_EQ(result.last_position, 2U);

  for (int round = 0; round < 2; ++round) {
    const Cursor cursor = start_read(db);
    stele_event view = empty_view();
    ASSERT_TRUE(is_ok(stele_cursor_next(cursor, &view, nullptr)));
    EXPECT_EQ(view.position, 1U);
    EXPECT_EQ(view.tsn, 1U);
    EXPECT_EQ(view.recorded, result.recorded);
    EXPECT_EQ(view.time, -1);
    EXPECT_EQ(view.sequence, 1U);
    EXPECT_EQ(view.key_id, 0U);
    EXPECT_EQ(std::memcmp(view.id, ids[0].data(), 16), 0);
    EXPECT_EQ(std::memcmp(view.correlation_id, ids[1].data(), 16), 0);
    EXPECT_EQ(std::memcmp(view.causation_id, ids[2].data(), 16), 0);
    EXPECT_EQ(to_string(view.event_type), "course.Joined");
    EXPECT_EQ(to_string(view.entity), "course-1");
    EXPECT_EQ(to_string(view.scope), "tenant");
    EXPECT_EQ(to_string(view.data), data);
    EXPECT_EQ(view.tag_count, 3U);
    std::vector<std::string> read_tags;
    for (uint32_t i = 0; i < view.tag_count; ++i) {
      stele_text tag;
      ASSERT_EQ(stele_event_tag(&view, i, &tag), STELE_OK);
      read_tags.push_back(to_string(tag));
    }
    EXPECT_EQ(read_tags, (std::vector<std::string>{"a", "course:c1", "student:s7"}));
    stele_text no_tag = text("x");
    EXPECT_EQ(stele_event_tag(&view, 3, &no_tag), STELE_NOT_FOUND);
    EXPECT_EQ(stele_event_tag(&view, UINT32_MAX, &no_tag), STELE_NOT_FOUND);
    EXPECT_EQ(no_tag.size, 0U);
    EXPECT_EQ(view.metadata_count, 2U);
    stele_metadata pair;
    ASSERT_EQ(stele_event_metadata(&view, 0, &pair), STELE_OK);
    EXPECT_EQ(to_string(pair.key) + "=" + to_string(pair.value), "z=1");
    ASSERT_EQ(stele_event_metadata(&view, 1, &pair), STELE_OK);
    EXPECT_EQ(to_string(pair.key) + "=" + to_string(pair.value), "a=");
    EXPECT_EQ(stele_event_metadata(&view, 2, &pair), STELE_NOT_FOUND);
    EXPECT_EQ(pair.key.size, 0U);

    ASSERT_TRUE(is_ok(stele_cursor_next(cursor, &view, nullptr)));
    EXPECT_EQ(view.position, 2U);
    EXPECT_EQ(view.time, result.recorded) << "no time given: that of the commit";
    EXPECT_EQ(view.sequence, 0U);
    EXPECT_EQ(view.entity.size + view.scope.size + view.data.size, 0U);
    EXPECT_EQ(view.correlation_id, nullptr);
    EXPECT_EQ(view.causation_id, nullptr);
    EXPECT_EQ(view.tag_count + view.metadata_count, 0U);
    EXPECT_EQ(view.id[6] >> 4, 7) << "a version 7 UUID is made";
    EXPECT_EQ(view.id[8] >> 6, 2);
    EXPECT_TRUE(is(stele_cursor_next(cursor, &view, nullptr), STELE_END));
    db.close();
    db = open(directory.path("db"));
  }
}

// What the caller passes in is borrowed for the call only.
TEST_F(Event, IsCopied) {
  std::string type = "Thing";
  std::string data = "data";
  stele_new_event event = new_event(type);
  event.data = bytes(data);
  ASSERT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
  type.assign("XXXXX");
  data.assign("XXXX");
  (void)commit();
  const Cursor cursor = start_read(db);
  stele_event view = empty_view();
  ASSERT_TRUE(is_ok(stele_cursor_next(cursor, &view, nullptr)));
  EXPECT_EQ(to_string(view.event_type), "Thing");
  EXPECT_EQ(to_string(view.data), "data");
}

// Each refusal, with the field in its message, between two events that are taken.
TEST_F(Event, ThatIsRefusedLeavesTheBatchAsItWas) {
  static const std::string kLong(65536, 'x');
  const struct {
    const char* name;
    std::function<void(stele_new_event&)> change;
    stele_status status;
    const char* reason;
  } cases[] = {
      {"empty type", [](auto& e) { e.event_type = {"x", 0}; }, STELE_INVALID,
       "the event type is empty"},
      {"type not UTF-8", [](auto& e) { e.event_type = text("a\xff"); }, STELE_INVALID,
       "the event type \"a?\" is not UTF-8"},
      {"type with NUL", [](auto& e) { e.event_type = {"a\0b", 3}; }, STELE_INVALID, "NUL"},
      {"type too long", [](auto& e) { e.event_type = {kLong.data(), STELE_TERM_MAX + 1}; },
       STELE_TOO_LARGE, "the event type"},
      {"entity not UTF-8", [](auto& e) { e.entity = text("\xc3"); }, STELE_INVALID, "the entity"},
      {"entity too long", [](auto& e) { e.entity = {kLong.data(), STELE_TERM_MAX + 1}; },
       STELE_TOO_LARGE, "the entity"},
      {"scope not UTF-8", [](auto& e) { e.scope = text("\xc3"); }, STELE_INVALID, "the scope"},
      {"scope too long", [](auto& e) { e.scope = {kLong.data(), STELE_TERM_MAX + 1}; },
       STELE_TOO_LARGE, "the scope"},
      {"data too long", [](auto& e) { e.data.size = STELE_DATA_MAX + size_t{1}; }, STELE_TOO_LARGE,
       "the data has 67108865 bytes"},
      {"an empty tag",
       [](auto& e) {
         static const stele_text kTags[] = {STELE_TEXT("a"), {nullptr, 0}};
         e.tags = kTags;
         e.tag_count = 2;
       },
       STELE_INVALID, "a tag is empty"},
      {"a tag too long",
       [](auto& e) {
         static const stele_text kTag = {kLong.data(), STELE_TERM_MAX + 1};
         e.tags = &kTag;
         e.tag_count = 1;
       },
       STELE_TOO_LARGE, "a tag"},
      {"too many tags", [](auto& e) { e.tag_count = STELE_TAGS_MAX + 1; }, STELE_TOO_LARGE,
       "257 tags"},
      {"far too many tags", [](auto& e) { e.tag_count = SIZE_MAX; }, STELE_TOO_LARGE, "tags"},
      {"too much metadata", [](auto& e) { e.metadata_count = STELE_METADATA_MAX + size_t{1}; },
       STELE_TOO_LARGE, "65536 metadata pairs"},
      {"a metadata key twice",
       [](auto& e) {
         static const stele_metadata kPairs[] = {{STELE_TEXT("k"), {}}, {STELE_TEXT("k"), {}}};
         e.metadata = kPairs;
         e.metadata_count = 2;
       },
       STELE_INVALID, "\"k\" occurs twice"},
      {"an empty metadata key",
       [](auto& e) {
         static const stele_metadata kPair = {};
         e.metadata = &kPair;
         e.metadata_count = 1;
       },
       STELE_INVALID, "a metadata key is empty"},
      {"a metadata key too long",
       [](auto& e) {
         static const stele_metadata kPair = {{kLong.data(), kLong.size()}, {}};
         e.metadata = &kPair;
         e.metadata_count = 1;
       },
       STELE_TOO_LARGE, "a metadata key"},
      {"a metadata value too long",
       [](auto& e) {
         static const stele_metadata kPair = {STELE_TEXT("k"), bytes(kLong)};
         e.metadata = &kPair;
         e.metadata_count = 1;
       },
       STELE_TOO_LARGE, "the metadata value of \"k\""},
  };
  std::vector<uint8_t> data(STELE_DATA_MAX + 1);
  ASSERT_TRUE(is_ok(add(batch, "First")));
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    stele_new_event event = new_event("Refused");
    event.data = {data.data(), 4};
    std::array<stele_text, 257> tags;
    tags.fill(text("t"));
    event.tags = tags.data();
    std::vector<stele_metadata> pairs(1);
    event.metadata = pairs.data();
    c.change(event);
    Failure failure;
    EXPECT_TRUE(is(stele_batch_event(batch, &event, failure), c.status, failure));
    EXPECT_TRUE(failure.message().starts_with("append: ")) << failure.message();
    EXPECT_TRUE(failure.mentions(c.reason)) << failure.message();
  }
  ASSERT_TRUE(is_ok(add(batch, "Last")));
  EXPECT_EQ(commit().event_count, 2U);
  const Query refused = query_of({"Refused"}, {});
  EXPECT_TRUE(positions(db, refused).empty());
  EXPECT_TRUE(is(verify(db, nullptr), STELE_END));
}

// A batch has a limit as a whole: the event that would be too much is refused, the rest goes in.
TEST_F(Event, ThatWouldMakeTheBatchTooLargeIsRefused) {
  const std::vector<uint8_t> data(STELE_DATA_MAX);
  stele_new_event event = new_event("Large");
  event.data = {data.data(), data.size()};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
  Failure failure;
  EXPECT_TRUE(is(stele_batch_event(batch, &event, failure), STELE_TOO_LARGE, failure));
  EXPECT_TRUE(failure.mentions("the batch would have")) << failure.message();
  event.data.size -= 4096;
  EXPECT_TRUE(is_ok(stele_batch_event(batch, &event, failure), failure));
  ASSERT_TRUE(is_ok(stele_batch_clear(batch, nullptr)));
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, nullptr), STELE_INVALID));
}

// A commit larger than a segment gets a segment of its own size, and is read back whole.
TEST_F(Event, LargerThanASegmentIsFine) {
  db = Db();
  db = open(directory.path("small"), STELE_OPEN_CREATE, 65536);
  batch = new_batch(db);
  const std::string data(3 << 20, 'd');
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(is_ok(add(batch, "Small")));
    ASSERT_TRUE(is_ok(add(batch, "Large", data)));
    (void)commit();
  }
  batch.close();
  db = Db();
  db = open(directory.path("small"));
  const Query query = query_of({"Large"}, {});
  const Cursor cursor = start_read(db, query);
  for (int i = 0; i < 2; ++i) {
    stele_event view = empty_view();
    ASSERT_TRUE(is_ok(stele_cursor_next(cursor, &view, nullptr)));
    EXPECT_TRUE(to_string(view.data) == data);
  }
  EXPECT_TRUE(is(verify(db, nullptr), STELE_END));
}

}  // namespace
