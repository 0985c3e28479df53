// The real clock, random numbers and count of forks are what a database may rely on.
#include "os/environment.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <set>
#include <thread>
#include <vector>

#include "support/results.h"

namespace stele::os {
namespace {

TEST(Clock, TellsMicrosecondsSinceTheEpoch) {
  Clock& clock = *posix_environment().clock;
  const int64_t before = int64_t{::time(nullptr)} * 1'000'000;
  const int64_t now = clock.wall_us();
  const int64_t after = (int64_t{::time(nullptr)} + 1) * 1'000'000;
  // time() may lag behind the precise clock by a tick.
  EXPECT_GE(now, before - 100'000);
  EXPECT_LE(now, after + 100'000);
  EXPECT_GE(clock.wall_us(), now - 1'000'000);
}

TEST(Clock, SteadyTimePassesAndNeverGoesBack) {
  Clock& clock = *posix_environment().clock;
  const int64_t start = clock.steady_us();
  EXPECT_GE(start, 0);
  int64_t last = start;
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = clock.steady_us();
    ASSERT_GE(now, last);
    last = now;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(clock.steady_us(), start + 20'000);
  EXPECT_LE(clock.steady_us(), start + 600'000'000) << "not microseconds";
}

// Also beyond the 256 bytes that the kernel gives at once, and not one byte further.
TEST(Random, FillsAnySizeWithBytesThatDiffer) {
  Random& random = *posix_environment().random;
  EXPECT_TRUE(test::succeeded(random.fill({})));
  for (const size_t size : {1, 8, 16, 255, 256, 257, 512, 10'000}) {
    std::vector<uint8_t> bytes(size + 1, 0);
    ASSERT_TRUE(test::succeeded(random.fill(ByteSpan(bytes).first(size))));
    EXPECT_EQ(bytes.back(), 0);
    // 64 equal bytes in a row come once in 2^504.
    for (size_t at = 0; at + 64 <= size; at += 64) {
      const std::set<uint8_t> distinct(bytes.begin() + static_cast<ptrdiff_t>(at),
                                       bytes.begin() + static_cast<ptrdiff_t>(at) + 64);
      EXPECT_GT(distinct.size(), 1U) << "at " << at;
    }
  }
  std::set<std::array<uint8_t, 8>> salts;
  for (int i = 0; i < 1000; ++i) {
    std::array<uint8_t, 8> salt = {};
    ASSERT_TRUE(test::succeeded(random.fill(salt)));
    salts.insert(salt);
  }
  EXPECT_EQ(salts.size(), 1000U);
}

// Runs `body` in a child and returns what it returned.
template <typename Body>
int in_child(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int state = 0;
  EXPECT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_TRUE(WIFEXITED(state));
  return WEXITSTATUS(state);
}

TEST(ProcessGeneration, DiffersInChildrenAndStaysInTheParent) {
  const uint64_t here = process_generation();
  EXPECT_EQ(process_generation(), here);
  const int differing = in_child([&] {
    const uint64_t child = process_generation();
    const int grandchild = in_child([&] {
      const uint64_t there = process_generation();
      return there != child && there != here ? 1 : 0;
    });
    return (child != here ? 1 : 0) + (process_generation() == child ? 1 : 0) + grandchild;
  });
  EXPECT_EQ(differing, 3);
  EXPECT_EQ(process_generation(), here);
}

// A sync site without a name could be neither counted nor left out by a test.
TEST(SyncSites, HaveDistinctNames) {
  const std::set<std::string_view> names(kSyncSiteNames.begin(), kSyncSiteNames.end());
  EXPECT_EQ(names.size(), kSyncSiteCount);
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(static_cast<size_t>(SyncSite::kBackupMeta) + 1, kSyncSiteCount);
}

}  // namespace
}  // namespace stele::os
