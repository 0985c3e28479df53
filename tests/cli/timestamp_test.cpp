// Times are written in one form and read in all that RFC 3339 has.
#include "cli/timestamp.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace stele::cli {
namespace {

std::string written(int64_t time) {
  std::string text;
  append_timestamp(text, time);
  return text;
}

TEST(Timestamp, IsWrittenInUtcWithMicroseconds) {
  EXPECT_EQ(written(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(written(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(written(1'795'260'755'123'456), "2026-11-21T11:32:35.123456Z");
  EXPECT_EQ(written(951'782'400'000'000), "2000-02-29T00:00:00.000000Z");
}

TEST(Timestamp, IsANumberOutsideOfTheYearsOneTo9999) {
  EXPECT_EQ(written(-62'135'596'800'000'000), "0001-01-01T00:00:00.000000Z");
  EXPECT_EQ(written(-62'135'596'800'000'001), "-62135596800000001");
  EXPECT_EQ(written(253'402'300'799'999'999), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(written(253'402'300'800'000'000), "253402300800000000");
  EXPECT_EQ(written(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(std::numeric_limits<int64_t>::max()), "9223372036854775807");
}

TEST(Timestamp, IsReadWithAnyOffsetAndUpToSixDigits) {
  const std::pair<std::string, std::string> cases[] = {
      {"2026-11-21T11:32:35Z", "2026-11-21T11:32:35.000000Z"},
      {"2026-11-21t11:32:35.5z", "2026-11-21T11:32:35.500000Z"},
      {"2026-11-21 11:32:35.123456+00:00", "2026-11-21T11:32:35.123456Z"},
      {"2026-11-21T00:30:00+02:00", "2026-11-20T22:30:00.000000Z"},
      {"2026-12-31T23:30:00-23:59", "2027-01-01T23:29:00.000000Z"},
      {"2026-11-21T11:32:35-00:00", "2026-11-21T11:32:35.000000Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
      {"2017-01-01T00:59:60.25+01:00", "2017-01-01T00:00:00.250000Z"},
      {"0001-01-01T00:00:00+00:01", "-62135596860000000"},
      {"0000-02-29T00:00:00Z", "-62162121600000000"},
  };
  for (const auto& [text, expected] : cases) {
    const auto time = parse_timestamp(text);
    ASSERT_TRUE(time) << text << ": " << time.error();
    EXPECT_EQ(written(*time), expected) << text;
  }
}

TEST(Timestamp, SaysWhyATextIsNone) {
  const std::string shape = "expected a time such as 2026-11-21T11:32:35.123456Z";
  const std::pair<std::string, std::string> cases[] = {
      {"", shape},
      {"2026-11-21", shape},
      {"2026-11-21T11:32Z", shape},
      {"26-11-21T11:32:35Z", shape},
      {"2026-1-21T11:32:35Z", shape},
      {"+2026-11-21T11:32:35Z", shape},
      {"2026-11-21T11:32:35.Z", shape},
      {"2026-11-21T11:32:35+0200", shape},
      {"2026-02-29T11:32:35Z", "there is no such day"},
      {"2026-13-01T11:32:35Z", "there is no such day"},
      {"2026-00-01T11:32:35Z", "there is no such day"},
      {"2026-11-21T24:00:00Z", "there is no such time of day"},
      {"2026-11-21T11:60:00Z", "there is no such time of day"},
      {"2026-11-21T11:32:61Z", "there is no such time of day"},
      {"2026-11-21T11:32:60Z", "there is no such time of day"},
      {"2026-11-21T11:32:35", "the offset is missing: Z, or one like +02:00"},
      {"2026-11-21T11:32:35+24:00", "there is no such offset"},
      {"2026-11-21T11:32:35ZZ", "something follows the offset"},
      {"2026-11-21T11:32:35.1234567Z",
       "a second has at most 6 digits behind its point: a time is microseconds"},
  };
  for (const auto& [text, reason] : cases) {
    const auto time = parse_timestamp(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error(), reason) << text;
  }
}

TEST(Timestamp, ComesBackAsItWasWritten) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int64_t> times(-62'135'596'800'000'000, 253'402'300'799'999'999);
  for (int round = 0; round < 10'000; ++round) {
    const int64_t time = times(random);
    EXPECT_EQ(parse_timestamp(written(time)), time);
  }
}

TEST(Timestamp, MicrosecondsAreWholeNumbersOf64Bits) {
  EXPECT_EQ(parse_microseconds("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(parse_microseconds("-0"), 0);
  EXPECT_FALSE(parse_microseconds("9223372036854775808"));
  EXPECT_FALSE(parse_microseconds("1.5"));
  EXPECT_FALSE(parse_microseconds("1e3"));
  EXPECT_FALSE(parse_microseconds(""));
}

}  // namespace
}  // namespace stele::cli
