// Messages are built as written, and text is UTF-8 exactly when the Unicode standard says so.
#include "base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stele {
namespace {

TEST(Text, CatJoinsTextsAndIntegers) {
  const std::string owned = "c";
  const char* pointer = "d";
  EXPECT_EQ(cat(), "");
  EXPECT_EQ(cat("a", std::string_view("b"), owned, pointer, 'e'), "abcde");
  EXPECT_EQ(cat(0, " ", -1, " ", UINT64_MAX, " ", INT64_MIN),
            "0 -1 18446744073709551615 -9223372036854775808");
  // A byte is a number here, and only `char` is a letter.
  EXPECT_EQ(cat(uint8_t{65}, int8_t{-1}, uint16_t{7}), "65-17");
  EXPECT_EQ(cat(std::string_view("a\0b", 3)).size(), 3U);
}

TEST(Text, HexIsLowerCaseAndTwoDigitsAByte) {
  const std::array<uint8_t, 4> bytes = {0x00, 0x0f, 0xf0, 0xab};
  EXPECT_EQ(hex(bytes.data(), bytes.size()), "000ff0ab");
  EXPECT_EQ(hex(nullptr, 0), "");
}

// A name may hold anything and be long; a message must be printable and leave room for the reason.
TEST(Text, QuotedNamesAreShortAndPrintable) {
  struct Case {
    std::string name;
    std::string quoted;
  };
  const Case cases[] = {
      {"", "\"\""},
      {"plain", "\"plain\""},
      {"line\nend\t", "\"line?end?\""},
      {std::string("a\0b", 3), "\"a?b\""},
      {"\x7f\xc3\xa4", "\"???\""},
      {std::string(80, 'x'), "\"" + std::string(80, 'x') + "\""},
      {std::string(81, 'x'), "\"" + std::string(80, 'x') + "...\""},
      {std::string(100'000, 'x'), "\"" + std::string(80, 'x') + "...\""},
  };
  for (const Case& c : cases) EXPECT_EQ(stele::quoted(c.name), c.quoted);
}

// The definition read backwards: every code point has one form, which is the shortest, and
// surrogates have none. Written from Unicode's table 3-6, not from the code under test.
std::string encode(uint32_t code_point) {
  const auto tail = [&](int shift) {
    return static_cast<char>(0x80 | ((code_point >> shift) & 0x3f));
  };
  if (code_point < 0x80) return {static_cast<char>(code_point)};
  if (code_point < 0x800) return {static_cast<char>(0xc0 | (code_point >> 6)), tail(0)};
  if (code_point < 0x10000) {
    return {static_cast<char>(0xe0 | (code_point >> 12)), tail(6), tail(0)};
  }
  return {static_cast<char>(0xf0 | (code_point >> 18)), tail(12), tail(6), tail(0)};
}

// Decodes loosely, and accepts what encodes to the same bytes again.
bool reference_is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto lead = static_cast<uint8_t>(text[0]);
    size_t length = 0;
    uint32_t code_point = lead;
    if (lead < 0x80) {
      length = 1;
    } else if ((lead & 0xe0) == 0xc0) {
      length = 2;
      code_point = lead & 0x1fU;
    } else if ((lead & 0xf0) == 0xe0) {
      length = 3;
      code_point = lead & 0x0fU;
    } else if ((lead & 0xf8) == 0xf0) {
      length = 4;
      code_point = lead & 0x07U;
    }
    if (length == 0 || length > text.size()) return false;
    for (size_t i = 1; i < length; ++i) {
      code_point = (code_point << 6) | (static_cast<uint8_t>(text[i]) & 0x3fU);
    }
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (surrogate || code_point > 0x10ffff) return false;
    if (encode(code_point) != text.substr(0, length)) return false;
    text.remove_prefix(length);
  }
  return true;
}

TEST(Text, EveryCodePointIsUtf8AndNoSurrogateIs) {
  for (uint32_t code_point = 0; code_point <= 0x10ffff; ++code_point) {
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    ASSERT_EQ(is_utf8(encode(code_point)), !surrogate) << "U+" << std::hex << code_point;
  }
}

// All sequences of up to four bytes taken from the borders of every range in the standard's
// table 3-7.
TEST(Text, AllBoundarySequencesAreJudgedAsTheStandardDoes) {
  const std::vector<uint8_t> borders = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                        0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
                                        0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff};
  size_t count = 1;
  for (size_t length = 1; length <= 4; ++length) {
    count *= borders.size();
    for (size_t number = 0; number < count; ++number) {
      std::string text;
      for (size_t rest = number, i = 0; i < length; ++i, rest /= borders.size()) {
        text.push_back(static_cast<char>(borders[rest % borders.size()]));
      }
      ASSERT_EQ(is_utf8(text), reference_is_utf8(text))
          << hex(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    }
  }
}

// The check skips eight ASCII bytes at a time; a fault must be seen wherever it stands, and a
// sequence cut off by the end must not be read past it.
TEST(Text, AFaultIsSeenAtEveryPlaceInALongText) {
  const std::string_view pieces[] = {"\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x92", "\xed\xa0\x80"};
  const std::string_view good[] = {"\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x92\xa9"};
  for (size_t before = 0; before < 20; ++before) {
    for (size_t after = 0; after < 20; ++after) {
      for (const std::string_view piece : pieces) {
        const std::string text = cat(std::string(before, 'a'), piece, std::string(after, 'b'));
        // The exact size, so that AddressSanitizer sees a read past the end.
        const std::vector<char> exact(text.begin(), text.end());
        EXPECT_FALSE(is_utf8({exact.data(), exact.size()})) << before << " " << after;
      }
      for (const std::string_view piece : good) {
        EXPECT_TRUE(is_utf8(cat(std::string(before, 'a'), piece, std::string(after, 'b'))));
      }
    }
  }
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string_view()));
}

}  // namespace
}  // namespace stele
