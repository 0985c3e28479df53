// Damaged page files: whatever is wrong is named, with the file and the page, and no wrong byte is
// ever returned.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "page/files.h"

namespace stele::page {
namespace {

using test::failed;
using test::succeeded;

constexpr uint32_t kSize = kPageSizeMin;

// A file of two generations on a disk, closed: leaves, and free pages.
class DamagedFile : public ::testing::Test {
 protected:
  DamagedFile() {
    const FilePtr file = disk_.create();
    for (uint64_t round = 1; round <= 4; ++round) {
      const WriterPtr writer = begin(*file);
      for (size_t i = 0; i < pages_.size(); i += 3) writer->free(pages_[i].number, 0);
      for (size_t i = 0; i < 12; ++i) {
        const PageRef ref = write(*writer, round * 100 + i);
        if (round > 1 && i < 4) {
          pages_[3 * i] = ref;
          contents_[3 * i] = round * 100 + i;
        } else {
          pages_.push_back(ref);
          contents_.push_back(round * 100 + i);
        }
        if (round > 1 && i == 3) break;
      }
      EXPECT_TRUE(succeeded(commit(*writer, {pages_[0]}, round)));
    }
    state_ = *file->state();
  }

  std::vector<uint8_t> bytes() { return *disk_.machine.disk.cached(Fixture::kPath); }

  // Replaces the file's bytes.
  void put(const std::vector<uint8_t>& bytes) {
    auto file = disk_.machine.disk.open(Fixture::kPath, os::OpenFor::kWriting);
    ASSERT_TRUE(succeeded(file));
    ASSERT_TRUE(succeeded((*file)->resize(bytes.size())));
    const ByteView piece = bytes;
    ASSERT_TRUE(succeeded((*file)->write_at(0, {&piece, 1})));
    disk_.cache = std::make_unique<PageCache>(disk_.cache->budget());
  }

  // Reads everything: what is not refused must be what was written.
  void expect_no_wrong_bytes(const PageFile& file) {
    for (size_t i = 0; i < pages_.size(); ++i) {
      const auto pin = file.read(pages_[i]);
      if (pin) {
        EXPECT_TRUE(is_page_of(pin->bytes(), kSize, contents_[i]));
      } else {
        EXPECT_EQ(pin.error().code(), Code::kCorrupt);
        EXPECT_NE(pin.error().message().find(Fixture::kPath), std::string::npos);
        EXPECT_NE(pin.error().message().find("page " + std::to_string(pages_[i].number)),
                  std::string::npos)
            << pin.error().message();
      }
    }
  }

  Fixture disk_;
  std::vector<PageRef> pages_;
  std::vector<uint64_t> contents_;
  State state_;
};

// Any bit of a page: the page is named.
TEST_F(DamagedFile, NamesThePageOfAFlippedBit) {
  const std::vector<uint8_t> whole = bytes();
  for (uint64_t bit = 0; bit < uint64_t{kSize} * 8; bit += bit < 300 ? 1 : 97) {
    std::vector<uint8_t> damaged = whole;
    damaged[pages_[2].number * kSize + bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    put(damaged);
    const FilePtr file = disk_.open();
    ASSERT_TRUE(
        failed(file->read(pages_[2]), Code::kCorrupt, "page " + std::to_string(pages_[2].number)));
    PageBytes raw(kSize);
    ASSERT_TRUE(failed(file->read_raw(pages_[2].number, raw), Code::kCorrupt));
    ASSERT_TRUE(holds(*file, pages_[1], contents_[1]));
  }
}

// A page that was there before, under the same number: good in itself, and not the one referred to.
TEST_F(DamagedFile, NamesAStalePage) {
  const std::vector<uint8_t> before = bytes();
  PageRef next;
  {
    const FilePtr file = disk_.open();
    for (int i = 0; i < 3; ++i) {
      const WriterPtr writer = begin(*file);
      next = write(*writer, 5);
      ASSERT_TRUE(succeeded(commit(*writer, {next})));
    }
  }
  std::vector<uint8_t> after = bytes();
  ASSERT_LT((next.number + 1) * kSize, before.size());
  const auto start = static_cast<ptrdiff_t>(next.number * kSize);
  std::copy_n(before.begin() + start, kSize, after.begin() + start);
  put(after);
  const FilePtr file = disk_.open();
  PageBytes raw(kSize);
  EXPECT_TRUE(succeeded(file->read_raw(next.number, raw)));
  EXPECT_TRUE(failed(file->read(next), Code::kCorrupt, "a write was lost"));
}

// Two pages that have changed places, and one that stands at another's place as well.
TEST_F(DamagedFile, NamesPagesAtTheWrongPlace) {
  std::vector<uint8_t> damaged = bytes();
  const auto one = damaged.begin() + static_cast<ptrdiff_t>(pages_[1].number * kSize);
  const auto two = damaged.begin() + static_cast<ptrdiff_t>(pages_[2].number * kSize);
  std::swap_ranges(one, one + kSize, two);
  put(damaged);
  const FilePtr file = disk_.open();
  for (const size_t i : {1U, 2U}) {
    EXPECT_TRUE(failed(file->read(pages_[i]), Code::kCorrupt,
                       "in the place of page " + std::to_string(pages_[i].number) +
                           " there is page " + std::to_string(pages_[3 - i].number)));
  }
}

TEST_F(DamagedFile, NamesAPageOfZeros) {
  std::vector<uint8_t> damaged = bytes();
  std::fill_n(damaged.begin() + static_cast<ptrdiff_t>(pages_[1].number * kSize), kSize,
              uint8_t{0});
  put(damaged);
  EXPECT_TRUE(failed(disk_.open()->read(pages_[1]), Code::kCorrupt, "is all zeros"));
}

// A file that is cut off anywhere: no generation that needs what is gone counts.
TEST_F(DamagedFile, NamesWhereItWasCutOff) {
  const std::vector<uint8_t> whole = bytes();
  const uint64_t needed = state_.page_count * kSize;
  uint64_t refused = 0;
  for (uint64_t size = 0; size < whole.size(); size += size < 10'000 ? 1001 : 1900) {
    put({whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)});
    const auto file = disk_.try_open();
    if (!file) {
      EXPECT_TRUE(failed(file, Code::kCorrupt, "file ends"));
      EXPECT_LT(size, needed);
      ++refused;
      continue;
    }
    EXPECT_LE((*file)->state()->page_count * kSize, size);
    EXPECT_EQ((*file)->slot_damage().has_value(), size < needed);
    EXPECT_EQ((*file)->state()->generation, state_.generation - (size < needed ? 1 : 0));
    expect_no_wrong_bytes(**file);
  }
  EXPECT_GT(refused, 10U);
}

// One bad slot: the generation in the other one counts, and all of it is there.
TEST_F(DamagedFile, FallsBackToTheOtherSlot) {
  const std::vector<uint8_t> whole = bytes();
  for (const size_t slot : {0U, 1U}) {
    std::vector<uint8_t> damaged = whole;
    damaged[slot * kSlotSize + 50] ^= 1;
    put(damaged);
    const bool is_newest = slot_of(state_.generation) == slot;
    const FilePtr file = disk_.open();
    ASSERT_TRUE(file->slot_damage());
    EXPECT_NE(file->slot_damage()->message().find("slot " + std::to_string(slot)),
              std::string::npos);
    const auto state = file->state();
    EXPECT_EQ(state->generation, is_newest ? state_.generation - 1 : state_.generation);
    EXPECT_EQ(state->applied_tsn, is_newest ? 3U : 4U);
    const auto root = file->read(state->root("0").page);
    ASSERT_TRUE(succeeded(root));
    EXPECT_TRUE(is_page_of(root->bytes(), kSize, is_newest ? 300 : 400));
    // And it can be built upon; both slots are good then.
    {
      const WriterPtr writer = begin(*file);
      ASSERT_TRUE(succeeded(commit(*writer, {state->root("0").page}, 9)));
    }
    EXPECT_FALSE(disk_.open()->slot_damage());
  }
}

TEST_F(DamagedFile, IsRefusedWithoutAGoodSlot) {
  std::vector<uint8_t> damaged = bytes();
  damaged[100] ^= 1;
  damaged[kSlotSize + 100] ^= 1;
  put(damaged);
  EXPECT_TRUE(failed(disk_.try_open(), Code::kCorrupt, "no superblock is good"));
}

// The superblocks of another file are good, and not of this one.
TEST_F(DamagedFile, IsRefusedWhenItIsAnother) {
  disk_.options.file_id = 8;
  EXPECT_TRUE(failed(disk_.try_open(), Code::kCorrupt, "says it is number 7, not 8"));
  disk_.options.file_id = 7;
  disk_.options.uuid = {9};
  EXPECT_TRUE(failed(disk_.try_open(), Code::kCorrupt, "belongs to another database"));
}

// A free list that is damaged keeps nobody from reading, but from writing.
TEST_F(DamagedFile, IsReadThoughItsFreeListIsDamaged) {
  std::vector<uint8_t> damaged = bytes();
  damaged[state_.free_list.number * kSize + 60] ^= 1;
  put(damaged);
  const FilePtr file = disk_.open();
  expect_no_wrong_bytes(*file);
  EXPECT_TRUE(
      failed(file->begin(), Code::kCorrupt, "page " + std::to_string(state_.free_list.number)));
}

// What a tree does wrong with pages is found when it commits, and harms nothing.
TEST_F(DamagedFile, RefusesACommitThatFreesAPageTwice) {
  const FilePtr file = disk_.open();
  const uint64_t cases[][2] = {
      {pages_[1].number, pages_[1].number},
      {pages_[1].number, 100'000},
      {pages_[1].number, 1},
      {pages_[1].number, state_.free_list.number},
  };
  for (const auto& c : cases) {
    const WriterPtr writer = begin(*file);
    const PageRef own = write(*writer, 1);
    for (const uint64_t number : c) writer->free(number, 0);
    EXPECT_TRUE(failed(commit(*writer, {own}), Code::kCorrupt, "freed twice"));
  }
  const WriterPtr writer = begin(*file);
  const PageRef own = write(*writer, 1);
  writer->free(own.number, 0);
  writer->free(own.number, 0);
  PageBytes page = page_of(kSize, 1);
  EXPECT_TRUE(failed(writer->write(page), Code::kCorrupt, "freed twice"));
  expect_no_wrong_bytes(*file);
  EXPECT_EQ(file->state()->generation, state_.generation);
}

// The census finds what is in two places, and what is nowhere.
TEST_F(DamagedFile, TheCensusCountsPages) {
  const FilePtr file = disk_.open();
  const auto state = file->state();
  EXPECT_TRUE(is_accounted_for(*file, *state, pages_));
  std::vector<PageRef> pages = pages_;
  pages.push_back(pages[0]);
  EXPECT_FALSE(is_accounted_for(*file, *state, pages));
  pages.resize(pages_.size() - 1);
  PageCensus census(*file, *state);
  ASSERT_TRUE(succeeded(census.mark_free()));
  for (const PageRef& ref : pages) ASSERT_TRUE(succeeded(census.mark(ref.number)));
  EXPECT_TRUE(failed(census.finish(), Code::kCorrupt, "neither reached nor free"));
  EXPECT_TRUE(failed(census.mark(pages[0].number), Code::kCorrupt, "in two places"));
  EXPECT_TRUE(failed(census.mark(state->page_count), Code::kCorrupt, "there is no page"));
  EXPECT_TRUE(failed(census.mark(1), Code::kCorrupt, "there is no page"));
}

}  // namespace
}  // namespace stele::page
