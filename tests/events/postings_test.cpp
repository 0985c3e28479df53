// Postings answer like a sorted list, also to a search that goes on from a hint, while they grow.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "events/posting_cursor.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::events {
namespace {

using test::between;
using test::Seed;

uint64_t model_at_or_after(const std::vector<uint64_t>& list, uint64_t from) {
  const auto found = std::ranges::lower_bound(list, from);
  return found == list.end() ? kNoPosition : *found;
}

uint64_t model_at_or_before(const std::vector<uint64_t>& list, uint64_t from) {
  const auto found = std::ranges::upper_bound(list, from);
  return found == list.begin() ? 0 : *std::prev(found);
}

PostingCursor forward(const Postings& postings) {
  return {&postings, Direction::kForward};
}
PostingCursor backward(const Postings& postings) {
  return {&postings, Direction::kBackward};
}

// Fresh searches, around every element and at the ends, for each length across the growth steps.
TEST(Postings, AnswerLikeASortedList) {
  for (const size_t length : {0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 100}) {
    Postings postings;
    std::vector<uint64_t> model;
    for (size_t i = 0; i < length; ++i) {
      model.push_back(3 * i + 2);
      postings.append(model.back());
      EXPECT_EQ(postings.last(), model.back());
    }
    EXPECT_EQ(postings.count(), length);
    for (uint64_t from = 0; from < 3 * length + 5; ++from) {
      EXPECT_EQ(forward(postings).at_or_after(from), model_at_or_after(model, from)) << from;
      EXPECT_EQ(backward(postings).at_or_before(from), model_at_or_before(model, from)) << from;
      const auto up_to = std::ranges::upper_bound(model, from) - model.begin();
      EXPECT_EQ(postings.count_to(from), static_cast<uint64_t>(up_to)) << from;
    }
    EXPECT_EQ(forward(postings).at_or_after(UINT64_MAX), kNoPosition);
    EXPECT_EQ(backward(postings).at_or_before(0), 0U);
  }
}

// Random lists, random walks of one cursor, in both directions, and a list that grows meanwhile,
// which the cursor does not see.
TEST(Postings, AreWalkedByACursor) {
  const Seed seed;
  auto random = seed.generator();
  const size_t rounds = test::scaled(2000);
  for (size_t round = 0; round < rounds; ++round) {
    Postings postings;
    std::vector<uint64_t> model;
    uint64_t position = 0;
    const auto append = [&](uint64_t count) {
      for (; count > 0; --count) {
        position += between(random, 1, between(random, 0, 9) == 0 ? 1000 : 3);
        model.push_back(position);
        postings.append(position);
      }
    };
    append(between(random, 0, 60));
    PostingCursor up = forward(postings);
    const std::vector<uint64_t> seen_up = model;
    for (uint64_t from = 0; from <= position + 3; from += between(random, 0, position / 4 + 2)) {
      ASSERT_EQ(up.at_or_after(from), model_at_or_after(seen_up, from));
      if (between(random, 0, 5) == 0) append(between(random, 0, 5));
    }
    PostingCursor down = backward(postings);
    const std::vector<uint64_t> seen_down = model;
    for (uint64_t from = position;;) {
      ASSERT_EQ(down.at_or_before(from), model_at_or_before(seen_down, from));
      if (between(random, 0, 5) == 0) append(between(random, 0, 5));
      const uint64_t step = between(random, 0, position / 4 + 2);
      if (from < step) break;
      from -= step;
    }
  }
}

// While one thread appends 1, 2, 3 ..., every search finds what was there before it started.
TEST(Postings, CanBeSearchedWhileTheyGrow) {
  Postings postings;
  const uint64_t last = test::scaled(500000);
  std::thread appender([&] {
    for (uint64_t position = 1; position <= last; ++position) postings.append(2 * position);
  });
  std::vector<std::thread> readers;
  std::atomic<uint64_t> wrong = 0;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&, stream = static_cast<uint64_t>(i)] {
      std::mt19937_64 random(stream);
      while (postings.count() < last) {
        const uint64_t count = postings.count();
        const uint64_t place = between(random, 0, count);  // 0: before the first.
        if (place > 0) {
          wrong += forward(postings).at_or_after(2 * place - 1) != 2 * place ? 1 : 0;
          wrong += backward(postings).at_or_before(2 * place + 1) != 2 * place ? 1 : 0;
        } else {
          wrong += backward(postings).at_or_before(1) != 0 ? 1 : 0;
        }
      }
    });
  }
  appender.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(postings.count(), last);
}

}  // namespace
}  // namespace stele::events
