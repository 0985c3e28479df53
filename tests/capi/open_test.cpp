// Opening what is no database, somebody else's, damaged or of a newer version: each has its status
// and a message that says what and where, and nothing is lost by trying.
#include <gtest/gtest.h>
#include <stele/stele.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers
namespace fs = std::filesystem;

struct Open : ::testing::Test {
  Open() : path(directory.path("db")) {}

  // Opens, expects this status, and that the message names the operation, the object and a reason.
  void expect(stele_status status, const std::string& at, int32_t mode, const std::string& object,
              const std::string& reason) {
    Db db;
    Failure failure;
    EXPECT_TRUE(is(try_open(at, db, failure, mode), status, failure));
    EXPECT_EQ(db.get(), nullptr) << "an out-handle is NULL on failure";
    EXPECT_EQ(failure->status, status);
    EXPECT_TRUE(failure.message().starts_with("open: ")) << failure.message();
    EXPECT_TRUE(failure.mentions(object)) << failure.message() << ": expected " << object;
    EXPECT_TRUE(failure.mentions(reason)) << failure.message() << ": expected " << reason;
    EXPECT_EQ(stele_live_handles(), 0U);
  }

  TempDirectory directory;
  std::string path;
};

// What each mode makes of each state of the directory.
TEST_F(Open, FollowsItsMode) {
  constexpr int32_t kModes[] = {STELE_OPEN_CREATE, STELE_OPEN_EXISTING, STELE_OPEN_NEW};
  const struct {
    const char* name;
    std::function<void(const std::string&)> prepare;
    stele_status statuses[3];  // For CREATE, EXISTING, NEW.
  } cases[] = {
      {"missing", [](const std::string&) {}, {STELE_OK, STELE_NOT_FOUND, STELE_OK}},
      {"empty",
       [](const std::string& p) { fs::create_directory(p); },
       {STELE_OK, STELE_NOT_FOUND, STELE_OK}},
      {"a database",
       [](const std::string& p) { append(open(p), "Thing"); },
       {STELE_OK, STELE_OK, STELE_EXISTS}},
      {"a directory with other files",
       [](const std::string& p) {
         fs::create_directory(p);
         write_bytes(p + "/notes.txt", std::vector<uint8_t>{'x'});
       },
       {STELE_INVALID, STELE_INVALID, STELE_INVALID}},
      {"a file",
       [](const std::string& p) { write_bytes(p, std::vector<uint8_t>{'x'}); },
       {STELE_INVALID, STELE_INVALID, STELE_INVALID}},
      {"an interrupted creation",
       [](const std::string& p) {
         fs::create_directories(p + "/wal");
         write_bytes(p + "/lock", std::vector<uint8_t>{});
         write_bytes(p + "/stele.meta.tmp", std::vector<uint8_t>{'S'});
       },
       {STELE_OK, STELE_NOT_FOUND, STELE_OK}},
  };
  for (const auto& c : cases) {
    for (size_t i = 0; i < 3; ++i) {
      SCOPED_TRACE(std::string(c.name) + ", mode " + std::to_string(kModes[i]));
      const TempDirectory place;
      const std::string at = place.path("db");
      c.prepare(at);
      Db db;
      Failure failure;
      EXPECT_TRUE(is(try_open(at, db, failure, kModes[i]), c.statuses[i], failure));
      if (c.statuses[i] == STELE_OK) {
        const uint64_t position = append(db, "Thing");
        EXPECT_EQ(position, head_of(db));
      } else {
        EXPECT_EQ(db.get(), nullptr);
        EXPECT_TRUE(failure.mentions(at)) << failure.message();
      }
    }
  }
}

// Trying does not touch what is not ours.
TEST_F(Open, LeavesOtherDirectoriesAlone) {
  fs::create_directory(path);
  write_bytes(path + "/notes.txt", std::vector<uint8_t>{'x'});
  expect(STELE_INVALID, path, STELE_OPEN_CREATE, path, "not a Stele database");
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path)) names.push_back(entry.path().filename());
  EXPECT_EQ(names, std::vector<std::string>{"notes.txt"});
  expect(STELE_NOT_FOUND, directory.path("none"), STELE_OPEN_EXISTING, "none", "there is no");
  EXPECT_FALSE(fs::exists(directory.path("none")));
}

// Other files beside a database do no harm.
TEST_F(Open, AllowsFilesBesideTheDatabases) {
  append(open(path), "Thing");
  write_bytes(path + "/notes.txt", std::vector<uint8_t>{'x'});
  write_bytes(path + "/wal/notes.txt", std::vector<uint8_t>{'x'});
  EXPECT_EQ(head_of(open(path, STELE_OPEN_EXISTING)), 1U);
}

TEST_F(Open, NeedsAParentDirectory) {
  expect(STELE_NOT_FOUND, path + "/deep/er", STELE_OPEN_CREATE, path + "/deep/er", "No such file");
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Open, RefusesAPathThroughAFile) {
  write_bytes(path, std::vector<uint8_t>{'x'});
  expect(STELE_INVALID, path, STELE_OPEN_CREATE, path, "not a directory");
  Db db;
  Failure failure;
  EXPECT_TRUE(is(try_open(path + "/db", db, failure), STELE_IO, failure));
  EXPECT_EQ(failure->os_errno, ENOTDIR);
  EXPECT_EQ(read_bytes(path), std::vector<uint8_t>{'x'});
}

// Paths as bytes: their sizes and what they may hold.
TEST_F(Open, ChecksThePath) {
  Db db;
  Failure failure;
  const std::pair<std::string, const char*> wrong[] = {
      {"", "has 0 bytes"},
      {std::string(4001, 'p'), "has 4001 bytes"},
      {std::string("a\0b", 3), "NUL byte"},
  };
  for (const auto& [bad, reason] : wrong) {
    EXPECT_TRUE(is(try_open(bad, db, failure), STELE_INVALID, failure));
    EXPECT_TRUE(failure.mentions(reason)) << failure.message();
  }
  EXPECT_TRUE(is(try_open(std::string(4000, 'p'), db, failure), STELE_IO, failure));
  EXPECT_EQ(failure->os_errno, ENAMETOOLONG);
  // Any other bytes are the file system's matter, also when they are not UTF-8.
  const std::string odd = directory.path("caf\xe9 \x01 database");
  EXPECT_EQ(append(open(odd), "Thing"), 1U);
  EXPECT_EQ(head_of(open(odd + "/", STELE_OPEN_EXISTING)), 1U) << "a slash at the end";
}

TEST_F(Open, RefusesUnknownOptions) {
  const auto open_with = [&](const std::function<void(stele_options&)>& change,
                             stele_error* error) {
    stele_options options;
    stele_options_init(&options);
    change(options);
    Db db;
    return stele_open(path.data(), path.size(), &options, db.out(), error);
  };
  Failure failure;
  for (const int mode : {-1, 4, 99}) {
    EXPECT_TRUE(is(open_with([&](stele_options& o) { o.mode = mode; }, failure), STELE_INVALID));
    EXPECT_TRUE(failure.mentions("mode")) << failure.message();
  }
  for (const uint64_t size : {uint64_t{1}, uint64_t{65535}, (uint64_t{1} << 30) + 1, UINT64_MAX}) {
    EXPECT_TRUE(
        is(open_with([&](stele_options& o) { o.segment_size = size; }, failure), STELE_INVALID));
    EXPECT_TRUE(failure.mentions("segment_size is " + std::to_string(size))) << failure.message();
  }
  EXPECT_FALSE(fs::exists(path)) << "refused before anything is made";
  for (const uint64_t size : {uint64_t{65536}, uint64_t{1} << 30, uint64_t{0}}) {
    EXPECT_TRUE(is_ok(open_with([&](stele_options& o) { o.segment_size = size; }, failure)));
  }
}

// No options, no error: still a database, with defaults.
TEST_F(Open, NeedsNeitherOptionsNorError) {
  Db db;
  EXPECT_TRUE(is_ok(stele_open(path.data(), path.size(), nullptr, db.out(), nullptr)));
  EXPECT_EQ(append(db, "Thing"), 1U);
}

// One handle, one process.
TEST_F(Open, GivesBusyToASecondHandle) {
  Db db = open(path);
  Db second;
  Failure failure;
  EXPECT_TRUE(is(try_open(path, second, failure), STELE_BUSY, failure));
  EXPECT_TRUE(failure.mentions(path) && failure.mentions("another handle of this process"))
      << failure.message();
  EXPECT_TRUE(is(try_open(path, second, failure, STELE_OPEN_EXISTING), STELE_BUSY, failure));
  EXPECT_EQ(append(db, "Thing"), 1U) << "the first is not disturbed";
  db.close();
  EXPECT_EQ(head_of(open(path)), 1U);
}

TEST_F(Open, GivesBusyToASecondProcess) {
  int ready[2];
  int go_on[2];
  ASSERT_EQ(::pipe(ready) | ::pipe(go_on), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    stele_db* db = nullptr;
    const stele_status status = stele_open(path.data(), path.size(), nullptr, &db, nullptr);
    char byte = 'x';
    if (::write(ready[1], &byte, 1) != 1 || ::read(go_on[0], &byte, 1) != 1) ::_exit(2);
    ::_exit(status == STELE_OK && stele_close(db, nullptr) == STELE_OK ? 0 : 1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  Db db;
  Failure failure;
  EXPECT_TRUE(is(try_open(path, db, failure), STELE_BUSY, failure));
  EXPECT_TRUE(failure.mentions("process " + std::to_string(child))) << failure.message();
  ASSERT_EQ(::write(go_on[1], &byte, 1), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(is_ok(try_open(path, db, failure), failure));
  for (const int end : {ready[0], ready[1], go_on[0], go_on[1]}) ::close(end);
}

// Many threads that open the same missing directory at once: one gets it, the others BUSY.
TEST_F(Open, IsARaceThatOneWins) {
  for (int round = 0; round < 20; ++round) {
    const std::string at = directory.path("race" + std::to_string(round));
    std::vector<Db> handles(4);
    std::vector<std::thread> threads;
    std::atomic<int> won = 0;
    for (Db& db : handles) {
      threads.emplace_back([&] {
        Failure failure;
        const stele_status status = try_open(at, db, failure);
        won += status == STELE_OK ? 1 : 0;
        if (status != STELE_OK) {
          EXPECT_TRUE(is(status, STELE_BUSY, failure));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
  }
}

// Without permission: IO with the system's number. Runs as a user without rights, also as root.
TEST_F(Open, SaysThatPermissionIsMissing) {
  append(open(path), "Thing");
  fs::permissions(path + "/stele.meta", fs::perms::none);
  const std::string closed = directory.path("closed");
  fs::create_directory(closed);
  fs::permissions(closed, fs::perms::owner_read | fs::perms::owner_exec);
  fs::permissions(directory.path(), fs::perms::all);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(99);
    int wrong = 0;
    const std::string places[] = {path, closed + "/db"};
    for (const std::string& at : places) {
      Db db;
      Failure failure;
      const stele_status status = try_open(at, db, failure);
      const bool right = status == STELE_IO && failure->os_errno == EACCES &&
                         failure.mentions(at) && failure.mentions("Permission denied");
      if (!right) std::fprintf(stderr, "%s: %d %s\n", at.c_str(), status, failure->message);
      wrong += right ? 0 : 1;
    }
    ::_exit(wrong);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  fs::permissions(path + "/stele.meta", fs::perms::owner_all);
  fs::permissions(closed, fs::perms::owner_all);
  EXPECT_EQ(head_of(open(path)), 1U) << "nothing was lost";
}

struct Damage {
  const char* name;
  const char* file;
  size_t offset;
  std::vector<uint8_t> bytes;
  stele_status status;
  const char* reason;
};

// Files of a newer version, and damaged ones: refused by name, as they were afterwards, and fine
// again when the bytes are.
TEST_F(Open, RefusesDamagedAndNewerFiles) {
  const Damage damages[] = {
      {"newer stele.meta", "/stele.meta", 8, {2, 0, 0, 0}, STELE_UNSUPPORTED, "format 2"},
      {"far newer stele.meta", "/stele.meta", 8, {0, 0, 0, 0x80}, STELE_UNSUPPORTED, "format"},
      {"not stele.meta", "/stele.meta", 0, {'N', 'O'}, STELE_CORRUPT, "not the file"},
      {"damaged stele.meta", "/stele.meta", 20, {1, 2, 3}, STELE_CORRUPT, "checksum"},
      {"newer segment", "/wal/00000001.wal", 8, {2, 0, 0, 0}, STELE_UNSUPPORTED, "format 2"},
      {"not a segment", "/wal/00000001.wal", 0, {'N', 'O'}, STELE_CORRUPT, "not a segment"},
      {"damaged segment", "/wal/00000001.wal", 30, {1, 2, 3}, STELE_CORRUPT, "checksum"},
      {"damaged commit", "/wal/00000001.wal", 4096 + 200, {0xff, 0xfe}, STELE_CORRUPT, "checksum"},
  };
  {
    const Db db = open(path);
    append(db, "Thing", "1");
    append(db, "Thing", "2");
  }
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.name);
    const std::string file = path + damage.file;
    const std::vector<uint8_t> sound = read_bytes(file);
    std::vector<uint8_t> bytes = sound;
    std::copy(damage.bytes.begin(), damage.bytes.end(),
              bytes.begin() + static_cast<ptrdiff_t>(damage.offset));
    write_bytes(file, bytes);
    for (const int32_t mode : {STELE_OPEN_CREATE, STELE_OPEN_EXISTING}) {
      expect(damage.status, path, mode, file, damage.reason);
    }
    EXPECT_EQ(read_bytes(file), bytes) << "a refusal repairs nothing";
    write_bytes(file, sound);
    const Db db = open(path, STELE_OPEN_EXISTING);
    EXPECT_EQ(positions(db), (std::vector<uint64_t>{1, 2}));
    EXPECT_TRUE(is(verify(db, nullptr), STELE_END));
  }
}

// The size of segments is that of the creation, unless an open says otherwise.
TEST_F(Open, RemembersTheSizeOfSegments) {
  const std::string data(30000, 'x');
  const auto segments = [&](const Db& db) {
    stele_stats stats;
    stele_stats_init(&stats);
    EXPECT_TRUE(is_ok(stele_stats_get(db, &stats, nullptr)));
    return stats.wal_segments;
  };
  {
    const Db db = open(path, STELE_OPEN_CREATE, 65536);
    for (int i = 0; i < 3; ++i) append(db, "Thing", data);
    EXPECT_EQ(segments(db), 2U);
  }
  {
    const Db db = open(path);  // Begins a new segment.
    for (int i = 0; i < 3; ++i) append(db, "Thing", data);
    EXPECT_EQ(segments(db), 4U);
  }
  const Db db = open(path, STELE_OPEN_CREATE, 1U << 20);  // While the log is short: 256 KiB.
  for (int i = 0; i < 8; ++i) append(db, "Thing", data);
  EXPECT_EQ(segments(db), 5U);
}

}  // namespace
