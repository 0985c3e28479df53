// The documented limits, from both sides: the largest is taken, one more is refused.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <string>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

const std::string& longest() {
  static const std::string kLongest(STELE_TERM_MAX, 'n');
  return kLongest;
}

struct Limits : ::testing::Test {
  Limits() : db(open(":memory:")), batch(new_batch(db)) {}
  Db db;
  Batch batch;
  Failure failure;
};

// An event with everything at its largest comes back, and is found by each.
TEST_F(Limits, OfAnEventAreInclusive) {
  std::vector<std::string> tags;
  for (uint32_t i = 0; i < STELE_TAGS_MAX; ++i) {
    tags.push_back(std::to_string(1000 + i) + std::string(STELE_TERM_MAX - 4, 't'));
  }
  std::vector<stele_text> views;
  for (const std::string& tag : tags) views.push_back(text(tag));
  stele_new_event event = new_event(longest());
  event.entity = text(longest());
  event.scope = text(longest());
  event.tags = views.data();
  event.tag_count = views.size();
  ASSERT_TRUE(is_ok(stele_batch_event(batch, &event, failure), failure));
  ASSERT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure), failure));
  using AddText = stele_status (*)(stele_query*, const char*, size_t, stele_error*);
  for (const AddText add_text : {stele_query_type, stele_query_entity, stele_query_scope,
                                 stele_query_category, stele_query_entity_prefix}) {
    const Query query = query_of({}, {});
    ASSERT_TRUE(is_ok(add_text(query, longest().data(), longest().size(), failure), failure));
    EXPECT_EQ(positions(db, query), std::vector<uint64_t>{1});
    const std::string longer = longest() + "n";
    EXPECT_TRUE(is(add_text(query, longer.data(), longer.size(), failure), STELE_INVALID));
  }
  EXPECT_EQ(positions(db, query_of({}, tags)), std::vector<uint64_t>{1});
  // 257 that are 256 when duplicates merge are too many all the same.
  views.push_back(views.front());
  event.tags = views.data();
  event.tag_count = views.size();
  EXPECT_TRUE(is(stele_batch_event(batch, &event, failure), STELE_TOO_LARGE));
}

// 1,024 guards in all, of whatever kinds; the one too many leaves the batch as it was.
TEST_F(Limits, OfGuardsCountEveryKind) {
  append(db, "Thing");
  for (int i = 0; i < 256; ++i) {
    const std::string source = "source" + std::to_string(i);
    ASSERT_TRUE(is_ok(stele_batch_guard(batch, nullptr, 1, failure), failure));
    ASSERT_TRUE(is_ok(stele_batch_expect(batch, "entity", 6, 0, failure), failure));
    Cursor cursor;
    ASSERT_TRUE(is_ok(stele_batch_read(batch, nullptr, nullptr, cursor.out(), failure), failure));
    ASSERT_TRUE(is_ok(
        stele_batch_track(batch, source.data(), source.size(), STELE_PREVIOUS_ANY, 1, failure),
        failure));
  }
  Cursor cursor;
  EXPECT_TRUE(is(stele_batch_guard(batch, nullptr, 1, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(is(stele_batch_expect(batch, "entity", 6, 0, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(failure.mentions("1024")) << failure.message();
  EXPECT_TRUE(
      is(stele_batch_read(batch, nullptr, nullptr, cursor.out(), failure), STELE_TOO_LARGE));
  EXPECT_EQ(cursor.get(), nullptr);
  EXPECT_TRUE(
      is(stele_batch_track(batch, "more", 4, STELE_PREVIOUS_ANY, 1, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure), failure));
  uint64_t position = 0;
  EXPECT_TRUE(is(stele_tracked(db, "more", 4, &position, failure), STELE_NOT_FOUND));
}

// Decided: a source's name has at most 255 bytes; so has a key.
TEST_F(Limits, OfSourcesAndKeys) {
  const std::string name(STELE_SOURCE_MAX, 's');
  const std::string longer = name + "s";
  EXPECT_TRUE(
      is(stele_batch_track(batch, longer.data(), longer.size(), 0, 1, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(is_ok(stele_batch_track(batch, name.data(), name.size(), 0, 1, failure), failure));
  EXPECT_TRUE(is(stele_batch_key(batch, longer.data(), longer.size(), failure), STELE_TOO_LARGE));
  EXPECT_TRUE(is_ok(stele_batch_key(batch, name.data(), STELE_KEY_MAX, failure), failure));
  for (const std::string& wrong : {std::string("a\0b", 3), std::string("\xff"), std::string()}) {
    EXPECT_TRUE(
        is(stele_batch_track(batch, wrong.data(), wrong.size(), 0, 1, failure), STELE_INVALID));
    EXPECT_TRUE(is(stele_batch_key(batch, wrong.data(), wrong.size(), failure), STELE_INVALID));
    EXPECT_TRUE(
        is(stele_batch_expect(batch, wrong.data(), wrong.size(), 0, failure), STELE_INVALID));
  }
  EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure), failure)) << "as it was before";
}

// 1,024 values of each field of an item; the next item has as many again.
TEST_F(Limits, OfQueriesAreThoseOfEachField) {
  const Query query = query_of({}, {});
  std::vector<std::function<stele_status(const std::string&)>> fields;
  using AddText = stele_status (*)(stele_query*, const char*, size_t, stele_error*);
  for (const AddText add_text :
       {stele_query_type, stele_query_tag, stele_query_entity, stele_query_entity_prefix,
        stele_query_scope, stele_query_category}) {
    fields.emplace_back([&, add_text](const std::string& value) {
      return add_text(query, value.data(), value.size(), failure);
    });
  }
  using AddId = stele_status (*)(stele_query*, const uint8_t*, stele_error*);
  for (const AddId add_id : {stele_query_correlation, stele_query_causation}) {
    fields.emplace_back([&, add_id](const std::string& value) {
      std::string id = value;
      id.resize(16, 'i');
      return add_id(query, reinterpret_cast<const uint8_t*>(id.data()), failure);
    });
  }
  for (int item = 0; item < 2; ++item) {
    for (const auto& field : fields) {
      for (int i = 0; i < 1024; ++i) ASSERT_TRUE(is_ok(field("v" + std::to_string(i)), failure));
      EXPECT_TRUE(is(field("more"), STELE_TOO_LARGE));
      EXPECT_TRUE(failure.mentions("1024")) << failure.message();
    }
    ASSERT_TRUE(is_ok(stele_query_item(query, failure), failure));
  }
  // It can be asked, and written and read back, as large as it is.
  append(db, "Thing");
  EXPECT_EQ(positions(db, query), std::vector<uint64_t>{1}) << "its last item names nothing";
  size_t size = 0;
  ASSERT_TRUE(is(stele_query_encode(query, nullptr, 0, &size, failure), STELE_BUFFER_TOO_SMALL));
  std::vector<uint8_t> bytes(size);
  ASSERT_TRUE(is_ok(stele_query_encode(query, bytes.data(), size, &size, failure), failure));
  Query again;
  EXPECT_TRUE(is_ok(stele_query_decode(bytes.data(), size, again.out(), failure), failure));
}

}  // namespace
