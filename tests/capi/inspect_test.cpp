// Drawings of pages: every page, every tree and the free list, in a buffer of the caller's.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <stele/stele.hpp>
#include <string>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

struct Inspect : ::testing::Test {
  std::string draw(const std::string& what) {
    text.assign(1 << 20, '\0');
    size_t used = 0;
    EXPECT_TRUE(
        is_ok(stele_inspect(db, what.data(), what.size(), text.data(), text.size(), &used, failure),
              failure))
        << what;
    text.resize(used);
    return text;
  }
  stele_status refuse(const std::string& what) {
    size_t used = 0;
    return stele_inspect(db, what.data(), what.size(), text.data(), text.size(), &used, failure);
  }
  TempDirectory directory;
  const Db db = open(directory.path("db"));
  std::string text = std::string(1 << 16, '\0');
  Failure failure;
};

TEST_F(Inspect, DrawsEveryPageAndTreeAndTheFreeList) {
  EXPECT_TRUE(is(refuse(""), STELE_NOT_FOUND, failure));
  for (int i = 0; i < 500; ++i) append(db, "Some.Thing");
  ASSERT_TRUE(is_ok(stele_checkpoint(db, failure), failure));
  append(db, "Some.Thing");
  ASSERT_TRUE(is_ok(stele_checkpoint(db, failure), failure));
  const std::string file = draw("");
  EXPECT_NE(file.find("generation 3, everything up to commit 501"), std::string::npos) << file;
  EXPECT_NE(file.find("tree events: 501 entries"), std::string::npos) << file;
  EXPECT_NE(draw("free").find("freed by generation 3"), std::string::npos) << text;
  for (uint64_t number = 0; number < stats_of(db).pages; ++number) {
    EXPECT_FALSE(draw("page " + std::to_string(number)).empty());
  }
  EXPECT_NE(draw("path events 17").find("17"), std::string::npos) << text;
  EXPECT_FALSE(draw("path terms_recent 0x00").empty());
  EXPECT_FALSE(draw("path commits 18446744073709551615").empty());
}

TEST_F(Inspect, RefusesWhatIsNotThere) {
  append(db, "A");
  ASSERT_TRUE(is_ok(stele_checkpoint(db, failure), failure));
  for (const char* what :
       {"page", "page x", "page -1", "page 99999999", "page 1 2", "free now", "path", "path events",
        "path events x", "path nothing 1", "pages", "path entities 0x1", "path entities 0xzz"}) {
    EXPECT_TRUE(is(refuse(what), STELE_INVALID, failure)) << what;
  }
  size_t used = 0;
  char little[8];
  EXPECT_TRUE(is(stele_inspect(db, nullptr, 0, little, sizeof little, &used, failure),
                 STELE_BUFFER_TOO_SMALL, failure));
  EXPECT_GT(used, sizeof little);
}

TEST(InspectHpp, ReturnsText) {
  TempDirectory directory;
  stele::Database db = stele::Database::open(directory.path("db"));
  EXPECT_EQ(db.inspect(), "") << "no checkpoint yet";
  append(db.get(), "A");
  db.checkpoint();
  EXPECT_NE(db.inspect().find("tree events: 1 entry"), std::string::npos) << db.inspect();
}

}  // namespace
