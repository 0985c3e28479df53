// A repair brings each table back whole, now and as of every moment that it keeps, or leaves it out
// and names it; whatever is damaged.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "db/patient.h"
#include "engine/commit_entry.h"
#include "engine/commit_tree.h"
#include "support/scale.h"

namespace stele {
namespace {

using db::AsOf;
using db::Lost;
using tables::History;
using tables::TableId;
using test::DatabasePtr;
using test::failed;
using test::images_of;
using test::kPatientPage;
using test::rows_of;
using test::succeeded;

class RepairTables : public ::testing::Test, protected test::Patient {};

TEST_F(RepairTables, OfASoundDatabaseAreWhatTheyWere) {
  fill(8);
  const uint64_t tsn = database->snapshot().tsn - 9;
  const auto info = engine::commit_info(*database->views().current(), tsn);
  leave();
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_TRUE(left_out.empty());
  database = check();
  // As of a time as well.
  const auto rows =
      rows_of(database, {"root", "past"}, {.kind = AsOf::Kind::kTime, .at = info->stamp.recorded});
  EXPECT_TRUE(rows && *rows == then.at(tsn).at(past).rows);
  // It goes on: tables are written, the projection follows, and numbers are new ones.
  put(past, "new", "row");
  EXPECT_GT(create("more", History::kNone), large);
  append();
  project();
  checkpoint();
  EXPECT_TRUE(succeeded(test::verify(database)));
}

TEST_F(RepairTables, AreWhatTheyWereWithoutALogAndWithoutTrees) {
  fill(0);
  close();
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_TRUE(left_out.empty());
  check();
}

TEST_F(RepairTables, AreWhatTheyWereInALogAlone) {
  plain = create("plain", History::kNone);
  past = create("past", History::kAll);
  few = create("few", History::kCommits, 12);
  large = create("large", History::kAll);
  for (int i = 0; i < 5; ++i) change(i);
  project();
  leave();
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_TRUE(left_out.empty());
  check();
}

TEST_F(RepairTables, KeepTimesOfCommitsBeforeTheFirstEvent) {
  past = create("past", History::kAll);
  for (int i = 0; i < 30; ++i) put(past, cat("key ", i % 4), cat("row ", i));
  const uint64_t tsn = database->snapshot().tsn - 10;
  const auto info = engine::commit_info(*database->views().current(), tsn);
  checkpoint();
  close();
  ASSERT_TRUE(succeeded(repair()));
  database = check();
  const auto rows =
      rows_of(database, {"root", "past"}, {.kind = AsOf::Kind::kTime, .at = info->stamp.recorded});
  EXPECT_TRUE(rows && *rows == then.at(tsn).at(past).rows);
}

TEST_F(RepairTables, ThatWereDroppedDoNotComeBack) {
  fill(0);
  const auto drop = [this](TableId table) {
    db::Batch batch(database);
    ASSERT_TRUE(succeeded(batch.catalog().drop(table)));
    commit(batch);
  };
  drop(past);
  checkpoint();
  drop(few);
  const TableId again = create("past", History::kNone);
  put(again, "key", "another");
  leave();
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_TRUE(left_out.empty());
  const DatabasePtr repaired = check();
  EXPECT_EQ(images_of(repaired).size(), 4U);
}

// The heart of it: a repair of a database of which any one page is damaged.
TEST_F(RepairTables, AreWholeOrNamedWhicheverPageIsDamaged) {
  fill(4);
  leave();
  const uint64_t count = size_of(pages()) / kPatientPage;
  uint64_t refused = 0;
  uint64_t whole = 0;
  uint64_t some = 0;
  uint64_t none = 0;  // A root was damaged.
  for (uint64_t page = 0; page < count; page += test::kSlowness) {
    SCOPED_TRACE(testing::Message() << "page " << page);
    flip(pages(), page * kPatientPage + 100);
    const Status repaired = repair();
    if (repaired) {
      check();
      const bool are_all = left_out.size() == all_names().size();
      (left_out.empty() ? whole : are_all ? none : some) += 1;
    } else {
      EXPECT_TRUE(failed(repaired, Code::kCorrupt));
      ++refused;
    }
    flip(pages(), page * kPatientPage + 100);
    if (HasFailure()) break;
  }
  EXPECT_GT(whole, 0U);
  EXPECT_GT(some, none);
  std::cout << count << " pages: " << whole << " times everything, " << some
            << " times some tables, " << none << " times none, " << refused << " times refused\n";
}

TEST_F(RepairTables, NeedNoCatalogWhereCommitsTellIt) {
  fill(3);
  leave();
  damage({tables::kCatalogTree});
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_TRUE(left_out.empty());
  check();
}

TEST_F(RepairTables, NeedNoCommitsWhereTheCatalogTellsThem) {
  fill(3);
  leave();
  damage({engine::kCommitTree, engine::kMergedTree});
  // Commits without events are lost, and a stand-in has their place.
  ASSERT_TRUE(succeeded(repair(Lost::kReplace)));
  // Marks were in trees of their own.
  EXPECT_TRUE(left_out.empty()) << left_out.size();
  check();
}

TEST_F(RepairTables, AreNamedByCommitsWhereTreesAreGone) {
  fill(3);
  leave();
  damage({tables::kRowTree, tables::kCatalogTree});
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_EQ(names_left_out(), all_names());
  EXPECT_TRUE(std::ranges::any_of(left_out, [](const auto& table) {
    return table.name.name == "view" && table.owner == "views";
  }));
  check();
}

// But for the one that the log, as far back as it goes, says everything of.
TEST_F(RepairTables, AreLeftOutWithoutAnySuperblock) {
  fill(3);
  leave();
  flip(pages(), 100);
  flip(pages(), page::kSlotSize + 100);
  ASSERT_TRUE(succeeded(repair(Lost::kReplace)));
  EXPECT_EQ(names_left_out(), std::vector<std::string>({"few", "large", "past", "plain"}));
  check();
}

TEST_F(RepairTables, ComeFromTheOlderSuperblockAndTheLogBehindIt) {
  fill(3);
  const auto newest = database->checkpointer().file()->state()->generation;
  leave();
  flip(pages(), (newest % 2) * page::kSlotSize + 100);
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_TRUE(left_out.empty());
  check();
}

TEST_F(RepairTables, OfAProjectionAreLeftOutWhenItsMarkIsLost) {
  fill(0);
  close();
  damage({engine::kCommitTree, engine::kMergedTree, events::kTrackingTree});
  ASSERT_TRUE(succeeded(repair(Lost::kReplace)));
  EXPECT_EQ(names_left_out(), std::vector<std::string>({"view"}));
  check();
}

TEST_F(RepairTables, AreThoseOfTheCutWhereTheLogIsCut) {
  fill(6);
  leave();
  const auto log = wal::list_log(world.files, world.log_directory());
  const std::string path = world.segment(log->segments.back());
  // From the end on, which nobody misses, to what is lost.
  uint64_t cuts = 0;
  for (uint64_t at = size_of(path) - 100; at > wal::kSegmentHeaderSize; at -= 1500) {
    SCOPED_TRACE(at);
    flip(path, at);
    const Status refused = repair(Lost::kRefuse);
    if (refused) {
      check();
      EXPECT_TRUE(left_out.empty());
    }
    ASSERT_TRUE(succeeded(repair(Lost::kCut)));
    DatabasePtr repaired = check();
    EXPECT_TRUE(left_out.empty());
    if (repaired->snapshot().tsn < then.rbegin()->first) ++cuts;
    repaired.reset();
    ASSERT_TRUE(succeeded(repair(Lost::kReplace)));
    check();
    // Those that were there before what is lost.
    if (!refused) {
      EXPECT_EQ(names_left_out(), all_names());
    }
    flip(path, at);
    if (HasFailure() || at < 3000) break;
  }
  EXPECT_GT(cuts, 0U);
}

TEST_F(RepairTables, ThatAreCreatedBehindWhatIsLostComeBack) {
  fill(2);
  append("this one is lost");
  const auto log = wal::list_log(world.files, world.log_directory());
  const std::string path = world.segment(log->segments.back());
  const auto bytes = *os::read_file(world.files, path, uint64_t{1} << 30);
  const std::string text(as_text(bytes));
  const size_t at = text.find("this one is lost");
  ASSERT_NE(at, std::string::npos);
  const TableId later = create("later", History::kAll);
  put(later, "key", "row");
  put(plain, "key", "of a table that is left out");
  put(later, "key", "another");
  leave();
  flip(path, at);
  ASSERT_TRUE(succeeded(repair(Lost::kReplace)));
  EXPECT_EQ(names_left_out(), all_names());
  const DatabasePtr repaired = check();
  EXPECT_EQ(images_of(repaired).size(), 1U);
}

TEST_F(RepairTables, AreLeftOutWhereTheHistoryIsCutBeforeThem) {
  fill(2);
  leave();
  damage({events::kEventTree});
  ASSERT_TRUE(succeeded(repair(Lost::kCut)));
  check();
  EXPECT_FALSE(left_out.empty());
}

TEST_F(RepairTables, ComeBackWhenARepairIsBegunAgain) {
  fill(4);
  leave();
  for (int steps = 1; steps < 12; ++steps) {
    remove_repaired();
    auto started =
        db::Repair::start(world.environment(), world.path(), repaired_path(), Lost::kRefuse);
    ASSERT_TRUE(succeeded(started));
    for (int i = 0; i < steps; ++i) ASSERT_TRUE(succeeded((*started)->step()));
    started->reset();
    auto again =
        db::Repair::start(world.environment(), world.path(), repaired_path(), Lost::kRefuse);
    if (!again) {
      EXPECT_TRUE(failed(again, Code::kExists));  // It was through.
      break;
    }
    for (;;) {
      const auto more = (*again)->step();
      ASSERT_TRUE(succeeded(more));
      if (!*more) break;
    }
    left_out = (*again)->left_out();
    EXPECT_TRUE(left_out.empty());
    again->reset();
    check();
  }
}

}  // namespace
}  // namespace stele
