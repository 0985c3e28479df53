// Readers of the tail's rows find what was there before they began, whatever the writer puts beside
// it meanwhile.
#include "tables/version_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/text.h"
#include "support/scale.h"
#include "support/seed.h"
#include "tables/row_part.h"
#include "tables/row_tail.h"

namespace stele::tables {
namespace {

constexpr TableId kTable = 1;

// Keys that come one behind the other, all of them before "m": each becomes its neighbour.
std::string neighbour_of(uint64_t number) {
  std::array<uint8_t, sizeof(number)> bytes;
  store_be(bytes.data(), number);
  return cat("l", hex(bytes.data(), bytes.size()));
}

// A search ended between two nodes and then asked the first of them again for the one behind it:
// what the writer had put there meanwhile was taken for it. A row that was there was not found, and
// the reader answered with an older version from the trees, so that the two sides of a commit did
// not add up; the check of a guard took such an answer for the truth, too.
TEST(VersionList, ARowIsFoundWhileItsNeighboursCome) {
  RowTail tail;
  RowPart part;
  part.copy_to(&tail);
  ASSERT_TRUE(part.put(kTable, as_bytes("m"), as_bytes("first"), 0));
  std::atomic<bool> is_over = false;
  std::atomic<uint64_t> reads = 0;
  std::atomic<uint64_t> misses = 0;
  {
    std::vector<std::jthread> readers;
    for (int reader = 0; reader < 2; ++reader) {
      readers.emplace_back([&] {
        const ByteView after = as_bytes("n");
        while (!is_over) {
          const auto first = tail.find(kTable, as_bytes("m"), {.tsn = 1});
          if (!first || as_text(first->row) != "first") ++misses;
          const auto* last = tail.versions().seek_before(kTable, &after);
          if (last == nullptr || as_text(last->key()) != "m") ++misses;
          const auto* same = tail.versions().seek(kTable, as_bytes("m"));
          if (same == nullptr || as_text(same->key()) != "m") ++misses;
          ++reads;
        }
      });
    }
    const uint64_t puts = test::scaled(200000);
    const uint64_t enough = test::scaled(20000);
    for (uint64_t i = 0; i < puts || reads < enough; ++i) {
      EXPECT_TRUE(part.put(kTable, as_bytes(neighbour_of(i)), {}, 0));
      if (i % 4 != 0) continue;
      EXPECT_TRUE(part.put(kTable, as_bytes("m"), as_bytes("later"), 0));
    }
    is_over = true;
  }
  EXPECT_EQ(misses, 0U) << "of " << reads << " reads";
}

// The writer looks for the places of several versions before it links the first of them: each may
// come behind those that were linked since, in whichever order they are given.
TEST(VersionList, VersionsThatComeTogetherAreInOrder) {
  test::Seed seed;
  std::mt19937_64 random(seed.value());
  std::deque<std::vector<uint8_t>> sections;  // The list points into them.
  VersionList list;
  std::set<std::tuple<TableId, std::string, uint64_t, uint64_t>> twin;  // The newest is first.
  for (uint64_t tsn = 1; tsn <= test::scaled(400); ++tsn) {
    RowPart part;
    const uint64_t count = random() % 40;
    for (uint64_t i = 0; i < count; ++i) {
      const TableId table = 1 + random() % 2;
      const std::string key = cat(random() % 3 == 0 ? "equal heads " : "", random() % 300);
      ASSERT_TRUE(part.put(table, as_bytes(key), as_bytes(key), i / 4 + 1));
    }
    part.prepare();
    sections.emplace_back(part.size());
    part.encode({}, sections.back());
    ByteView rest = sections.back();
    std::vector<OpView> ops(part.count());
    for (OpView& op : ops) {
      ASSERT_EQ(take_op(rest, 0, op), nullptr);
      twin.emplace(op.table(), as_text(op.key()), ~tsn, ~op.position());
    }
    if (tsn % 2 == 0) std::ranges::shuffle(ops, random);
    list.add(ops, tsn);
  }
  const VersionList::Node* node = list.first();
  for (const auto& [table, key, tsn, position] : twin) {
    ASSERT_NE(node, nullptr);
    ASSERT_EQ(cat(node->table(), " ", as_text(node->key()), " ", node->time().tsn, " ",
                  node->time().position, " ", as_text(node->value())),
              cat(table, " ", key, " ", ~tsn, " ", ~position, " ", key));
    ASSERT_EQ(list.seek(table, as_bytes(key), {.tsn = ~tsn, .position = ~position}), node);
    node = node->next();
  }
  EXPECT_EQ(node, nullptr);
}

}  // namespace
}  // namespace stele::tables
