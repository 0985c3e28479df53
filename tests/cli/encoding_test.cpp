// Binary values have one text form each, and only that form is read.
#include "cli/encoding.h"

#include <gtest/gtest.h>

#include <random>

#include "cli/utf8.h"

namespace stele::cli {
namespace {

std::string base64(std::string_view bytes) {
  std::string text;
  append_base64(text, bytes);
  return text;
}

// The examples of RFC 4648.
TEST(Encoding, WritesAndReadsBase64) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xFB\xFF\xFE", "+//+"},
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(parse_base64(text), bytes);
  }
}

TEST(Encoding, TurnsDownOtherBase64) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v\n", "Zm 9v", "Zm-_",
                           "Zh==", "Zm9=", "Zg==Zg==", "\xC3\xA9=="}) {
    EXPECT_FALSE(parse_base64(text)) << text;
  }
}

TEST(Encoding, Base64GivesBackAnyBytes) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (size_t size = 0; size < 300; ++size) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(random());
    EXPECT_EQ(parse_base64(base64(bytes)), bytes);
  }
}

TEST(Encoding, ReadsHexadecimalDigitsOfEitherCaseAndWritesThemLower) {
  const auto bytes = parse_hex("00aBfF7f");
  ASSERT_EQ(bytes, std::string("\x00\xAB\xFF\x7F", 4));
  std::string text;
  append_hex(text, reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size());
  EXPECT_EQ(text, "00abff7f");
  EXPECT_EQ(parse_hex(""), "");
  for (const char* other : {"0", "abc", "0g", "g0", " 00", "00\n", "0x00", "\xC3\xA9"}) {
    EXPECT_FALSE(parse_hex(other)) << other;
  }
}

TEST(Encoding, ReadsUuidsOfEitherCaseAndWritesThemLower) {
  const auto uuid = parse_uuid("0190163D-8694-739b-AEA5-966c26f8ad91");
  ASSERT_TRUE(uuid);
  std::string text;
  append_uuid(text, uuid->data());
  EXPECT_EQ(text, "0190163d-8694-739b-aea5-966c26f8ad91");
}

TEST(Encoding, TurnsDownOtherUuids) {
  for (const char* text :
       {"", "0190163d8694739baea5966c26f8ad91", "0190163d-8694-739b-aea5-966c26f8ad9",
        "0190163d-8694-739b-aea5-966c26f8ad911", "0190163d-8694-739b-aea5_966c26f8ad91",
        "{190163d-8694-739b-aea5-966c26f8ad91}", "0190163g-8694-739b-aea5-966c26f8ad91",
        "0190163-d8694-739b-aea5-966c26f8ad91"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
}

TEST(Encoding, TellsUtf8FromOtherBytes) {
  for (const char* text : {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBE"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text : {"\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\x80", "\xED\xA0\x80", "\xE2\x82",
                           "\xF0\x8F\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "a\xFF"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

}  // namespace
}  // namespace stele::cli
