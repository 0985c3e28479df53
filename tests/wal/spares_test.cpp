// Spares have the room they say they have, whoever made them, and a full disk costs nothing else.
#include "wal/spares.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "os/posix_file.h"
#include "sim/sim_disk.h"
#include "support/fault_files.h"
#include "support/results.h"
#include "support/temp_directory.h"

namespace stele::wal {
namespace {

using test::failed;
using test::FaultFiles;
using test::succeeded;

constexpr uint64_t kSize = 3'000'000;  // More than one write of zeros.

std::vector<std::string> names_in(const std::string& directory) {
  return *os::posix_file_system().list(directory);
}

TEST(SpareNames, AreNumbers) {
  EXPECT_EQ(spare_name(7), "spare-7");
  EXPECT_EQ(spare_number("spare-7"), 7U);
  EXPECT_EQ(spare_number("spare-18446744073709551615"), UINT64_MAX);
  for (const char* name : {"", "spare", "spare-", "spare-0", "spare-07", "spare-7x", "7", "-7"}) {
    EXPECT_EQ(spare_number(name), 0U) << name;
  }
}

// Each byte is there to be overwritten.
TEST(Spares, AreMadeWithRoom) {
  const test::TempDirectory directory;
  FaultFiles files;
  uint64_t written = 0;
  uint64_t allocated = 0;
  files.set_judge([&](const FaultFiles::Event& event) -> Status {
    if (event.call == FaultFiles::Call::kWrite) ++written;
    if (event.call == FaultFiles::Call::kAllocate) ++allocated;
    return {};
  });
  Spares spares(files, directory.path(), {});
  EXPECT_FALSE(spares.has(1));
  EXPECT_EQ(spares.take(1), nullptr);
  EXPECT_FALSE(spares.fill_piece(kSize)) << "there is none to fill";
  ASSERT_TRUE(succeeded(spares.make(kSize)));
  EXPECT_TRUE(spares.has(kSize));
  EXPECT_FALSE(spares.has(kSize + 1));
  EXPECT_EQ(allocated, 1U);
  EXPECT_EQ(written, 0U);
  while (spares.fill_piece(kSize / 2)) {
  }
  EXPECT_GE(written, 2U) << "in pieces";
  const uint64_t half = written;
  EXPECT_FALSE(spares.fill_piece(kSize / 2)) << "so far it is filled";
  EXPECT_EQ(written, half);
  while (spares.fill_piece(2 * kSize)) {
  }
  const auto spare = spares.take(kSize);
  ASSERT_NE(spare, nullptr);
  EXPECT_EQ(spare->size, kSize);
  EXPECT_EQ(spare->filled, kSize);
  EXPECT_FALSE(spare->reused);
  EXPECT_EQ(spare->path, directory.path(spare_name(1)));
  EXPECT_EQ(test::read_bytes(spare->path), std::vector<uint8_t>(kSize, 0));
  EXPECT_FALSE(spares.has(1));
}

// Commits leave one as large as the segment they begin: recovery may need it on a full disk.
TEST(Spares, OneOfTheSameSizeStaysInReserve) {
  const test::TempDirectory directory;
  Spares spares(os::posix_file_system(), directory.path(), {});
  ASSERT_TRUE(succeeded(spares.make(5000)));
  EXPECT_EQ(spares.take_leaving_one(1), nullptr);
  ASSERT_TRUE(succeeded(spares.make(9000, 2)));
  EXPECT_TRUE(spares.has(9000, 2));
  EXPECT_EQ(names_in(directory.path()).size(), 2U);
  const auto spare = spares.take_leaving_one(5000);
  ASSERT_NE(spare, nullptr);
  EXPECT_EQ(spares.take_leaving_one(1), nullptr);
  EXPECT_NE(spares.take(9000), nullptr) << "the reserve";
}

TEST(Spares, AreTakenOnceAndMayBeGivenBack) {
  const test::TempDirectory directory;
  Spares spares(os::posix_file_system(), directory.path(), {});
  ASSERT_TRUE(succeeded(spares.make(5000)));
  EXPECT_EQ(spares.take(5001), nullptr) << "it has no room for that";
  auto spare = spares.take(4000);
  ASSERT_NE(spare, nullptr);
  EXPECT_EQ(spare->size, 5000U) << "more room than was asked for does no harm";
  EXPECT_EQ(spares.take(1), nullptr);
  const std::string path = spare->path;
  spares.give_back(std::move(spare));
  ASSERT_TRUE(succeeded(spares.make(5000)));
  EXPECT_EQ(names_in(directory.path()).size(), 1U) << "one is ready";
  spare = spares.take(5000);
  ASSERT_NE(spare, nullptr);
  EXPECT_EQ(spare->path, path);
  ASSERT_TRUE(succeeded(spares.make(5000)));
  EXPECT_NE(spares.take(5000)->path, path) << "one that is taken keeps its name";
}

// What is in them is anybody's guess, and so is whether the blocks are there.
TEST(Spares, FoundOnesAreTrustedForTheirRoomOnly) {
  const test::TempDirectory directory;
  test::write_bytes(directory.path(spare_name(4)), std::vector<uint8_t>(2000, 0xee));
  test::write_bytes(directory.path(spare_name(9)), std::vector<uint8_t>(7000, 0xdd));
  FaultFiles files;
  uint64_t allocated = 0;
  files.set_judge([&](const FaultFiles::Event& event) -> Status {
    if (event.call == FaultFiles::Call::kAllocate) ++allocated;
    return {};
  });
  Spares spares(files, directory.path(), {4, 9});
  EXPECT_FALSE(spares.has(1)) << "no file is touched before there is need";
  ASSERT_TRUE(succeeded(spares.make(6000)));
  EXPECT_EQ(allocated, 1U);
  auto spare = spares.take(6000);
  ASSERT_NE(spare, nullptr);
  EXPECT_EQ(spare->path, directory.path(spare_name(9)));
  EXPECT_EQ(spare->size, 7000U);
  EXPECT_TRUE(spare->reused);

  // One that is too small grows, and stays what it is.
  ASSERT_TRUE(succeeded(spares.make(6000)));
  spare = spares.take(6000);
  ASSERT_NE(spare, nullptr);
  EXPECT_EQ(spare->path, directory.path(spare_name(4)));
  EXPECT_TRUE(spare->reused);
  std::vector<uint8_t> bytes(2000, 0xee);
  bytes.resize(6000, 0);
  EXPECT_EQ(test::read_bytes(spare->path), bytes);

  // A new one does not take the name of any.
  ASSERT_TRUE(succeeded(spares.make(6000)));
  EXPECT_EQ(spares.take(1)->path, directory.path(spare_name(10)));
}

// However many are recycled, none is open before it is needed, and the one that fits is used.
TEST(Spares, RecycledOnesWaitUntilTheyAreNeeded) {
  const test::TempDirectory directory;
  FaultFiles files;
  uint64_t opened = 0;
  files.set_judge([&](const FaultFiles::Event& event) -> Status {
    if (event.call == FaultFiles::Call::kOpen) ++opened;
    return {};
  });
  test::write_bytes(directory.path(spare_name(1)), std::vector<uint8_t>(4000, 0xee));
  Spares spares(files, directory.path(), {1});
  for (const uint64_t size : {2000, 9000, 5000, 7000}) {
    const uint64_t number = spares.new_number();
    test::write_bytes(spares.path_of(number), std::vector<uint8_t>(size, 0xcc));
    spares.add_recycled(number, size);
  }
  EXPECT_FALSE(spares.has(1));
  EXPECT_EQ(opened, 0U);
  EXPECT_EQ(spares.bytes(), 27'000U);
  EXPECT_EQ(spares.bytes(), 27'000U);
  EXPECT_EQ(opened, 1U) << "to learn the size of the one that was found, once";
  opened = 0;
  ASSERT_TRUE(succeeded(spares.make(5000, 2)));
  EXPECT_EQ(opened, 2U);
  EXPECT_TRUE(spares.has(9000)) << "the first that is large enough";
  EXPECT_EQ(spares.bytes(), 27'000U);
  EXPECT_EQ(spares.take(9000)->path, directory.path(spare_name(3)));
  EXPECT_EQ(spares.take(5000)->path, directory.path(spare_name(4)));
  EXPECT_EQ(spares.bytes(), 13'000U) << "what was taken is the taker's";

  // When none is large enough one grows.
  ASSERT_TRUE(succeeded(spares.make(8000)));
  const auto spare = spares.take(8000);
  ASSERT_NE(spare, nullptr);
  EXPECT_TRUE(spare->reused);
  EXPECT_EQ(names_in(directory.path()).size(), 5U);
}

TEST(Spares, OneThatIsReadyGrowsInPlaceOfASecondOne) {
  const test::TempDirectory directory;
  Spares spares(os::posix_file_system(), directory.path(), {});
  ASSERT_TRUE(succeeded(spares.make(5000)));
  ASSERT_TRUE(succeeded(spares.make(kSize)));
  EXPECT_EQ(names_in(directory.path()), std::vector<std::string>{spare_name(1)});
  const auto spare = spares.take(kSize);
  ASSERT_NE(spare, nullptr);
  EXPECT_FALSE(spare->reused);
  EXPECT_EQ(test::read_bytes(spare->path), std::vector<uint8_t>(kSize, 0));
}

TEST(Spares, OnAFullDiskNothingIsLeftBehind) {
  for (const size_t count : {size_t{1}, size_t{2}}) {
    SCOPED_TRACE(count);
    const test::TempDirectory directory;
    FaultFiles files;
    const auto fill = [](const FaultFiles::Event& event) {
      return event.call == FaultFiles::Call::kAllocate;
    };
    files.fail(1, fill, /*for_ever=*/true, ENOSPC);
    Spares spares(files, directory.path(), {});
    EXPECT_TRUE(failed(spares.make(kSize, count), Code::kFull, "prepare a segment"));
    EXPECT_TRUE(names_in(directory.path()).empty());
    EXPECT_FALSE(spares.has(1));
    files.let_all_pass();
    EXPECT_TRUE(succeeded(spares.make(kSize, count))) << "as soon as there is room again";
    EXPECT_TRUE(spares.has(kSize, count));
  }
}

TEST(Spares, OnAFullDiskASmallerOneStays) {
  sim::SimDisk disk(1);
  disk.furnish("/w");
  disk.set_capacity(100'000);
  Spares spares(disk, "/w", {});
  ASSERT_TRUE(succeeded(spares.make(60'000)));
  EXPECT_TRUE(failed(spares.make(100'001), Code::kFull));
  EXPECT_EQ(disk.bytes(), 60'000U);
  EXPECT_TRUE(succeeded(spares.make(100'000))) << "all of the disk, but not a byte more";
  EXPECT_EQ(disk.bytes(), 100'000U);
  const auto spare = spares.take(100'000);
  ASSERT_NE(spare, nullptr);
  EXPECT_FALSE(spare->reused);
}

// Found ones too: what they have may be all that there is.
TEST(Spares, OnAFullDiskAFoundOneServesWhatItHasRoomFor) {
  sim::SimDisk disk(1);
  disk.furnish("/w");
  {
    const auto file = disk.open("/w/spare-1", os::OpenFor::kCreating);
    ASSERT_TRUE(succeeded((*file)->allocate(50'000)));
  }
  disk.set_capacity(50'000);
  Spares spares(disk, "/w", {1});
  EXPECT_TRUE(failed(spares.make(50'001), Code::kFull));
  EXPECT_EQ(disk.bytes(), 50'000U);
  EXPECT_TRUE(succeeded(spares.make(50'000)));
  EXPECT_TRUE(spares.take(50'000)->reused);
}

// Who comes second finds what the first has made.
TEST(Spares, SeveralThreadsMakeOne) {
  const test::TempDirectory directory;
  FaultFiles files;
  test::Gate gate;
  files.set_judge([&](const FaultFiles::Event& event) -> Status {
    if (event.call == FaultFiles::Call::kAllocate) gate.pass();
    return {};
  });
  Spares spares(files, directory.path(), {});
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { made += spares.make(5000).has_value() ? 1 : 0; });
  }
  gate.wait_for(1);
  EXPECT_FALSE(spares.has(5000)) << "not before it is whole, and nobody waits to hear that";
  gate.open();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 4);
  EXPECT_EQ(names_in(directory.path()).size(), 1U);
  EXPECT_NE(spares.take(5000), nullptr);
  EXPECT_EQ(spares.take(1), nullptr);
}

// What is out only to be filled does not look as if it were gone.
TEST(Spares, WhoObtainsOneWaitsForTheOneThatIsBeingFilled) {
  const test::TempDirectory directory;
  FaultFiles files;
  Spares spares(files, directory.path(), {});
  ASSERT_TRUE(succeeded(spares.make(kSize, 2)));
  test::Gate gate;
  files.set_judge([&](const FaultFiles::Event& event) -> Status {
    if (event.call == FaultFiles::Call::kWrite) gate.pass();
    return {};
  });
  std::thread filling([&] { (void)spares.fill_piece(kSize); });
  gate.wait_for(1);
  EXPECT_EQ(spares.take_leaving_one(1000), nullptr);
  std::atomic<bool> obtained = false;
  std::thread obtaining([&] {
    const auto spare = spares.obtain(1000, 2 * kSize);
    ASSERT_TRUE(succeeded(spare));
    EXPECT_EQ((*spare)->size, kSize) << "it was large enough; none had to be made";
    obtained = true;
  });
  EXPECT_FALSE(obtained);
  gate.open();
  filling.join();
  obtaining.join();
  EXPECT_EQ(names_in(directory.path()).size(), 2U);
  EXPECT_TRUE(spares.has(kSize)) << "the reserve";
}

TEST(Spares, OneThatIsBeingFilledCounts) {
  const test::TempDirectory directory;
  FaultFiles files;
  Spares spares(files, directory.path(), {});
  EXPECT_EQ(spares.bytes(), 0U);
  ASSERT_TRUE(succeeded(spares.make(kSize)));
  test::Gate gate;
  files.set_judge([&](const FaultFiles::Event& event) -> Status {
    if (event.call == FaultFiles::Call::kWrite) gate.pass();
    return {};
  });
  std::thread filling([&] { (void)spares.fill_piece(kSize); });
  gate.wait_for(1);
  EXPECT_FALSE(spares.has(kSize));
  std::thread asking([&] { EXPECT_EQ(spares.bytes(), kSize); });
  gate.open();
  filling.join();
  asking.join();
}

// Nobody who obtains a spare loses it to another, and each leaves a reserve.
TEST(Spares, SeveralThreadsObtainOneEach) {
  const test::TempDirectory directory;
  Spares spares(os::posix_file_system(), directory.path(), {});
  std::atomic<bool> done = false;
  std::thread filling([&] {
    for (; !done; std::this_thread::yield()) (void)spares.fill_piece(5000);
  });
  constexpr size_t kThreads = 4;
  std::vector<std::unique_ptr<Spare>> obtained(kThreads);
  std::vector<std::thread> threads;
  for (std::unique_ptr<Spare>& mine : obtained) {
    threads.emplace_back([&] {
      auto spare = spares.obtain(4000, 5000);
      ASSERT_TRUE(succeeded(spare));
      mine = *std::move(spare);
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  filling.join();
  std::vector<std::string> paths;
  for (const std::unique_ptr<Spare>& spare : obtained) paths.push_back(spare->path);
  std::ranges::sort(paths);
  EXPECT_EQ(std::ranges::adjacent_find(paths), paths.end());
  EXPECT_EQ(names_in(directory.path()).size(), kThreads + 1);
  EXPECT_TRUE(spares.has(5000));
  EXPECT_FALSE(spares.has(5000, 2));
}

TEST(Spares, OnAFullDiskNoneIsObtainedAndTheReserveStays) {
  sim::SimDisk disk(1);
  disk.furnish("/w");
  disk.set_capacity(100'000);
  Spares spares(disk, "/w", {});
  ASSERT_TRUE(succeeded(spares.make(60'000)));
  EXPECT_TRUE(failed(spares.obtain(50'000, 60'000), Code::kFull, "prepare a segment"));
  EXPECT_TRUE(spares.has(60'000));
  EXPECT_EQ(disk.bytes(), 60'000U);
}

}  // namespace
}  // namespace stele::wal
