// Pages and paths as text: what is in them can be read, what is damaged is said.
#include "tree/draw.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tree/trees.h"

namespace stele::tree {
namespace {

using namespace std::string_literals;

bool has(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

TEST(Drawing, ShowsKeysThatCanBeRead) {
  EXPECT_EQ(draw_key(as_bytes("tenant/7"s)), "\"tenant/7\"");
  EXPECT_EQ(draw_key(as_bytes("a\0\xff\"\\"s)), "\"a\\x00\\xff\\\"\\\\\"");
  EXPECT_EQ(draw_key({}), "\"\"");
  EXPECT_EQ(draw_key(as_bytes(std::string(70, 'x'))),
            "\"" + std::string(60, 'x') + "\" and 10 bytes");
}

TEST(Drawing, OfALeaf) {
  World world;
  world.apply({{"apple", "1"}, {"pear", bytes_of(1, 10'000)}});
  const std::string text = draw_page(*world.file, world.root().page.number);
  EXPECT_TRUE(has(text, ": leaf, level 0, generation 2, count 2, checksum ")) << text;
  EXPECT_TRUE(has(text, "  prefix \"\", keys from \"\" to no end\n")) << text;
  EXPECT_TRUE(has(text, "  0  \"apple\"  1 bytes\n")) << text;
  EXPECT_TRUE(has(text, "  1  \"pear\"  10000 bytes in pages of generation 2: ")) << text;
}

TEST(Drawing, OfAPath) {
  World world;
  Batch batch;
  for (int i = 1000; i < 9000; ++i) batch["key" + std::to_string(i)] = "value";
  world.apply(batch);
  const std::string text = draw_path(*world.file, world.root(), as_bytes("key5000"));
  EXPECT_TRUE(has(text, "a tree of 8000 entries, ")) << text;
  EXPECT_TRUE(has(text, ": inner, level 1")) << text;
  EXPECT_TRUE(has(text, "\"key5000\"  5 bytes")) << text;
  EXPECT_FALSE(has(text, "here it would be")) << text;
  EXPECT_TRUE(has(draw_path(*world.file, world.root(), as_bytes("key50000")), "here it would be"));
  EXPECT_TRUE(has(draw_path(*world.file, {}, as_bytes("key")), "a tree of 0 entries"));
  const std::string inner = draw_page(*world.file, world.root().page.number);
  EXPECT_TRUE(has(inner, ": inner, level 1")) << inner;
  EXPECT_TRUE(has(inner, "  0  from \"\"  page ")) << inner;
}

TEST(Drawing, SaysWhatIsDamaged) {
  std::vector<uint8_t> page(4096, 0xff);
  for (const uint8_t type : std::initializer_list<uint8_t>{1, 2, 3, 4, 5, 6, 99}) {
    page[page::kPageTypeOffset] = type;
    page[page::kPageLevelOffset] = static_cast<uint8_t>(type == 3 ? 1 : 0);
    const std::string text = draw_page(page);
    EXPECT_EQ(has(text, "DAMAGED"), type <= 3 || type == 5) << text;
  }
  World world;
  EXPECT_TRUE(has(draw_page(*world.file, 1'000'000), "DAMAGED"));
}

}  // namespace
}  // namespace stele::tree
