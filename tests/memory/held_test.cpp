// A reader that is held for very long: what it keeps is what there was when it began, and no more,
// however many commits come; and figures show that it is there. A million commits with STELE_SOAK.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "base/text.h"
#include "support/c_api.h"
#include "support/scale.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

uint64_t commits() {
  return std::getenv("STELE_SOAK") != nullptr ? 1'000'000 : scaled(40'000);
}

// Of events of a few entities and many tags, one a commit.
class Store {
 public:
  explicit Store(const std::string& path)
      : db_(open_with(path, [](stele_options& options) {
          options.memory_budget = 1 << 20;
          options.durability = STELE_DURABILITY_OS;
          options.segment_size = 1 << 20;
        })) {
    EXPECT_EQ(stele_batch_create(db_, &batch_, nullptr), STELE_OK);
  }
  ~Store() { stele_batch_close(batch_); }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  void commit() {
    const std::string tag = stele::cat("customer:", (++count_ * 7919) % 1000);
    const std::string entity = stele::cat("cart ", count_ % 100);
    const stele_text tags[] = {{tag.data(), tag.size()}};
    stele_new_event event = {};
    event.struct_size = sizeof event;
    event.event_type = STELE_TEXT("Sold");
    event.entity = {entity.data(), entity.size()};
    event.tags = tags;
    event.tag_count = 1;
    ASSERT_EQ(stele_batch_event(batch_, &event, nullptr), STELE_OK);
    ASSERT_EQ(stele_commit(db_, batch_, nullptr, nullptr), STELE_OK);
  }
  [[nodiscard]] stele_db* db() const { return db_; }

 private:
  Db db_;
  stele_batch* batch_ = nullptr;
  uint64_t count_ = 0;
};

TEST(Held, AReaderKeepsWhatItBeganWithAndNoMore) {
  TempDirectory directory;
  Store held(directory.path("held"));
  Store free(directory.path("free"));
  const uint64_t before = commits() / 10;
  for (uint64_t i = 0; i < before; ++i) {
    held.commit();
    free.commit();
  }
  ASSERT_EQ(stele_checkpoint(held.db(), nullptr), STELE_OK);
  const stele_stats begin = stats_of(held.db());
  const Verify verify = [&] {
    Verify opened;
    EXPECT_EQ(stele_verify_open(held.db(), opened.out(), nullptr), STELE_OK);
    return opened;
  }();
  for (uint64_t i = before; i < commits(); ++i) {
    held.commit();
    free.commit();
  }
  ASSERT_EQ(stele_checkpoint(held.db(), nullptr), STELE_OK);
  ASSERT_EQ(stele_checkpoint(free.db(), nullptr), STELE_OK);
  const stele_stats end = stats_of(held.db());
  const stele_stats other = stats_of(free.db());
  std::cout << "  " << commits() << " commits, " << end.checkpoints << " checkpoints, held for "
            << end.reader_age_us / 1000 << " ms: " << end.pages << " pages, " << other.pages
            << " without a reader, " << begin.pages << " when it began; it keeps "
            << end.reader_bytes / 1024 << " KiB\n";
  EXPECT_EQ(end.readers, 1U);
  EXPECT_GT(end.reader_age_us, 0U);
  EXPECT_GT(end.reader_bytes, 0U);
  // All the pages there were, and what was in memory.
  EXPECT_LE(end.reader_bytes, begin.pages * begin.page_size + (uint64_t{1} << 20));
  EXPECT_LE(end.pages, other.pages + begin.pages + other.pages / 4 + 64);
  EXPECT_GT(end.checkpoints, 20U);
}

}  // namespace
