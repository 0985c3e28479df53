// kill -9 of a process that appends and follows what it appends, again and again: a subscriber that
// resumes from the token it reported last sees every match once, in order, and none is passed over.
#include <gtest/gtest.h>
#include <signal.h>
#include <stele/stele.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/c_api.h"
#include "support/scale.h"
#include "support/seed.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

constexpr uint64_t kSegmentSize = 65536;
constexpr int kAppenders = 4;
constexpr size_t kFollowers = 4;

// What a follower says of one pull: shorter than PIPE_BUF, so that it arrives whole or not at all.
struct Report {
  uint64_t follower;
  uint64_t position;  // 0: none came.
  uint64_t through;
  Token token;
};

// What follower 0 follows is everything, 3 waits for what never comes.
Query filter(size_t follower) {
  static const std::vector<std::string> kTags[kFollowers] = {{}, {"rare"}, {"of:1"}, {"never"}};
  return query_of({}, kTags[follower]);
}

void append_for_ever(stele_db* db, uint64_t thread) {
  const Batch batch = new_batch(db);
  for (uint64_t i = 0;; ++i) {
    for (uint64_t left = 1 + i % 3; left > 0; --left) {
      std::vector<std::string> tags = {"of:" + std::to_string(thread)};
      if (i % 11 == 0) tags.emplace_back("rare");
      if (add(batch, "Appended", std::string(i % 200, 'x'), tags) != STELE_OK) ::_exit(4);
    }
    if (stele_commit(db, batch, nullptr, nullptr) != STELE_OK) ::_exit(5);
  }
}

void follow_for_ever(stele_db* db, size_t follower, const Token* token, int pipe) {
  const Query query = filter(follower);
  Subscription subscription;
  Failure failure;
  if (try_subscribe(db, query, token, subscription, failure) != STELE_OK) {
    std::fprintf(stderr, "follower %zu: %s\n", follower, failure->message);
    ::_exit(6);
  }
  for (;;) {
    stele_event view = empty_view();
    stele_subscription_info info = empty_subscription_info();
    const auto status = stele_subscription_next(subscription, 2, &view, &info, failure);
    if (status != STELE_OK && status != STELE_TIMEOUT) ::_exit(7);
    Report report = {.follower = follower,
                     .position = status == STELE_OK ? view.position : 0,
                     .through = info.through,
                     .token = {}};
    if (stele_subscription_token(subscription, report.token.data(), nullptr) != STELE_OK) {
      ::_exit(8);
    }
    if (::write(pipe, &report, sizeof report) != sizeof report) ::_exit(9);
  }
}

struct KillSubscription : ::testing::Test {
  struct Follower {
    std::optional<Token> token;
    std::vector<uint64_t> seen;
    std::vector<std::pair<uint64_t, size_t>> looks;  // Each `through`, and how many were seen.
  };

  [[noreturn]] void run_child(int32_t durability, int pipe) {
    Db db;
    Failure failure;
    const auto status = open_with(path, db, failure, [&](stele_options& options) {
      options.segment_size = kSegmentSize;
      options.durability = durability;
      options.interval_ms = 2;
    });
    if (status != STELE_OK) {
      std::fprintf(stderr, "%s\n", failure->message);
      ::_exit(2);
    }
    std::vector<std::thread> threads;
    for (size_t f = 0; f < kFollowers; ++f) {
      const Token* token = followers[f].token ? &*followers[f].token : nullptr;
      threads.emplace_back([&, f, token] { follow_for_ever(db, f, token, pipe); });
    }
    for (int t = 0; t < kAppenders; ++t) {
      threads.emplace_back([&, t] { append_for_ever(db, static_cast<uint64_t>(t)); });
    }
    for (std::thread& thread : threads) thread.join();
    ::_exit(1);
  }

  void take(const Report& report) {
    Follower& follower = followers.at(report.follower);
    if (report.position != 0) follower.seen.push_back(report.position);
    follower.looks.emplace_back(report.through, follower.seen.size());
    follower.token = report.token;
  }

  // Lets a child live until it has reported that many times, and kills it.
  void run_and_kill(int32_t durability, uint64_t reports) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      run_child(durability, ends[1]);
    }
    ::close(ends[1]);
    for (uint64_t taken = 0;; ++taken) {
      if (taken == reports) ::kill(child, SIGKILL);
      Report report;
      const ssize_t got = ::read(ends[0], &report, sizeof report);
      if (got == 0) break;
      ASSERT_EQ(got, static_cast<ssize_t>(sizeof report));
      take(report);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        << "the child ended by itself: " << status;
  }

  // Follows to the end of the log, and compares with a read of everything.
  void check() {
    const Db db = open(path, STELE_OPEN_EXISTING, kSegmentSize);
    for (size_t f = 0; f < kFollowers; ++f) {
      SCOPED_TRACE("follower " + std::to_string(f));
      Follower& follower = followers[f];
      const Query query = filter(f);
      const std::vector<uint64_t> matches = positions(db, query);
      for (const auto& [through, seen] : follower.looks) {
        const auto passed = std::ranges::upper_bound(matches, through) - matches.begin();
        ASSERT_EQ(seen, static_cast<size_t>(passed)) << "what was handed out up to " << through;
      }
      const Subscription rest = subscribe(db, query, follower.token ? &*follower.token : nullptr);
      std::vector<uint64_t> all = follower.seen;
      stele_event view = empty_view();
      while (stele_subscription_next(rest, 0, &view, nullptr, nullptr) == STELE_OK) {
        all.push_back(view.position);
      }
      ASSERT_EQ(all, matches);
    }
    Failure failure;
    EXPECT_TRUE(is(verify(db, failure), STELE_END, failure));
  }

  TempDirectory directory;
  std::string path = directory.path("db");
  std::array<Follower, kFollowers> followers;
};

TEST_F(KillSubscription, ResumesWhereItsLastReportWas) {
  const Seed seed;
  auto random = seed.generator();
  const uint64_t rounds = scaled(40);
  for (uint64_t round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    static constexpr int32_t kLevels[] = {STELE_DURABILITY_SYNC, STELE_DURABILITY_INTERVAL,
                                          STELE_DURABILITY_OS};
    run_and_kill(kLevels[between(random, 0, 2)], between(random, 1, 400));
    if (round % 8 == 0) check();
    if (HasFatalFailure()) return;
  }
  check();
  EXPECT_GT(followers[0].seen.size(), rounds) << "too little was seen to say anything";
  std::cout << "[          ] " << rounds << " kills, " << followers[0].seen.size()
            << " events followed\n";
}

}  // namespace
