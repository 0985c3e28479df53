// Every limit of an event holds at its exact number, and a refused event leaves nothing behind.
#include "events/new_event.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "support/drafts.h"
#include "support/results.h"

namespace stele::events {
namespace {

using test::Draft;
using test::failed;
using test::record_of;
using test::succeeded;

Status append(const Draft& draft, std::vector<uint8_t>& to) {
  NewEvent event = draft.event();
  return append_record(event, to);
}

struct Case {
  const char* name;
  std::function<void(Draft&)> change;
  bool allowed;
  Code code;
  const char* reason;
};

std::vector<std::string> numbered(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back("tag" + std::to_string(i));
  return names;
}

std::vector<std::pair<std::string, std::string>> pairs(size_t count) {
  std::vector<std::pair<std::string, std::string>> list;
  for (size_t i = 0; i < count; ++i) list.emplace_back("k" + std::to_string(i), "");
  return list;
}

// At a limit an event is taken; one beyond it is refused with the field and the number.
TEST(NewEvent, IsCheckedAgainstEachLimit) {
  const std::string longest(512, 't');
  const std::string too_long(513, 't');
  const std::string key_max(65535, 'k');
  const Case cases[] = {
      {"type of 512", [&](Draft& d) { d.type = longest; }, true, {}, ""},
      {"type of 513", [&](Draft& d) { d.type = too_long; }, false, Code::kTooLarge, "event type"},
      {"type of 0", [](Draft& d) { d.type = ""; }, false, Code::kInvalid, "event type is empty"},
      {"entity of 512", [&](Draft& d) { d.entity = longest; }, true, {}, ""},
      {"entity of 513", [&](Draft& d) { d.entity = too_long; }, false, Code::kTooLarge, "entity"},
      {"scope of 512", [&](Draft& d) { d.scope = longest; }, true, {}, ""},
      {"scope of 513", [&](Draft& d) { d.scope = too_long; }, false, Code::kTooLarge, "scope"},
      {"tag of 512", [&](Draft& d) { d.tags = {longest}; }, true, {}, ""},
      {"tag of 513", [&](Draft& d) { d.tags = {"a", too_long}; }, false, Code::kTooLarge, "tag"},
      {"tag of 0", [](Draft& d) { d.tags = {"a", ""}; }, false, Code::kInvalid, "a tag is empty"},
      {"255 tags", [](Draft& d) { d.tags = numbered(255); }, true, {}, ""},
      {"256 tags", [](Draft& d) { d.tags = numbered(256); }, true, {}, ""},
      {"257 tags", [](Draft& d) { d.tags = numbered(257); }, false, Code::kTooLarge, "257 tags"},
      {"257 tags, two of them equal",
       [](Draft& d) { (d.tags = numbered(256)).push_back("tag0"); },
       true,
       {},
       ""},
      {"65,535 pairs", [](Draft& d) { d.metadata = pairs(65535); }, true, {}, ""},
      {"65,536 pairs", [](Draft& d) { d.metadata = pairs(65536); }, false, Code::kTooLarge,
       "65536 metadata pairs"},
      {"key of 65,535", [&](Draft& d) { d.metadata = {{key_max, ""}}; }, true, {}, ""},
      {"key of 65,536", [&](Draft& d) { d.metadata = {{key_max + "k", ""}}; }, false,
       Code::kTooLarge, "metadata key"},
      {"key of 0", [](Draft& d) { d.metadata = {{"", "v"}}; }, false, Code::kInvalid,
       "metadata key is empty"},
      {"value of 65,535", [&](Draft& d) { d.metadata = {{"k", key_max}}; }, true, {}, ""},
      {"value of 65,536", [&](Draft& d) { d.metadata = {{"k", key_max + "v"}}; }, false,
       Code::kTooLarge, "metadata value of \"k\""},
      {"a key twice", [](Draft& d) { d.metadata = {{"k", "1"}, {"l", ""}, {"k", "2"}}; }, false,
       Code::kInvalid, "\"k\" occurs twice"},
      {"value of any bytes",
       [](Draft& d) { d.metadata = {{"k", std::string("\0\xff", 2)}}; },
       true,
       {},
       ""},
      {"data of any bytes", [](Draft& d) { d.data = std::string("\0\xff", 2); }, true, {}, ""},
      {"data of 64 MiB", [](Draft& d) { d.data.resize(64U << 20); }, true, {}, ""},
      {"data of a byte more", [](Draft& d) { d.data.resize((64U << 20) + 1); }, false,
       Code::kTooLarge, "the data has 67108865 bytes"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Draft draft;
    c.change(draft);
    std::vector<uint8_t> bytes = {1, 2, 3};
    const Status status = append(draft, bytes);
    if (c.allowed) {
      ASSERT_TRUE(succeeded(status));
      const auto record = RecordView::decode(ByteView(bytes).subspan(3));
      EXPECT_TRUE(succeeded(record)) << "what was encoded must be decodable";
    } else {
      EXPECT_TRUE(failed(status, c.code, c.reason));
      EXPECT_EQ(bytes, (std::vector<uint8_t>{1, 2, 3})) << "something was left behind";
    }
  }
}

// Metadata has a limit of its own as a whole: a thousand of the largest pairs are too much.
TEST(NewEvent, IsCheckedAgainstTheLimitOfAllMetadata) {
  const std::string value(65535, 'v');
  Draft draft;
  for (int i = 0; i < 1023; ++i) draft.metadata.emplace_back(std::to_string(1000 + i), value);
  std::vector<uint8_t> bytes;
  EXPECT_TRUE(succeeded(append(draft, bytes)));
  draft.metadata.emplace_back("1", value);
  draft.metadata.emplace_back("2", value);
  EXPECT_TRUE(failed(append(draft, bytes), Code::kTooLarge, "the metadata takes"));
}

struct TextCase {
  const char* name;
  std::string text;
  const char* reason;
};

// Text with a NUL or that is not UTF-8 is refused in each field that is text.
TEST(NewEvent, ContainsOnlyGoodText) {
  const TextCase cases[] = {
      {"NUL inside", std::string("a\0b", 3), "contains a NUL byte"},
      {"NUL at the end", std::string("a\0", 2), "contains a NUL byte"},
      {"only NUL", std::string("\0", 1), "contains a NUL byte"},
      {"a lone continuation byte", "\x80", "is not UTF-8"},
      {"an overlong slash", "\xc0\xaf", "is not UTF-8"},
      {"a surrogate", "\xed\xa0\x80", "is not UTF-8"},
      {"beyond U+10FFFF", "\xf4\x90\x80\x80", "is not UTF-8"},
      {"cut in a character", "abcdefgh\xc3", "is not UTF-8"},
      {"Latin-1", "caf\xe9", "is not UTF-8"},
  };
  const std::pair<const char*, std::function<void(Draft&, const std::string&)>> fields[] = {
      {"event type", [](Draft& d, const std::string& text) { d.type = text; }},
      {"entity", [](Draft& d, const std::string& text) { d.entity = text; }},
      {"scope", [](Draft& d, const std::string& text) { d.scope = text; }},
      {"a tag", [](Draft& d, const std::string& text) { d.tags = {"good", text}; }},
      {"a metadata key", [](Draft& d, const std::string& text) { d.metadata = {{text, ""}}; }},
  };
  for (const TextCase& c : cases) {
    for (const auto& [field, set] : fields) {
      SCOPED_TRACE(std::string(c.name) + " in " + field);
      Draft draft;
      set(draft, c.text);
      std::vector<uint8_t> bytes;
      const Status status = append(draft, bytes);
      EXPECT_TRUE(failed(status, Code::kInvalid, c.reason));
      EXPECT_TRUE(failed(status, Code::kInvalid, field)) << "the message names the field";
    }
  }
}

// The same text in two forms is two names: nothing is normalised, bytes are compared.
TEST(NewEvent, KeepsTagsThatOnlyLookEqual) {
  Draft draft;
  draft.tags = {"caf\xc3\xa9", "cafe\xcc\x81", "CAFE", "cafe"};
  const std::vector<uint8_t> bytes = record_of(draft);
  EXPECT_EQ(RecordView::trusted(bytes.data()).tag_count(), 4);
}

// A caller's own record may have what the commit fills in filled in, and tags in any order; what
// comes of it is what the same event gives otherwise.
TEST(ParseRecord, IgnoresWhatTheCommitFillsInAndTheOrderOfTags) {
  Draft draft;
  draft.tags = {"aa", "ab"};
  draft.time = 77;
  const std::vector<uint8_t> plain = record_of(draft);
  std::vector<uint8_t> foreign = plain;
  for (size_t at = kPositionOffset; at < kCallerOffset; ++at) foreign[at] = 0xee;
  const auto payload = load_le<uint32_t>(foreign.data() + kPayloadOffset);
  std::swap(foreign[payload - 1], foreign[payload - 5]);  // Now "ab", "aa".
  uint64_t size = 0;
  auto event = parse_record(foreign, size);
  ASSERT_TRUE(succeeded(event));
  EXPECT_EQ(size, plain.size());
  std::vector<uint8_t> again;
  ASSERT_TRUE(succeeded(append_record(*event, again)));
  EXPECT_EQ(again, plain);
}

TEST(ParseRecord, ReportsAnIdOfZerosAsNone) {
  Draft draft;
  draft.id = {};
  uint64_t size = 0;
  const std::vector<uint8_t> bytes = record_of(draft);
  const auto event = parse_record(bytes, size);
  ASSERT_TRUE(succeeded(event));
  EXPECT_EQ(event->id, nullptr);
}

// A key id says that the data is encrypted, which no caller can have done.
TEST(ParseRecord, RefusesAKeyId) {
  std::vector<uint8_t> bytes = record_of(Draft());
  bytes[kKeyIdOffset] = 1;
  uint64_t size = 0;
  EXPECT_TRUE(failed(parse_record(bytes, size), Code::kUnsupported, "key id"));
}

// A caller's wrong record is the caller's mistake and not damage, whatever is wrong with it.
TEST(ParseRecord, CallsABadRecordInvalid) {
  const std::vector<uint8_t> sound = record_of(Draft());
  for (const size_t at : {kSizeOffset, kPayloadOffset, kFlagsOffset, kDataSizeOffset}) {
    std::vector<uint8_t> bytes = sound;
    bytes[at] ^= 0x41;
    uint64_t size = 0;
    EXPECT_TRUE(failed(parse_record(bytes, size), Code::kInvalid)) << at;
  }
}

}  // namespace
}  // namespace stele::events
