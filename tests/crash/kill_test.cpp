// kill -9 of a process with eight appending threads, again and again on the same database: what was
// acknowledged is there, where it was said to be; positions have no gap; batches are whole.
#include <gtest/gtest.h>
#include <stele/stele.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/c_api.h"
#include "support/killed_child.h"
#include "support/scale.h"
#include "support/seed.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

constexpr uint64_t kSegmentSize = 65536;  // So that segments change in every round.
constexpr int kThreads = 8;

// What an appending thread says of a commit that has returned.
struct Acknowledgement {
  uint64_t first_position;
  uint64_t count;
  uint64_t batch;  // A number of its own: round, thread and commit.
};

// The data of an event says which batch it is of, which of how many it is; then anything.
std::string event_data(uint64_t batch, uint64_t index, uint64_t count) {
  return std::to_string(batch) + "/" + std::to_string(index) + "/" + std::to_string(count) + "/" +
         std::string(40 + batch % 400, 'x');
}

// Runs in the child, until it is killed.
void append_for_ever(stele_db* db, uint64_t round, uint64_t thread, int pipe) {
  stele_batch* batch = nullptr;
  if (stele_batch_create(db, &batch, nullptr) != STELE_OK) ::_exit(3);
  for (uint64_t i = 0;; ++i) {
    const uint64_t number = (round * kThreads + thread) * 1'000'000 + i;
    const uint64_t count = 1 + number % 4;
    for (uint64_t at = 0; at < count; ++at) {
      const std::string tag = "thread:" + std::to_string(thread);
      if (add(batch, "Appended", event_data(number, at, count), {tag}) != STELE_OK) ::_exit(4);
    }
    stele_commit_result result = empty_result();
    if (stele_commit(db, batch, &result, nullptr) != STELE_OK) ::_exit(5);
    say(pipe, Acknowledgement{result.first_position, count, number});
  }
}

[[noreturn]] void run_child(const std::string& path, uint64_t round, int pipe) {
  Db db;
  Failure failure;
  if (try_open(path, db, failure, STELE_OPEN_CREATE, kSegmentSize) != STELE_OK) {
    std::fprintf(stderr, "round %d: %s\n", static_cast<int>(round), failure->message);
    ::_exit(2);
  }
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] { append_for_ever(db, round, t, pipe); });
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(1);
}

struct KillTest : ::testing::Test {
  // Lets a child append for `delay` from its first acknowledgement on, kills it, and notes all that
  // it acknowledged.
  void run_and_kill(uint64_t round, std::chrono::microseconds delay) {
    std::vector<Acknowledgement> said;
    stele::test::run_and_kill([&](int pipe) { run_child(path, round, pipe); }, delay, said);
    for (const Acknowledgement& one : said) acknowledged[one.first_position] = one;
  }

  // Opens the database and compares it with everything that was ever acknowledged.
  void check() {
    const Db db = open(path, STELE_OPEN_EXISTING, kSegmentSize);
    ASSERT_NE(db.get(), nullptr);
    const Cursor cursor = start_read(db);
    std::vector<std::string> data;
    std::set<std::string> ids;
    stele_event view = empty_view();
    while (stele_cursor_next(cursor, &view, nullptr) == STELE_OK) {
      ASSERT_EQ(view.position, data.size() + 1) << "a gap";
      data.push_back(to_string(view.data));
      ids.emplace(view.id, view.id + 16);
    }
    ASSERT_EQ(data.size(), head_of(db));
    EXPECT_EQ(ids.size(), data.size()) << "an id twice";
    check_batches(data);
    for (const auto& [position, said] : acknowledged) {
      ASSERT_LE(position + said.count - 1, data.size()) << "an acknowledged event is lost";
      for (uint64_t i = 0; i < said.count; ++i) {
        ASSERT_EQ(data[position - 1 + i], event_data(said.batch, i, said.count)) << position + i;
      }
    }
    Failure failure;
    EXPECT_TRUE(is(verify(db, failure), STELE_END, failure));
    events = data.size();
  }

  // All events of a batch stand together, in order, once.
  static void check_batches(const std::vector<std::string>& data) {
    std::set<uint64_t> seen;
    for (size_t at = 0; at < data.size();) {
      const uint64_t number = std::stoull(data[at]);
      const uint64_t count = 1 + number % 4;
      ASSERT_TRUE(seen.insert(number).second) << "batch " << number << " is there twice";
      ASSERT_LE(at + count, data.size()) << "half of batch " << number;
      for (uint64_t i = 0; i < count; ++i) {
        ASSERT_EQ(data[at + i], event_data(number, i, count)) << "at position " << at + i + 1;
      }
      at += count;
    }
  }

  TempDirectory directory;
  std::string path = directory.path("db");
  std::map<uint64_t, Acknowledgement> acknowledged;  // By first position.
  uint64_t events = 0;
};

TEST_F(KillTest, LosesNothingThatWasAcknowledged) {
  const Seed seed;
  auto random = seed.generator();
  const uint64_t rounds = scaled(50);
  for (uint64_t round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    run_and_kill(round, std::chrono::microseconds(between(random, 0, 40'000)));
    if (HasFatalFailure()) return;
    // Every other time the next child is the first to open what the killed one has left.
    if (round % 2 == 0) check();
    if (HasFatalFailure()) return;
  }
  check();
  EXPECT_GE(acknowledged.size(), rounds) << "too little was appended to say anything";
  std::cout << "[          ] " << rounds << " kills, " << acknowledged.size()
            << " acknowledged commits, " << events << " events\n";
}

}  // namespace
