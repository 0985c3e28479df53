// An Error carries what a caller is told, survives copies and moves, and costs a success nothing.
#include "base/result.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "support/results.h"

namespace stele {
namespace {

Error full_error() {
  return Error(Code::kConflict, "reason")
      .with_os_errno(5)
      .with_guard(2)
      .with_position(77)
      .with_offset(4096);
}

void expect_full(const Error& error, const std::string& message) {
  EXPECT_EQ(error.code(), Code::kConflict);
  EXPECT_EQ(error.message(), message);
  EXPECT_EQ(error.os_errno(), 5);
  EXPECT_EQ(error.guard(), 2U);
  EXPECT_EQ(error.position(), 77U);
  EXPECT_EQ(error.offset(), 4096U);
}

TEST(Error, FieldsThatNobodySetsAreEmpty) {
  const Error error(Code::kIo, "reason");
  EXPECT_EQ(error.code(), Code::kIo);
  EXPECT_EQ(error.os_errno(), 0);
  EXPECT_EQ(error.guard(), kNoGuard);
  EXPECT_EQ(error.position(), 0U);
  EXPECT_EQ(error.offset(), 0U);
}

TEST(Error, DuringPutsTheOperationInFrontAndKeepsTheRest) {
  expect_full(full_error().during("inner").during("outer"), "outer: inner: reason");
}

// A pipeline hands one failure to many waiters, each of which may change its own.
TEST(Error, ACopyIsIndependent) {
  const Error original = full_error();
  Error copy = original;
  expect_full(copy, "reason");
  copy = std::move(copy).during("copied").with_position(1);
  expect_full(original, "reason");
  EXPECT_EQ(copy.message(), "copied: reason");
  EXPECT_EQ(copy.position(), 1U);

  copy = original;
  expect_full(copy, "reason");
  const Error& itself = copy;
  copy = itself;
  expect_full(copy, "reason");
  Error moved = std::move(copy);
  expect_full(moved, "reason");
}

TEST(Error, ASuccessIsOnePointerAndAFlag) {
  EXPECT_EQ(sizeof(Error), sizeof(void*));
  EXPECT_LE(sizeof(Status), 2 * sizeof(void*));
}

TEST(Result, TryReturnsTheErrorAndOnlyTheError) {
  int steps = 0;
  const auto step = [](bool good) -> Status {
    if (good) return {};
    return fail(Code::kBusy, "taken");
  };
  const auto run = [&](bool good) -> Result<int> {
    STELE_TRY(step(good));
    ++steps;
    return 7;
  };
  EXPECT_EQ(run(true).value(), 7);
  EXPECT_TRUE(test::failed(run(false), Code::kBusy, "taken"));
  EXPECT_EQ(steps, 1);
}

TEST(Result, CorruptionNamesThePlaceTwice) {
  const Status status = corruption("wal/00000001.wal", 4136, "the checksum does not match");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Code::kCorrupt);
  EXPECT_EQ(status.error().message(), "wal/00000001.wal, byte 4136: the checksum does not match");
  EXPECT_EQ(status.error().offset(), 4136U);
}

}  // namespace
}  // namespace stele
