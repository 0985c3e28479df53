// A real file system without room: commits are refused as FULL, nothing acknowledged is lost, and
// all goes on when there is room again; also across a close and a kill -9.
#include <gtest/gtest.h>
#include <sched.h>
#include <stele/stele.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support/c_api.h"
#include "support/killed_child.h"
#include "support/scale.h"
#include "support/seed.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

constexpr uint64_t kSegmentSize = 65536;
constexpr int kThreads = 4;
constexpr size_t kBallast = 320 << 10;

bool write_text(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.flush();
  return file.good();
}

// Gives this process mounts of its own, which nobody else sees and which end with it. Returns false
// and sets errno where it may not.
bool own_mounts() {
  static bool done = false;
  if (done) return true;
  const std::string user = std::to_string(::getuid());
  const std::string group = std::to_string(::getgid());
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    // As root of a namespace of our own.
    if (!write_text("/proc/self/setgroups", "deny") ||
        !write_text("/proc/self/uid_map", "0 " + user + " 1") ||
        !write_text("/proc/self/gid_map", "0 " + group + " 1")) {
      errno = EPERM;
      return false;
    }
  }
  done = ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  return done;
}

std::string data_of(uint64_t number) {
  return std::to_string(number) + "/" + std::string(200 + number % 2500, 'x');
}

bool fill(stele_batch* batch, uint64_t number) {
  return add(batch, "Filled", data_of(number), {"all"}) == STELE_OK;
}

// What a thread of a child says: a commit that has returned, or that there is no room.
struct Word {
  uint64_t position;  // 0: FULL.
  uint64_t number;
};

stele_status open_at(const std::string& path, int32_t durability, Db& db, stele_error* error) {
  stele_options options;
  stele_options_init(&options);
  options.segment_size = kSegmentSize;
  options.durability = durability;
  return stele_open(path.data(), path.size(), &options, db.out(), error);
}

[[noreturn]] void run_child(const std::string& path, int32_t durability, int pipe,
                            uint64_t first_number) {
  Db db;
  if (open_at(path, durability, db, nullptr) != STELE_OK) ::_exit(2);
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Batch batch;
      if (stele_batch_create(db, batch.out(), nullptr) != STELE_OK) ::_exit(3);
      for (uint64_t number = first_number + t;; number += kThreads) {
        if (!fill(batch, number)) ::_exit(4);
        stele_commit_result result = empty_result();
        Failure failure;
        stele_status status = STELE_FULL;
        while ((status = stele_commit(db, batch, &result, failure)) == STELE_FULL) {
          say(pipe, Word{.position = 0, .number = number});
          ::usleep(1000);
        }
        if (status != STELE_OK) {
          std::fprintf(stderr, "%s: %s\n", stele_status_name(status), failure->message);
          ::_exit(5);
        }
        say(pipe, Word{.position = result.first_position, .number = number});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(1);
}

struct FullDisk : ::testing::TestWithParam<int32_t> {
  void SetUp() override {
    std::filesystem::create_directory(disk);
    mounted = own_mounts() &&
              ::mount("stele-full-disk", disk.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                      ("size=" + std::to_string(disk_size)).c_str()) == 0;
    if (!mounted) GTEST_SKIP() << "no file system may be mounted here: " << std::strerror(errno);
    const std::vector<uint8_t> bytes(kBallast, 1);
    write_bytes(ballast, bytes);
  }

  void TearDown() override {
    if (!mounted || ::umount2(disk.c_str(), 0) == 0) return;
    ADD_FAILURE() << "something is still in use: " << std::strerror(errno);
    ::umount2(disk.c_str(), MNT_DETACH);
  }

  [[nodiscard]] Db open_full() const {
    Db db;
    Failure failure;
    EXPECT_TRUE(is_ok(open_at(path, GetParam(), db, failure), failure));
    return db;
  }

  // What is not known to be durable has to be written again, and that takes room. Without, the
  // database can be read only; with some more, all is as ever.
  Db open_after_kill() {
    Db db;
    Failure failure;
    if (open_at(path, GetParam(), db, failure) == STELE_OK) return db;
    ++refused_opens;
    EXPECT_TRUE(is(static_cast<stele_status>(failure->status), STELE_FULL, failure));
    EXPECT_TRUE(failure.mentions("prepare a segment")) << failure.message();
    expect_sound(open(path, STELE_OPEN_READ_ONLY));
    disk_size += 128 << 10;
    const std::string size = "size=" + std::to_string(disk_size);
    EXPECT_EQ(::mount(nullptr, disk.c_str(), nullptr, MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                      size.c_str()),
              0);
    return open_full();
  }

  // Commits until there is no room, and leaves the batch that found none in `batch`.
  void append_until_full(stele_db* db, stele_batch* batch) {
    for (;; ++next_number) {
      ASSERT_TRUE(fill(batch, next_number));
      if (!commit(db, batch)) return;
    }
  }

  // Returns false for FULL.
  bool commit(stele_db* db, stele_batch* batch) {
    stele_commit_result result = empty_result();
    Failure failure;
    const stele_status status = stele_commit(db, batch, &result, failure);
    if (status == STELE_OK) {
      acknowledged[result.first_position] = next_number;
      return true;
    }
    EXPECT_TRUE(is(status, STELE_FULL, failure));
    EXPECT_EQ(failure->os_errno, ENOSPC);
    EXPECT_TRUE(failure.mentions("prepare a segment")) << failure.message();
    EXPECT_TRUE(failure.mentions("No space left on device")) << failure.message();
    return false;
  }

  // Everything acknowledged is where it was said to be, and positions have no gap.
  void expect_sound(stele_db* db) const {
    const Cursor cursor = start_read(db);
    std::vector<std::string> data;
    stele_event view = empty_view();
    while (stele_cursor_next(cursor, &view, nullptr) == STELE_OK) {
      ASSERT_EQ(view.position, data.size() + 1);
      data.push_back(to_string(view.data));
    }
    ASSERT_EQ(data.size(), head_of(db));
    for (const auto& [position, number] : acknowledged) {
      ASSERT_LE(position, data.size()) << "an acknowledged event is lost";
      ASSERT_EQ(data[position - 1], data_of(number)) << position;
    }
    Failure failure;
    EXPECT_TRUE(is(verify(db, failure), STELE_END, failure));
  }

  // Lets a child append until it is refused, and kills it `delay` later.
  void run_and_kill(std::chrono::microseconds delay) {
    std::vector<Word> said;
    const std::function<bool(const Word&)> is_full = [](const Word& w) { return w.position == 0; };
    stele::test::run_and_kill([&](int pipe) { run_child(path, GetParam(), pipe, next_number); },
                              delay, said, is_full);
    for (const Word& word : said) {
      next_number = std::max(next_number, word.number + 1);
      if (word.position != 0) acknowledged[word.position] = word.number;
    }
  }

  TempDirectory directory;
  std::string disk = directory.path("disk");
  std::string path = disk + "/db";
  std::string ballast = disk + "/ballast";
  bool mounted = false;
  uint64_t disk_size = 1536 << 10;
  uint64_t refused_opens = 0;
  uint64_t next_number = 0;
  std::map<uint64_t, uint64_t> acknowledged;  // Position to number.
};

TEST_P(FullDisk, RefusesCommitsUntilThereIsRoom) {
  Db db = open_full();
  Batch batch = new_batch(db);
  append_until_full(db, batch);
  const uint64_t head = head_of(db);
  EXPECT_GT(head, 100U);
  EXPECT_EQ(head, acknowledged.size());
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(commit(db, batch)) << "there is no more room";
  EXPECT_EQ(head_of(db), head) << "what was refused is not there";
  expect_sound(db);
  Failure failure;
  EXPECT_TRUE(is_ok(stele_sync(db, failure), failure));

  std::filesystem::remove(ballast);
  EXPECT_TRUE(commit(db, batch)) << "there is room again, and the batch is as it was";
  EXPECT_EQ(head_of(db), head + 1);
  ++next_number;
  append_until_full(db, batch);
  EXPECT_GT(head_of(db), head + 50) << "the ballast was " << kBallast << " bytes";
  expect_sound(db);
}

TEST_P(FullDisk, IsNoReasonNotToOpen) {
  for (int round = 0; round < 5; ++round) {
    SCOPED_TRACE(round);
    const Db db = open_full();
    ASSERT_NE(db.get(), nullptr);
    ASSERT_EQ(head_of(db), acknowledged.size());
    expect_sound(db);
    const Batch batch = new_batch(db);
    append_until_full(db, batch);
  }
}

TEST_P(FullDisk, LosesNothingWhenTheProcessIsKilled) {
  const Seed seed;
  auto random = seed.generator();
  const uint64_t rounds = scaled(20);
  for (uint64_t round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    run_and_kill(std::chrono::microseconds(between(random, 0, 1) * between(random, 0, 70'000)));
    if (HasFatalFailure()) return;
    const Db db = open_after_kill();
    ASSERT_NE(db.get(), nullptr);
    expect_sound(db);
    if (HasFatalFailure()) return;
  }
  std::cout << "[          ] " << rounds << " kills, " << refused_opens << " opens without room, "
            << acknowledged.size() << " acknowledged commits\n";
  std::filesystem::remove(ballast);
  const Db db = open_full();
  const Batch batch = new_batch(db);
  ASSERT_TRUE(fill(batch, next_number));
  EXPECT_TRUE(commit(db, batch));
  expect_sound(db);
}

std::string name_of_level(const ::testing::TestParamInfo<int32_t>& level) {
  return level.param == STELE_DURABILITY_SYNC ? "Sync" : "Os";
}

INSTANTIATE_TEST_SUITE_P(Level, FullDisk,
                         ::testing::Values(STELE_DURABILITY_SYNC, STELE_DURABILITY_OS),
                         name_of_level);

}  // namespace
