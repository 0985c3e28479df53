// A table is aligned, fits its width, and holds nothing that a terminal would obey.
#include "cli/table.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace stele::cli {
namespace {

TEST(Table, ControlCharactersAndOtherBytesBecomeVisible) {
  EXPECT_EQ(printable(std::string("a\x1b[2Jb\0\x7F", 8)), "a\\u001b[2Jb\\u0000\\u007f");
  EXPECT_EQ(printable("\xC2\x9B"
                      "1m\xC2\xA0"),
            "\\u009b1m\xC2\xA0");
  EXPECT_EQ(printable("\xFF"
                      "a\xC3"),
            "\xEF\xBF\xBD"
            "a\xEF\xBF\xBD");
}

TEST(Table, TextsAreShortenedBetweenCharacters) {
  EXPECT_EQ(shorten("abc", 3), "abc");
  EXPECT_EQ(shorten("abcd", 3), "ab\xE2\x80\xA6");
  EXPECT_EQ(shorten("\xC3\xA9\xC3\xA9\xC3\xA9", 3), "\xC3\xA9\xC3\xA9\xC3\xA9");
  EXPECT_EQ(shorten("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 3), "\xC3\xA9\xC3\xA9\xE2\x80\xA6");
}

TEST(Table, ColumnsAreAligned) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "stele_table_test";
  {
    Output output(path.string());
    Table table(output, {{"N", true}, {"NAME"}, {"DATA"}}, 30);
    table.add({"7", "\xC3\xA9", "x"});
    table.add({"10", "abcdef", std::string(50, 'y')});
    table.add({"11", "", ""});
    table.flush();
    output.finish();
  }
  std::ostringstream written;
  written << std::ifstream(path).rdbuf();
  EXPECT_EQ(written.str(),
            " N  NAME    DATA\n"
            " 7  \xC3\xA9       x\n"
            "10  abcdef  yyyyyyyyyyyyyyyyyyy\xE2\x80\xA6\n"
            "11\n");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace stele::cli
