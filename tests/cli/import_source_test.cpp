// An import's name tells its file from others, and always fits.
#include "cli/import_source.h"

#include <gtest/gtest.h>

#include "cli/utf8.h"

namespace stele::cli {
namespace {

TEST(ImportSource, HoldsPathInodeAndHash) {
  EXPECT_EQ(source_name("/data/a.jsonl", 42, 0xAB), "import:/data/a.jsonl:42:00000000000000ab");
}

TEST(ImportSource, ALongPathLosesItsStart) {
  const std::string name = source_name("/" + std::string(4000, 'd') + "/end.jsonl", 42, 1);
  EXPECT_EQ(name.size(), 255U);
  EXPECT_TRUE(name.starts_with("import:ddd"));
  EXPECT_TRUE(name.ends_with("/end.jsonl:42:0000000000000001"));
}

TEST(ImportSource, IsUtf8WhateverThePathIs) {
  EXPECT_EQ(source_name("/a\xFF/\xC3\xA9", 1, 1), "import:/a?/\xC3\xA9:1:0000000000000001");
  for (size_t size = 200; size < 260; ++size) {
    std::string path;
    while (path.size() < size) path += "\xF0\x9F\x98\x80";
    const std::string name = source_name(path, 1, 1);
    EXPECT_TRUE(is_utf8(name));
    EXPECT_LE(name.size(), 255U);
  }
}

}  // namespace
}  // namespace stele::cli
