// A batch's ops on rows are read back from the section of a commit as they were asked for, and what
// is no section is refused.
#include "tables/row_op.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/seed.h"
#include "tables/row_part.h"

namespace stele::tables {
namespace {

constexpr engine::Stamp kStamp = {.tsn = 7, .first_position = 40, .event_count = 3, .recorded = 0};
constexpr uint64_t kOwnPosition = 42;

std::vector<uint8_t> section_of(RowPart& part) {
  part.prepare();
  std::vector<uint8_t> section(part.size());
  part.encode(kStamp, section);
  return section;
}

std::string shown(const OpView& op, uint64_t own) {
  return cat(static_cast<int>(op.kind()), " ", op.table(), " ",
             op.position() == kPositionOfCommit ? own : op.position(), " ", op.has_end(), " ",
             hex(op.key().data(), op.key().size()), " ", op.value().size(), " ",
             hex(op.value().data(), op.value().size()));
}

std::vector<std::string> shown_section(ByteView section, uint32_t count) {
  std::vector<std::string> ops;
  const Status read = for_each_op(kStamp, count, section, [&](const OpView& op) -> Status {
    ops.push_back(shown(op, kOwnPosition));
    return {};
  });
  EXPECT_TRUE(read) << read.error().message();
  return ops;
}

std::vector<std::string> shown_part(const RowPart& part) {
  std::vector<std::string> ops;
  part.for_each([&](const OpView& op) { ops.push_back(shown(op, kOwnPosition)); });
  return ops;
}

TEST(RowOp, ASmallRowCostsFourBytesBesideKeyAndValue) {
  RowPart part;
  ASSERT_TRUE(part.put(1, as_bytes(std::string(16, 'k')), as_bytes(std::string(100, 'v')), 0));
  EXPECT_EQ(section_of(part).size(), 4U + 16 + 100);
}

TEST(RowOp, IsReadAsItWasAskedFor) {
  test::Seed seed;
  std::mt19937_64 random(seed.value());
  const auto some = [&](size_t size) {
    std::string text(size, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    return text;
  };
  constexpr size_t kValueSizes[] = {0, 1, 127, 128, 300, 20'000};
  constexpr uint64_t kTables[] = {1, 127, 128, 70'000, UINT32_MAX};
  for (int batch = 0; batch < 200; ++batch) {
    RowPart part;
    const bool has_positions = random() % 2 == 0;
    uint64_t position = has_positions ? 1 + random() % 200 : 0;
    for (uint64_t i = random() % 20; i > 0; --i) {
      if (has_positions) position += random() % 3 << random() % 40;
      const auto table = static_cast<TableId>(kTables[random() % std::size(kTables)]);
      const std::string key = some(random() % 8 == 0 ? kRowKeySizeMax : random() % 20);
      const std::string end = key.substr(0, kRowKeySizeMax - 1) + "\xff";
      const ByteView until = as_bytes(end);
      switch (random() % 4) {
        case 0:
          ASSERT_TRUE(part.erase(table, as_bytes(key), position));
          break;
        case 1:
          if (tree::compare(as_bytes(key), until) > 0) continue;
          ASSERT_TRUE(part.erase_range(table, as_bytes(key), random() % 2 == 0 ? &until : nullptr,
                                       position));
          break;
        default:
          const std::string row = some(kValueSizes[random() % std::size(kValueSizes)]);
          ASSERT_TRUE(part.put(table, as_bytes(key), as_bytes(row), position));
      }
    }
    const std::vector<uint8_t> section = section_of(part);
    ASSERT_EQ(shown_section(section, part.count()), shown_part(part));
  }
}

TEST(RowOp, ASectionThatIsCutAnywhereIsRefused) {
  RowPart part;
  const ByteView end = as_bytes("z");
  ASSERT_TRUE(part.put(300, as_bytes("key"), as_bytes("row"), 0));
  ASSERT_TRUE(part.erase(300, as_bytes("gone"), 0));
  ASSERT_TRUE(part.erase_range(7, as_bytes("a"), &end, 1'000'000));
  ASSERT_TRUE(part.erase_range(7, as_bytes("a"), nullptr, 1'000'001));
  const std::vector<uint8_t> section = section_of(part);
  const auto nothing = [](const OpView&) -> Status { return {}; };
  ASSERT_TRUE(for_each_op(kStamp, 4, section, nothing));
  for (size_t size = 0; size < section.size(); ++size) {
    // In memory of its own, so that a sanitizer sees every step past its end.
    const std::vector<uint8_t> cut(section.begin(), section.begin() + static_cast<long>(size));
    const Status read = for_each_op(kStamp, 4, cut, nothing);
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code(), Code::kCorrupt);
    EXPECT_EQ(read.error().message(), "commit 7: its rows section is shorter than its count says");
  }
  std::vector<uint8_t> longer = section;
  longer.push_back(0);
  EXPECT_EQ(for_each_op(kStamp, 4, longer, nothing).error().message(),
            "commit 7: its rows section is longer than its count says");
}

TEST(RowOp, SaysWhatIsWrongWithOne) {
  const std::pair<std::vector<uint8_t>, std::string> cases[] = {
      {{0, 1, 0, 0}, "has an op of an unknown kind"},
      {{8, 1, 5, 0, 0}, "has an op of an unknown kind"},
      {{17, 1, 0, 0}, "has an unknown flag"},
      {{5, 1, 0}, "has a row without an end"},
      {{6, 1, 0}, "has a row without an end"},
      {{1, 0, 0, 0}, "names no table"},
      {{1, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0}, "names no table"},
      {{9, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0},
       "has an impossible position"},
      {{1, 1, 0x81, 0x08, 0}, "has a key that is too long"},
      {{1, 1, 0, 0x81, 0x80, 0x80, 0x08}, "has a row that is too long"},
      {{3, 1, 0, 0x81, 0x08}, "has a row that is too long"},
      {{1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2},
       "is shorter than its count says"},
  };
  for (const auto& [section, fault] : cases) {
    const Status read = for_each_op(kStamp, 1, section, [](const OpView&) { return Status(); });
    ASSERT_FALSE(read) << fault;
    EXPECT_EQ(read.error().message(), cat("commit 7: its rows section ", fault));
  }
}

}  // namespace
}  // namespace stele::tables
