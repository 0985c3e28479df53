// Subscriptions while twenty threads append: every match once, in order, and never one passed over,
// whichever way it is pulled, and however often it is closed and resumed by its token.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "support/c_api.h"
#include "support/scale.h"
#include "support/seed.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

constexpr uint64_t kAppenders = 20;

std::string numbered(const char* name, uint64_t number) {
  return name + std::to_string(number);
}

// One event in so many has an entity, a scope, a type of a category.
void add_event(stele_batch* batch, std::mt19937_64& random) {
  const bool rare = between(random, 0, 9) == 0;
  const std::string type = rare ? "rare" : numbered("kind.t", between(random, 0, 9));
  const std::string entity = numbered(between(random, 0, 1) == 0 ? "a/" : "b/", random() % 5);
  const std::string scope = numbered("s", between(random, 0, 3));
  const std::string tag = numbered("tag", between(random, 0, 5));
  const stele_text tag_text = text(tag);
  stele_new_event event = new_event(type);
  if (between(random, 0, 1) == 0) event.entity = text(entity);
  if (between(random, 0, 1) == 0) event.scope = text(scope);
  event.tags = &tag_text;
  event.tag_count = between(random, 0, 1);
  EXPECT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
}

void append_for_a_while(stele_db* db, std::mt19937_64 random) {
  const Batch batch = new_batch(db);
  for (uint64_t left = scaled(250); left > 0; --left) {
    for (uint64_t events = between(random, 1, 4); events > 0; --events) add_event(batch, random);
    Failure failure;
    if (between(random, 0, 3) == 0) {
      Ticket given_up;
      ASSERT_TRUE(is_ok(stele_commit_async(db, batch, given_up.out(), failure), failure));
    } else {
      ASSERT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure), failure));
    }
  }
}

// The filters of the subscribers: one that takes all, some of every kind, one that takes nothing.
std::vector<Query> filters() {
  const auto add = [](Query& query, auto call, const std::string& value) {
    EXPECT_TRUE(is_ok(call(query, value.data(), value.size(), nullptr)));
  };
  std::vector<Query> all(8);
  for (Query& query : all) EXPECT_TRUE(is_ok(stele_query_create(query.out(), nullptr)));
  add(all[1], stele_query_type, "rare");
  add(all[2], stele_query_tag, "tag3");
  add(all[3], stele_query_entity_prefix, "a/");
  add(all[4], stele_query_category, "kind");
  add(all[4], stele_query_scope, "s1");
  add(all[5], stele_query_type, "never");
  add(all[6], stele_query_tag, "tag0");
  EXPECT_TRUE(is_ok(stele_query_item(all[6], nullptr)));
  add(all[6], stele_query_entity, "b/2");
  EXPECT_TRUE(is_ok(stele_query_positions(all[7], 100, 1500, nullptr)));
  return all;
}

// A consumer: pulls in one way or another, and is closed and resumed at random.
class Consumer {
 public:
  Consumer(stele_db* db, const stele_query* query, std::mt19937_64 random)
      : db_(db), query_(query), random_(random), subscription_(subscribe(db, query)) {}

  // Pulls until everything up to the end, which `end` knows once it is there, was handed out.
  void run(const std::function<uint64_t()>& end) {
    for (uint64_t last = 0; last == 0 || through() < last; last = end()) {
      if (::testing::Test::HasFatalFailure()) return;
      if (between(random_, 0, 3) == 0) {
        pull_one();
      } else {
        pull_batch();
      }
      if (between(random_, 0, 9) == 0) resume();
    }
  }

  // Holds what was seen against a read of all.
  void check(const std::vector<uint64_t>& matches) const {
    ASSERT_EQ(seen_, matches);
    uint64_t before = 0;
    for (const Look& look : looks_) {
      EXPECT_GE(look.through, before) << "it went back";
      before = look.through;
      const auto passed = std::ranges::upper_bound(matches, look.through);
      EXPECT_EQ(look.seen, static_cast<size_t>(passed - matches.begin()))
          << "a match at or before " << look.through << " had not been handed out";
    }
  }
  [[nodiscard]] size_t resumed() const { return resumed_; }

 private:
  struct Look {
    uint64_t through;
    size_t seen;
  };

  [[nodiscard]] uint64_t through() const { return looks_.empty() ? 0 : looks_.back().through; }
  int64_t timeout() { return static_cast<int64_t>(between(random_, 0, 5)); }

  void note(const stele_subscription_info& info) {
    EXPECT_LE(info.through, info.head);
    EXPECT_EQ(info.caught_up, info.through == info.head ? 1U : 0U);
    looks_.push_back({info.through, seen_.size()});
  }

  void pull_one() {
    stele_event view = empty_view();
    stele_subscription_info info = empty_subscription_info();
    Failure failure;
    const auto status = stele_subscription_next(subscription_, timeout(), &view, &info, failure);
    if (status != STELE_TIMEOUT) {
      ASSERT_TRUE(is_ok(status, failure));
      seen_.push_back(view.position);
    }
    note(info);
  }

  void pull_batch() {
    std::vector<uint8_t> buffer(between(random_, 0, 2000));
    size_t used = 0;
    uint32_t count = 0;
    stele_subscription_info info = empty_subscription_info();
    Failure failure;
    const auto status = stele_subscription_next_batch(subscription_, timeout(), buffer.data(),
                                                      buffer.size(), &used, &count, &info, failure);
    if (status == STELE_BUFFER_TOO_SMALL) return;
    ASSERT_TRUE(status == STELE_TIMEOUT || is_ok(status, failure)) << failure.message();
    for (size_t at = 0; at < used; --count) {
      stele_event view = empty_view();
      ASSERT_TRUE(is_ok(stele_event_decode(&buffer[at], used - at, &view, failure), failure));
      seen_.push_back(view.position);
      at += view.record.size;
    }
    EXPECT_EQ(count, 0U);
    note(info);
  }

  void resume() {
    Token token;
    Failure failure;
    ASSERT_TRUE(is_ok(stele_subscription_token(subscription_, token.data(), failure), failure));
    subscription_.close();
    subscription_ = subscribe(db_, query_, &token);
    ++resumed_;
  }

  stele_db* db_;
  const stele_query* query_;
  std::mt19937_64 random_;
  Subscription subscription_;
  std::vector<uint64_t> seen_;
  std::vector<Look> looks_;
  size_t resumed_ = 0;
};

class SubscriptionLoad : public ::testing::TestWithParam<int32_t> {};

TEST_P(SubscriptionLoad, HandsEveryMatchOutOnceAndInOrder) {
  const Seed seed;
  const TempDirectory directory;
  const Db db = open_with(directory.path("db"), [](stele_options& options) {
    options.durability = GetParam();
    options.interval_ms = 5;
    options.segment_size = 256 * 1024;
  });
  const std::vector<Query> queries = filters();
  std::vector<Consumer> consumers;
  for (uint64_t i = 0; i < queries.size(); ++i) {
    consumers.emplace_back(db, queries[i], seed.generator(1000 + i));
  }
  std::atomic<uint64_t> end = 0;  // Known when all have appended.
  std::vector<std::thread> following;
  for (Consumer& consumer : consumers) {
    following.emplace_back([&] { consumer.run([&] { return end.load(); }); });
  }
  std::vector<std::thread> appending;
  for (uint64_t t = 0; t < kAppenders; ++t) {
    appending.emplace_back([&, t] { append_for_a_while(db, seed.generator(t)); });
  }
  for (std::thread& thread : appending) thread.join();
  Failure failure;
  ASSERT_TRUE(is_ok(stele_sync(db, failure), failure));
  end = head_of(db);
  for (std::thread& thread : following) thread.join();

  size_t resumed = 0;
  for (size_t i = 0; i < consumers.size(); ++i) {
    SCOPED_TRACE("filter " + std::to_string(i));
    consumers[i].check(positions(db, queries[i]));
    resumed += consumers[i].resumed();
  }
  EXPECT_GT(resumed, 0U);
}

INSTANTIATE_TEST_SUITE_P(AtEveryLevel, SubscriptionLoad,
                         ::testing::Values(STELE_DURABILITY_OS, STELE_DURABILITY_INTERVAL,
                                           STELE_DURABILITY_SYNC));

}  // namespace
