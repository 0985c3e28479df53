// Projections are found by the tables that they have, and dropped with all of it: what is under way
// cannot bring half of it back.
#include "db/projection_list.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "db/projection.h"
#include "support/databases.h"

namespace stele {
namespace {

using db::Projection;
using tables::History;
using test::failed;
using test::succeeded;

class ProjectionList : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.files.skip_syncs();
    database_ = world_.open();
    append(6);
  }
  void append(uint64_t count) {
    test::Attempt attempt;
    for (; count > 0; --count) attempt.events.push_back({.entity = "e"});
    ASSERT_TRUE(succeeded(test::commit(database_, attempt)));
  }
  // Closes the database and opens it again: what it knows is then read from the log or from trees.
  void open_again() {
    database_->close();
    database_.reset();
    database_ = world_.open();
    ASSERT_NE(database_, nullptr);
  }
  struct Instance {
    std::unique_ptr<Projection> projection;
    std::unique_ptr<db::Table> table;
    Status work(uint64_t most) const {
      for (; most > 0; --most) {
        const auto record = projection->events().peek();
        if (!record || !*record) break;
        const uint64_t position = (*record)->position();
        projection->events().advance();
        STELE_TRY(projection->put(*table, as_bytes(cat(position)), {}, position));
      }
      return projection->commit();
    }
  };
  Instance open(const std::string& name, bool rebuilds = false) {
    auto projection = Projection::open(database_, name, {}, rebuilds);
    EXPECT_TRUE(succeeded(projection));
    auto table = (*projection)->table({.schema = "of", .name = name}, History::kAll);
    EXPECT_TRUE(succeeded(table));
    return {*std::move(projection), *std::move(table)};
  }
  // Each with its tables, and where it stands: "a 1 6".
  std::vector<std::string> listed() {
    std::vector<std::string> all;
    std::string name;
    for (;;) {
      const auto next = db::next_projection(*database_, name);
      if (!next) break;
      name = next->name;
      all.push_back(cat(name, " ", next->tables, " ", next->lag.applied));
    }
    return all;
  }
  using Names = std::vector<std::string>;

  test::World world_;
  test::DatabasePtr database_;
};

TEST_F(ProjectionList, HasThoseWithTablesAndRebuildsUnderWay) {
  EXPECT_EQ(listed(), Names());
  ASSERT_TRUE(succeeded(test::commit(
      database_,
      {.events = {}, .tracking = {{.source = "no projection", .previous = 0, .position = 5}}})));
  ASSERT_TRUE(succeeded(open("b").work(2)));
  ASSERT_TRUE(succeeded(open("a").work(6)));
  const Instance more = open("b");
  ASSERT_TRUE(succeeded(more.projection->table({.schema = "s", .name = "more"}, History::kNone)));
  const Instance rebuild = open("b", /*rebuilds=*/true);
  ASSERT_TRUE(succeeded(rebuild.work(3)));
  EXPECT_EQ(listed(), Names({"a 1 6", "b 2 2", "b~1 1 3"}));
  ASSERT_TRUE(succeeded(database_->checkpoint()));
  EXPECT_EQ(listed(), Names({"a 1 6", "b 2 2", "b~1 1 3"}));
  ASSERT_TRUE(succeeded(rebuild.projection->switch_over()));
  EXPECT_EQ(listed(), Names({"a 1 6", "b 1 3"}));
}

TEST_F(ProjectionList, WhatIsDroppedBeginsAnewWhereverItIsReadFrom) {
  ASSERT_TRUE(succeeded(open("a").work(6)));
  for (int way = 0; way < 3; ++way) {
    SCOPED_TRACE(way);
    ASSERT_TRUE(succeeded(open("b").work(4)));
    const Instance over = open("b", /*rebuilds=*/true);
    ASSERT_TRUE(succeeded(over.work(5)));
    ASSERT_TRUE(succeeded(over.projection->switch_over()));
    ASSERT_TRUE(succeeded(open("b", /*rebuilds=*/true).work(2)));
    if (way == 1) {
      ASSERT_TRUE(succeeded(database_->checkpoint()));
    }
    ASSERT_TRUE(succeeded(db::drop_projection(database_, "b")));
    if (way == 2) {
      ASSERT_TRUE(succeeded(database_->checkpoint()));
    }
    EXPECT_EQ(listed(), Names({"a 1 6"}));
    for (const char* source : {"b", "b~1", "b~2"}) {
      const auto mark = database_->tracked(source);
      ASSERT_TRUE(succeeded(mark));
      EXPECT_EQ(*mark, 0U) << source;
    }
    open_again();
    EXPECT_EQ(listed(), Names({"a 1 6"}));
    EXPECT_TRUE(failed(db::drop_projection(database_, "b"), Code::kNotFound, "\"b\""));
    EXPECT_TRUE(succeeded(test::verify(database_)));
    const Instance anew = open("b");
    ASSERT_TRUE(succeeded(anew.work(1)));
    EXPECT_EQ(listed(), Names({"a 1 6", "b 1 1"}));
    ASSERT_TRUE(succeeded(database_->checkpoint()));
    EXPECT_TRUE(succeeded(test::verify(database_)));
    ASSERT_TRUE(succeeded(db::drop_projection(database_, "b")));
  }
}

TEST_F(ProjectionList, ARebuildThatIsDroppedLeavesTheProjectionAlone) {
  ASSERT_TRUE(succeeded(open("b").work(4)));
  const Instance first = open("b", /*rebuilds=*/true);
  ASSERT_TRUE(succeeded(first.work(5)));
  ASSERT_TRUE(succeeded(first.projection->switch_over()));
  const Instance second = open("b", /*rebuilds=*/true);
  ASSERT_TRUE(succeeded(second.work(3)));
  EXPECT_TRUE(failed(db::drop_projection(database_, "b~1"), Code::kNotFound)) << "it is over";
  ASSERT_TRUE(succeeded(db::drop_projection(database_, "b~2")));
  EXPECT_EQ(listed(), Names({"b 1 5"}));
  EXPECT_TRUE(failed(second.work(1), Code::kNotFound)) << "its table is gone";
  const Instance again = open("b", /*rebuilds=*/true);
  ASSERT_TRUE(succeeded(again.work(6)));
  ASSERT_TRUE(succeeded(again.projection->switch_over()));
  EXPECT_EQ(listed(), Names({"b 1 6"}));
  EXPECT_TRUE(succeeded(test::verify(database_)));
}

TEST_F(ProjectionList, AnInstanceThatIsOpenDoesNotBringItBack) {
  const Instance one = open("b");
  ASSERT_TRUE(succeeded(one.work(2)));
  const Instance other = open("b");
  ASSERT_TRUE(succeeded(db::drop_projection(database_, "b")));
  EXPECT_FALSE(succeeded(one.work(1)));
  EXPECT_FALSE(succeeded(other.work(9)));
  EXPECT_FALSE(succeeded(other.work(9)));
  EXPECT_EQ(listed(), Names());
  ASSERT_TRUE(succeeded(open("b").work(9)));
  EXPECT_EQ(listed(), Names({"b 1 6"}));
  EXPECT_TRUE(succeeded(test::verify(database_)));
}

}  // namespace
}  // namespace stele
