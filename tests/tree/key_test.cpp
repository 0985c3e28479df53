// Keys compare as byte strings; separators are as short as they can be.
#include "tree/key.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "support/seed.h"

namespace stele::tree {
namespace {

using test::between;
using namespace std::string_literals;

TEST(Keys, AreSeparatedByTheShortestString) {
  const struct {
    std::string left, right, expected;
  } cases[] = {
      {"", "a", "a"},
      {"", "\0"s, "\0"s},
      {"abc", "abd", "abd"},
      {"abc", "b", "b"},
      {"abc", "bcd", "b"},
      {"ab", "abc", "abc"},
      {"ab", "ab\0\0"s, "ab\0"s},
      {"a\xff"s, "b\0\0"s, "b"},
      {"\xff\xff"s, "\xff\xff\xff"s, "\xff\xff\xff"s},
  };
  for (const auto& c : cases) {
    const ByteView found = separator(as_bytes(c.left), as_bytes(c.right));
    EXPECT_EQ(as_text(found), c.expected) << c.left << " | " << c.right;
  }
}

// Any two keys: left < separator <= right, and heads never contradict the keys' order.
TEST(Keys, HaveHeadsInTheirOrder) {
  const test::Seed seed;
  auto random = seed.generator();
  for (int round = 0; round < 20'000; ++round) {
    std::string keys[2];
    for (std::string& key : keys) {
      for (uint64_t size = between(random, 0, 10); size > 0; --size) {
        key += static_cast<char>(between(random, 0, 2) == 0 ? between(random, 0, 255) : 0);
      }
    }
    const ByteView left = as_bytes(keys[0]);
    const ByteView right = as_bytes(keys[1]);
    const int order = keys[0].compare(keys[1]);
    EXPECT_EQ(compare(left, right) < 0, order < 0);
    EXPECT_EQ(compare(left, right) == 0, order == 0);
    EXPECT_EQ(equal(left, right), order == 0);
    EXPECT_TRUE(head_of(left) >= head_of(right) || order < 0);
    const size_t shared = common_prefix(left, right);
    EXPECT_EQ(keys[0].substr(0, shared), keys[1].substr(0, shared));
    if (order >= 0) continue;
    const ByteView between_them = separator(left, right);
    EXPECT_LT(compare(left, between_them), 0);
    EXPECT_LE(compare(between_them, right), 0);
    EXPECT_LE(compare(between_them.first(between_them.size() - 1), left), 0) << "not the shortest";
  }
}

}  // namespace
}  // namespace stele::tree
