// A CloudEvent becomes an event and comes back as it was; no text makes the decoder fail otherwise
// than with a fault.
#include "cli/cloud_event.h"

#include <gtest/gtest.h>

#include <random>

#include "cli/handle.h"
#include "cli/line_reader.h"

namespace stele::cli {
namespace {

constexpr const char* kFull =
    R"({"specversion":"1.0","id":"17","source":"/orders","type":"order.placed",)"
    R"("subject":"order-1","time":"2026-11-21T12:32:35.123456789+01:00",)"
    R"("datacontenttype":"application/json; charset=utf-8","dataschema":"/s","partition":"7",)"
    R"("weight":-7,"urgent":true,"correlationid":"sale-1","causationid":"16",)"
    R"("steletags":"[\"b\u00fc\",\"a\"]","stelescope":"north","data":{"n" : [1, 1e999]}})";

std::string text_of(const std::optional<Uuid>& uuid) {
  std::string text;
  if (uuid) append_uuid(text, uuid->data());
  return text;
}

std::string_view text(stele_text value) {
  return {value.data, value.size};
}

std::string metadata_of(const EventDraft& draft) {
  std::string all;
  for (const stele_metadata& pair : draft.metadata) {
    all.append(text(pair.key)).append("=");
    all.append(reinterpret_cast<const char*>(pair.value.data), pair.value.size).append("|");
  }
  return all;
}

// What an export writes of the event that an import makes of `line`.
std::string there_and_back(const std::string& line) {
  Database database(":memory:", STELE_OPEN_CREATE);
  const Batch batch = make_batch(database);
  EventDraft draft;
  decode_cloud_event(line, draft);
  const stele_new_event made = draft.event();
  stele_error error = STELE_ERROR_INIT;
  check(stele_batch_event(batch.get(), &made, &error), error);
  check(stele_commit(database.get(), batch.get(), nullptr, &error), error);
  stele_cursor* opened = nullptr;
  check(stele_read(database.get(), nullptr, nullptr, &opened, &error), error);
  const Cursor cursor(opened);
  stele_event event{};
  event.struct_size = sizeof event;
  check(stele_cursor_next(cursor.get(), &event, &error), error);
  std::string out;
  append_cloud_event(out, event, "stele:here");
  return out.substr(0, out.size() - 1);
}

TEST(CloudEvent, TakesEveryAttribute) {
  const std::string line = kFull;
  EventDraft draft;
  decode_cloud_event(line, draft);
  EXPECT_EQ(draft.type, "order.placed");
  EXPECT_EQ(draft.entity, "order-1");
  EXPECT_EQ(draft.scope, "north");
  EXPECT_EQ(draft.time, 1'795'260'755'123'456);
  EXPECT_EQ(draft.data, R"({"n" : [1, 1e999]})");
  ASSERT_EQ(draft.tags.size(), 2U);
  EXPECT_EQ(text(draft.tags[0]), "b\u00fc");
  EXPECT_EQ(text_of(draft.id), "39e13c66-7823-5de5-ac08-a348da02461f");
  EXPECT_EQ(text_of(draft.correlation_id), "25c30140-fe72-5c10-a2db-9b1bb95696a9");
  EXPECT_EQ(text_of(draft.causation_id), "8460527a-e831-57d5-9fe8-97257611d218");
  EXPECT_EQ(metadata_of(draft),
            "ce_id=17|ce_source=/orders|ce_time=2026-11-21T12:32:35.123456789+01:00|"
            "ce_datacontenttype=application/json; charset=utf-8|ce_dataschema=/s|ce_partition=7|"
            "cej_weight=-7|cej_urgent=true|ce_correlationid=sale-1|ce_causationid=16|");
}

TEST(CloudEvent, ACorrelationIdThatIsAUuidStaysOne) {
  EventDraft draft;
  const std::string line = R"({"specversion":"1.0","id":"1","source":"s","type":"t",)"
                           R"("correlationid":"0190163D-8694-739b-aea5-966c26f8ad91"})";
  decode_cloud_event(line, draft);
  EXPECT_EQ(text_of(draft.correlation_id), "0190163d-8694-739b-aea5-966c26f8ad91");
}

TEST(CloudEvent, ComesBackAsItWas) {
  const std::string start = R"({"specversion":"1.0","id":"1","source":"s","type":"t")";
  for (const std::string rest :
       {"}", R"(,"data":null})", R"(,"data":"text \u00e9 \"q\""})", R"(,"data":""})",
        R"(,"data_base64":""})", R"(,"data_base64":"AP8K"})", R"(,"data":[1,{"a":"\u0000"}]})",
        R"(,"datacontenttype":"text/xml","data":"<a b=\"\u00fc\"/>"})",
        R"(,"datacontenttype":"text/xml","data":""})",
        R"(,"datacontenttype":"text/xml","data":{"odd":1}})",
        R"(,"datacontenttype":"text/plain","data_base64":"YQ=="})",
        R"(,"datacontenttype":"application/vnd.x+json","data":"text"})",
        R"(,"time":"2026-11-21T11:32:35Z"})", R"(,"time":"2026-11-21t11:32:35.1234567z"})",
        R"(,"a":"","b":"1","c":1,"d":false,"e":"true"})"}) {
    const std::string line = start + rest;
    const std::string back = there_and_back(line);
    // Escapes may be others: what counts is that they mean the same.
    EXPECT_EQ(there_and_back(back), back);
    if (line.find('\\') == std::string::npos) {
      EXPECT_EQ(back, line);
    }
  }
}

TEST(CloudEvent, LeavesOutWhatIsNull) {
  EXPECT_EQ(there_and_back(R"({"specversion":"1.0","id":"1","source":"s","type":"t",)"
                           R"("subject":null,"time":null,"data_base64":null,"x":null})"),
            R"({"specversion":"1.0","id":"1","source":"s","type":"t"})");
}

TEST(CloudEvent, SaysWhatIsWrongAndWhere) {
  const struct {
    std::string line;
    size_t byte;
    std::string reason;
  } cases[] = {
      {"", 1, "expected"},
      {"[]", 1, "expected a JSON object"},
      {"{}", 1, "'specversion' is missing"},
      {R"({"specversion":"0.3"})", 16, "'specversion' must be \"1.0\""},
      {R"({"specversion":1.0})", 16, "'specversion' must be a string"},
      {R"({"specversion":"1.0"})", 1, "'id' is missing"},
      {R"({"specversion":"1.0","id":"1"})", 1, "'source' is missing"},
      {R"({"specversion":"1.0","id":"1","source":"s"})", 1, "'type' is missing"},
      {R"({"id":""})", 7, "'id' must not be empty"},
      {R"({"id":7})", 7, "'id' must be a string"},
      {R"({"source":"\u0000"})", 11, "'source' must not hold \\u0000"},
      {R"({"id":"1","id":"2"})", 11, "'id' is there twice"},
      {R"({"time":"now"})", 9, "'time': expected a time"},
      {R"({"time":"2026-11-21T11:32:35.1234567"})", 9, "'time': the offset is missing"},
      {R"({"data":1,"data_base64":""})", 25, "exclude each other"},
      {R"({"data_base64":"","data":1})", 26, "exclude each other"},
      {R"({"my_field":1})", 2, "'my_field' is no name of an attribute"},
      {R"({"":1})", 2, "'' is no name of an attribute"},
      {R"({"steletags":"x"})", 14, "'steletags' must be a JSON array"},
      {R"({"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"?"})", 69,
       "must be base64"},
      {R"({"specversion":"1.0","id":"1","source":"s","type":"t","x":{}})", 59,
       "'x' must be a string, a number"},
  };
  for (const auto& [line, byte, reason] : cases) {
    EventDraft draft;
    try {
      decode_cloud_event(line, draft);
      ADD_FAILURE() << line;
    } catch (const LineFault& fault) {
      EXPECT_EQ(fault.byte(), byte) << line;
      EXPECT_NE(std::string(fault.what()).find(reason), std::string::npos) << fault.what();
    }
  }
}

// Changes, removes, doubles or inserts a few bytes.
void mutate(std::string& line, std::mt19937& random) {
  constexpr std::string_view kBytes = "{}[]\",:\\u0dD8nulltrue1.e-Z\x80\xC3\xFF\x01 \n";
  for (uint32_t left = 1 + random() % 4; left > 0 && !line.empty(); --left) {
    const size_t at = random() % line.size();
    const size_t size = random() % std::min<size_t>(line.size() - at, 20);
    switch (random() % 4) {
      case 0:
        line[at] = kBytes[random() % kBytes.size()];
        break;
      case 1:
        line.erase(at, size);
        break;
      case 2:
        line.insert(random() % line.size(), line.substr(at, size));
        break;
      default:
        line.insert(at, 1, kBytes[random() % kBytes.size()]);
    }
  }
}

TEST(CloudEvent, AnyTextIsAnEventOrAFault) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string seeds[] = {
      kFull, R"({"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"AP8K"})",
      R"({"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"text/x",)"
      R"("data":"\ud83d\ude00"})"};
  size_t events = 0;
  for (size_t round = 0; round < 20'000; ++round) {
    std::string line = seeds[round % std::size(seeds)];
    mutate(line, random);
    EventDraft draft;
    try {
      decode_cloud_event(line, draft);
      ++events;
      EXPECT_TRUE(draft.id && !draft.type.empty()) << line;
    } catch (const LineFault& fault) {
      EXPECT_GE(fault.byte(), 1U);
      EXPECT_LE(fault.byte(), line.size() + 1) << line;
    }
  }
  EXPECT_GT(events, 0U);
}

}  // namespace
}  // namespace stele::cli
