// A repair brings each table back whole, now and as of every moment that it keeps, or leaves it out
// and names it; whatever is damaged.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "db/projection.h"
#include "db/repair.h"
#include "db/table.h"
#include "engine/commit_entry.h"
#include "engine/commit_tree.h"
#include "page/page.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"
#include "tree/node.h"

namespace stele {
namespace {

using db::AsOf;
using db::Lost;
using tables::History;
using tables::TableId;
using test::between;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::World;

constexpr uint32_t kSize = page::kPageSizeDefault;

using Rows = std::map<std::string, std::string>;
struct Image {
  tables::TableInfo info;
  Rows rows;
};
using Images = std::map<TableId, Image>;

// The rows of a table as of a moment; nothing: they are not kept.
std::optional<Rows> rows_of(const DatabasePtr& database, const tables::TableName& name,
                            const AsOf& as_of = {}) {
  const auto table = db::Table::open(database, name);
  EXPECT_TRUE(succeeded(table));
  if (!table) return std::nullopt;
  auto scan = db::TableScan::start(**table, {}, as_of);
  if (!scan) {
    EXPECT_EQ(scan.error().code(), Code::kTooOld) << scan.error().message();
    return std::nullopt;
  }
  Rows rows;
  for (;;) {
    const auto row = (*scan)->next();
    EXPECT_TRUE(succeeded(row));
    if (!row || *row == nullptr) return rows;
    std::string& text = rows[std::string(as_text((*row)->key))];
    text.resize((*row)->size());
    EXPECT_TRUE(
        succeeded((*scan)->read(0, {reinterpret_cast<uint8_t*>(text.data()), text.size()})));
  }
}

Images images_of(const DatabasePtr& database) {
  Images images;
  for (auto table = db::next_table(*database, {}); table;
       table = db::next_table(*database, table->name)) {
    images[table->id] = {*table, *rows_of(database, table->name)};
  }
  return images;
}

// A database with tables, what they were behind each commit, and its repair.
class Patient {
 public:
  Patient() {
    world.files.skip_syncs();
    database = world.open();
  }

  // ---- What is repaired. ----

  // Commits, and remembers all tables as they are then.
  void commit(db::Batch& batch) {
    const auto committed = batch.commit();
    ASSERT_TRUE(succeeded(committed));
    note();
  }
  void note() { then[database->snapshot().tsn] = images_of(database); }
  TableId create(const std::string& name, History history, uint64_t amount = 0) {
    db::Batch batch(database);
    const auto table = batch.catalog().create({"root", name}, history, amount);
    EXPECT_TRUE(succeeded(table));
    commit(batch);
    return *table;
  }
  void put(TableId table, const std::string& key, const std::string& row) {
    db::Batch batch(database);
    ASSERT_TRUE(succeeded(batch.rows().put(table, as_bytes(key), as_bytes(row), 0)));
    commit(batch);
  }
  void append(const std::string& data = "data") {
    db::Batch batch(database);
    test::fill(batch, {.events = {test::tagged("tag", data)}});
    commit(batch);
  }
  // Everything there is of a projection of tables "view" and its events up to now.
  void project() {
    auto projection = db::Projection::open(database, "views", {}, /*rebuilds=*/false);
    ASSERT_TRUE(succeeded(projection));
    const auto table = (*projection)->table({"root", "view"}, History::kAll);
    ASSERT_TRUE(succeeded(table));
    note();
    for (;;) {
      const auto event = (*projection)->events().peek();
      ASSERT_TRUE(succeeded(event));
      if (!*event) break;
      const uint64_t position = (*event)->position();
      const std::string key = cat("event ", position % 5);
      const std::string row(as_text((*event)->payload()));
      (*projection)->events().advance();
      ASSERT_TRUE(succeeded((*projection)->put(**table, as_bytes(key), as_bytes(row), position)));
    }
    ASSERT_TRUE(succeeded((*projection)->commit()));
    note();
  }
  // Tables of every kind, in trees, and with `rounds` of changes behind them in the log.
  void fill(int rounds) {
    plain = create("plain", History::kNone);
    past = create("past", History::kAll);
    few = create("few", History::kCommits, 12);
    large = create("large", History::kAll);
    for (int i = 0; i < 12; ++i) {
      change(i);
      if (i == 5) checkpoint();
    }
    project();
    checkpoint();
    checkpoint();
    for (int i = 0; i < rounds; ++i) change(i);
    if (rounds > 0) project();
  }
  void change(int i) {
    append(cat("event ", i));
    db::Batch batch(database);
    for (const TableId table : {plain, past, few}) {
      for (int k = 0; k < 12; ++k) {
        const std::string key = cat("key ", (i * 7 + k) % 40);
        const std::string row = cat("row ", i, std::string(150, 'r'));
        ASSERT_TRUE(succeeded(k == 11 ? batch.rows().erase(table, as_bytes(key), 0)
                                      : batch.rows().put(table, as_bytes(key), as_bytes(row), 0)));
      }
    }
    commit(batch);
    put(large, cat("key ", i % 3), std::string(2 * kSize, static_cast<char>('a' + i)));
  }
  void checkpoint() { ASSERT_TRUE(succeeded(database->checkpoint())); }
  void close() {
    ASSERT_TRUE(succeeded(database->close()));
    database.reset();
  }
  // As a crash does it: the log stays as it is.
  void leave() { world.crash(database); }

  // ---- Damage. ----
  [[nodiscard]] std::string pages() const { return db::page_file_path(world.path()); }
  uint8_t flip(const std::string& path, uint64_t at) {
    auto file = world.files.open(path, os::OpenFor::kWriting);
    EXPECT_TRUE(succeeded(file));
    uint8_t byte = 0;
    EXPECT_TRUE(succeeded((*file)->read_at(at, {&byte, 1})));
    byte ^= 0x10;
    const ByteView flipped(&byte, 1);
    EXPECT_TRUE(succeeded((*file)->write_at(at, {&flipped, 1})));
    return byte;
  }
  uint64_t size_of(const std::string& path) {
    return *(*world.files.open(path, os::OpenFor::kReading))->size();
  }
  // The pages that the newest superblock leads to, but those of large values.
  std::vector<uint64_t> pages_of(std::string_view tree) {
    page::PageCache cache(uint64_t{1} << 20);
    std::vector<uint64_t> numbers;
    auto opened =
        db::Database::open(world.environment(), world.path(), {.mode = db::OpenMode::kReadOnly});
    EXPECT_TRUE(succeeded(opened));
    const engine::ViewPtr view = (*opened)->views().current();
    const auto visit = [&](const page::PageRef& ref, auto& self) -> void {
      const auto pin = view->trees->file->read(ref);
      ASSERT_TRUE(succeeded(pin));
      numbers.push_back(ref.number);
      if (pin->header().level() == 0) return;
      tree::InnerNode node;
      ASSERT_EQ(node.open(pin->bytes(), kSize), nullptr);
      for (size_t i = 0; i < node.child_count(); ++i) self(node.child(i), self);
    };
    const page::Root root = view->trees->root(tree);
    if (root.page) visit(root.page, visit);
    return numbers;
  }
  void damage(const std::vector<std::string_view>& trees) {
    std::vector<uint64_t> hit;
    for (const std::string_view tree : trees) {
      for (const uint64_t page : pages_of(tree)) hit.push_back(page);
    }
    for (const uint64_t page : hit) flip(pages(), page * kSize + 1000);
  }

  // ---- Repair. ----
  [[nodiscard]] std::string repaired_path() const { return world.path() + "-repaired"; }
  Status repair(Lost lost = Lost::kRefuse) {
    remove_repaired();
    auto started = db::Repair::start(world.environment(), world.path(), repaired_path(), lost);
    if (!started) return fail(std::move(started).error());
    for (uint64_t done = 0;;) {
      const auto more = (*started)->step();
      if (!more) return fail(more.error());
      EXPECT_GE((*started)->bytes_done(), done);
      done = (*started)->bytes_done();
      if (!*more) break;
    }
    EXPECT_EQ((*started)->bytes_done(), (*started)->bytes_total());
    left_out = (*started)->left_out();
    // What a lost commit did to the catalog nobody knows.
    knows_catalog = lost != Lost::kReplace || (*started)->stats().commits_lost == 0;
    EXPECT_EQ((*started)->stats().tables_left_out, left_out.size());
    return {};
  }
  void remove_repaired() {
    const std::string log = db::wal_directory(repaired_path());
    for (const std::string& directory : {log, repaired_path()}) {
      if (*world.files.kind(directory) == os::FileKind::kMissing) continue;
      const auto names = world.files.list(directory);
      for (const std::string& name : *names) {
        const std::string path = directory + "/" + name;
        if (*world.files.kind(path) == os::FileKind::kFile) {
          ASSERT_TRUE(succeeded(world.files.remove(path)));
        }
      }
    }
  }
  // The tables of the repaired database are what they were behind its last commit, and as of each
  // before; those that are missing are named. Returns the database.
  DatabasePtr check() {
    auto opened = db::Database::open(world.environment(), repaired_path(), World::small());
    EXPECT_TRUE(succeeded(opened));
    if (!opened) return nullptr;
    EXPECT_TRUE(succeeded(test::verify(*opened)));
    const uint64_t last = (*opened)->snapshot().tsn;
    if (last == 0) return *opened;
    const Images now = images_of(*opened);
    const Images& were = then.at(last);
    std::map<TableId, std::string> missing;
    for (const auto& table : left_out) missing[table.id] = table.name.name;
    for (const auto& [id, was] : were) {
      SCOPED_TRACE(was.info.name.name);
      const auto is = now.find(id);
      EXPECT_FALSE(is != now.end() && missing.contains(id));
      if (is == now.end()) {
        if (!knows_catalog) continue;
        EXPECT_TRUE(missing.contains(id));
        EXPECT_TRUE(missing[id].empty() || missing[id] == was.info.name.name) << missing[id];
        continue;
      }
      EXPECT_EQ(is->second.info.name, was.info.name);
      EXPECT_EQ(is->second.info.history, was.info.history);
      EXPECT_EQ(is->second.info.amount, was.info.amount);
      EXPECT_EQ(is->second.info.created_tsn, was.info.created_tsn);
      EXPECT_EQ(is->second.info.owner, was.info.owner);
      EXPECT_TRUE(is->second.rows == was.rows);
      check_past(*opened, was.info, last);
    }
    for (const auto& [id, is] : now) EXPECT_TRUE(were.contains(id)) << is.info.name.name;
    for (const auto& [id, name] : missing) {
      EXPECT_TRUE(were.contains(id) || !knows_catalog) << name;
    }
    return *opened;
  }
  void check_past(const DatabasePtr& repaired, const tables::TableInfo& info, uint64_t last) {
    if (info.history == History::kNone) return;
    for (uint64_t tsn = info.created_tsn; tsn <= last; ++tsn) {
      SCOPED_TRACE(tsn);
      const auto rows =
          rows_of(repaired, info.name, {.kind = AsOf::Kind::kTsn, .at = static_cast<int64_t>(tsn)});
      const bool is_kept = info.history == History::kAll || tsn + info.amount > last;
      EXPECT_TRUE(rows.has_value() || !is_kept);
      if (rows && is_kept && then.contains(tsn)) {
        EXPECT_TRUE(*rows == then.at(tsn).at(info.id).rows);
      }
    }
  }
  [[nodiscard]] std::vector<std::string> names_left_out() const {
    std::vector<std::string> names;
    for (const auto& table : left_out) names.push_back(table.name.name);
    std::ranges::sort(names);
    return names;
  }
  [[nodiscard]] const std::vector<std::string>& all_names() const {
    static const std::vector<std::string> names = {"few", "large", "past", "plain", "view"};
    return names;
  }

  World world;
  DatabasePtr database;
  TableId plain = 0;
  TableId past = 0;
  TableId few = 0;
  TableId large = 0;
  std::map<uint64_t, Images> then;  // Behind each commit.
  std::vector<tables::TableInfo> left_out;
  bool knows_catalog = true;  // The repair that was made last.
};

class RepairTables : public ::testing::Test, protected Patient {};

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
  const uint64_t count = size_of(pages()) / kSize;
  uint64_t refused = 0;
  uint64_t whole = 0;
  uint64_t some = 0;
  uint64_t none = 0;  // A root was damaged.
  for (uint64_t page = 0; page < count; page += test::kSlowness) {
    SCOPED_TRACE(testing::Message() << "page " << page);
    flip(pages(), page * kSize + 100);
    const Status repaired = repair();
    if (repaired) {
      check();
      const bool are_all = left_out.size() == all_names().size();
      (left_out.empty() ? whole : are_all ? none : some) += 1;
    } else {
      EXPECT_TRUE(failed(repaired, Code::kCorrupt));
      ++refused;
    }
    flip(pages(), page * kSize + 100);
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

TEST_F(RepairTables, AreWholeOrNamedUnderAnyDamage) {
  const test::Seed seed;
  auto random = seed.generator();
  for (size_t round = 0; round < test::scaled(5); ++round) {
    Patient it;
    std::vector<TableId> tables;
    for (int i = 0; i < 60; ++i) {
      const uint64_t what = between(random, 0, 19);
      if (what == 0) {
        ASSERT_TRUE(succeeded(it.database->checkpoint()));
      } else if (what == 1) {
        it.project();
      } else if (what < 5 || tables.empty()) {
        it.append(std::string(between(random, 1, 300), 'd'));
        const auto history = static_cast<History>(between(random, 0, 2));
        const uint64_t amount = history == History::kCommits ? 15 : 0;
        if (tables.size() < 6) tables.push_back(it.create(cat("table ", i), history, amount));
      } else if (what == 5 && tables.size() > 3) {
        db::Batch batch(it.database);
        const size_t at = between(random, 0, tables.size() - 1);
        ASSERT_TRUE(succeeded(batch.catalog().drop(tables[at])));
        tables.erase(tables.begin() + static_cast<ptrdiff_t>(at));
        it.commit(batch);
      } else if (what == 6) {
        db::Batch batch(it.database);
        const TableId table = tables[between(random, 0, tables.size() - 1)];
        ASSERT_TRUE(succeeded(batch.catalog().rename(table, {"root", cat("renamed ", i)})));
        it.commit(batch);
      } else {
        db::Batch batch(it.database);
        for (uint64_t k = between(random, 1, 30); k > 0; --k) {
          const TableId table = tables[between(random, 0, tables.size() - 1)];
          const std::string key = cat("key ", between(random, 0, 99));
          const uint64_t size = between(random, 0, 40) == 0 ? 20'000 : between(random, 0, 300);
          ASSERT_TRUE(succeeded(
              batch.rows().put(table, as_bytes(key), as_bytes(std::string(size, 'r')), 0)));
        }
        it.commit(batch);
      }
    }
    it.leave();
    for (size_t attempt = 0; attempt < test::scaled(12); ++attempt) {
      SCOPED_TRACE(testing::Message() << "round " << round << ", attempt " << attempt);
      std::vector<std::string> paths = {it.pages(), it.pages(), it.pages()};
      const auto log = wal::list_log(it.world.files, it.world.log_directory());
      for (const uint64_t number : log->segments) paths.push_back(it.world.segment(number));
      std::vector<std::pair<std::string, uint64_t>> flips;
      for (uint64_t k = between(random, 1, 4); k > 0; --k) {
        const std::string& path = paths[between(random, 0, paths.size() - 1)];
        if (*it.world.files.kind(path) == os::FileKind::kMissing) continue;
        flips.emplace_back(path, between(random, 0, it.size_of(path) - 1));
      }
      for (const auto& [path, at] : flips) it.flip(path, at);
      const auto lost = static_cast<Lost>(between(random, 0, 2));
      const Status repaired = it.repair(lost);
      if (repaired) {
        it.check();
      } else {
        EXPECT_TRUE(failed(repaired, Code::kCorrupt));
        EXPECT_EQ(lost, Lost::kRefuse) << repaired.error().message();
      }
      for (const auto& [path, at] : flips) it.flip(path, at);
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace stele
