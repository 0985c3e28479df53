// How much history a table keeps is read from texts, and written so that it is read as the same.
#include "cli/kept_history.h"

#include <gtest/gtest.h>

#include <utility>

namespace stele::cli {
namespace {

TEST(KeptHistory, IsReadAndWrittenInTheLargestUnit) {
  const std::pair<std::string, std::string> cases[] = {
      {"none", "none"},
      {"all", "all"},
      {"commits:1", "commits:1"},
      {"commits:18446744073709551615", "commits:18446744073709551615"},
      {"time:7d", "time:7d"},
      {"time:48h", "time:2d"},
      {"time:90m", "time:90m"},
      {"time:3600s", "time:1h"},
      {"time:1500ms", "time:1500ms"},
      {"time:1us", "time:1us"},
      {"time:18446744073709551615us", "time:18446744073709551615us"},
      {"time:213503982d", "time:213503982d"},
  };
  for (const auto& [text, expected] : cases) {
    const auto read = parse_history(text);
    ASSERT_TRUE(read) << text << ": " << read.error();
    EXPECT_EQ(history_text(*read), expected);
    const auto again = parse_history(expected);
    ASSERT_TRUE(again) << expected;
    EXPECT_EQ(again->kind, read->kind) << text;
    EXPECT_EQ(again->amount, read->amount) << text;
  }
}

TEST(KeptHistory, SaysWhyATextIsNone) {
  const std::string shape = "expected none, all, commits:N or time:SPAN";
  for (const char* text : {"", "None", "all ", "7d", "commits", "time", "commit:1"}) {
    const auto read = parse_history(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error(), shape) << text;
  }
  for (const char* text : {"", "0", "-1", "+1", "1 ", "1.5", "x", "18446744073709551616"}) {
    const auto read = parse_history(std::string("commits:") + text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error(), "'" + std::string(text) + "' is not a number of commits above 0");
  }
  for (const char* text : {"", "0s", "-1s", "1", "d", "1w", "1 d", "1D", "1.5h", "213503983d"}) {
    const auto read = parse_history(std::string("time:") + text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error(),
              "'" + std::string(text) +
                  "' is not a time above 0 such as 90s, 12h or 7d (us, ms, s, m, h, d)");
  }
}

}  // namespace
}  // namespace stele::cli
