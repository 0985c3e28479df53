// Elements of a StableVector stay where they are, and readers see only whole ones.
#include "base/stable_vector.h"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/scale.h"

namespace stele {
namespace {

// Blocks double, so their borders are where the arithmetic could be off by one.
template <size_t kFirstBlock>
void check_places(uint64_t count) {
  SCOPED_TRACE(testing::Message() << "first block " << kFirstBlock);
  StableVector<uint64_t, kFirstBlock> numbers;
  std::vector<const uint64_t*> places;
  for (uint64_t i = 0; i < count; ++i) {
    ASSERT_EQ(numbers.size(), i);
    numbers.push_back(i * 3 + 1);
    places.push_back(&numbers[i]);
    // Neighbours within a block are adjacent: no element lies on another.
    const bool starts_block = i % kFirstBlock == 0 && std::has_single_bit(i / kFirstBlock + 1);
    if (!starts_block) {
      ASSERT_EQ(places[i], places[i - 1] + 1) << i;
    }
  }
  for (uint64_t i = 0; i < count; ++i) {
    ASSERT_EQ(&numbers[i], places[i]) << "element " << i << " has moved";
    ASSERT_EQ(numbers[i], i * 3 + 1);
  }
}

TEST(StableVector, ElementsKeepTheirPlacesAcrossBlockBorders) {
  check_places<1>(300);
  check_places<2>(300);
  check_places<64>(64 * 31 + 1);
}

TEST(StableVector, OwnsWhatItHolds) {
  auto shared = std::make_shared<std::string>("held");
  {
    StableVector<std::shared_ptr<std::string>, 2> vector;
    for (int i = 0; i < 20; ++i) vector.push_back(shared);
    EXPECT_EQ(shared.use_count(), 21);
  }
  EXPECT_EQ(shared.use_count(), 1);
}

// One thread appends while others read all they know to be there: for ThreadSanitizer above all.
TEST(StableVector, ReadersSeeWholeElementsWhileOneThreadAppends) {
  struct Element {
    uint64_t index = 0;
    std::string text;
  };
  const uint64_t count = test::scaled(200'000);
  StableVector<Element, 4> elements;
  std::atomic<uint64_t> mistakes = 0;
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      for (uint64_t seen = 0; seen < count;) {
        const uint64_t size = elements.size();
        if (size < seen) ++mistakes;
        for (uint64_t i = seen; i < size; ++i) {
          if (elements[i].index != i || elements[i].text != std::to_string(i)) ++mistakes;
        }
        if (size == seen) std::this_thread::yield();
        seen = size;
      }
    });
  }
  for (uint64_t i = 0; i < count; ++i) elements.push_back({i, std::to_string(i)});
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(mistakes, 0U);
}

}  // namespace
}  // namespace stele
