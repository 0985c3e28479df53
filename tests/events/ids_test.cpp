// Generated ids are version 7 UUIDs that increase within a database, whatever the clock does.
#include "events/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>
#include <vector>

#include "os/environment.h"
#include "support/fake_environment.h"
#include "support/results.h"
#include "support/scale.h"

namespace stele::events {
namespace {

using Uuid = std::array<uint8_t, 16>;
using test::failed;
using test::FakeClock;
using test::FakeRandom;
using test::succeeded;

Uuid next(IdSource& source) {
  const auto id = source.next();
  EXPECT_TRUE(succeeded(id));
  return id.value_or(Uuid{});
}

uint64_t milliseconds_of(const Uuid& id) {
  uint64_t value = 0;
  for (size_t i = 0; i < 6; ++i) value = value << 8 | id[i];
  return value;
}

// The first 60 bits without the version: what orders ids.
uint64_t order_of(const Uuid& id) {
  return milliseconds_of(id) << 12 | uint64_t{id[6] & 0x0fU} << 8 | id[7];
}

// RFC 9562, section 5.7: milliseconds, version 7, 12 bits of the fraction, variant 10.
TEST(IdSource, MakesUuidsOfVersion7) {
  FakeClock clock(1'645'557'742'000'500);  // The RFC's example, and half a millisecond.
  FakeRandom random;
  IdClock times(clock);
  IdSource source(times, random);
  const Uuid id = next(source);
  EXPECT_EQ(milliseconds_of(id), 0x017F22E279B0U);
  EXPECT_EQ(id[6] >> 4, 7);
  EXPECT_EQ(id[8] >> 6, 2);
  EXPECT_EQ((id[6] & 0x0fU) << 8 | id[7], 2048U) << "500 of 1000 us are half of 4096";
}

// With a clock that stands still, goes back or starts before 1970, each id is above the last.
TEST(IdSource, NeverGoesBack) {
  FakeClock clock;
  FakeRandom random;
  IdClock times(clock);
  IdSource source(times, random);
  uint64_t last = 0;
  const int64_t start = clock.wall_us();
  for (const int64_t now : {start, start, start - 1'000'000'000, start + 1, int64_t{-5}, INT64_MIN,
                            start + 2'000'000}) {
    clock.set(now);
    for (int i = 0; i < 5000; ++i) {
      const Uuid id = next(source);
      ASSERT_EQ(id[6] >> 4, 7);
      ASSERT_EQ(id[8] >> 6, 2);
      ASSERT_GT(order_of(id), last) << "clock at " << now;
      last = order_of(id);
    }
  }
  EXPECT_EQ(milliseconds_of(next(source)), static_cast<uint64_t>(start / 1000 + 2000 + 1))
      << "5,000 ids in one millisecond run one millisecond ahead";
}

// A database that is opened again goes on above the ids it has, though the clock stands still; ids
// from the far future and of other versions do not move it.
TEST(IdClock, GoesOnAboveWhatItObserves) {
  FakeClock clock;
  FakeRandom random;
  IdClock before(clock);
  IdSource earlier(before, random);
  Uuid last = {};
  for (int i = 0; i < 9000; ++i) last = next(earlier);
  IdClock after(clock);
  after.observe(last.data(), clock.wall_us());
  Uuid future = last;
  future[0] = 0x7f;
  after.observe(future.data(), clock.wall_us());
  Uuid other = last;
  other[5] = 0xff;
  other[6] = 0x4f;
  after.observe(other.data(), clock.wall_us());
  IdSource later(after, random);
  EXPECT_EQ(order_of(next(later)), order_of(last) + 1);
}

// Many batches share one clock: ids increase within each, and none occurs twice.
TEST(IdSource, IsUniqueAcrossThreads) {
  FakeClock clock;  // Stands still: the worst case.
  FakeRandom random;
  IdClock times(clock);
  const size_t count = test::scaled(50000);
  std::array<std::vector<Uuid>, 4> made;
  std::vector<std::thread> threads;
  for (std::vector<Uuid>& mine : made) {
    threads.emplace_back([&] {
      IdSource source(times, random);
      for (size_t i = 0; i < count; ++i) mine.push_back(next(source));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<uint64_t> all;
  for (const std::vector<Uuid>& mine : made) {
    EXPECT_TRUE(std::ranges::is_sorted(mine, {}, order_of));
    for (const Uuid& id : mine) all.insert(order_of(id));
  }
  EXPECT_EQ(all.size(), made.size() * count) << "the time part alone is unique";
}

// Random bits differ from id to id, also across the pool's end.
TEST(IdSource, UsesEachRandomByteOnce) {
  FakeClock clock;
  const os::Environment real = os::posix_environment();
  IdClock times(clock);
  IdSource source(times, *real.random);
  std::set<std::vector<uint8_t>> tails;
  for (int i = 0; i < 1000; ++i) {
    const Uuid id = next(source);
    tails.emplace(id.begin() + 8, id.end());
  }
  EXPECT_EQ(tails.size(), 1000U);
}

TEST(IdSource, SaysThatThereAreNoRandomNumbers) {
  FakeClock clock;
  FakeRandom random;
  IdClock times(clock);
  IdSource source(times, random);
  random.fail_from_now_on();
  EXPECT_TRUE(failed(source.next(), Code::kIo, "random numbers"));
}

}  // namespace
}  // namespace stele::events
