// Scratch memory is memory, wherever it comes from, and leaves nothing behind.
#include "os/scratch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "os/memory_files.h"
#include "os/posix_file.h"
#include "support/temp_directory.h"

namespace stele::os {
namespace {

constexpr uint64_t kFrom = uint64_t{64} << 10;

// Fills it from both ends, and expects both to be there.
void use(ByteSpan memory) {
  std::fill(memory.begin(), memory.end(), uint8_t{7});
  memory.front() = 1;
  memory.back() = 2;
  EXPECT_EQ(memory.front(), 1);
  EXPECT_EQ(memory[memory.size() / 2], 7);
  EXPECT_EQ(memory.back(), 2);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.data()) % 16, 0U);
}

TEST(Scratch, OfAnySizeCanBeUsedAndLeavesNothingBehind) {
  test::TempDirectory directory;
  const auto scratch = std::make_shared<Scratch>(posix_file_system(), directory.path(), kFrom);
  for (const uint64_t size : {uint64_t{3}, kFrom - 1, kFrom, 3 * kFrom + 5, 40 * kFrom}) {
    const ScratchPiece piece(scratch, size);
    ASSERT_EQ(piece.bytes().size(), size);
    use(piece.bytes());
    EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "it has no name";
  }
}

TEST(Scratch, IsPlainMemoryWhereThereCanBeNoFile) {
  for (const std::string& nowhere : {std::string(), std::string("/nonexistent")}) {
    const auto scratch = std::make_shared<Scratch>(posix_file_system(), nowhere, kFrom);
    use(ScratchPiece(scratch, 2 * kFrom).bytes());
  }
  MemoryFiles files;
  use(ScratchPiece(std::make_shared<Scratch>(files, "db", kFrom), 2 * kFrom).bytes());
}

TEST(Scratch, HoldsBytesThatGrowPastItsSizeAndShrinkAgain) {
  test::TempDirectory directory;
  const auto scratch = std::make_shared<Scratch>(posix_file_system(), directory.path(), kFrom);
  ScratchBytes bytes((ScratchAllocator<uint8_t>(scratch)));
  for (uint64_t i = 0; i < 4 * kFrom; ++i) bytes.push_back(static_cast<uint8_t>(i));
  for (uint64_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(bytes[i], static_cast<uint8_t>(i));
  ScratchBytes moved = std::move(bytes);
  moved.resize(10);
  moved.shrink_to_fit();
  EXPECT_LT(moved.capacity(), kFrom);
  EXPECT_EQ(moved[9], 9);
  const ScratchBytes copy = moved;
  EXPECT_EQ(copy, moved);
}

}  // namespace
}  // namespace stele::os
