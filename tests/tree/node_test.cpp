// Pages are found again in the bytes that a stage wrote, for keys of all kinds.
#include "tree/node.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/seed.h"
#include "tree/draw.h"
#include "tree/stage.h"
#include "tree/trees.h"

namespace stele::tree {
namespace {

using test::between;
using namespace std::string_literals;

constexpr uint32_t kPageSize = 4096;

// A leaf of these keys, whose values are the keys.
std::vector<uint8_t> leaf_of(const std::set<std::string>& keys, const std::string& low,
                             const UpperBound& high) {
  Stage stage(LeafKind::kSlotted, 0, kPageSize);
  stage.begin(as_bytes(low));
  for (const std::string& key : keys) {
    EXPECT_TRUE(stage.add(as_bytes(key), {}, {.bytes = as_bytes(key)}));
  }
  EXPECT_TRUE(stage.fits(high));
  std::vector<uint8_t> page(kPageSize);
  stage.encode(stage.size(), high, page);
  return page;
}

// Looks for a key in a leaf of `keys`, and compares with the set.
void look_for(const LeafNode& leaf, const std::set<std::string>& keys, const std::string& wanted) {
  const Place place = leaf.search(as_bytes(wanted));
  EXPECT_EQ(place.is_exact, keys.contains(wanted));
  EXPECT_EQ(place.index, static_cast<size_t>(std::distance(keys.begin(), keys.lower_bound(wanted))))

      << draw_key(as_bytes(wanted));
}

}  // namespace

TEST(Leaf, FindsItsKeys) {
  const struct {
    const char* name;
    std::set<std::string> keys;
    std::string low;
    std::string high;  // "": none.
    size_t prefix;
  } cases[] = {
      {"one empty key", {""}, "", "", 0},
      {"zeros of different lengths", {"", "\0"s, "\0\0"s, "\0\0\0\0"s, "\0\0\0\0\0"s}, "", "", 0},
      {"0xff", {"\xff"s, "\xff\xff"s, "\xff\xff\xff\xff\xff"s}, "\xfe", "", 0},
      {"the lower fence itself", {"abc", "abcd"}, "abc", "abd", 2},
      {"the prefix itself", {"ab", "ab\0"s, "abc"}, "ab", "abz", 2},
      {"equal heads", {"key-0001-a", "key-0001-b", "key-0001-c", "key-0002"}, "key", "key-1", 3},
      {"no upper fence, no prefix", {"same1", "same2"}, "same", "", 0},
      {"long ones", {std::string(kKeySizeMax, 'x')}, std::string(1000, 'x'), "", 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const UpperBound high = c.high.empty() ? UpperBound() : UpperBound(as_bytes(c.high));
    const auto page = leaf_of(c.keys, c.low, high);
    LeafNode leaf;
    ASSERT_EQ(leaf.open(page.data(), kPageSize), nullptr);
    EXPECT_EQ(leaf.prefix().size(), c.prefix);
    EXPECT_EQ(as_text(leaf.lower_fence()), c.low);
    EXPECT_EQ(leaf.upper_fence().has_value(), high.has_value());
    size_t i = 0;
    for (const std::string& key : c.keys) {
      Cell cell;
      ASSERT_TRUE(leaf.cell(i++, cell));
      EXPECT_EQ(std::string(as_text(leaf.prefix())) + std::string(as_text(cell.suffix)), key);
      EXPECT_EQ(as_text(cell.value.bytes), key);
      look_for(leaf, c.keys, key);
      look_for(leaf, c.keys, key + '\0');
      look_for(leaf, c.keys, key + '\xff');
      if (!key.empty()) look_for(leaf, c.keys, key.substr(0, key.size() - 1));
    }
    for (const std::string& wanted :
         {""s, "\0"s, "a"s, "ab"s, "ac"s, "key"s, "kez"s, "\xff\xff"s}) {
      look_for(leaf, c.keys, wanted);
    }
  }
}

TEST(Leaf, FindsWhatASetFinds) {
  const test::Seed seed;
  auto random = seed.generator();
  for (int round = 0; round < 300; ++round) {
    const std::string prefix = bytes_of(random(), between(random, 0, 9));
    const uint64_t letters = between(random, 1, 255);
    const uint64_t longest = between(random, 0, 1) == 0 ? 8 : 16;
    const auto make = [&] {
      std::string key = prefix;
      for (uint64_t size = between(random, 0, longest); size > 0; --size) {
        key += static_cast<char>(between(random, 0, letters));
      }
      return key;
    };
    std::set<std::string> keys;
    for (uint64_t count = between(random, 1, 60); count > 0; --count) keys.insert(make());
    const std::string end = prefix + "\xff\xff\xff\xff\xff\xff\xff\xff\xff";
    // A page at the edge of its tree has what all keys begin with in each of them.
    const bool is_edge = between(random, 0, 1) == 0;
    const auto page =
        is_edge ? leaf_of(keys, "", std::nullopt) : leaf_of(keys, prefix, as_bytes(end));
    LeafNode leaf;
    ASSERT_EQ(leaf.open(page.data(), kPageSize), nullptr);
    for (int i = 0; i < 100; ++i) look_for(leaf, keys, make());
    for (int i = 0; i < 20; ++i) look_for(leaf, keys, bytes_of(random(), between(random, 0, 12)));
  }
}

TEST(InnerNode, LeadsToTheChildThatHasTheKey) {
  Stage stage(LeafKind::kSlotted, 1, kPageSize);
  stage.begin(as_bytes("b"));
  const std::vector<std::string> lows = {"b", "ba", "bcd", "bce", "bcezzzzzz", "bcf"};
  for (size_t i = 0; i < lows.size(); ++i) {
    ASSERT_TRUE(stage.add(as_bytes(lows[i]), {}, page::PageRef{.number = i + 10, .checksum = i}));
  }
  std::vector<uint8_t> page(kPageSize);
  stage.encode(stage.size(), as_bytes("bx"), page);
  InnerNode node;
  ASSERT_EQ(node.open(page.data(), kPageSize), nullptr);
  ASSERT_EQ(node.child_count(), lows.size());
  EXPECT_EQ(as_text(node.prefix()), "b");
  const std::pair<const char*, size_t> cases[] = {
      {"", 0},     {"a", 0},   {"b", 0},     {"ba", 1},        {"bb", 1},  {"bcd", 2},
      {"bcd0", 2}, {"bce", 3}, {"bcezz", 3}, {"bcezzzzzz", 4}, {"bcf", 5}, {"c", 5}};
  for (const auto& [key, child] : cases) {
    EXPECT_EQ(node.child_of(as_bytes(key)), child) << key;
    EXPECT_EQ(node.child(child), (page::PageRef{.number = child + 10, .checksum = child}));
  }
}

TEST(DenseLeaf, ComputesThePlaceOfANumber) {
  Stage stage(LeafKind::kDense, 0, kPageSize);
  stage.begin({});
  for (uint64_t number = 255; number < 300; ++number) {
    const std::string value(number % 7, 'v');
    ASSERT_TRUE(stage.add(key_of(number), {}, {.bytes = as_bytes(value)}));
  }
  std::vector<uint8_t> page(kPageSize);
  stage.encode(stage.size(), {}, page);
  DenseNode node;
  ASSERT_EQ(node.open(page.data(), kPageSize), nullptr);
  EXPECT_EQ(node.first(), 255U);
  ASSERT_EQ(node.count(), 45U);
  for (uint64_t number = 0; number < 400; ++number) {
    const Place place = node.search(key_of(number));
    EXPECT_EQ(place.is_exact, number >= 255 && number < 300);
    EXPECT_EQ(place.index, std::clamp<uint64_t>(number, 255, 300) - 255);
    Value value;
    if (!place.is_exact) continue;
    ASSERT_TRUE(node.value(place.index, value));
    EXPECT_EQ(value.bytes.size(), number % 7);
    // What is no number lies between two of them.
    EXPECT_EQ(node.search(as_bytes(number_key(number) + '\0')).index, place.index + 1);
    EXPECT_EQ(node.search(as_bytes(number_key(number).substr(0, 7))).is_exact, false);
  }
  EXPECT_EQ(node.search({}).index, 0U);
}

// The highest numbers do not overflow.
TEST(DenseLeaf, HoldsTheHighestNumber) {
  Stage stage(LeafKind::kDense, 0, kPageSize);
  stage.begin({});
  for (const uint64_t number : {UINT64_MAX - 1, UINT64_MAX}) {
    ASSERT_TRUE(stage.add(key_of(number), {}, Value()));
  }
  std::vector<uint8_t> page(kPageSize);
  stage.encode(2, {}, page);
  DenseNode node;
  ASSERT_EQ(node.open(page.data(), kPageSize), nullptr);
  EXPECT_TRUE(node.search(key_of(UINT64_MAX)).is_exact);
  EXPECT_EQ(node.search(key_of(0)).index, 0U);
}

}  // namespace stele::tree
