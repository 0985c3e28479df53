// Memory for pages: what is given out does not overlap, sizes may come in any order, and memory
// that came back as small pages serves large ones again.
#include "page/page_memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "support/seed.h"

namespace stele::page {
namespace {

constexpr uint64_t kBudget = uint64_t{64} << 20;

TEST(PageMemory, GivesOutNoByteTwice) {
  const test::Seed seed;
  for (const uint64_t budget : {uint64_t{1} << 20, kBudget}) {
    PageMemory memory(budget);
    std::mt19937_64 random = seed.generator();
    std::map<uint8_t*, uint32_t> out;
    uint64_t bytes = 0;
    for (int i = 0; i < 20'000; ++i) {
      if (bytes < kBudget / 4 && random() % 5 < 3) {
        const uint32_t size = kPageSizeMin << random() % 5;
        uint8_t* page = memory.allocate(size);
        ASSERT_EQ(reinterpret_cast<uintptr_t>(page) % 64, 0U);
        const auto behind = out.lower_bound(page);
        ASSERT_TRUE(behind == out.end() || page + size <= behind->first);
        ASSERT_TRUE(behind == out.begin() ||
                    std::prev(behind)->first + std::prev(behind)->second <= page);
        std::memset(page, i, 8);
        out[page] = size;
        bytes += size;
      } else if (!out.empty()) {
        const auto one = std::next(out.begin(), static_cast<ptrdiff_t>(random() % out.size()));
        memory.free(one->first, one->second);
        bytes -= one->second;
        out.erase(one);
      }
    }
    for (const auto& [page, size] : out) memory.free(page, size);
  }
}

TEST(PageMemory, OfSmallPagesServesLargeOnesAgain) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "each page is alone here, so that the sanitizer sees where it ends";
#endif
  PageMemory memory(kBudget);
  std::vector<uint8_t*> pages;
  std::set<uint64_t> pieces;
  const auto piece_of = [](const uint8_t* page) {
    return reinterpret_cast<uintptr_t>(page) / (uint64_t{2} << 20);
  };
  for (int i = 0; i < 2048; ++i) {
    pages.push_back(memory.allocate(4096));
    pieces.insert(piece_of(pages.back()));
  }
  for (uint8_t* page : pages) memory.free(page, 4096);
  pages.clear();
  for (int i = 0; i < 128; ++i) {
    pages.push_back(memory.allocate(65536));
    EXPECT_TRUE(pieces.contains(piece_of(pages.back()))) << i;
  }
  for (uint8_t* page : pages) memory.free(page, 65536);
}

}  // namespace
}  // namespace stele::page
