// A run gives back the positions that went in, says how many and up to where without being decoded,
// and bytes that are not one are refused.
#include "events/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "support/scale.h"
#include "support/seed.h"

namespace stele::events {
namespace {

using test::between;
using Positions = std::vector<uint64_t>;
using Bytes = std::vector<uint8_t>;

// Encodes positions that fit into one run.
Bytes encoded(const Positions& positions) {
  RunWriter writer;
  for (const uint64_t position : positions) EXPECT_TRUE(writer.add(position));
  EXPECT_EQ(writer.first(), positions.front());
  const ByteView run = writer.bytes();
  return {run.begin(), run.end()};
}

void expect_same(const Positions& positions, ByteView run) {
  EXPECT_LE(run.size(), kRunSizeMax);
  EXPECT_EQ(run.empty(), positions.size() == 1);
  const auto summary = summary_of_run(positions.front(), run);
  ASSERT_TRUE(summary) << summary.error();
  EXPECT_EQ(summary->count, positions.size());
  EXPECT_EQ(summary->last, positions.back());
  Positions found = {7, 7, 7};
  ASSERT_EQ(decode_run(positions.front(), run, found), nullptr);
  ASSERT_EQ(found, positions);
}

// Every length of a run that has positions side by side, and the ones around each length of a
// varint.
TEST(Run, GivesBackWhatWentIn) {
  for (uint64_t count = 1; count <= 1005; ++count) {
    Positions positions;
    for (uint64_t i = 0; i < count; ++i) positions.push_back(100 + i);
    expect_same(positions, encoded(positions));
    if (HasFailure()) return;
  }
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (const uint64_t more : {uint64_t{0}, uint64_t{1}, (uint64_t{1} << bits) - 1}) {
      const uint64_t difference = (uint64_t{1} << bits) + more;
      const Positions positions = {1, 1 + difference};
      if (positions[1] > 1) expect_same(positions, encoded(positions));
    }
  }
  for (const uint64_t first : {uint64_t{1}, UINT64_MAX - 1, UINT64_MAX}) {
    expect_same({first}, encoded({first}));
  }
  expect_same({1, UINT64_MAX}, encoded({1, UINT64_MAX}));
  expect_same({UINT64_MAX - 1, UINT64_MAX}, encoded({UINT64_MAX - 1, UINT64_MAX}));
}

// One difference of another size at each place among small ones: those are read eight at a time.
TEST(Run, MixesSmallAndLargeDifferences) {
  for (const uint64_t large : {uint64_t{127}, uint64_t{128}, uint64_t{300}, uint64_t{1} << 40}) {
    for (size_t count = 2; count <= 40; ++count) {
      for (size_t place = 1; place < count; ++place) {
        Positions positions = {5};
        for (size_t i = 1; i < count; ++i) {
          positions.push_back(positions.back() + (i == place ? large : 1 + i % 100));
        }
        expect_same(positions, encoded(positions));
        if (HasFailure()) return;
      }
    }
  }
}

// What does not fit is refused, and goes into the next run; together they hold everything.
TEST(Run, EndsBeforeItIsTooLong) {
  const test::Seed seed;
  auto random = seed.generator();
  for (size_t round = 0; round < test::scaled(300); ++round) {
    const uint64_t bits = between(random, 0, 52);
    Positions positions = {between(random, 1, 1000)};
    for (uint64_t left = between(random, 0, 4000); left > 0; --left) {
      positions.push_back(positions.back() + 1 + (random() >> (63 - bits)));
    }
    RunWriter writer;
    Positions all;
    for (size_t at = 0; at < positions.size();) {
      writer.clear();
      EXPECT_TRUE(writer.empty());
      const size_t from = at;
      while (at < positions.size() && writer.add(positions[at])) ++at;
      const Positions part(positions.begin() + static_cast<ptrdiff_t>(from),
                           positions.begin() + static_cast<ptrdiff_t>(at));
      expect_same(part, writer.bytes());
      ASSERT_FALSE(HasFailure()) << "round " << round << ", from " << from;
      // Only a varint of its greatest length less than full.
      EXPECT_TRUE(at == positions.size() || writer.bytes().size() > kRunSizeMax - 40);
      all.insert(all.end(), part.begin(), part.end());
    }
    EXPECT_EQ(all, positions);
  }
}

// Each kind of damage has its reason.
TEST(Run, IsRefusedWhenItIsDamaged) {
  struct Case {
    const char* name;
    uint64_t first;
    Bytes run;
    const char* reason;
    bool shows_in_summary;
  };
  const Bytes nine(9, 0xff);
  Bytes long_varint = nine;
  long_varint.push_back(2);  // 2^64.
  Bytes endless(11, 0x80);
  const Case cases[] = {
      {"half a varint", 1, {0x80}, "header", true},
      {"a count alone", 1, {2}, "header", true},
      {"a number of 65 bits", 1, long_varint, "header", true},
      {"a number without end", 1, endless, "header", true},
      {"no position", 1, {0, 0}, "impossible", true},
      {"one position", 1, {1, 0}, "impossible", true},
      {"more positions than bytes", 1, {3, 2, 1}, "impossible", true},
      {"positions that cannot differ", 1, {3, 1, 1, 1}, "impossible", true},
      {"beyond all numbers", UINT64_MAX, {2, 1, 1}, "impossible", true},
      {"a position twice", 1, {3, 2, 0, 2}, "ascend", false},
      {"beyond its last", 1, {3, 4, 5, 1}, "ascend", false},
      {"another last", 1, {3, 4, 1, 1}, "end with its last", false},
      {"bytes behind it", 1, {2, 1, 1, 1}, "end with its last", false},
      {"half a difference", 1, {3, 9, 1, 0x80}, "shorter than its count", false},
      {"a zero among eight", 1, {10, 9, 1, 1, 1, 1, 0, 1, 1, 1, 2}, "ascend", false},
      {"eight beyond its last", 1, {9, 8, 1, 1, 1, 1, 1, 1, 1, 9}, "ascend", false},
      {"too long", 1, Bytes(kRunSizeMax + 1, 1), "too long", true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto summary = summary_of_run(c.first, c.run);
    EXPECT_EQ(!summary, c.shows_in_summary);
    Positions positions;
    const char* const fault = decode_run(c.first, c.run, positions);
    ASSERT_NE(fault, nullptr);
    EXPECT_NE(std::string(fault).find(c.reason), std::string::npos) << fault;
  }
}

// A run that was cut off or has one byte changed is refused, or is another run that is sound.
TEST(Run, CannotBeTornIntoNonsense) {
  const test::Seed seed;
  auto random = seed.generator();
  Positions found;
  for (size_t round = 0; round < test::scaled(20'000); ++round) {
    Positions positions = {between(random, 1, 1000)};
    for (uint64_t left = between(random, 1, 40); left > 0; --left) {
      positions.push_back(positions.back() + between(random, 1, round % 2 == 0 ? 3 : 1000));
    }
    Bytes run = encoded(positions);
    if (round % 3 == 0) {
      run.resize(between(random, 1, run.size() - 1));
      EXPECT_NE(decode_run(positions.front(), run, found), nullptr) << "round " << round;
      continue;
    }
    run[between(random, 0, run.size() - 1)] = static_cast<uint8_t>(random());
    if (decode_run(positions.front(), run, found) != nullptr) continue;
    EXPECT_TRUE(std::ranges::adjacent_find(found, std::greater_equal<>()) == found.end());
    const auto summary = summary_of_run(positions.front(), run);
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->count, found.size());
    EXPECT_EQ(summary->last, found.back());
  }
}

}  // namespace
}  // namespace stele::events
