// A backup has everything that was committed when it began, and is no database before it is whole.
#include "db/backup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "os/environment.h"
#include "support/databases.h"
#include "wal/segment.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::tagged;
using test::World;

struct BackupTest : ::testing::Test {
  BackupTest() { database = world.open(); }

  void append(int count, const std::string& data = "some data") {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(succeeded(commit(database, {{tagged(std::to_string(i % 7), data)}})));
    }
  }
  Result<std::unique_ptr<db::Backup>> start() {
    return db::Backup::start(database, world.files, copy_path());
  }
  // Makes the steps that are left.
  static Status finish(db::Backup& backup) {
    for (;;) {
      const auto more = backup.step();
      if (!more) return fail(more.error());
      if (!*more) return {};
    }
  }
  Status make() {
    auto backup = start();
    if (!backup) return fail(std::move(backup).error());
    return finish(**backup);
  }
  Result<DatabasePtr> open_copy(db::OpenMode mode = db::OpenMode::kExisting) {
    auto options = World::small();
    options.mode = mode;
    return db::Database::open(world.environment(), copy_path(), options);
  }
  [[nodiscard]] std::string copy_path() const { return world.path() + "-copy"; }

  // The copy holds the first `head` events of the database, and all its structures are sound.
  void expect_copy(uint64_t head, db::OpenMode mode = db::OpenMode::kExisting) {
    const auto copy = open_copy(mode);
    ASSERT_TRUE(succeeded(copy));
    EXPECT_EQ((*copy)->snapshot().head, head);
    EXPECT_EQ((*copy)->meta().uuid, database->meta().uuid);
    EXPECT_TRUE(succeeded(test::verify(*copy)));
    events::Reader theirs((*copy)->views(), {}, {}, (*copy)->snapshot());
    events::Reader ours(database->views(), {}, {}, database->snapshot());
    for (uint64_t i = 0; i < head; ++i) {
      const auto a = *theirs.peek();
      const auto b = *ours.peek();
      ASSERT_TRUE(a && b) << i;
      ASSERT_TRUE(std::ranges::equal(a->bytes(), b->bytes())) << i;
      theirs.advance();
      ours.advance();
    }
    EXPECT_FALSE(*theirs.peek());
    EXPECT_EQ(test::read(*copy, test::query_of_tag("3")).size(), (head + 3) / 7);
  }

  World world;
  DatabasePtr database;
};

TEST_F(BackupTest, HoldsWhatWasCommittedWhenItBegan) {
  append(500);
  auto backup = start();
  ASSERT_TRUE(succeeded(backup));
  append(300);
  ASSERT_TRUE(succeeded(database->checkpoint()));
  append(10);
  ASSERT_TRUE(succeeded(finish(**backup)));
  EXPECT_EQ((*backup)->content().head, 500U);
  EXPECT_EQ((*backup)->bytes_done(), (*backup)->bytes_total());
  expect_copy(500);
  expect_copy(500, db::OpenMode::kReadOnly);
}

TEST_F(BackupTest, IsADatabaseToGoOnWith) {
  append(100, std::string(20'000, 'x'));
  ASSERT_TRUE(succeeded(make()));
  DatabasePtr copy = *open_copy();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(succeeded(commit(copy, {{tagged("new")}})));
    if (round != 1) {
      ASSERT_TRUE(succeeded(copy->checkpoint()));
    }
    ASSERT_TRUE(succeeded(copy->close()));
    copy = *open_copy();
    EXPECT_TRUE(succeeded(test::verify(copy)));
  }
  EXPECT_EQ(test::read(copy).size(), 250U);
}

TEST_F(BackupTest, OfAnEmptyDatabaseIsAnEmptyOne) {
  ASSERT_TRUE(succeeded(make()));
  expect_copy(0);
}

TEST_F(BackupTest, OfADatabaseThatIsOnlyReadHasItsLogToo) {
  append(200);
  ASSERT_TRUE(succeeded(database->checkpoint()));
  append(50);
  ASSERT_TRUE(succeeded(database->close()));
  auto options = World::small();
  options.mode = db::OpenMode::kReadOnly;
  database = world.open(options);
  ASSERT_TRUE(succeeded(make()));
  expect_copy(250);
}

TEST_F(BackupTest, IsNoDatabaseBeforeItIsWhole) {
  append(300, std::string(20'000, 'x'));
  {
    auto backup = start();
    ASSERT_TRUE(succeeded(backup));
    for (;;) {
      for (const auto mode : {db::OpenMode::kCreate, db::OpenMode::kExisting, db::OpenMode::kNew,
                              db::OpenMode::kReadOnly}) {
        EXPECT_TRUE(failed(open_copy(mode), Code::kInvalid, "backup that was not finished"));
      }
      const auto more = (*backup)->step();
      ASSERT_TRUE(succeeded(more));
      if ((*backup)->bytes_done() > (*backup)->bytes_total() / 2) break;
    }
    EXPECT_TRUE(failed(start(), Code::kBusy, ""));
  }
  EXPECT_TRUE(failed(open_copy(), Code::kInvalid, "backup that was not finished"));
}

// What is there already is not written again, and what has changed since is.
TEST_F(BackupTest, ThatWasInterruptedIsGoneOnWith) {
  append(300, std::string(20'000, 'x'));
  {
    auto backup = start();
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(succeeded((*backup)->step()));
  }
  append(100, std::string(20'000, 'y'));
  uint64_t written = 0;
  world.files.set_judge([&](const test::FaultFiles::Event& event) -> Status {
    if (event.path.ends_with("events.pages") && test::FaultFiles::is_write(event)) ++written;
    return {};
  });
  ASSERT_TRUE(succeeded(database->checkpoint()));
  written = 0;
  ASSERT_TRUE(succeeded(make()));
  const uint64_t rest = std::exchange(written, 0);
  auto whole = db::Backup::start(database, world.files, world.path() + "-whole");
  ASSERT_TRUE(succeeded(whole));
  ASSERT_TRUE(succeeded(finish(**whole)));
  // Three of the four mebibytes at least, in pieces of 64 KiB.
  EXPECT_LE(rest + 3 * 16, written);
  world.files.let_all_pass();
  expect_copy(400);
}

TEST_F(BackupTest, LeavesAloneWhatIsNotABackupOfThisDatabase) {
  append(10);
  ASSERT_TRUE(succeeded(make()));
  EXPECT_TRUE(failed(start(), Code::kExists, "there is a database in"));
  expect_copy(10);

  World other;
  std::array<uint8_t, 7> skipped = {};  // So that its uuid is another.
  ASSERT_TRUE(succeeded(other.random.fill(skipped)));
  const DatabasePtr theirs = other.open();
  ASSERT_TRUE(succeeded(commit(theirs, {{tagged("a")}})));
  const std::string path = world.path() + "-other";
  {
    ASSERT_TRUE(succeeded(db::Backup::start(theirs, world.files, path)));
  }
  EXPECT_TRUE(failed(db::Backup::start(database, world.files, path), Code::kInvalid,
                     "an unfinished backup of another database"));

  const std::string full = world.path() + "-full";
  ASSERT_TRUE(succeeded(world.files.create_directory(full)));
  ASSERT_TRUE(succeeded(world.files.open(full + "/letter", os::OpenFor::kCreating)));
  EXPECT_TRUE(failed(db::Backup::start(database, world.files, full), Code::kInvalid,
                     "holds files that are no unfinished backup"));
  EXPECT_EQ(world.files.list(full)->size(), 1U);
}

// A damaged page is not carried into the copy.
TEST_F(BackupTest, FindsDamage) {
  append(200, std::string(2000, 'x'));
  ASSERT_TRUE(succeeded(database->checkpoint()));
  const std::string path = db::page_file_path(database->path());
  const auto state = database->checkpointer().file()->state();
  const uint64_t number = state->root("events").page.number;
  ASSERT_NE(number, 0U);
  {
    auto file = *world.files.open(path, os::OpenFor::kWriting);
    const std::vector<uint8_t> noise(1, 0x77);
    const ByteView piece = noise;
    const uint64_t at = number * database->checkpointer().file()->page_size() + 100;
    ASSERT_TRUE(succeeded(file->write_at(at, {&piece, 1})));
  }
  EXPECT_TRUE(failed(make(), Code::kCorrupt, "events.pages"));
  EXPECT_TRUE(failed(open_copy(), Code::kInvalid, "backup that was not finished"));
}

// Every operation of the file system fails once; the backup is gone on with.
TEST_F(BackupTest, SurvivesEveryFailure) {
  append(60, std::string(9000, 'x'));
  ASSERT_TRUE(succeeded(database->checkpoint()));
  const auto of_copy = [](const test::FaultFiles::Event& event) {
    return event.path.find("-copy") != std::string::npos && test::FaultFiles::is_change(event);
  };
  for (uint64_t nth = 1;; ++nth) {
    world.files.fail(nth, of_copy, /*for_ever=*/false);
    const Status made = make();
    world.files.let_all_pass();
    // The last that can fail is what makes durable that it is whole.
    if (made || made.error().code() == Code::kExists) {
      EXPECT_GT(nth, 8U);
      break;
    }
    if (const auto copy = open_copy()) continue;
    EXPECT_TRUE(failed(open_copy(), Code::kInvalid) || failed(open_copy(), Code::kNotFound)) << nth;
  }
  expect_copy(60);
}

}  // namespace
}  // namespace stele
