// A file grows and shrinks, and what fails on the way leaves it as it was.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "page/files.h"

namespace stele::page {
namespace {

using sim::Op;
using test::failed;
using test::succeeded;

constexpr uint32_t kSize = kPageSizeMin;

// Writes pages 0 to count - 1, none of which is kept, and commits them as roots if `is_kept`.
Status fill(PageFile& file, uint64_t count, std::vector<PageRef>& pages) {
  auto writer = file.begin();
  if (!writer) return fail(writer.error());
  for (uint64_t i = 0; i < count; ++i) {
    PageBytes page = page_of(kSize, i);
    const auto ref = (*writer)->write(page);
    if (!ref) return fail(ref.error());
    pages.push_back(*ref);
  }
  return commit(**writer, {pages[0]});
}

// Without room there is an error, the old generation, and a way on once there is room.
TEST(Room, AFullDiskHarmsNothing) {
  Fixture disk;
  const FilePtr file = disk.create();
  std::vector<PageRef> pages;
  ASSERT_TRUE(succeeded(fill(*file, 20, pages)));
  const uint64_t bytes = disk.machine.disk.bytes();
  for (uint64_t room = 0; room < 40 * kSize; room += kSize / 2) {
    disk.machine.disk.set_capacity(bytes + room);
    std::vector<PageRef> more;
    const Status filled = fill(*file, 100, more);
    ASSERT_TRUE(failed(filled, Code::kFull));
    ASSERT_EQ(file->state()->generation, 2U);
  }
  disk.machine.disk.set_capacity(UINT64_MAX);
  for (uint64_t i = 0; i < 20; ++i) EXPECT_TRUE(holds(*file, pages[i], i));
  std::vector<PageRef> more;
  ASSERT_TRUE(succeeded(fill(*file, 100, more)));
  for (uint64_t i = 0; i < 100; ++i) EXPECT_TRUE(holds(*file, more[i], i));
  more.insert(more.end(), pages.begin(), pages.end());
  EXPECT_TRUE(is_accounted_for(*file, *file->state(), more));
}

// The last pages that a disk has are used, though there is no room for a larger piece.
TEST(Room, TheLastRoomIsUsed) {
  Fixture disk;
  const FilePtr file = disk.create();
  const uint64_t bytes = disk.machine.disk.bytes();
  disk.machine.disk.set_capacity(bytes + 20 * kSize);
  std::vector<PageRef> pages;
  ASSERT_TRUE(succeeded(fill(*file, 20, pages)));
  EXPECT_EQ(disk.machine.disk.bytes(), bytes + 20 * kSize);
  EXPECT_TRUE(is_accounted_for(*file, *file->state(), pages));
}

// What is free at the end is given back to the disk when no slot and no reader needs it.
TEST(Room, AFileShrinksWhenItsEndIsFree) {
  Fixture disk;
  const FilePtr file = disk.create();
  std::vector<PageRef> pages;
  ASSERT_TRUE(succeeded(fill(*file, 1000, pages)));
  const uint64_t full = file->stats().file_bytes;
  auto held = file->state();
  for (int round = 0; round < 12; ++round) {
    const WriterPtr writer = begin(*file);
    if (round == 0) {
      for (size_t i = 1; i < pages.size(); ++i) writer->free(pages[i].number, 0);
    }
    ASSERT_TRUE(succeeded(commit(*writer, {pages[0]})));
    if (round == 4) {
      EXPECT_EQ(file->stats().file_bytes, full) << "somebody holds the pages";
      for (uint64_t i = 0; i < 1000; ++i) ASSERT_TRUE(holds(*file, pages[i], i));
      held = nullptr;
    }
  }
  EXPECT_LT(file->state()->page_count, 20U);
  EXPECT_LE(file->stats().file_bytes, 40U * kSize);
  EXPECT_EQ(disk.machine.disk.bytes(), file->stats().file_bytes);
  EXPECT_TRUE(holds(*file, pages[0], 0));
  EXPECT_TRUE(is_accounted_for(*file, *file->state(), {pages[0]}));
  // And it grows again.
  std::vector<PageRef> more;
  ASSERT_TRUE(succeeded(fill(*file, 1000, more)));
  for (uint64_t i = 0; i < 1000; ++i) ASSERT_TRUE(holds(*file, more[i], i));
}

// A page that is moved gets the lowest place, so that whoever moves the last ones makes the file
// shorter.
TEST(Room, PagesCanBeMovedToTheFront) {
  Fixture disk;
  const FilePtr file = disk.create();
  std::vector<PageRef> pages;
  ASSERT_TRUE(succeeded(fill(*file, 500, pages)));
  std::vector<PageRef> kept(pages.end() - 10, pages.end());
  {
    const WriterPtr writer = begin(*file);
    for (size_t i = 0; i < 490; ++i) writer->free(pages[i].number, 0);
    ASSERT_TRUE(succeeded(commit(*writer, {kept[0]})));
  }
  for (int round = 0; round < 6; ++round) {
    const WriterPtr writer = begin(*file);
    for (PageRef& ref : kept) {
      if (writer->next_page() >= ref.number) continue;
      const auto pin = writer->read(ref);
      ASSERT_TRUE(succeeded(pin));
      PageBytes copy(pin->bytes(), pin->bytes() + kSize);
      writer->free(ref.number, 0);
      const auto moved = writer->write(copy);
      ASSERT_TRUE(succeeded(moved));
      ref = *moved;
    }
    ASSERT_TRUE(succeeded(commit(*writer, {kept[0]})));
  }
  EXPECT_LT(file->state()->page_count, 30U);
  EXPECT_LT(file->stats().file_bytes, 100U * kSize);
  EXPECT_TRUE(is_accounted_for(*file, *file->state(), kept));
  for (size_t i = 0; i < 10; ++i) EXPECT_TRUE(holds(*file, kept[i], 490 + i));
}

// A write of a page that fails leaves the old generation and a file that can be written.
TEST(Room, AFailedWriteHarmsNothing) {
  Fixture disk;
  const FilePtr file = disk.create();
  std::vector<PageRef> pages;
  ASSERT_TRUE(succeeded(fill(*file, 20, pages)));
  disk.machine.disk.add_fault({.op = Op::kWrite});
  std::vector<PageRef> more;
  EXPECT_TRUE(failed(fill(*file, 100, more), Code::kIo));
  EXPECT_EQ(file->state()->generation, 2U);
  more.clear();
  EXPECT_TRUE(succeeded(fill(*file, 100, more)));
}

// After a failed sync nothing is written any more through this handle, and everything is read.
TEST(Room, AFailedSyncEndsWriting) {
  struct Case {
    const char* name;
    sim::Fault fault;
    Code code;
    uint64_t generation;
  };
  const Case cases[] = {
      {"the pages", {.op = Op::kSync, .nth = 1}, Code::kIo, 2},
      {"the superblock", {.op = Op::kSync, .nth = 2}, Code::kOutcomeUnknown, 2},
      {"the superblock's write", {.op = Op::kWrite, .nth = 2}, Code::kOutcomeUnknown, 2},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Fixture disk;
    const FilePtr file = disk.create();
    std::vector<PageRef> pages;
    ASSERT_TRUE(succeeded(fill(*file, 5, pages)));
    disk.machine.disk.add_fault(c.fault);
    std::vector<PageRef> more;
    EXPECT_TRUE(failed(fill(*file, 5, more), c.code));
    EXPECT_TRUE(failed(fill(*file, 5, more), Code::kReadOnly, "since this failed"));
    EXPECT_EQ(file->state()->generation, c.generation);
    for (uint64_t i = 0; i < 5; ++i) EXPECT_TRUE(holds(*file, pages[i], i));
  }
}

// A file that was opened for reading is not written, and not even synced.
TEST(Room, AReaderWritesNothing) {
  Fixture disk;
  std::vector<PageRef> pages;
  ASSERT_TRUE(succeeded(fill(*disk.create(), 5, pages)));
  const uint64_t operations = disk.machine.disk.operations();
  const FilePtr file = disk.open(/*for_writing=*/false);
  for (uint64_t i = 0; i < 5; ++i) EXPECT_TRUE(holds(*file, pages[i], i));
  EXPECT_TRUE(failed(file->begin(), Code::kReadOnly));
  EXPECT_EQ(disk.machine.disk.operations(), operations);
}

}  // namespace
}  // namespace stele::page
