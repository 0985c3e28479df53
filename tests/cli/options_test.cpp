// Options take values as they are written; CLI11 would change some of them.
#include "cli/options.h"

#include <gtest/gtest.h>

namespace stele::cli {
namespace {

struct Parsed {
  std::string database;
  std::vector<std::string> tags;
  std::optional<std::string> entity;
  std::optional<uint64_t> limit;
};

// Throws what CLI11 throws.
Parsed parse(const std::vector<std::string>& arguments) {
  Parsed parsed;
  CLI::App app;
  add_database(app, parsed.database);
  add_texts(app, "--tag", parsed.tags, "");
  add_text(app, "--entity", parsed.entity, "");
  add_number(app, "--limit", parsed.limit, "");
  const std::vector<std::string> split = split_empty_values(arguments);
  app.parse(std::vector<std::string>(split.rbegin(), split.rend()));
  return parsed;
}

TEST(Options, EachTextIsOneArgument) {
  const Parsed parsed = parse({"--tag", "a", "--tag=b", "--tag", "", "--tag", "{}", "--tag",
                               "[c,d]", "--tag", "e,f", "--tag", "%%", "shop"});
  EXPECT_EQ(parsed.database, "shop");
  EXPECT_EQ(parsed.tags, (std::vector<std::string>{"a", "b", "", "{}", "[c,d]", "e,f", "%%"}));
}

TEST(Options, AnEmptyTextIsNotNone) {
  EXPECT_EQ(parse({"shop"}).entity, std::nullopt);
  EXPECT_EQ(parse({"shop", "--entity", ""}).entity, "");
  EXPECT_EQ(parse({"--entity=", "shop"}).entity, "");
}

TEST(Options, NumbersAreDecimal) {
  EXPECT_EQ(parse({"shop", "--limit", "010"}).limit, 10U);
  EXPECT_EQ(parse({"shop", "--limit", "18446744073709551615"}).limit, UINT64_MAX);
  for (const char* number : {"0x10", "-1", "+1", "1.5", " 1", "", "18446744073709551616"}) {
    EXPECT_THROW(parse({"shop", "--limit", number}), CLI::ValidationError) << number;
  }
}

TEST(Options, AnEmptyValueBehindAnEqualsSignIsAnArgument) {
  const std::vector<std::string> given = {"append", "--tag=", "a=", "--tag=b", "--", "--tag="};
  const std::vector<std::string> expected = {
      "append", "--tag", "", "a=", "--tag=b", "--", "--tag="};
  EXPECT_EQ(split_empty_values(given), expected);
}

}  // namespace
}  // namespace stele::cli
