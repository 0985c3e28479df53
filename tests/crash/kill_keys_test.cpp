// kill -9 of a process whose eight threads give every batch an idempotency key: whatever was not
// acknowledged is sent again by the next process, and is there exactly once.
#include <gtest/gtest.h>
#include <stele/stele.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
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
constexpr size_t kTicketsMax = 6;

// What a thread says before it sends a batch, and once it knows what became of it.
struct Word {
  uint64_t key;
  uint64_t is_answer = 0;
  uint64_t tsn = 0;
  uint64_t first_position = 0;
  int64_t recorded = 0;
  uint64_t event_count = 0;
  uint64_t repeated = 0;
};

uint64_t count_of(uint64_t key) {
  return 1 + key % 3;
}

std::string data_of(uint64_t key, uint64_t index) {
  return std::to_string(key) + "/" + std::to_string(index) + "/" + std::string(key % 300, 'x');
}

// Fills the batch that belongs to a key: the same each time.
bool fill(stele_batch* batch, uint64_t key) {
  for (uint64_t i = 0; i < count_of(key); ++i) {
    const std::string tag = "key:" + std::to_string(key % 10);
    if (add(batch, "Keyed", data_of(key, i), {tag}) != STELE_OK) return false;
  }
  const std::string name = "key " + std::to_string(key);
  return stele_batch_key(batch, name.data(), name.size(), nullptr) == STELE_OK;
}

Word answer_of(uint64_t key, const stele_commit_result& result) {
  return {.key = key,
          .is_answer = 1,
          .tsn = result.tsn,
          .first_position = result.first_position,
          .recorded = result.recorded,
          .event_count = result.event_count,
          .repeated = result.repeated};
}

// One thread of the child, until it is killed.
class Appender {
 public:
  Appender(stele_db* db, int pipe, uint64_t thread)
      : db_(db), pipe_(pipe), is_async_(thread % 2 == 1) {
    if (stele_batch_create(db, batch_.out(), nullptr) != STELE_OK) ::_exit(3);
  }

  void send(uint64_t key) {
    if (!fill(batch_, key)) ::_exit(4);
    say(pipe_, Word{.key = key});
    if (!is_async_) {
      stele_commit_result result = empty_result();
      Failure failure;
      give_up_unless_ok(stele_commit(db_, batch_, &result, failure), failure);
      return say(pipe_, answer_of(key, result));
    }
    Ticket ticket;
    Failure failure;
    give_up_unless_ok(stele_commit_async(db_, batch_, ticket.out(), failure), failure);
    under_way_.push_back({key, std::move(ticket)});
    if (under_way_.size() > kTicketsMax) wait_for_oldest();
  }

  void wait_for_all() {
    while (!under_way_.empty()) wait_for_oldest();
  }

 private:
  struct UnderWay {
    uint64_t key;
    Ticket ticket;
  };

  void wait_for_oldest() {
    stele_commit_result result = empty_result();
    Failure failure;
    give_up_unless_ok(stele_ticket_wait(under_way_.front().ticket, STELE_FOREVER, &result, failure),
                      failure);
    say(pipe_, answer_of(under_way_.front().key, result));
    under_way_.pop_front();
  }

  static void give_up_unless_ok(stele_status status, const Failure& failure) {
    if (status == STELE_OK) return;
    std::fprintf(stderr, "%s: %s\n", stele_status_name(status), failure->message);
    ::_exit(5);
  }

  stele_db* db_;
  int pipe_;
  bool is_async_;
  Batch batch_;
  std::deque<UnderWay> under_way_;
};

stele_status open_at(const std::string& path, int32_t durability, Db& db, stele_error* error) {
  stele_options options;
  stele_options_init(&options);
  options.segment_size = kSegmentSize;
  options.durability = durability;
  options.interval_ms = 5;
  return stele_open(path.data(), path.size(), &options, db.out(), error);
}

// The child: sends again what it was told to, then new batches, each with the next key.
[[noreturn]] void run_child(const std::string& path, int32_t durability, int pipe,
                            const std::vector<uint64_t>& again, uint64_t next_key) {
  Db db;
  Failure failure;
  if (open_at(path, durability, db, failure) != STELE_OK) {
    std::fprintf(stderr, "open: %s\n", failure->message);
    ::_exit(2);
  }
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Appender appender(db, pipe, t);
      for (size_t i = t; i < again.size(); i += kThreads) appender.send(again[i]);
      appender.wait_for_all();
      for (uint64_t key = next_key + t;; key += kThreads) appender.send(key);
    });
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(1);
}

struct KillKeys : ::testing::TestWithParam<int32_t> {
  // Lets a child append for `delay` from its first answer on, kills it, and takes down what it
  // said.
  void run_and_kill(std::chrono::microseconds delay) {
    const std::vector<uint64_t> again(unanswered.begin(), unanswered.end());
    std::vector<Word> said;
    stele::test::run_and_kill<Word>(
        [&](int pipe) { run_child(path, GetParam(), pipe, again, next_key); }, delay, said,
        [](const Word& word) { return word.is_answer != 0; });
    if (HasFatalFailure()) return;
    for (const Word& word : said) {
      note(word);
      if (HasFatalFailure()) return;
    }
  }

  void note(const Word& word) {
    next_key = std::max(next_key, word.key + 1);
    if (word.is_answer == 0) {
      sent_again += unanswered.insert(word.key).second ? 0 : 1;
      return;
    }
    ASSERT_EQ(unanswered.erase(word.key), 1U) << "an answer to what nobody asked";
    ASSERT_TRUE(answers.emplace(word.key, word).second);
    ASSERT_EQ(word.event_count, count_of(word.key));
    repeated += word.repeated;
  }

  // Sends a batch once more, and compares the answer with the one it has had.
  void expect_the_same_again(stele_db* db, stele_batch* batch, const Word& said) {
    ASSERT_TRUE(fill(batch, said.key));
    stele_commit_result result = empty_result();
    Failure failure;
    ASSERT_TRUE(is_ok(stele_commit(db, batch, &result, failure), failure)) << said.key;
    ASSERT_EQ(result.repeated, 1U) << "key " << said.key << " is committed a second time";
    ASSERT_EQ(result.tsn, said.tsn);
    ASSERT_EQ(result.first_position, said.first_position);
    ASSERT_EQ(result.last_position, said.first_position + said.event_count - 1);
    ASSERT_EQ(result.event_count, said.event_count);
    ASSERT_EQ(result.recorded, said.recorded);
  }

  // Sends the rest; then every key is there once, where its answer says.
  void check() {
    Db db;
    Failure failure;
    ASSERT_TRUE(is_ok(open_at(path, GetParam(), db, failure), failure));
    const Batch batch = new_batch(db);
    const std::set<uint64_t> rest = unanswered;
    for (const uint64_t key : rest) {
      ASSERT_TRUE(fill(batch, key));
      stele_commit_result result = empty_result();
      ASSERT_TRUE(is_ok(stele_commit(db, batch, &result, failure), failure)) << key;
      note({.key = key});
      note(answer_of(key, result));
    }
    for (const auto& [key, said] : answers) {
      expect_the_same_again(db, batch, said);
      if (HasFatalFailure()) return;
    }
    const Cursor cursor = start_read(db);
    stele_event view = empty_view();
    std::vector<std::string> data;
    while (stele_cursor_next(cursor, &view, nullptr) == STELE_OK) {
      data.push_back(to_string(view.data));
    }
    uint64_t expected = 0;
    for (const auto& [key, said] : answers) {
      expected += said.event_count;
      ASSERT_LE(said.first_position + said.event_count - 1, data.size()) << "key " << key;
      for (uint64_t i = 0; i < said.event_count; ++i) {
        ASSERT_EQ(data[said.first_position - 1 + i], data_of(key, i));
      }
    }
    EXPECT_EQ(data.size(), expected) << "something is there that nobody sent, or twice";
    EXPECT_TRUE(is(verify(db, failure), STELE_END, failure));
  }

  TempDirectory directory;
  std::string path = directory.path("db");
  uint64_t next_key = 0;
  std::set<uint64_t> unanswered;     // Sent, and killed before an answer.
  std::map<uint64_t, Word> answers;  // By key.
  uint64_t sent_again = 0;
  uint64_t repeated = 0;
};

TEST_P(KillKeys, CommitsEveryBatchExactlyOnce) {
  const Seed seed;
  auto random = seed.generator();
  const uint64_t rounds = scaled(20);
  // A kill that comes between a commit and its answer is luck: some more, until there was one.
  const auto says_something = [&] {
    return sent_again >= rounds && repeated > 0 && repeated < sent_again;
  };
  uint64_t round = 0;
  for (; round < rounds || (round < 20 * rounds && !says_something()); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    run_and_kill(std::chrono::microseconds(between(random, 0, 30'000)));
    if (HasFatalFailure()) return;
  }
  check();
  std::cout << "[          ] " << round << " kills, " << answers.size() << " keys, " << sent_again
            << " sent again, " << repeated << " of them were there already\n";
  EXPECT_GE(sent_again, rounds) << "too little was under way to say anything";
  EXPECT_GT(repeated, 0U) << "no kill came between a commit and its answer";
  EXPECT_LT(repeated, sent_again) << "no kill came before a commit";
}

std::string name_of_level(const ::testing::TestParamInfo<int32_t>& level) {
  if (level.param == STELE_DURABILITY_SYNC) return "Sync";
  return level.param == STELE_DURABILITY_INTERVAL ? "Interval" : "Os";
}

INSTANTIATE_TEST_SUITE_P(Level, KillKeys,
                         ::testing::Values(STELE_DURABILITY_SYNC, STELE_DURABILITY_INTERVAL,
                                           STELE_DURABILITY_OS),
                         name_of_level);

}  // namespace
