// A warm read of a row and a warm step of a scan allocate nothing, whatever holds the rows.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <array>
#include <cstdint>
#include <string>
#include <tuple>

#include "base/text.h"
#include "heap/heap.h"
#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

constexpr uint64_t kRows = 20'000;

const uint8_t* bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// In the tail, or in trees; with history, or without.
struct WarmRow : ::testing::TestWithParam<std::tuple<bool, int32_t>> {
  void SetUp() override {
    const auto [in_trees, history] = GetParam();
    db = open(directory.path("db"));
    stele_table_options options = {};
    options.struct_size = sizeof options;
    options.history = history;
    ASSERT_EQ(stele_table_create(db, nullptr, 0, "t", 1, &options, nullptr), STELE_OK);
    ASSERT_EQ(stele_table_open(db, nullptr, 0, "t", 1, table.out(), nullptr), STELE_OK);
    const Batch batch = new_batch(db);
    for (uint64_t i = 0; i < kRows; ++i) {
      const std::string key = key_of(i);
      ASSERT_EQ(
          stele_batch_put(batch, table, bytes(key), key.size(), bytes(key), key.size(), nullptr),
          STELE_OK);
      if (i % 1000 != 999) continue;
      ASSERT_EQ(stele_commit(db, batch, nullptr, nullptr), STELE_OK);
    }
    if (in_trees) {
      ASSERT_EQ(stele_checkpoint(db, nullptr), STELE_OK);
    }
  }
  static std::string key_of(uint64_t i) { return stele::cat(100'000 + i * 7919 % kRows); }

  TempDirectory directory;
  Db db;
  Table table;
  std::array<uint8_t, 4096> buffer = {};
};

TEST_P(WarmRow, ByKeyAllocatesNothing) {
  std::array<std::string, 100> keys;
  for (uint64_t i = 0; i < keys.size(); ++i) keys[i] = key_of(i * 191);
  uint64_t made = 0;
  for (int round = 0; round < 2; ++round) {
    const uint64_t before = heap::allocations();
    for (const std::string& key : keys) {
      size_t size = 0;
      ASSERT_EQ(stele_table_get(table, nullptr, bytes(key), key.size(), buffer.data(),
                                buffer.size(), &size, nullptr, nullptr),
                STELE_OK);
    }
    made = heap::allocations() - before;
  }
  EXPECT_EQ(made, 0U);
}

TEST_P(WarmRow, AStepOfAScanAllocatesNothing) {
  enum class Way : uint8_t { kSingly, kCopies, kViews };
  std::array<stele_row, 50> views = {};
  views[0].struct_size = sizeof views[0];
  for (const Way way : {Way::kSingly, Way::kCopies, Way::kViews}) {
    uint64_t made = 0;
    uint64_t rows = 0;
    for (int round = 0; round < 2; ++round) {
      rows = 0;
      Scan scan;
      ASSERT_EQ(stele_scan_open(table, nullptr, scan.out(), nullptr), STELE_OK);
      stele_row row = {};
      row.struct_size = sizeof row;
      // The first step finds its place.
      ASSERT_EQ(stele_scan_next(scan, &row, nullptr), STELE_OK);
      const uint64_t before = heap::allocations();
      for (++rows; rows < kRows;) {
        size_t used = 0;
        uint32_t copied = 0;
        switch (way) {
          case Way::kSingly:
            ASSERT_EQ(stele_scan_next(scan, &row, nullptr), STELE_OK);
            ++rows;
            break;
          case Way::kCopies:
            ASSERT_EQ(
                stele_scan_next_batch(scan, buffer.data(), buffer.size(), &used, &copied, nullptr),
                STELE_OK);
            rows += copied;
            break;
          case Way::kViews:
            ASSERT_EQ(stele_scan_next_views(scan, views.data(), views.size(), &used, nullptr),
                      STELE_OK);
            rows += used;
            break;
        }
      }
      made = heap::allocations() - before;
    }
    EXPECT_EQ(rows, kRows);
    EXPECT_EQ(made, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Everywhere, WarmRow,
                         ::testing::Combine(::testing::Bool(),
                                            ::testing::Values(STELE_HISTORY_NONE,
                                                              STELE_HISTORY_ALL)));

}  // namespace
