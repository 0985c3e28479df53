// A warm read by position and a warm step of a scan allocate nothing, whatever holds the events.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <array>
#include <cstdint>
#include <string>

#include "base/text.h"
#include "heap/heap.h"
#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

constexpr uint64_t kEvents = 20'000;

struct WarmRead : ::testing::TestWithParam<bool> {
  void SetUp() override {
    db = open(directory.path("db"));
    for (uint64_t i = 0; i < kEvents / 100; ++i) append_some(i);
    if (GetParam()) {
      ASSERT_EQ(stele_checkpoint(db, nullptr), STELE_OK);
    }
  }
  void append_some(uint64_t number) {
    stele_batch* batch = nullptr;
    ASSERT_EQ(stele_batch_create(db, &batch, nullptr), STELE_OK);
    for (int i = 0; i < 100; ++i) {
      const std::string tag = stele::cat("tag ", (number * 100 + static_cast<uint64_t>(i)) % 7);
      const stele_text text = {tag.data(), tag.size()};
      stele_new_event event = {};
      event.struct_size = sizeof event;
      event.event_type = STELE_TEXT("Sold");
      event.tags = &text;
      event.tag_count = 1;
      ASSERT_EQ(stele_batch_event(batch, &event, nullptr), STELE_OK);
    }
    ASSERT_EQ(stele_commit(db, batch, nullptr, nullptr), STELE_OK);
    stele_batch_close(batch);
  }

  TempDirectory directory;
  Db db;
  std::array<uint8_t, 4096> buffer = {};
};

TEST_P(WarmRead, ByPositionAllocatesNothing) {
  uint64_t made = 0;
  for (int round = 0; round < 2; ++round) {
    const uint64_t before = heap::allocations();
    for (uint64_t i = 0; i < kEvents; ++i) {
      size_t used = 0;
      ASSERT_EQ(stele_get(db, 1 + i * 7919 % kEvents, buffer.data(), buffer.size(), &used, nullptr),
                STELE_OK);
    }
    made = heap::allocations() - before;
  }
  EXPECT_EQ(made, 0U);
}

TEST_P(WarmRead, AStepOfAScanAllocatesNothing) {
  const std::string tag = "tag 3";
  stele_query* query = nullptr;
  ASSERT_EQ(stele_query_create(&query, nullptr), STELE_OK);
  ASSERT_EQ(stele_query_item(query, nullptr), STELE_OK);
  ASSERT_EQ(stele_query_tag(query, tag.data(), tag.size(), nullptr), STELE_OK);
  for (stele_query* what : {static_cast<stele_query*>(nullptr), query}) {
    for (const bool copies : {true, false}) {
      uint64_t made = 0;
      uint64_t steps = 0;
      for (int round = 0; round < 2; ++round) {
        stele_cursor* cursor = nullptr;
        ASSERT_EQ(stele_read(db, what, nullptr, &cursor, nullptr), STELE_OK);
        size_t used = 0;
        uint32_t count = 0;
        stele_event event = {};
        event.struct_size = sizeof event;
        const auto step = [&] {
          return copies ? stele_cursor_next_batch(cursor, buffer.data(), buffer.size(), &used,
                                                  &count, nullptr)
                        : stele_cursor_next(cursor, &event, nullptr);
        };
        ASSERT_EQ(step(), STELE_OK) << "the first one looks its terms up";
        const uint64_t before = heap::allocations();
        for (steps = 0; step() == STELE_OK; ++steps) {
        }
        made = heap::allocations() - before;
        stele_cursor_close(cursor);
      }
      EXPECT_GT(steps, 50U);
      // The end is told with a message.
      EXPECT_LE(made, 4U) << (what == nullptr ? "all" : "of a tag") << (copies ? ", copied" : "");
    }
  }
  stele_query_close(query);
}

INSTANTIATE_TEST_SUITE_P(Of, WarmRead, ::testing::Values(false, true),
                         [](const auto& trees) { return trees.param ? "Trees" : "TheTail"; });

}  // namespace
