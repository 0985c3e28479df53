// What an open makes of a directory: a whole database again, or a clear refusal that changes
// nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/databases.h"
#include "support/tail_of.h"

namespace stele {
namespace {

using test::commit;
using test::DatabasePtr;
using test::failed;
using test::read;
using test::read_bytes;
using test::succeeded;
using test::tagged;
using test::World;
using test::write_bytes;

// Everything that a database knows is there after a close, and after none.
TEST(Recovery, BringsEverythingBack) {
  for (const bool crash : {false, true}) {
    SCOPED_TRACE(crash);
    World world;
    DatabasePtr database = world.open();
    for (int i = 0; i < 100; ++i) {
      const std::string n = std::to_string(i);
      ASSERT_TRUE(succeeded(commit(database, {{{.type = "T" + std::to_string(i % 3),
                                                .entity = "e" + std::to_string(i % 7),
                                                .data = std::string(2000, 'x') + n,
                                                .tags = {"n:" + n, "all"}}},
                                              {},
                                              {{"source", events::kPreviousAny, 10U + i}}})));
    }
    const auto before = read(database);
    std::vector<std::vector<uint8_t>> records;
    for (const auto& record : before) {
      records.emplace_back(record.bytes().begin(), record.bytes().end());
    }
    const uint64_t terms = test::tail_of(*database).terms().size();
    const Digest root = test::root_of(*database, 100);
    if (crash) {
      world.crash(database);
    } else {
      database.reset();
    }
    database = world.open();
    const auto after = read(database);
    ASSERT_EQ(after.size(), records.size());
    for (size_t i = 0; i < after.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(after[i].bytes(), records[i]));
    }
    EXPECT_EQ(test::tail_of(*database).terms().size(), terms);
    EXPECT_EQ(test::root_of(*database, 100), root);
    EXPECT_EQ(*database->tracked("source"), 109U);
    EXPECT_EQ(read(database, {{{.types = {"T1"}, .tags = {"all"}}}}).size(), 33U);
    EXPECT_EQ(database->stats()->recovered_commits, 100U);
    EXPECT_TRUE(succeeded(test::verify(database)));
  }
}

// Opening and closing without a commit changes nothing, however often.
TEST(Recovery, OfAnUnchangedDatabaseWritesNothing) {
  World world;
  DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  database.reset();
  const auto bytes = read_bytes(world.segment(1));
  for (int i = 0; i < 3; ++i) {
    database = world.open();
    EXPECT_EQ(database->snapshot().head, 1U);
    database.reset();
  }
  EXPECT_EQ(read_bytes(world.segment(1)), bytes);
  EXPECT_FALSE(std::filesystem::exists(world.segment(2)));
}

struct Damage {
  const char* name;
  std::function<void(const World&)> harm;
  Code code;
  const char* reason;
};

void patch(const std::string& path, size_t offset, const std::vector<uint8_t>& bytes) {
  std::vector<uint8_t> content = read_bytes(path);
  ASSERT_LE(offset + bytes.size(), content.size());
  std::ranges::copy(bytes, content.begin() + static_cast<ptrdiff_t>(offset));
  write_bytes(path, content);
}

// Damage that cannot be a torn write is refused by name and place, and mended damage opens again.
TEST(Recovery, RefusesWhatIsDamaged) {
  namespace fs = std::filesystem;
  const auto meta = [](const World& w) { return w.path() + "/stele.meta"; };
  const Damage damages[] = {
      {"meta: magic", [&](const World& w) { patch(meta(w), 0, {'X'}); }, Code::kCorrupt,
       "stele.meta"},
      {"meta: newer format", [&](const World& w) { patch(meta(w), 8, {2}); }, Code::kUnsupported,
       "written in format 2"},
      {"meta: uuid", [&](const World& w) { patch(meta(w), 16, {0xff, 0xff}); }, Code::kCorrupt,
       "checksum"},
      {"meta: too short", [&](const World& w) { fs::resize_file(meta(w), 100); }, Code::kCorrupt,
       "512 bytes"},
      {"meta: empty", [&](const World& w) { fs::resize_file(meta(w), 0); }, Code::kCorrupt,
       "stele.meta"},
      {"meta: too long", [&](const World& w) { fs::resize_file(meta(w), 513); }, Code::kCorrupt,
       "512 bytes"},
      {"meta: far too long", [&](const World& w) { fs::resize_file(meta(w), 2U << 20); },
       Code::kCorrupt, "stele.meta"},
      {"meta: missing", [&](const World& w) { fs::remove(meta(w)); }, Code::kCorrupt,
       "the file is missing, but there is a log"},
      {"log: directory missing", [](const World& w) { fs::remove_all(w.log_directory()); },
       Code::kCorrupt, "wal"},
      {"segment: magic", [](const World& w) { patch(w.segment(1), 0, {'X'}); }, Code::kCorrupt,
       "00000001.wal"},
      {"segment: newer format", [](const World& w) { patch(w.segment(2), 8, {2}); },
       Code::kUnsupported, "written in format 2"},
      {"segment: header", [](const World& w) { patch(w.segment(2), 60, {0xff, 0xff}); },
       Code::kCorrupt, "checksum"},
      {"segment: cut in its header", [](const World& w) { fs::resize_file(w.segment(2), 4000); },
       Code::kCorrupt, "00000002.wal"},
      {"segment: empty", [](const World& w) { fs::resize_file(w.segment(2), 0); }, Code::kCorrupt,
       "00000002.wal"},
      {"segment: first one missing", [](const World& w) { fs::remove(w.segment(1)); },
       Code::kCorrupt, "the segment is missing"},
      {"segment: one in the middle missing", [](const World& w) { fs::remove(w.segment(2)); },
       Code::kCorrupt, "00000002.wal"},
      {"segment: another one's bytes",
       [](const World& w) {
         fs::copy_file(w.segment(1), w.segment(2), fs::copy_options::overwrite_existing);
       },
       Code::kCorrupt, "number 1"},
      {"frame: a byte of the first commit",
       [](const World& w) { patch(w.segment(1), 4096 + 100, {0xff}); }, Code::kCorrupt,
       "00000001.wal"},
      {"frame: a byte of a middle segment",
       [](const World& w) { patch(w.segment(2), 20000, {0xff, 0, 0xff}); }, Code::kCorrupt,
       "00000002.wal"},
      {"frame: a closed segment cut", [](const World& w) { fs::resize_file(w.segment(1), 30000); },
       Code::kCorrupt, "00000001.wal"},
      {"frame: the last segment before its mark",
       [](const World& w) { patch(w.segment(3), 4096 + 100, {0xff}); }, Code::kCorrupt,
       "00000003.wal"},
  };
  World world;
  DatabasePtr database = world.open();
  while (!fs::exists(world.segment(3))) {
    ASSERT_TRUE(succeeded(commit(database, {{tagged("a", std::string(9000, 'x'))}})));
  }
  const uint64_t head = database->snapshot().head;
  database.reset();
  const std::string kept = world.path() + ".kept";
  fs::copy(world.path(), kept, fs::copy_options::recursive);
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.name);
    damage.harm(world);
    const auto opened = world.try_open();
    EXPECT_TRUE(failed(opened, damage.code, damage.reason));
    if (!opened) {
      EXPECT_TRUE(failed(opened, damage.code, world.path())) << "the message names the file";
    }
    EXPECT_TRUE(failed(world.try_open(), damage.code)) << "and refuses again";

    // Bytes that are as they were open as they did: a refusal has harmed nothing else.
    fs::copy(kept, world.path(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    database = world.open();
    ASSERT_NE(database, nullptr);
    EXPECT_EQ(database->snapshot().head, head);
    EXPECT_TRUE(succeeded(test::verify(database)));
    database.reset();
  }
}

// How an open once ended the process of its caller: it had read much of a log, found the rest
// damaged, and made a checkpoint of what it had read, as a close of so long a log does.
TEST(Recovery, OfAMebibyteOfLogBeforeTheDamageIsRefusedAsWell) {
  World world;
  DatabasePtr database = world.open();
  while (database->pipeline().log_behind_trees() <=
         db::OpenOptions().checkpoint_close + 4 * 65536) {
    ASSERT_TRUE(succeeded(commit(database, {{tagged("a", std::string(30'000, 'x'))}})));
  }
  const auto segments = wal::list_log(world.files, world.log_directory())->segments;
  world.crash(database);
  const std::string path = world.segment(segments[segments.size() - 2]);
  const auto sound = read_bytes(path);
  patch(path, 5000, {0xff});
  EXPECT_TRUE(failed(world.try_open(), Code::kCorrupt, path));
  EXPECT_FALSE(std::filesystem::exists(world.path() + "/events.pages"));
  write_bytes(path, sound);
  database = world.open();
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// A process that ends with its first commit pending leaves a segment that nobody needs: the next
// one repeats the commit in segment 2. Recovery and verify must agree that the log begins there.
TEST(Recovery, TheLogMayBeginWithALaterSegment) {
  World world;
  DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a")}})));
  world.crash(database);
  database = world.open();
  EXPECT_EQ(database->snapshot().tsn, 1U);
  EXPECT_TRUE(succeeded(test::verify(database)));
  database.reset();
  std::filesystem::remove(world.segment(1));
  database = world.open();
  EXPECT_EQ(database->snapshot().tsn, 1U);
  ASSERT_TRUE(succeeded(commit(database, {{tagged("b")}})));
  EXPECT_TRUE(succeeded(test::verify(database)));
}

}  // namespace
}  // namespace stele
