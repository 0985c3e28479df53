// JSON is checked as the standard says, and taken apart without changing a byte of it.
#include "cli/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace stele::cli {
namespace {

TEST(JsonText, TakesEveryKindOfValue) {
  const std::string texts[] = {
      "0",
      "-0",
      "12.50",
      "1e999",
      "-1.5E+400",
      "123456789012345678901234567890",
      "true",
      "false",
      "null",
      "\"\"",
      R"("a\"b\\\/\b\f\n\r\t\u00e9")",
      R"("\ud800")",
      "{}",
      "[]",
      " [ ] ",
      "\t{ }\n",
      R"({"a":1,"a":2})",
      R"([1, [2, {"b" : [ ]}], "]}"])",
      "\"\xC3\xA9\xF0\x9F\x98\x80\x7F\"",
  };
  for (const std::string& text : texts) {
    const auto fault = check_json(text);
    EXPECT_FALSE(fault) << text << ": " << (fault ? fault->reason : "");
  }
}

TEST(JsonText, SaysWhereAndWhyATextIsNotJson) {
  struct Case {
    std::string text;
    size_t byte;
    std::string reason;
  };
  const Case cases[] = {
      {"", 0, "expected a value, but the text ends"},
      {"  ", 2, "expected a value, but the text ends"},
      {"tru", 0, "expected a value"},
      {"nulls", 4, "something follows the value"},
      {"{} {}", 3, "something follows the value"},
      {"[1,]", 3, "expected a value"},
      {"[1 2]", 3, "expected ',' or ']'"},
      {"[1}", 2, "expected ',' or ']'"},
      {"[1", 2, "expected ',' or ']', but the text ends"},
      {R"({"a":1,})", 7, "expected a key in quotes"},
      {R"({"a" 1})", 5, "expected ':'"},
      {"{a:1}", 1, "expected a key in quotes"},
      {R"({"a":1]})", 6, "expected ',' or '}'"},
      {"01", 1, "a number does not start with 0"},
      {"-", 1, "expected a digit, but the text ends"},
      {"1.", 2, "expected a digit, but the text ends"},
      {"1.e3", 2, "expected a digit"},
      {"1e+", 3, "expected a digit, but the text ends"},
      {"+1", 0, "expected a value"},
      {"NaN", 0, "expected a value"},
      {"'a'", 0, "expected a value"},
      {"\"a", 2, "the string does not end"},
      {"\"a\\", 3, "the string does not end"},
      {R"("\x41")", 2, "there is no such escape"},
      {R"("\u12g4")", 5, "expected 4 hexadecimal digits behind \\u"},
      {"\"a\nb\"", 2, "a control character in a string must be escaped: \\u000a"},
      {"\"\xFF\"", 1, "invalid UTF-8"},
      {"\"a\xED\xA0\x80\"", 2, "invalid UTF-8"},
      {"\"\xC0\xAF\"", 1, "invalid UTF-8"},
      {"\"\xF4\x90\x80\x80\"", 1, "invalid UTF-8"},
      {"\"\xE2\x82\"", 1, "invalid UTF-8"},
      {"\xEF\xBB\xBF{}", 0, "expected a value"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto fault = check_json(c.text);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->byte, c.byte);
    EXPECT_EQ(fault->reason, c.reason);
  }
}

TEST(JsonText, NestingIsLimitedByMemoryAlone) {
  constexpr size_t kDepth = 3'000'000;
  const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
  EXPECT_FALSE(check_json(nested));
  EXPECT_EQ(json_elements(nested).size(), 1U);
  EXPECT_TRUE(check_json(nested.substr(1)));
}

// Random texts of JSON's own characters, half of them made from good ones by a change or two.
TEST(JsonText, AgreesWithAnotherParser) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::string alphabet = R"({}[]",:\u0d8e+-.1 tfn)";
  const std::string good[] = {R"({"a":[1,2.5e3,{"b":null}],"c":"\u00e9\n"})",
                              R"([true,false,"x\\",[],{}, -0.1])", R"({"type":"A","tags":["t"]})"};
  int accepted = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    if (round % 2 == 0) {
      text = good[random() % std::size(good)];
      for (uint64_t change = random() % 3; change > 0; --change) {
        text[random() % text.size()] = alphabet[random() % alphabet.size()];
      }
    } else {
      for (uint64_t size = random() % 8; size > 0; --size) {
        text += alphabet[random() % alphabet.size()];
      }
    }
    // The other parser turns down two things that the standard's grammar has: half a surrogate
    // pair, and numbers that a double cannot hold.
    if (text.find("\\ud") != std::string::npos || text.find('e') != std::string::npos) continue;
    const bool expected = nlohmann::json::accept(text);
    ASSERT_EQ(!check_json(text), expected) << text;
    accepted += expected ? 1 : 0;
  }
  EXPECT_GT(accepted, 1000);
}

TEST(JsonText, MembersKeepTheirBytes) {
  const std::string text =
      R"( { "a" : [ 1 , {"x":"]}"} ] ,"b\"":"\\","c":1e999 , "a":{ }, "e":null})";
  ASSERT_FALSE(check_json(text));
  const std::vector<JsonMember> members = json_members(trim_json(text));
  const std::vector<std::pair<std::string, std::string>> expected = {
      {R"("a")", R"([ 1 , {"x":"]}"} ])"},
      {R"("b\"")", R"("\\")"},
      {R"("c")", "1e999"},
      {R"("a")", "{ }"},
      {R"("e")", "null"},
  };
  ASSERT_EQ(members.size(), expected.size());
  for (size_t i = 0; i < members.size(); ++i) {
    EXPECT_EQ(members[i].key, expected[i].first);
    EXPECT_EQ(members[i].value, expected[i].second);
  }
}

TEST(JsonText, ElementsKeepTheirBytes) {
  const std::vector<std::string_view> elements = json_elements("[ 1,[2 ,3] , \"a,]\" ,{}]");
  const std::vector<std::string_view> expected = {"1", "[2 ,3]", "\"a,]\"", "{}"};
  EXPECT_EQ(elements, expected);
  EXPECT_TRUE(json_elements("[ ]").empty());
  EXPECT_TRUE(json_members("{ }").empty());
}

TEST(JsonText, StringsAreReadAndWrittenBack) {
  EXPECT_EQ(unescape_json(R"("a\u00e9\ud83d\ude00\/\u0000b")"),
            std::string("a\xC3\xA9\xF0\x9F\x98\x80/\0b", 10));
  EXPECT_FALSE(unescape_json(R"("\ud800")"));
  EXPECT_FALSE(unescape_json(R"("\ude00\ud83d")"));

  const std::string text("a\"\\/\b\f\n\r\t\0\x1F\x7F\xC3\xA9", 14);
  std::string json;
  append_json_string(json, text);
  EXPECT_EQ(json, "\"a\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0000\\u001f\x7F\xC3\xA9\"");
  EXPECT_EQ(unescape_json(json), text);
}

}  // namespace
}  // namespace stele::cli
