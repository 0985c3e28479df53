// A JSON line becomes an event whose data has the very bytes of the line, or a fault at a byte.
#include "cli/line_decode.h"

#include <gtest/gtest.h>

namespace stele::cli {
namespace {

std::string_view text(stele_text value) {
  return {value.data, value.size};
}
std::string_view bytes(stele_bytes value) {
  return {reinterpret_cast<const char*>(value.data), value.size};
}

TEST(LineDecode, TakesEveryField) {
  const std::string line =
      R"({"type":"Book\u0053old","id":"0190163D-8694-739b-aea5-966c26f8ad91",)"
      R"("time":"2026-11-21T11:32:35Z","entity":"book-7","scope":"shop","tags":["b","a\n"],)"
      R"("data": { "price" : 12.50 } ,"metadata":{"user":"ann","raw":{"base64":"/w=="}},)"
      R"("correlation_id":"00000000-0000-0000-0000-000000000001",)"
      R"("causation_id":"00000000-0000-0000-0000-000000000002"})";
  EventDraft draft;
  decode_line(line, draft);
  EXPECT_EQ(draft.type, "BookSold");
  ASSERT_TRUE(draft.id);
  EXPECT_EQ((*draft.id)[1], 0x90);
  EXPECT_EQ(draft.time, 1'795'260'755'000'000);
  EXPECT_EQ(draft.entity, "book-7");
  EXPECT_EQ(draft.scope, "shop");
  ASSERT_EQ(draft.tags.size(), 2U);
  EXPECT_EQ(text(draft.tags[0]), "b");
  EXPECT_EQ(text(draft.tags[1]), "a\n");
  EXPECT_EQ(draft.data, R"({ "price" : 12.50 })");
  ASSERT_EQ(draft.metadata.size(), 2U);
  EXPECT_EQ(text(draft.metadata[0].key), "user");
  EXPECT_EQ(bytes(draft.metadata[0].value), "ann");
  EXPECT_EQ(text(draft.metadata[1].key), "raw");
  EXPECT_EQ(bytes(draft.metadata[1].value), "\xFF");
  EXPECT_EQ((*draft.correlation_id)[15], 1);
  EXPECT_EQ((*draft.causation_id)[15], 2);
}

TEST(LineDecode, LeavesOutWhatIsNotThereOrNull) {
  EventDraft draft;
  decode_line(R"({"type":"A","data":1,"tags":["t"],"entity":"e"})", draft);
  decode_line(R"( {"type":"B","entity":null,"scope":null,"tags":null,"data_base64":null,"id":null,)"
              R"("time":null,"metadata":null,"correlation_id":null,"causation_id":null} )",
              draft);
  EXPECT_EQ(draft.type, "B");
  const stele_new_event event = draft.event();
  EXPECT_EQ(event.has_time, 0U);
  EXPECT_EQ(event.entity.size, 0U);
  EXPECT_EQ(event.scope.size, 0U);
  EXPECT_EQ(event.data.size, 0U);
  EXPECT_EQ(event.tag_count, 0U);
  EXPECT_EQ(event.metadata_count, 0U);
  EXPECT_EQ(event.id, nullptr);
  EXPECT_EQ(event.correlation_id, nullptr);
  EXPECT_EQ(event.causation_id, nullptr);
}

TEST(LineDecode, PassesOverWhatReadPrints) {
  EventDraft draft;
  decode_line(R"({"position":7,"tsn":3,"recorded":"x","sequence":{},"type":"A","hash":"00"})",
              draft);
  EXPECT_EQ(draft.type, "A");
}

TEST(LineDecode, KeepsDataByteForByte) {
  for (const std::string data :
       {"null", "\"\\u00e9\\ud800\"", "1e999", "-0.0", "12345678901234567890123456789",
        R"({"a":1,"a":2})", "[ 1 ,\t2 ]", "\"\"", "{}", "\"null\""}) {
    const std::string line = R"({"type":"A","data" : )" + data + " }";
    EventDraft draft;
    decode_line(line, draft);
    EXPECT_EQ(draft.data, data);
  }
}

TEST(LineDecode, SaysWhichByteOfALineIsWrong) {
  struct Case {
    std::string line;
    size_t byte;
    std::string reason;
  };
  const Case cases[] = {
      {R"({"type":"A")", 12, "expected ',' or '}', but the text ends"},
      {R"(["type"])", 1, "expected a JSON object"},
      {"7", 1, "expected a JSON object"},
      {" {}", 2, "'type' is missing"},
      {R"({"type":null})", 1, "'type' is missing"},
      {R"({"type":7})", 9, "'type' must be a string"},
      {R"({"type":"A","typ":"B"})", 13, "unknown field 'typ'"},
      {R"({"type":"A","x":null})", 13, "unknown field 'x'"},
      {R"({"type":"A","type":"B"})", 13, "'type' is there twice"},
      {R"({"type":"A","t\u0079pe":"B"})", 13, "'type' is there twice"},
      {R"({"type":"\ud800"})", 9, "'type' holds half of a surrogate pair"},
      {R"({"type":"A","entity":""})", 22, "'entity' must not be empty"},
      {R"({"type":"A","tags":"t"})", 20, "'tags' must be an array of strings"},
      {R"({"type":"A","tags":["t",1]})", 25, "'tags' must be an array of strings"},
      {R"({"type":"A","data":1,"data_base64":""})", 36,
       "'data' and 'data_base64' exclude each other"},
      {R"({"type":"A","data_base64":"Zg"})", 27, "'data_base64' must be base64 with padding"},
      {R"({"type":"A","id":"7"})", 18,
       "'id' must be a UUID such as 0190163d-8694-739b-aea5-966c26f8ad91"},
      {R"({"type":"A","time":true})", 20, "'time' must be a string or an integer"},
      {R"({"type":"A","time":1.5})", 20,
       "'time': a number of microseconds has no point and no exponent"},
      {R"({"type":"A","time":"x"})", 20,
       "'time': expected a time such as 2026-11-21T11:32:35.123456Z"},
      {R"({"type":"A","metadata":[]})", 24, "'metadata' must be an object"},
      {R"({"type":"A","metadata":{"a":1}})", 29,
       "a metadata value must be a string or {\"base64\": \"...\"}"},
      {R"({"type":"A","metadata":{"a":{"base64":"Zg==","b":""}}})", 29,
       "a metadata value must be a string or {\"base64\": \"...\"}"},
      {R"({"type":"A","metadata":{"a":"","a":""}})", 32, "the metadata key 'a' is there twice"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.line);
    EventDraft draft;
    try {
      decode_line(c.line, draft);
      ADD_FAILURE() << "was taken";
    } catch (const LineFault& fault) {
      EXPECT_EQ(fault.byte(), c.byte);
      EXPECT_STREQ(fault.what(), c.reason.c_str());
    }
  }
}

}  // namespace
}  // namespace stele::cli
