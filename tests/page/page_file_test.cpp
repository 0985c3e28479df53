// A page file through its life: what one generation holds is there until nobody can need it any
// more.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "page/files.h"

namespace stele::page {
namespace {

using test::succeeded;

constexpr uint32_t kSizes[] = {4096, 8192, 16384, 32768, 65536};

// What was committed is there at once, and when the file is opened again; in every size of pages.
TEST(PageFile, KeepsWhatWasCommitted) {
  for (const uint32_t size : kSizes) {
    SCOPED_TRACE(size);
    Fixture disk(size);
    std::vector<PageRef> pages;
    {
      const FilePtr file = disk.create();
      EXPECT_EQ(file->state()->generation, 1U);
      EXPECT_EQ(file->state()->page_count, first_page(size));
      const WriterPtr writer = begin(*file);
      for (uint64_t i = 0; i < 100; ++i) pages.push_back(write(*writer, i));
      Roots roots;
      for (uint64_t i = 0; i < kRootsMax; ++i) {
        roots[std::string(kRootNameMax - 2, 'n') + std::to_string(10 + i)] = {pages[i], 2, i};
      }
      Note note = {1, 2, 3};
      note.back() = 9;
      ASSERT_TRUE(succeeded(writer->commit(roots, 42, note)));
    }
    const FilePtr file = disk.open();
    const auto state = file->state();
    EXPECT_EQ(state->generation, 2U);
    EXPECT_EQ(state->applied_tsn, 42U);
    EXPECT_EQ(state->note.back(), 9);
    EXPECT_EQ(state->roots.size(), kRootsMax);
    EXPECT_EQ(state->root(std::string(kRootNameMax - 2, 'n') + "15").page, pages[5]);
    EXPECT_EQ(state->root("unknown"), Root());
    EXPECT_FALSE(file->slot_damage());
    for (uint64_t i = 0; i < pages.size(); ++i) EXPECT_TRUE(holds(*file, pages[i], i));
    EXPECT_TRUE(is_accounted_for(*file, *state, pages));
  }
}

// A writer that is destroyed has done nothing, and another one can begin.
TEST(PageFile, ForgetsAnAbandonedWriter) {
  Fixture disk;
  const FilePtr file = disk.create();
  std::vector<PageRef> pages;
  {
    const WriterPtr writer = begin(*file);
    for (uint64_t i = 0; i < 10; ++i) pages.push_back(write(*writer, i));
    ASSERT_TRUE(succeeded(commit(*writer, {pages[0]})));
  }
  {
    const WriterPtr writer = begin(*file);
    for (uint64_t i = 0; i < 500; ++i) EXPECT_TRUE(write(*writer, 100 + i));
    writer->free(pages[3].number, 0);
  }
  EXPECT_EQ(file->state()->generation, 2U);
  for (uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(holds(*file, pages[i], i));
  const WriterPtr writer = begin(*file);
  const PageRef first = write(*writer, 1000);
  EXPECT_EQ(first.number, pages.back().number + 1);
  pages.push_back(first);
  ASSERT_TRUE(succeeded(commit(*writer, {first})));
  EXPECT_TRUE(is_accounted_for(*file, *file->state(), pages));
}

// A page that a writer has written can be read through it at once, whatever the cache keeps.
TEST(PageFile, ReadsWhatIsNotWrittenYet) {
  Fixture disk(kPageSizeMin, /*cache_bytes=*/10 * kPageSizeMin);
  const FilePtr file = disk.create();
  const WriterPtr writer = begin(*file);
  std::vector<PageRef> pages;
  for (uint64_t i = 0; i < 200; ++i) {
    pages.push_back(write(*writer, i));
    for (uint64_t back = 0; back < std::min<uint64_t>(i, 12); ++back) {
      const auto pin = writer->read(pages[i - back]);
      ASSERT_TRUE(succeeded(pin));
      ASSERT_TRUE(is_page_of(pin->bytes(), kPageSizeMin, i - back));
    }
  }
}

// A page written and freed by the same writer is used again at once, the lowest first.
TEST(PageFile, UsesItsOwnPagesAgainAtOnce) {
  Fixture disk;
  const FilePtr file = disk.create();
  const WriterPtr writer = begin(*file);
  std::vector<PageRef> pages;
  for (uint64_t i = 0; i < 10; ++i) pages.push_back(write(*writer, i));
  writer->free(pages[7].number, 0);
  writer->free(pages[2].number, 0);
  EXPECT_EQ(writer->next_page(), pages[2].number);
  EXPECT_EQ(write(*writer, 20).number, pages[2].number);
  EXPECT_EQ(write(*writer, 21).number, pages[7].number);
  EXPECT_EQ(write(*writer, 22).number, pages[9].number + 1);
  ASSERT_TRUE(succeeded(commit(*writer, {pages[0]})));
  EXPECT_TRUE(holds(*file, pages[0], 0));
}

// I1: a freed page waits until both slots are past it, and until nobody holds what reaches it.
TEST(PageFile, ReusesAPageWhenNobodyCanReachIt) {
  struct Case {
    const char* name;
    uint64_t held_for;      // Commits for which the generation before is held; 0: not at all.
    uint64_t reused_after;  // Commits after the one that frees.
  };
  const Case cases[] = {
      {"nobody holds it: when the other slot is past it", 0, 1},
      {"held for one commit", 1, 1},
      {"held for two commits", 2, 2},
      {"held for five commits", 5, 5},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Fixture disk;
    const FilePtr file = disk.create();
    PageRef victim;
    PageRef other;
    {
      const WriterPtr writer = begin(*file);
      victim = write(*writer, 1);
      other = write(*writer, 2);
      ASSERT_TRUE(succeeded(commit(*writer, {victim, other})));
    }
    std::shared_ptr<const State> held = c.held_for == 0 ? nullptr : file->state();
    {
      const WriterPtr writer = begin(*file);
      writer->free(victim.number, 0);
      ASSERT_TRUE(succeeded(commit(*writer, {other})));
    }
    for (uint64_t commits = 0; commits < 8; ++commits) {
      if (commits == c.held_for) held = nullptr;
      const WriterPtr writer = begin(*file);
      const bool reused = writer->next_page() == victim.number;
      if (reused) {
        EXPECT_EQ(commits, c.reused_after);
        break;
      }
      if (held != nullptr) {
        EXPECT_TRUE(holds(*file, victim, 1));
      }
      ASSERT_LT(commits, c.reused_after);
      ASSERT_TRUE(succeeded(commit(*writer, {other})));
    }
  }
}

// However many generations come while one is held, only what that one reaches waits for it.
TEST(PageFile, WhatCameAndWentBehindAHeldGenerationIsUsedAgain) {
  Fixture disk;
  const FilePtr file = disk.create();
  std::vector<PageRef> pages;
  std::shared_ptr<const State> held;
  uint64_t page_count = 0;
  uint64_t list_runs = 0;
  for (uint64_t round = 0; round < 200; ++round) {
    const WriterPtr writer = begin(*file);
    for (const PageRef& ref : pages) writer->free(ref.number, writer->generation() - 1);
    pages.clear();
    for (uint64_t i = 0; i < 10; ++i) pages.push_back(write(*writer, round * 10 + i));
    ASSERT_TRUE(succeeded(commit(*writer, pages)));
    if (round == 20) held = file->state();
    if (round == 30) page_count = file->state()->page_count;
    list_runs = 0;
    ASSERT_TRUE(succeeded(file->for_each_free(
        *file->state(),
        [&](const FreeExtent&) -> Status {
          ++list_runs;
          return {};
        },
        [](uint64_t) -> Status { return {}; })));
  }
  EXPECT_EQ(file->state()->page_count, page_count);
  EXPECT_LT(list_runs, 20U) << "what waits for one reader is one list";
  EXPECT_GE(file->stats().held_pages, 10U);
  EXPECT_LT(file->stats().held_pages, 14U);
  held = nullptr;
  EXPECT_EQ(file->stats().held_pages, 0U);
}

// Found by a random program: the sync of a superblock (generation 7) fails, the process is killed,
// and the next one sees that superblock all the same. It writes over a page that only generation 5
// reaches, and the power fails: pages may survive that, but 7 does not, so that the file is at 6
// with 5 beside it. The process after that writes superblock 6 once more, which is torn, and what
// is left is 5, with a page that was written over.
TEST(PageFile, ReusesNothingThatASuperblockBeforeTheNewestReachesUntilThatIsConfirmed) {
  Fixture disk;
  FilePtr file = disk.create();
  const auto put = [&](const std::vector<PageRef>& pages) {
    const WriterPtr writer = begin(*file);
    return commit(*writer, pages);
  };
  PageRef victim;
  PageRef other;
  {
    const WriterPtr writer = begin(*file);
    victim = write(*writer, 1);
    other = write(*writer, 2);
    ASSERT_TRUE(succeeded(commit(*writer, {victim, other})));
  }
  {
    const WriterPtr writer = begin(*file);
    writer->free(victim.number, 0);
    ASSERT_TRUE(succeeded(commit(*writer, {other})));
  }
  ASSERT_TRUE(succeeded(put({other})));
  EXPECT_EQ(begin(*file)->next_page(), victim.number) << "this process has written both slots";
  file = nullptr;
  file = disk.open();
  EXPECT_NE(begin(*file)->next_page(), victim.number) << "the next one has not";
  EXPECT_TRUE(holds(*file, victim, 1));
  ASSERT_TRUE(succeeded(put({other})));
  EXPECT_EQ(begin(*file)->next_page(), victim.number) << "but by its first commit";
}

}  // namespace
}  // namespace stele::page
