// Fixed time stands still, and one seed gives one sequence of bytes, however it is asked for.
#include "os/fixed_environment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <thread>
#include <vector>

#include "support/results.h"

namespace stele::os {
namespace {

using test::succeeded;

std::vector<uint8_t> bytes_of(Random& random, size_t size) {
  std::vector<uint8_t> bytes(size);
  EXPECT_TRUE(succeeded(random.fill(bytes)));
  return bytes;
}

TEST(FixedClock, StandsStillUntilItIsSet) {
  FixedClock clock(1'700'000'000'000'000);
  EXPECT_EQ(clock.wall_us(), 1'700'000'000'000'000);
  clock.set(-1);
  EXPECT_EQ(clock.wall_us(), -1);
  EXPECT_EQ(clock.wall_us(), -1);
}

TEST(FixedClock, SteadyTimeIsTheMachines) {
  FixedClock clock(0);
  Clock& machine = *posix_environment().clock;
  const int64_t before = machine.steady_us();
  const int64_t now = clock.steady_us();
  EXPECT_GE(now, before);
  EXPECT_LE(now, machine.steady_us());
}

// The numbers that everybody's SplitMix64 gives for the seed 1234567.
TEST(SeededRandom, GivesTheBytesOfSplitMix64) {
  SeededRandom random(1234567);
  for (const uint64_t number : {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
                                4593380528125082431U, 16408922859458223821U}) {
    EXPECT_EQ(load_le<uint64_t>(bytes_of(random, 8).data()), number);
  }
}

TEST(SeededRandom, GivesTheSameBytesInPiecesOfAnySize) {
  SeededRandom whole(7);
  const std::vector<uint8_t> expected = bytes_of(whole, 200);
  for (const size_t piece : {1, 3, 7, 8, 9, 16, 50}) {
    SeededRandom random(7);
    std::vector<uint8_t> found(200);
    for (size_t at = 0; at < found.size(); at += piece) {
      const size_t size = std::min(piece, found.size() - at);
      ASSERT_TRUE(succeeded(random.fill(ByteSpan(found).subspan(at, size))));
      ASSERT_TRUE(succeeded(random.fill({})));
    }
    EXPECT_EQ(found, expected) << piece;
  }
}

TEST(SeededRandom, SeedsDiffer) {
  std::set<std::vector<uint8_t>> found;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SeededRandom random(seed);
    found.insert(bytes_of(random, 16));
  }
  EXPECT_EQ(found.size(), 100U);
}

// Threads share the sequence: together they get each of its numbers once.
TEST(SeededRandom, ThreadsGetEachNumberOnce) {
  constexpr size_t kThreads = 4;
  constexpr size_t kEach = 1000;
  SeededRandom random(1);
  std::array<std::vector<uint64_t>, kThreads> got;
  {
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (std::vector<uint64_t>& mine : got) {
      threads.emplace_back([&random, &mine] {
        mine.reserve(kEach);
        for (size_t i = 0; i < kEach; ++i) {
          std::array<uint8_t, 8> bytes = {};
          EXPECT_TRUE(succeeded(random.fill(bytes)));
          mine.push_back(load_le<uint64_t>(bytes.data()));
        }
      });
    }
  }
  std::set<uint64_t> found;
  for (const std::vector<uint64_t>& mine : got) found.insert(mine.begin(), mine.end());
  SeededRandom again(1);
  std::set<uint64_t> expected;
  for (size_t i = 0; i < kThreads * kEach; ++i) {
    expected.insert(load_le<uint64_t>(bytes_of(again, 8).data()));
  }
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace stele::os
