// What an open makes of a directory: a whole database again, or a clear refusal that changes
// nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/checksum.h"
#include "engine/commit_frame.h"
#include "support/databases.h"
#include "wal/frame.h"
#include "wal/segment.h"

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

std::string segment(const World& world, uint64_t number) {
  return wal::segment_path(world.path() + "/wal", number);
}

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
    const uint64_t terms = database->tail().terms().size();
    const Digest root = database->pipeline().root_of(100);
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
    EXPECT_EQ(database->tail().terms().size(), terms);
    EXPECT_EQ(database->pipeline().root_of(100), root);
    EXPECT_EQ(database->tracked("source"), 109U);
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
  const auto bytes = read_bytes(segment(world, 1));
  for (int i = 0; i < 3; ++i) {
    database = world.open();
    EXPECT_EQ(database->snapshot().head, 1U);
    database.reset();
  }
  EXPECT_EQ(read_bytes(segment(world, 1)), bytes);
  EXPECT_FALSE(std::filesystem::exists(segment(world, 2)));
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
      {"log: directory missing", [](const World& w) { fs::remove_all(w.path() + "/wal"); },
       Code::kCorrupt, "wal"},
      {"segment: magic", [](const World& w) { patch(segment(w, 1), 0, {'X'}); }, Code::kCorrupt,
       "00000001.wal"},
      {"segment: newer format", [](const World& w) { patch(segment(w, 2), 8, {2}); },
       Code::kUnsupported, "written in format 2"},
      {"segment: header", [](const World& w) { patch(segment(w, 2), 60, {0xff, 0xff}); },
       Code::kCorrupt, "checksum"},
      {"segment: cut in its header", [](const World& w) { fs::resize_file(segment(w, 2), 4000); },
       Code::kCorrupt, "00000002.wal"},
      {"segment: empty", [](const World& w) { fs::resize_file(segment(w, 2), 0); }, Code::kCorrupt,
       "00000002.wal"},
      {"segment: first one missing", [](const World& w) { fs::remove(segment(w, 1)); },
       Code::kCorrupt, "the segment is missing"},
      {"segment: one in the middle missing", [](const World& w) { fs::remove(segment(w, 2)); },
       Code::kCorrupt, "00000002.wal"},
      {"segment: another one's bytes",
       [](const World& w) {
         fs::copy_file(segment(w, 1), segment(w, 2), fs::copy_options::overwrite_existing);
       },
       Code::kCorrupt, "number 1"},
      {"frame: a byte of the first commit",
       [](const World& w) { patch(segment(w, 1), 4096 + 100, {0xff}); }, Code::kCorrupt,
       "00000001.wal"},
      {"frame: a byte of a middle segment",
       [](const World& w) { patch(segment(w, 2), 20000, {0xff, 0, 0xff}); }, Code::kCorrupt,
       "00000002.wal"},
      {"frame: a closed segment cut", [](const World& w) { fs::resize_file(segment(w, 1), 30000); },
       Code::kCorrupt, "00000001.wal"},
      {"frame: the last segment before its mark",
       [](const World& w) { patch(segment(w, 3), 4096 + 100, {0xff}); }, Code::kCorrupt,
       "00000003.wal"},
  };
  World world;
  DatabasePtr database = world.open();
  while (!fs::exists(segment(world, 3))) {
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

// Replaces the payload of the only commit of a database and makes every checksum right again, as
// no accident can. What does not add up is still refused, and never followed.
class Forgery {
 public:
  explicit Forgery(const World& world) : path_(segment(world, 1)), bytes_(read_bytes(path_)) {}
  [[nodiscard]] uint8_t* payload() {
    return bytes_.data() + wal::kSegmentHeaderSize + wal::kFrameHeaderSize;
  }
  void save() {
    uint8_t* frame = bytes_.data() + wal::kSegmentHeaderSize;
    const uint64_t salt = load_le<uint64_t>(bytes_.data() + 40);
    const auto length = load_le<uint32_t>(frame + wal::kFrameLengthOffset);
    store_le(frame, checksum({frame + 8, length - 8U}, salt));
    bytes_.resize(wal::kSegmentHeaderSize + align_up(length));  // Without what follows the commit.
    write_bytes(path_, bytes_);
  }

 private:
  std::string path_;
  std::vector<uint8_t> bytes_;
};

TEST(Recovery, RefusesForgedCommits) {
  constexpr size_t kSection = engine::kCommitHeaderSize;
  constexpr size_t kRecord = kSection + engine::kSectionHeaderSize;
  const struct {
    const char* name;
    std::function<void(uint8_t*)> forge;
    Code code;
    const char* reason;
  } cases[] = {
      {"first position", [](uint8_t* p) { p[engine::kCommitFirstPositionOffset] = 2; },
       Code::kCorrupt, "first position is 2"},
      {"more events than there are", [](uint8_t* p) { p[engine::kCommitEventCountOffset] = 3; },
       Code::kCorrupt, "counts 3"},
      {"events, but no section", [](uint8_t* p) { p[engine::kCommitSectionCountOffset] = 0; },
       Code::kCorrupt, "events"},
      {"a section too many", [](uint8_t* p) { p[engine::kCommitSectionCountOffset] = 9; },
       Code::kCorrupt, "section"},
      {"a section of a kind of the future", [](uint8_t* p) { p[kSection] = 77; },
       Code::kUnsupported, "section kind 77"},
      {"a section longer than the frame", [](uint8_t* p) { p[kSection + 13] = 9; }, Code::kCorrupt,
       "section"},
      {"a section shorter than its events",
       [](uint8_t* p) { store_le(p + kSection + 8, uint64_t{16}); }, Code::kCorrupt, "record"},
      {"an event's position", [](uint8_t* p) { p[kRecord + events::kPositionOffset] = 9; },
       Code::kCorrupt, "event 9"},
      {"an event's TSN", [](uint8_t* p) { p[kRecord + events::kTsnOffset] = 9; }, Code::kCorrupt,
       "event 1"},
      {"an event's size", [](uint8_t* p) { p[kRecord + 2] = 9; }, Code::kCorrupt, "record"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    World world;
    DatabasePtr database = world.open();
    ASSERT_TRUE(succeeded(commit(database, {{tagged("a"), tagged("b")}})));
    world.crash(database);
    Forgery forgery(world);
    c.forge(forgery.payload());
    forgery.save();
    const auto opened = world.try_open();
    EXPECT_TRUE(failed(opened, c.code, c.reason));
    if (!opened) {
      EXPECT_TRUE(failed(opened, c.code, "00000001.wal")) << "names the file";
    }
  }
}

// A forger who changes data and every checksum gets past an open, but not past a verification.
TEST(Recovery, LeavesForgedDataToVerify) {
  World world;
  DatabasePtr database = world.open();
  ASSERT_TRUE(succeeded(commit(database, {{tagged("a", "1000 euros"), tagged("b")}})));
  world.crash(database);
  Forgery forgery(world);
  uint8_t* record = forgery.payload() + engine::kCommitHeaderSize + engine::kSectionHeaderSize;
  record[load_le<uint32_t>(record + events::kPayloadOffset)] = '9';
  forgery.save();
  database = world.open();
  ASSERT_NE(database, nullptr);
  const Status status = test::verify(database);
  ASSERT_TRUE(failed(status, Code::kCorrupt, "its hash does not match"));
  EXPECT_EQ(status.error().position(), 1U);
}

}  // namespace
}  // namespace stele
