// What the simulated disk promises, one by one: it must be as bad as a real one, and no worse.
#include "sim/sim_disk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include "support/results.h"

namespace stele::sim {
namespace {

using os::OpenFor;
using os::SyncSite;
using test::failed;
using test::succeeded;

constexpr uint64_t kSeeds = 300;

std::unique_ptr<os::File> create(SimDisk& disk, const std::string& path) {
  auto file = disk.open(path, OpenFor::kCreating);
  EXPECT_TRUE(succeeded(file));
  return *std::move(file);
}

Status write(os::File& file, uint64_t offset, const std::string& text) {
  const ByteView piece = as_bytes(text);
  return file.write_at(offset, {&piece, 1});
}

// Returns the content of a file, "-" where there is none.
std::string content(const SimDisk& disk, const std::string& path) {
  const auto bytes = disk.cached(path);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "-";
}

// A durable file /f of this content.
std::unique_ptr<os::File> durable_file(SimDisk& disk, const std::string& text) {
  auto file = create(disk, "/f");
  EXPECT_TRUE(succeeded(write(*file, 0, text)));
  EXPECT_TRUE(succeeded(file->sync(SyncSite::kGroup)));
  EXPECT_TRUE(succeeded(disk.sync_directory("/", SyncSite::kMetaDirectory)));
  return file;
}

// Runs `act` on a disk with a durable file /f that holds `before`, lets the power fail, and returns
// what /f holds then, over many seeds.
template <typename Act>
std::set<std::string> outcomes(const std::string& before, const Act& act) {
  std::set<std::string> found;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk disk(seed);
    const auto file = durable_file(disk, before);
    act(disk, *file);
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    found.insert(content(disk, "/f"));
  }
  return found;
}

TEST(SimDisk, SyncedContentUnderASyncedNameStays) {
  const auto found = outcomes("old", [](SimDisk& disk, os::File& file) {
    EXPECT_TRUE(succeeded(write(file, 0, "new!")));
    EXPECT_TRUE(succeeded(file.sync(SyncSite::kGroup)));
    EXPECT_EQ(disk.durable("/f"), disk.cached("/f"));
  });
  EXPECT_EQ(found, std::set<std::string>({"new!"}));
}

TEST(SimDisk, AnUnsyncedWriteIsKeptLostOrGarbage) {
  const auto found = outcomes(
      "old", [](SimDisk&, os::File& file) { EXPECT_TRUE(succeeded(write(file, 0, "new"))); });
  EXPECT_TRUE(found.contains("old"));
  EXPECT_TRUE(found.contains("new"));
  EXPECT_GT(found.size(), 2U) << "never garbage";
}

TEST(SimDisk, BytesNextToAnUnsyncedWriteStay) {
  const auto found = outcomes(
      "abcdef", [](SimDisk&, os::File& file) { EXPECT_TRUE(succeeded(write(file, 2, "XY"))); });
  for (const std::string& text : found) {
    EXPECT_EQ(text.substr(0, 2) + text.substr(4), "abef") << text;
  }
}

TEST(SimDisk, UnsyncedWritesSurviveInAnySubset) {
  const auto found = outcomes("..", [](SimDisk&, os::File& file) {
    EXPECT_TRUE(succeeded(write(file, 0, "1")));
    EXPECT_TRUE(succeeded(write(file, 1, "2")));
  });
  for (const char* expected : {"..", "1.", ".2", "12"}) EXPECT_TRUE(found.contains(expected));
}

TEST(SimDisk, AWriteIsTornBetweenSectors) {
  const std::string before(2000, 'o');
  const auto found = outcomes(before, [](SimDisk&, os::File& file) {
    EXPECT_TRUE(succeeded(write(file, 100, std::string(1800, 'n'))));
  });
  size_t torn = 0;
  for (const std::string& text : found) {
    const std::string middle = text.substr(100, 1800);
    torn += static_cast<size_t>(middle.find('o') != std::string::npos &&
                                middle.find('n') != std::string::npos);
    // Within a sector all is old, or all new, or garbage.
    for (size_t at = 512; at + 512 <= 1900; at += 512) {
      const std::string sector = text.substr(at, 512);
      const auto old = std::ranges::count(sector, 'o');
      const auto fresh = std::ranges::count(sector, 'n');
      EXPECT_TRUE(old == 512 || fresh == 512 || old + fresh < 50) << old << " " << fresh;
    }
  }
  EXPECT_GT(torn, 10U);
}

TEST(SimDisk, AnUnsyncedSizeIsKeptOrLostApartFromTheData) {
  const auto found = outcomes(
      "ab", [](SimDisk&, os::File& file) { EXPECT_TRUE(succeeded(write(file, 2, "cd"))); });
  EXPECT_TRUE(found.contains("ab"));
  EXPECT_TRUE(found.contains("abcd"));
  EXPECT_TRUE(found.contains(std::string("ab\0\0", 4)));
}

TEST(SimDisk, AnUnsyncedCutIsKeptOrLost) {
  const auto found =
      outcomes("abcd", [](SimDisk&, os::File& file) { EXPECT_TRUE(succeeded(file.resize(2))); });
  EXPECT_TRUE(found.contains("ab"));
  EXPECT_TRUE(found.contains("abcd"));
}

TEST(SimDisk, AnUnsyncedAllocationIsKeptOrLost) {
  const auto found =
      outcomes("ab", [](SimDisk&, os::File& file) { EXPECT_TRUE(succeeded(file.allocate(4))); });
  EXPECT_TRUE(found.contains("ab"));
  EXPECT_TRUE(found.contains(std::string("ab\0\0", 4)));
}

TEST(SimDisk, ASyncedAllocationStays) {
  const auto found = outcomes("ab", [](SimDisk&, os::File& file) {
    EXPECT_TRUE(succeeded(file.allocate(4)));
    EXPECT_TRUE(succeeded(file.allocate(3)));
    EXPECT_TRUE(succeeded(file.sync(SyncSite::kSegmentFile)));
  });
  EXPECT_EQ(found, std::set<std::string>({std::string("ab\0\0", 4)}));
}

TEST(SimDisk, OpeningForCreationEmptiesAndThatCanBeLost) {
  const auto found = outcomes("abcd", [](SimDisk& disk, os::File&) {
    const auto file = create(disk, "/f");
    EXPECT_EQ(content(disk, "/f"), "");
  });
  EXPECT_TRUE(found.contains(""));
  EXPECT_TRUE(found.contains("abcd"));
}

TEST(SimDisk, ANameIsLostUntilItsDirectoryIsSynced) {
  size_t lost = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk disk(seed);
    const auto file = create(disk, "/f");
    ASSERT_TRUE(succeeded(write(*file, 0, "x")));
    ASSERT_TRUE(succeeded(file->sync(SyncSite::kSegmentFile)));
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    const std::string left = content(disk, "/f");
    EXPECT_TRUE(left == "x" || left == "-") << left;
    lost += static_cast<size_t>(left == "-");
  }
  EXPECT_GT(lost, kSeeds / 10);
  EXPECT_LT(lost, kSeeds * 9 / 10);
}

TEST(SimDisk, ARenameSurvivesWholeOrNotAtAll) {
  std::set<std::string> found;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk disk(seed);
    durable_file(disk, "x");
    ASSERT_TRUE(succeeded(disk.rename("/f", "/g")));
    EXPECT_EQ(content(disk, "/f") + content(disk, "/g"), "-x");
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    found.insert(content(disk, "/f") + content(disk, "/g"));
  }
  EXPECT_EQ(found, std::set<std::string>({"-x", "x-"}));
}

TEST(SimDisk, NameChangesSurviveInAnySubset) {
  std::set<std::string> found;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk disk(seed);
    create(disk, "/a");
    create(disk, "/b");
    ASSERT_TRUE(succeeded(disk.create_directory("/c")));
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    std::string names;
    const auto left = disk.list("/");
    ASSERT_TRUE(succeeded(left));
    for (const std::string& name : *left) names += name;
    found.insert(names);
  }
  EXPECT_EQ(found.size(), 8U);
}

TEST(SimDisk, ARemovalIsLostUntilItsDirectoryIsSynced) {
  std::set<std::string> found;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk disk(seed);
    durable_file(disk, "x");
    ASSERT_TRUE(succeeded(disk.remove("/f")));
    if (seed % 2 == 0) {
      ASSERT_TRUE(succeeded(disk.sync_directory("/", SyncSite::kMetaDirectory)));
    }
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    found.insert((seed % 2 == 0 ? "synced " : "unsynced ") + content(disk, "/f"));
  }
  EXPECT_EQ(found, std::set<std::string>({"synced -", "unsynced -", "unsynced x"}));
}

TEST(SimDisk, WhatIsBelowALostDirectoryIsLost) {
  size_t lost = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk disk(seed);
    ASSERT_TRUE(succeeded(disk.create_directory("/d")));
    const auto file = create(disk, "/d/f");
    ASSERT_TRUE(succeeded(write(*file, 0, "x")));
    ASSERT_TRUE(succeeded(file->sync(SyncSite::kGroup)));
    ASSERT_TRUE(succeeded(disk.sync_directory("/d", SyncSite::kSegmentDirectory)));
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    const auto kind = disk.kind("/d");
    ASSERT_TRUE(succeeded(kind));
    EXPECT_EQ(*kind == os::FileKind::kMissing, content(disk, "/d/f") == "-");
    lost += static_cast<size_t>(*kind == os::FileKind::kMissing);
  }
  EXPECT_GT(lost, 0U);
}

TEST(SimDisk, AKillLosesNothingButLeavesItUnsynced) {
  std::set<std::string> found;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk disk(seed);
    const auto file = durable_file(disk, "old");
    ASSERT_TRUE(succeeded(write(*file, 0, "new")));
    disk.end_process(Death::kKill);
    EXPECT_TRUE(failed(file->sync(SyncSite::kGroup), Code::kIo, "the process has died"));
    disk.reboot();
    EXPECT_EQ(content(disk, "/f"), "new");
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    found.insert(content(disk, "/f"));
  }
  EXPECT_TRUE(found.contains("old"));
  EXPECT_TRUE(found.contains("new"));
}

TEST(SimDisk, TheDeadDoNothing) {
  SimDisk disk(1);
  const auto file = durable_file(disk, "x");
  const auto lock = disk.lock("/lock");
  ASSERT_TRUE(succeeded(lock));
  EXPECT_TRUE(failed(disk.lock("/lock"), Code::kBusy));
  disk.end_process(Death::kKill);
  EXPECT_TRUE(failed(disk.list("/"), Code::kIo, "the process has died"));
  EXPECT_TRUE(failed(disk.open("/f", OpenFor::kReading), Code::kIo, "the process has died"));
  disk.reboot();
  EXPECT_TRUE(failed(write(*file, 0, "y"), Code::kIo, "the process has died"));
  EXPECT_TRUE(failed(file->size(), Code::kIo, "the process has died"));
  EXPECT_EQ(content(disk, "/f"), "x");
  EXPECT_TRUE(succeeded(disk.lock("/lock"))) << "a lock outlived its process";
}

TEST(SimDisk, ALockOfTheDeadDoesNotFreeThatOfTheLiving) {
  SimDisk disk(1);
  auto old = disk.lock("/lock");
  disk.end_process(Death::kKill);
  disk.reboot();
  const auto fresh = disk.lock("/lock");
  ASSERT_TRUE(succeeded(fresh));
  old->reset();
  EXPECT_TRUE(failed(disk.lock("/lock"), Code::kBusy));
}

TEST(SimDisk, ReadersShareALockAndKeepAWriterOut) {
  SimDisk disk(1);
  ASSERT_TRUE(succeeded(disk.lock_for_reading("/lock"))) << "without a file";
  EXPECT_EQ(content(disk, "/lock"), "-");
  auto writer = disk.lock("/lock");
  ASSERT_TRUE(succeeded(writer));
  EXPECT_TRUE(failed(disk.lock_for_reading("/lock"), Code::kBusy, "/lock"));
  writer->reset();
  const uint64_t operations = disk.operations();
  auto first = disk.lock_for_reading("/lock");
  auto second = disk.lock_for_reading("/lock");
  EXPECT_EQ(disk.operations(), operations) << "a reader changes nothing";
  ASSERT_TRUE(succeeded(first));
  ASSERT_TRUE(succeeded(second));
  first->reset();
  EXPECT_TRUE(failed(disk.lock("/lock"), Code::kBusy, "a reader"));
  second->reset();
  EXPECT_TRUE(succeeded(disk.lock("/lock")));
}

TEST(SimDisk, AReadersLockEndsWithItsProcess) {
  SimDisk disk(1);
  disk.lock("/lock")->reset();
  auto old = disk.lock_for_reading("/lock");
  ASSERT_TRUE(succeeded(old));
  disk.end_process(Death::kKill);
  disk.reboot();
  EXPECT_TRUE(succeeded(disk.lock("/lock")));
  const auto fresh = disk.lock_for_reading("/lock");
  ASSERT_TRUE(succeeded(fresh));
  old->reset();
  EXPECT_TRUE(failed(disk.lock("/lock"), Code::kBusy, "a reader"));
}

TEST(SimDisk, TheProcessEndsAtTheNumberedOperation) {
  for (const Side side : {Side::kBefore, Side::kInside, Side::kAfter}) {
    SimDisk disk(7);
    const auto file = durable_file(disk, "old");
    disk.end_process_at(disk.operations() + 2, side, Death::kKill);
    ASSERT_TRUE(succeeded(write(*file, 0, "new")));
    EXPECT_FALSE(disk.ended());
    EXPECT_TRUE(failed(write(*file, 3, "er than new"), Code::kIo, "the process has died"));
    EXPECT_TRUE(disk.ended());
    EXPECT_EQ(disk.ended_at()->op, Op::kWrite);
    const std::string text = content(disk, "/f");
    EXPECT_TRUE(std::string("newer than new").starts_with(text)) << text;
    EXPECT_GE(text.size(), 3U);
    EXPECT_EQ(text == "new", side == Side::kBefore);
    EXPECT_EQ(text == "newer than new", side == Side::kAfter);
  }
}

TEST(SimDisk, AFaultHitsTheNthCallOnceOrForEver) {
  for (const bool for_ever : {false, true}) {
    SimDisk disk(1);
    const auto file = durable_file(disk, "x");
    disk.add_fault({.op = Op::kSync, .nth = 2, .for_ever = for_ever});
    EXPECT_TRUE(succeeded(file->sync(SyncSite::kGroup)));
    EXPECT_TRUE(failed(file->sync(SyncSite::kGroup), Code::kIo));
    EXPECT_EQ(static_cast<bool>(file->sync(SyncSite::kGroup)), !for_ever);
    EXPECT_TRUE(succeeded(disk.sync_directory("/", SyncSite::kMetaDirectory))) << "another kind";
    EXPECT_EQ(disk.faults_hit(), for_ever ? 2U : 1U);
    disk.clear_faults();
    EXPECT_TRUE(succeeded(file->sync(SyncSite::kGroup)));
  }
}

TEST(SimDisk, EveryKindOfOperationCanFail) {
  SimDisk disk(1);
  const auto file = durable_file(disk, "x");
  for (int op = 0; op <= static_cast<int>(Op::kList); ++op) {
    disk.add_fault({.op = static_cast<Op>(op), .for_ever = true, .error_number = ENOSPC});
  }
  std::vector<uint8_t> buffer(1);
  EXPECT_TRUE(failed(disk.open("/new", OpenFor::kCreating), Code::kFull));
  EXPECT_TRUE(failed(disk.open("/f", OpenFor::kCreating), Code::kFull));
  EXPECT_TRUE(failed(disk.open("/f", OpenFor::kReading), Code::kFull));
  EXPECT_TRUE(failed(disk.create_directory("/d"), Code::kFull));
  EXPECT_TRUE(failed(write(*file, 0, "y"), Code::kFull));
  EXPECT_TRUE(failed(file->resize(9), Code::kFull));
  EXPECT_TRUE(failed(file->allocate(9), Code::kFull));
  EXPECT_TRUE(failed(file->sync(SyncSite::kGroup), Code::kFull));
  EXPECT_TRUE(failed(file->read_at(0, buffer), Code::kFull));
  EXPECT_TRUE(failed(disk.sync_directory("/", SyncSite::kMetaDirectory), Code::kFull));
  EXPECT_TRUE(failed(disk.rename("/f", "/g"), Code::kFull));
  EXPECT_TRUE(failed(disk.remove("/f"), Code::kFull));
  EXPECT_TRUE(failed(disk.list("/"), Code::kFull));
  EXPECT_TRUE(failed(disk.lock_for_reading("/f"), Code::kFull));
  disk.clear_faults();
  EXPECT_EQ(disk.cached("/f")->size(), 1U);
}

// What ext4 and others do: pages whose writing failed are clean, so trying again proves nothing.
TEST(SimDisk, AFailedSyncLeavesPagesThatLookWrittenAndAreNot) {
  std::set<std::string> found;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk disk(seed);
    const auto file = durable_file(disk, "old");
    disk.add_fault({.op = Op::kSync});
    ASSERT_TRUE(succeeded(write(*file, 0, "new")));
    ASSERT_TRUE(failed(file->sync(SyncSite::kGroup), Code::kIo));
    ASSERT_TRUE(succeeded(file->sync(SyncSite::kGroup))) << "a second try succeeds";
    EXPECT_EQ(content(disk, "/f"), "new") << "and reads see it";
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    found.insert(content(disk, "/f"));
  }
  EXPECT_TRUE(found.contains("old"));
  EXPECT_TRUE(found.contains("new"));
}

TEST(SimDisk, AFullDiskTakesWhatFits) {
  SimDisk disk(1);
  const auto file = durable_file(disk, "1234");
  disk.set_capacity(6);
  EXPECT_TRUE(failed(write(*file, 4, "5678"), Code::kFull));
  EXPECT_EQ(content(disk, "/f"), "123456");
  EXPECT_TRUE(succeeded(write(*file, 0, "abcdef"))) << "overwriting takes no room";
  EXPECT_EQ(disk.bytes(), 6U);
  disk.set_capacity(8);
  EXPECT_TRUE(succeeded(write(*file, 6, "78")));
}

TEST(SimDisk, AnAllocationThatDoesNotFitChangesNothing) {
  SimDisk disk(1);
  const auto file = durable_file(disk, "1234");
  disk.set_capacity(6);
  EXPECT_TRUE(failed(file->allocate(7), Code::kFull, "/f"));
  EXPECT_EQ(disk.faults_hit(), 1U);
  EXPECT_EQ(content(disk, "/f"), "1234");
  EXPECT_TRUE(succeeded(file->allocate(6)));
  EXPECT_TRUE(failed(create(disk, "/g")->allocate(1), Code::kFull, "/g"));
  EXPECT_TRUE(succeeded(write(*file, 4, "56"))) << "its room was taken before";
  disk.set_capacity(0);
  EXPECT_TRUE(succeeded(file->allocate(6))) << "it has that already";
}

// Else a test that ends the process at each operation would leave it out.
TEST(SimDisk, AnAllocationIsAResizeToPlansAndFaultsAndAWriteBackIsNothing) {
  SimDisk disk(1);
  const auto file = durable_file(disk, "ab");
  disk.add_fault({.op = Op::kResize});
  EXPECT_TRUE(failed(file->allocate(4), Code::kIo));
  EXPECT_EQ(content(disk, "/f"), "ab");
  const uint64_t operations = disk.operations();
  file->write_back();
  EXPECT_EQ(disk.operations(), operations);
  disk.end_process_at(operations + 1, Side::kAfter, Death::kKill);
  EXPECT_TRUE(failed(file->allocate(4), Code::kIo, "the process has died"));
  EXPECT_EQ(disk.ended_at()->op, Op::kResize);
  EXPECT_EQ(disk.cached("/f")->size(), 4U);
}

TEST(SimDisk, AnElidedSyncSucceedsAndIsCounted) {
  const auto found = outcomes("old", [](SimDisk& disk, os::File& file) {
    disk.elide(SyncSite::kGroup);
    EXPECT_TRUE(succeeded(write(file, 0, "new")));
    EXPECT_TRUE(succeeded(file.sync(SyncSite::kGroup)));
    EXPECT_EQ(disk.reached(SyncSite::kGroup), 2U);
  });
  EXPECT_TRUE(found.contains("old"));
}

TEST(SimDisk, TheHookSeesEveryOperationAndMayEndTheProcess) {
  SimDisk disk(1);
  std::vector<std::string> seen;
  disk.set_hook([&](const Moment& moment) {
    seen.push_back(describe(moment));
    if (moment.op == Op::kRemove) disk.end_process(Death::kKill);
  });
  durable_file(disk, "abc");
  EXPECT_TRUE(failed(disk.remove("/f"), Code::kIo, "the process has died"));
  EXPECT_EQ(seen,
            std::vector<std::string>({"operation 1, create /f", "operation 2, write /f, 3 bytes",
                                      "operation 3, sync /f (group)",
                                      "operation 4, sync directory / (meta_directory)",
                                      "operation 5, remove /f"}));
}

TEST(SimDisk, AFlippedBitIsOnTheDisk) {
  SimDisk disk(1);
  durable_file(disk, "a");
  disk.flip("/f", 0, 1);
  disk.end_process(Death::kPowerFailure);
  disk.reboot();
  EXPECT_EQ(content(disk, "/f"), "c");
}

TEST(SimDisk, DisksOfOneImageShareNothing) {
  SimDisk disk(1);
  const auto file = durable_file(disk, "old");
  ASSERT_TRUE(succeeded(write(*file, 0, "new")));
  std::set<std::string> found;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimDisk copy(seed, disk.image());
    copy.end_process(Death::kPowerFailure);
    copy.reboot();
    found.insert(content(copy, "/f"));
  }
  EXPECT_GT(found.size(), 1U) << "what is unsynced in the image is unsynced in the copies";
  EXPECT_EQ(content(disk, "/f"), "new");
}

TEST(SimDisk, OneSeedGivesOneFuture) {
  const auto run = [](uint64_t seed) {
    SimDisk disk(seed);
    const auto file = durable_file(disk, std::string(3000, 'o'));
    for (uint64_t i = 0; i < 5; ++i) {
      EXPECT_TRUE(succeeded(write(*file, i * 500, std::string(700, 'n'))));
    }
    disk.end_process(Death::kPowerFailure);
    disk.reboot();
    return content(disk, "/f");
  };
  std::set<std::string> found;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    found.insert(run(seed));
    EXPECT_EQ(run(seed), run(seed));
  }
  EXPECT_GT(found.size(), 10U);
}

}  // namespace
}  // namespace stele::sim
