// The page cache: what stays, what goes, and what a budget means.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "page/files.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::page {
namespace {

using test::succeeded;

constexpr uint32_t kSize = kPageSizeMin;
constexpr uint32_t kFile = 1;

PageRef ref_of(uint64_t number) {
  return {.number = number, .checksum = number * 31 + 7};
}

// Puts a page into the cache as a miss does.
PagePin put(PageCache& cache, const PageRef& ref, PageUse use = PageUse::kAgain,
            PageType type = PageType::kLeaf, uint32_t size = kSize) {
  PageCache::Room room = cache.make_room(kFile, ref.number, size);
  const PageBytes page = page_of(size, ref.checksum, type);
  std::copy(page.begin(), page.end(), room.bytes().begin());
  return cache.insert(std::move(room), kFile, ref, use);
}

bool has(PageCache& cache, const PageRef& ref, PageUse use = PageUse::kOnce) {
  const PagePin pin = cache.find(kFile, ref, use);
  return pin && is_page_of(pin.bytes(), kSize, ref.checksum);
}

// The budget that holds `pages` pages and no more.
uint64_t budget_of(uint64_t pages) {
  const uint64_t bytes = pages * (kSize + sizeof(CachedPage));
  return bytes + PageCache(bytes + kSize).stats().bytes;
}

// A page is found by file, number and checksum; by none of them alone.
TEST(PageCache, FindsThePageThatIsMeant) {
  PageCache cache(budget_of(10));
  put(cache, ref_of(5));
  EXPECT_TRUE(has(cache, ref_of(5)));
  EXPECT_FALSE(cache.find(kFile, ref_of(6), PageUse::kAgain));
  EXPECT_FALSE(cache.find(kFile + 1, ref_of(5), PageUse::kAgain));
  EXPECT_FALSE(cache.find(kFile, {5, 1}, PageUse::kAgain));
}

// Who asks for a page of memory ahead is told whether it has to come from the disk; that pins
// nothing, and leaves no trace.
TEST(PageCache, SaysAheadWhetherAPageIsHere) {
  PageCache cache(budget_of(10));
  EXPECT_FALSE(cache.prefetch_page(kFile, ref_of(5)));
  put(cache, ref_of(5));
  cache.prefetch_entry(kFile, ref_of(5));
  EXPECT_TRUE(cache.prefetch_page(kFile, ref_of(5)));
  EXPECT_FALSE(cache.prefetch_page(kFile, ref_of(6)));
  EXPECT_EQ(cache.stats().hits, 0U);
  cache.drop_file(kFile);
  EXPECT_FALSE(cache.prefetch_page(kFile, ref_of(5)));
}

// A page that takes another's number takes its place. Who has pinned the old one keeps its bytes.
TEST(PageCache, ReplacesAPageOfTheSameNumber) {
  PageCache cache(budget_of(10));
  const PageRef before = ref_of(5);
  const PageRef after = {5, 99};
  const uint64_t empty = cache.stats().bytes;
  PagePin pin = put(cache, before);
  put(cache, after);
  EXPECT_TRUE(has(cache, after));
  EXPECT_FALSE(cache.find(kFile, before, PageUse::kAgain));
  EXPECT_TRUE(is_page_of(pin.bytes(), kSize, before.checksum));
  EXPECT_EQ(cache.stats().bytes, empty + 2 * (kSize + sizeof(CachedPage)));
  pin.reset();
  EXPECT_EQ(cache.stats().bytes, empty + kSize + sizeof(CachedPage));
}

// The budget holds whatever is read, in pages of all sizes, and all pages that fit stay.
TEST(PageCache, StaysWithinItsBudget) {
  for (const uint64_t pages : {8U, 9U, 100U, 5000U}) {
    PageCache cache(budget_of(pages));
    for (uint64_t i = 0; i < 3 * pages; ++i) {
      put(cache, ref_of(i), PageUse::kAgain, PageType::kLeaf, kPageSizeMin << i % 3);
      ASSERT_LE(cache.stats().bytes, cache.stats().bytes_budget);
    }
    EXPECT_GT(cache.stats().bytes + 4 * (kSize + sizeof(CachedPage)) + 4096,
              cache.stats().bytes_budget);
    EXPECT_GT(cache.stats().evictions, 0U);
    EXPECT_EQ(cache.stats().bytes_beyond, 0U);
  }
}

// Where everything is pinned, a page goes beyond the budget, and with its pin.
TEST(PageCache, GoesBeyondItsBudgetWhenAllIsPinned) {
  PageCache cache(budget_of(8));
  std::vector<PagePin> pins;
  for (uint64_t i = 0; i < 8; ++i) pins.push_back(put(cache, ref_of(i)));
  const uint64_t full = cache.stats().bytes;
  {
    const PagePin one = put(cache, ref_of(100));
    const PagePin two = put(cache, ref_of(101));
    EXPECT_TRUE(is_page_of(one.bytes(), kSize, ref_of(100).checksum));
    EXPECT_EQ(cache.stats().bytes_beyond, 2 * (kSize + sizeof(CachedPage)));
  }
  EXPECT_EQ(cache.stats().bytes, full);
  EXPECT_FALSE(has(cache, ref_of(100)));
  pins.clear();
  put(cache, ref_of(102));
  EXPECT_EQ(cache.stats().bytes, full);
  EXPECT_TRUE(has(cache, ref_of(102)));
}

// What is used again stays when many pages come that are not; inner pages stay longest.
TEST(PageCache, KeepsWhatIsUsedAgain) {
  PageCache cache(budget_of(100));
  for (uint64_t i = 0; i < 10; ++i) put(cache, ref_of(i));
  for (uint64_t i = 10; i < 20; ++i) put(cache, ref_of(i), PageUse::kAgain, PageType::kInner);
  for (uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(has(cache, ref_of(i), PageUse::kAgain));
  for (uint64_t i = 0; i < 170; ++i) put(cache, ref_of(1000 + i));
  for (uint64_t i = 0; i < 20; ++i) EXPECT_TRUE(has(cache, ref_of(i))) << i;
  // These are used again as well.
  for (uint64_t i = 0; i < 250; ++i) {
    put(cache, ref_of(2000 + i));
    EXPECT_TRUE(has(cache, ref_of(2000 + i), PageUse::kAgain));
  }
  for (uint64_t i = 0; i < 10; ++i) EXPECT_FALSE(has(cache, ref_of(i))) << i;
  for (uint64_t i = 10; i < 20; ++i) EXPECT_TRUE(has(cache, ref_of(i))) << i;
}

// A scan through pages that are read once pushes nothing out.
TEST(PageCache, AScanLeavesNoTrace) {
  PageCache cache(budget_of(50));
  for (uint64_t i = 0; i < 49; ++i) put(cache, ref_of(i));
  for (uint64_t i = 0; i < 1000; ++i) put(cache, ref_of(1000 + i), PageUse::kOnce);
  for (uint64_t i = 0; i < 49; ++i) EXPECT_TRUE(has(cache, ref_of(i))) << i;
}

// A page that was read in passing and is then wanted by somebody else counts like any other.
TEST(PageCache, APageOfAScanThatIsUsedAgainStays) {
  PageCache cache(budget_of(50));
  for (uint64_t i = 0; i < 40; ++i) put(cache, ref_of(i));
  for (uint64_t i = 100; i < 105; ++i) put(cache, ref_of(i), PageUse::kOnce);
  EXPECT_TRUE(has(cache, ref_of(102), PageUse::kAgain));
  for (uint64_t i = 0; i < 100; ++i) put(cache, ref_of(1000 + i), PageUse::kOnce);
  EXPECT_TRUE(has(cache, ref_of(102)));
  EXPECT_FALSE(has(cache, ref_of(103)));
}

// The pages of a file that is closed go; those that are pinned, with their pins.
TEST(PageCache, ForgetsAFile) {
  PageCache cache(budget_of(100));
  const uint64_t empty = cache.stats().bytes;
  PagePin pin = put(cache, ref_of(3));
  for (uint64_t i = 10; i < 50; ++i) put(cache, ref_of(i));
  cache.drop_file(kFile);
  for (uint64_t i = 10; i < 50; ++i) EXPECT_FALSE(has(cache, ref_of(i)));
  EXPECT_TRUE(is_page_of(pin.bytes(), kSize, ref_of(3).checksum));
  pin.reset();
  EXPECT_EQ(cache.stats().bytes, empty);
}

// The table of a shard under insertions and removals in any order finds what is there.
TEST(PageCache, FindsWhatAMapFinds) {
  const test::Seed seed;
  auto random = seed.generator();
  PageCache cache(budget_of(64));
  std::vector<PagePin> pins(40);  // Of page i, when it is to be there.
  std::vector<PageRef> refs(40);
  for (size_t step = 0; step < test::scaled(100'000); ++step) {
    const uint64_t i = test::between(random, 0, pins.size() - 1);
    switch (test::between(random, 0, 3)) {
      case 0:
        refs[i] = {i * 64 + test::between(random, 0, 1), test::between(random, 1, 9)};
        pins[i] = put(cache, refs[i]);
        break;
      case 1:
        pins[i].reset();
        put(cache, {10'000 + test::between(random, 0, 1000), 1});
        break;
      default:
        if (pins[i]) {
          const PagePin found = cache.find(kFile, refs[i], PageUse::kAgain);
          ASSERT_TRUE(found);
          ASSERT_EQ(found.bytes(), pins[i].bytes());
        }
    }
  }
  EXPECT_EQ(cache.stats().bytes_beyond, 0U);
}

// Many threads on few frames: everyone gets the page that was asked for, and a pin keeps it.
TEST(PageCache, ServesThreads) {
  Fixture disk(kSize, budget_of(24));
  const FilePtr file = disk.create();
  std::vector<PageRef> pages;
  {
    const WriterPtr writer = begin(*file);
    for (uint64_t i = 0; i < 64; ++i) pages.push_back(write(*writer, i));
    ASSERT_TRUE(succeeded(commit(*writer, {pages[0]})));
  }
  const test::Seed seed;
  std::atomic<uint64_t> wrong = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      auto random = seed.generator(t);
      for (size_t i = 0; i < test::scaled(20'000); ++i) {
        // Some pages are wanted by all of them.
        const uint64_t most = test::between(random, 0, 1) == 0 ? 4 : 63;
        const uint64_t one = test::between(random, 0, most);
        const auto first = file->read(pages[one]);
        const auto second = file->read(pages[63 - one], PageUse::kOnce);
        if (!first || !second || !is_page_of(first->bytes(), kSize, one) ||
            !is_page_of(second->bytes(), kSize, 63 - one)) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0U);
  const PageCacheStats stats = disk.cache->stats();
  EXPECT_GT(stats.hits, 0U);
  EXPECT_GT(stats.evictions, 0U);
  EXPECT_LE(stats.bytes, stats.bytes_budget);
}

// Readers of held generations beside a writer that replaces pages under the same numbers.
TEST(PageCache, ServesReadersBesideAWriter) {
  Fixture disk(kSize, budget_of(24));
  const FilePtr file = disk.create();
  const auto replace = [&](uint64_t round, std::vector<PageRef>& pages) {
    const WriterPtr writer = begin(*file);
    for (const PageRef& ref : pages) writer->free(ref.number, 0);
    std::vector<PageRef> next;
    for (uint64_t i = 0; i < 8; ++i) next.push_back(write(*writer, round * 8 + i));
    ASSERT_TRUE(succeeded(commit(*writer, next, round)));
    pages = next;
  };
  std::vector<PageRef> pages;
  replace(0, pages);
  std::atomic<bool> done = false;
  std::atomic<uint64_t> wrong = 0;
  std::vector<std::thread> readers;
  for (uint64_t t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        const auto state = file->state();
        uint64_t i = 0;
        for (const auto& [name, root] : state->roots) {
          const auto pin = file->read(root.page);
          if (!pin || !is_page_of(pin->bytes(), kSize, state->applied_tsn * 8 + i)) ++wrong;
          ++i;
        }
      }
    });
  }
  for (uint64_t round = 1; round < test::scaled(1000); ++round) replace(round, pages);
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0U);
  // Nobody holds anything any more: the pages move to the beginning of the file, and it shrinks.
  for (uint64_t round = 0; round < 6; ++round) replace(round, pages);
  EXPECT_LT(file->state()->page_count, 64U);
}

}  // namespace
}  // namespace stele::page
