// A repair makes a sound database of what is left of a damaged one, says what it could not save,
// and changes nothing of the damaged one.
#include "db/repair.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "db/table.h"
#include "page/page.h"
#include "support/databases.h"

namespace stele {
namespace {

using db::Lost;
using test::commit;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::World;

constexpr uint32_t kSize = page::kPageSizeDefault;

struct RepairTest : ::testing::Test {
  RepairTest() { database = world.open(); }

  // Commits of one to three events with tags and entities, some with keys and marks.
  void fill(int commits, const std::string& data = std::string(200, 'd')) {
    for (int i = 0; i < commits; ++i) {
      db::Batch batch(database);
      test::Attempt attempt;
      for (int k = 0; k <= i % 3; ++k) {
        test::Draft draft = test::tagged(std::to_string(i % 11), data + std::to_string(i));
        draft.entity = cat("entity ", i % 7);
        attempt.events.push_back(draft);
      }
      ++count;
      if (count % 5 == 0) {
        attempt.tracking.push_back(
            {.source = "source", .previous = events::kPreviousAny, .position = count});
      }
      test::fill(batch, attempt);
      if (count % 4 == 0) {
        ASSERT_TRUE(succeeded(batch.set_key(cat("key ", count))));
      }
      ASSERT_TRUE(succeeded(batch.commit()));
    }
  }
  void checkpoint() { ASSERT_TRUE(succeeded(database->checkpoint())); }
  // Remembers all events, and closes the database.
  void close() {
    before = all(database);
    if (!before.empty()) root = root_of(database);
    ASSERT_TRUE(succeeded(database->close()));
    database.reset();
  }

  static std::vector<std::string> all(const DatabasePtr& from) {
    std::vector<std::string> events;
    events::Reader reader(from->views(), {}, {}, from->snapshot());
    while (const auto record = *reader.peek()) {
      events.emplace_back(as_text(record->bytes()));
      reader.advance();
    }
    return events;
  }
  static Digest root_of(const DatabasePtr& of) {
    return engine::commit_info(*of->views().current(), of->snapshot().tsn)->chained_root;
  }

  // ---- Damage. ----
  [[nodiscard]] std::string pages() const { return db::page_file_path(world.path()); }
  std::vector<uint8_t> bytes_of(const std::string& path) {
    return *os::read_file(world.files, path, uint64_t{1} << 30);
  }
  void write(const std::string& path, uint64_t at, ByteView bytes) {
    auto file = world.files.open(path, os::OpenFor::kWriting);
    ASSERT_TRUE(succeeded(file));
    ASSERT_TRUE(succeeded((*file)->write_at(at, {&bytes, 1})));
  }
  void flip(const std::string& path, uint64_t at) {
    const auto bytes = bytes_of(path);
    const uint8_t flipped = bytes[at] ^ 0x10;
    write(path, at, {&flipped, 1});
  }
  // Damages the pages that the newest superblock leads to, of a tree (of all leaves, every
  // `every`th), or of all trees but one.
  void damage(const std::function<bool(std::string_view tree, uint8_t level)>& is_hit,
              uint64_t every = 1, uint64_t from = 0) {
    page::PageCache cache(uint64_t{1} << 20);
    std::vector<uint64_t> hit;
    {
      auto opened = db::Database::open(world.environment(), world.path(), World::small());
      ASSERT_TRUE(succeeded(opened));
      const engine::ViewPtr view = (*opened)->views().current();
      for (const auto& [name, top] : view->trees->state->roots) {
        const std::string_view tree = name;
        const auto visit = [&](const page::PageRef& ref, auto& self) -> void {
          const auto pin = view->trees->file->read(ref);
          ASSERT_TRUE(succeeded(pin));
          const uint8_t level = pin->header().level();
          if (is_hit(tree, level)) hit.push_back(ref.number);
          if (level == 0) return;
          tree::InnerNode node;
          ASSERT_EQ(node.open(pin->bytes(), kSize), nullptr);
          for (size_t i = 0; i < node.child_count(); ++i) self(node.child(i), self);
        };
        if (top.page) visit(top.page, visit);
      }
    }
    for (size_t i = from; i < hit.size(); i += every) flip(pages(), hit[i] * kSize + 1000);
  }
  // What the trees have lost it may still have.
  void remove_log() {
    const auto segments = world.files.list(world.log_directory());
    for (const std::string& name : *segments) {
      ASSERT_TRUE(succeeded(world.files.remove(world.log_directory() + "/" + name)));
    }
  }

  // ---- Repair. ----
  [[nodiscard]] std::string repaired_path() const { return world.path() + "-repaired"; }
  Status repair(Lost lost = Lost::kRefuse) {
    const auto source = directory();
    auto started = db::Repair::start(world.environment(), world.path(), repaired_path(), lost);
    if (!started) return fail(std::move(started).error());
    uint64_t done = 0;
    for (;;) {
      const auto more = (*started)->step();
      stats = (*started)->stats();
      if (!more) return fail(more.error());
      EXPECT_GE((*started)->bytes_done(), done);
      done = (*started)->bytes_done();
      if (!*more) break;
    }
    EXPECT_EQ((*started)->bytes_done(), (*started)->bytes_total());
    EXPECT_EQ(directory(), source) << "the damaged database has changed";
    return {};
  }
  std::vector<std::vector<uint8_t>> directory() {
    std::vector<std::vector<uint8_t>> files;
    const auto names = world.files.list(world.path());
    for (const std::string& name : *names) {
      if (*world.files.kind(world.path() + "/" + name) == os::FileKind::kFile) {
        files.push_back(bytes_of(world.path() + "/" + name));
      }
    }
    const auto segments = world.files.list(world.log_directory());
    for (const std::string& name : *segments) {
      files.push_back(bytes_of(world.log_directory() + "/" + name));
    }
    return files;
  }
  DatabasePtr open_repaired() {
    auto opened = db::Database::open(world.environment(), repaired_path(), World::small());
    EXPECT_TRUE(succeeded(opened));
    if (!opened) return nullptr;
    EXPECT_TRUE(succeeded(test::verify(*opened)));
    return *opened;
  }
  // The repaired database is the same history.
  void expect_everything() {
    const DatabasePtr repaired = open_repaired();
    ASSERT_NE(repaired, nullptr);
    EXPECT_EQ(all(repaired), before);
    EXPECT_EQ(root_of(repaired), root);
    EXPECT_EQ(stats.events, before.size());
    EXPECT_EQ(stats.commits_lost, 0U);
    EXPECT_EQ(stats.first_lost, 0U);
    // It goes on.
    ASSERT_TRUE(succeeded(commit(repaired, {{test::tagged("more")}})));
    EXPECT_EQ(repaired->snapshot().head, before.size() + 1);
  }
  void expect_keys_and_marks(const DatabasePtr& repaired) const {
    EXPECT_EQ(*repaired->tracked("source"), count / 5 * 5);
    for (uint64_t key = 4; key <= count; key += 4) {
      const auto entry = events::find_key(*repaired->views().current(), cat("key ", key), 0,
                                          repaired->snapshot().tsn);
      ASSERT_TRUE(succeeded(entry));
      EXPECT_TRUE(entry->has_value()) << key;
    }
  }

  World world;
  DatabasePtr database;
  uint64_t count = 0;  // Of commits.
  std::vector<std::string> before;
  Digest root = {};
  db::RepairStats stats = {};
};

TEST_F(RepairTest, BringsTablesBackThatAreInTheLogAndInTrees) {
  for (const char* name : {"one", "two", "three"}) {
    db::Batch batch(database);
    const auto table = batch.catalog().create({"root", name}, tables::History::kAll, 0);
    ASSERT_TRUE(succeeded(table));
    ASSERT_TRUE(succeeded(batch.rows().put(*table, as_bytes("key"), as_bytes("row"), 0)));
    ASSERT_TRUE(succeeded(batch.commit()));
    fill(3);
    if (std::string(name) == "one") {
      checkpoint();
      db::Batch drop(database);
      ASSERT_TRUE(succeeded(drop.catalog().drop(*table)));
      ASSERT_TRUE(succeeded(drop.commit()));
    }
    if (std::string(name) == "two") checkpoint();
  }
  close();
  ASSERT_TRUE(succeeded(repair()));
  expect_everything();
  EXPECT_EQ(stats.tables_left_out, 0U);
  const DatabasePtr repaired = open_repaired();
  std::vector<std::string> names;
  for (auto table = db::next_table(*repaired, {}); table;
       table = db::next_table(*repaired, table->name)) {
    names.push_back(table->name.name);
  }
  EXPECT_EQ(names, std::vector<std::string>({"three", "two"}));
}

TEST_F(RepairTest, OfASoundDatabaseIsTheSameHistory) {
  fill(600);
  checkpoint();
  fill(100);
  close();
  ASSERT_TRUE(succeeded(repair()));
  expect_everything();
  EXPECT_EQ(stats.pages_damaged + stats.log_damaged + stats.commits_rebuilt, 0U);
}

TEST_F(RepairTest, OfALogAloneIsTheSameHistory) {
  fill(200);
  close();
  ASSERT_TRUE(succeeded(repair()));
  expect_everything();
}

TEST_F(RepairTest, OfNothingIsNothing) {
  close();
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_EQ(open_repaired()->snapshot().head, 0U);
}

TEST_F(RepairTest, NeedsNeitherIndexesNorInnerPages) {
  fill(1'000);
  checkpoint();
  close();
  damage([](std::string_view tree, uint8_t level) {
    return level > 0 || (tree != "events" && tree != "commits");
  });
  EXPECT_TRUE(failed(world.try_open(), Code::kCorrupt));
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_GT(stats.pages_damaged, 5U);
  expect_everything();
  expect_keys_and_marks(open_repaired());
}

TEST_F(RepairTest, NeedsNoSuperblockAndNoMeta) {
  fill(500);
  checkpoint();
  close();
  write(pages(), 0, std::vector<uint8_t>(2 * page::kSlotSize, 0x55));
  write(world.path() + "/stele.meta", 0, std::vector<uint8_t>(512, 0x55));
  EXPECT_TRUE(failed(world.try_open(), Code::kCorrupt));
  ASSERT_TRUE(succeeded(repair()));
  expect_everything();
}

TEST_F(RepairTest, RebuildsCommitsFromTheirEvents) {
  fill(1'000);
  checkpoint();
  close();
  damage([](std::string_view tree, uint8_t) { return tree == "commits"; });
  remove_log();
  ASSERT_TRUE(succeeded(repair()));
  EXPECT_GE(stats.commits_rebuilt, 100U);
  expect_everything();
  const DatabasePtr repaired = open_repaired();
  // Their trees still had the keys, and the newest mark.
  expect_keys_and_marks(repaired);
}

TEST_F(RepairTest, SaysWhatIsLostAndKeepsWhatIsBehindOnRequest) {
  fill(1'000);
  checkpoint();
  close();
  damage([](std::string_view tree, uint8_t level) { return tree == "events" && level == 0; }, 10,
         3);
  remove_log();
  EXPECT_TRUE(failed(repair(), Code::kCorrupt, "cannot be read any more"));
  EXPECT_TRUE(failed(db::Database::open(world.environment(), repaired_path(), World::small()),
                     Code::kInvalid, "not finished"));

  ASSERT_TRUE(succeeded(repair(Lost::kReplace)));
  EXPECT_GT(stats.events_lost, 30U);
  DatabasePtr repaired = open_repaired();
  ASSERT_NE(repaired, nullptr);
  auto now = all(repaired);
  ASSERT_EQ(now.size(), before.size());
  uint64_t lost = 0;
  uint64_t kept = 0;
  for (size_t i = 0; i < now.size(); ++i) {
    const auto is = events::RecordView::trusted(reinterpret_cast<const uint8_t*>(now[i].data()));
    const auto was =
        events::RecordView::trusted(reinterpret_cast<const uint8_t*>(before[i].data()));
    EXPECT_EQ(is.tsn(), was.tsn());
    EXPECT_EQ(is.recorded(), was.recorded());
    if (is.type() == db::kLostType) {
      ++lost;
      continue;
    }
    ++kept;
    EXPECT_TRUE(std::ranges::equal(is.payload(), was.payload()));
    EXPECT_TRUE(std::equal(is.id(), is.id() + events::kIdSize, was.id()));
  }
  EXPECT_EQ(lost, stats.events_lost);
  EXPECT_GT(kept, 10 * lost / 2);
  EXPECT_EQ(test::read(repaired, {{{.types = {std::string(db::kLostType)}, .tags = {}}}}).size(),
            lost);
  expect_keys_and_marks(repaired);
}

TEST_F(RepairTest, CutsAtWhatIsLost) {
  fill(300);
  close();
  // A frame in the middle of the log.
  const auto bytes = bytes_of(world.segment(2));
  flip(world.segment(2), 20'000);
  EXPECT_TRUE(failed(world.try_open(), Code::kCorrupt));
  ASSERT_TRUE(succeeded(repair(Lost::kCut)));
  EXPECT_EQ(stats.log_damaged, 1U);
  EXPECT_GT(stats.commits_lost, 10U);
  EXPECT_EQ(stats.first_lost, stats.events + 1);
  const DatabasePtr repaired = open_repaired();
  const auto now = all(repaired);
  EXPECT_TRUE(std::equal(now.begin(), now.end(), before.begin()));
  EXPECT_LT(now.size(), before.size());
}

TEST_F(RepairTest, ReplacesACommitThatTheLogHasLost) {
  fill(300);
  close();
  flip(world.segment(2), 20'000);
  ASSERT_TRUE(succeeded(repair(Lost::kReplace)));
  EXPECT_EQ(stats.commits_lost, 1U);
  EXPECT_GE(stats.events_lost, 1U);
  const DatabasePtr repaired = open_repaired();
  EXPECT_EQ(repaired->snapshot().head, before.size());
  EXPECT_EQ(repaired->snapshot().tsn, 300U);
}

TEST_F(RepairTest, KeepsLargeEvents) {
  fill(20, std::string(100'000, 'x'));
  checkpoint();
  close();
  damage([](std::string_view tree, uint8_t) { return tree != "events" && tree != "commits"; });
  ASSERT_TRUE(succeeded(repair()));
  expect_everything();
}

TEST_F(RepairTest, IsBegunAgainWhereItWasInterrupted) {
  fill(1'000);
  checkpoint();
  close();
  {
    auto started =
        db::Repair::start(world.environment(), world.path(), repaired_path(), Lost::kRefuse);
    ASSERT_TRUE(succeeded(started));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(succeeded((*started)->step()));
  }
  EXPECT_TRUE(failed(db::Database::open(world.environment(), repaired_path(), World::small()),
                     Code::kInvalid));
  ASSERT_TRUE(succeeded(repair()));
  expect_everything();
}

TEST_F(RepairTest, RefusesDirectoriesThatAreNotForIt) {
  fill(10);
  const auto start = [&](const std::string& from, const std::string& to) {
    return db::Repair::start(world.environment(), from, to, Lost::kRefuse);
  };
  EXPECT_TRUE(failed(start(world.path(), repaired_path()), Code::kBusy));
  close();
  EXPECT_TRUE(failed(start(world.path() + "-none", repaired_path()), Code::kNotFound));
  EXPECT_TRUE(failed(start(world.path(), world.path()), Code::kExists));
}

}  // namespace
}  // namespace stele
