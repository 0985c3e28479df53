// Subscriptions as a program in C sees them: what it may pass, and what ends a wait.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

// Runs `wake` while `wait` waits in another thread, and returns what that returned.
stele_status woken(const std::function<stele_status()>& wait, const std::function<void()>& wake) {
  stele_status status = STELE_OK;
  std::thread waiter([&] { status = wait(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  wake();
  waiter.join();
  return status;
}

struct Subscribed : ::testing::Test {
  Subscribed() : db(open(":memory:")) {}

  // Waits for ever for an event.
  stele_status next(stele_subscription* from) {
    stele_event view = empty_view();
    return stele_subscription_next(from, STELE_FOREVER, &view, nullptr, nullptr);
  }
  // Waits for ever for a batch, having heard that it has caught up.
  stele_status next_batch(stele_subscription* from) {
    std::vector<uint8_t> buffer(4096);
    size_t used = 0;
    uint32_t count = 0;
    stele_status status = STELE_OK;
    while (status == STELE_OK && count == 0) {
      status = stele_subscription_next_batch(from, STELE_FOREVER, buffer.data(), buffer.size(),
                                             &used, &count, nullptr, nullptr);
    }
    return status;
  }
  stele_status wait_any(const std::vector<const void*>& handles, size_t* index,
                        int64_t timeout_ms = STELE_FOREVER) {
    return stele_wait_any(handles.data(), handles.size(), timeout_ms, index, failure);
  }

  Db db;
  Failure failure;
};

// Who is told that there is something may come for it late, or never.
TEST_F(Subscribed, HoldsNothingWhereAnEventWaitsForIt) {
  const Subscription following = subscribe(db);
  append(db, "A");
  size_t index = 9;
  ASSERT_TRUE(is_ok(wait_any({following}, &index), failure));
  EXPECT_EQ(index, 0U);
  for (int i = 0; i < 3; ++i) {
    append(db, "B");
    ASSERT_TRUE(is_ok(stele_checkpoint(db, failure), failure));
  }
  stele_stats stats;
  stele_stats_init(&stats);
  ASSERT_TRUE(is_ok(stele_stats_get(db, &stats, failure), failure));
  EXPECT_EQ(stats.readers, 0U);
  stele_event view = empty_view();
  for (uint64_t position = 1; position <= 4; ++position) {
    ASSERT_TRUE(is_ok(stele_subscription_next(following, 0, &view, nullptr, failure), failure));
    EXPECT_EQ(view.position, position);
    ASSERT_EQ(wait_any({following}, &index, 0), position < 4 ? STELE_OK : STELE_TIMEOUT);
  }
}

// ---- What ends a wait ---------------------------------------------------------------------------

TEST_F(Subscribed, IsWokenByAnEvent) {
  const Subscription following = subscribe(db);
  EXPECT_TRUE(is_ok(woken([&] { return next(following); }, [&] { append(db, "A"); })));
  EXPECT_TRUE(is_ok(woken([&] { return next_batch(following); }, [&] { append(db, "A"); })));
}

// Events that do not match end no wait.
TEST_F(Subscribed, SleepsOverWhatDoesNotMatch) {
  const Query query = query_of({"Wanted"}, {});
  const Subscription following = subscribe(db, query);
  EXPECT_TRUE(is_ok(woken([&] { return next(following); },
                          [&] {
                            for (int i = 0; i < 50; ++i) append(db, "Other");
                            append(db, "Wanted");
                          })));
}

TEST_F(Subscribed, IsClosedUnderAWait) {
  const Subscription one = subscribe(db);
  const auto close_one = [&] { stele_subscription_close(one); };
  EXPECT_TRUE(is(woken([&] { return next(one); }, close_one), STELE_CLOSED));
  const Subscription other = subscribe(db);
  const auto close_other = [&] { stele_subscription_close(other); };
  EXPECT_TRUE(is(woken([&] { return next_batch(other); }, close_other), STELE_CLOSED));
}

TEST_F(Subscribed, IsClosedWithItsDatabase) {
  const Subscription one = subscribe(db);
  const Subscription two = subscribe(db);
  stele_status other = STELE_OK;
  std::thread also([&] { other = next_batch(two); });
  EXPECT_TRUE(is(woken([&] { return next(one); }, [&] { db.close(); }), STELE_CLOSED));
  also.join();
  EXPECT_TRUE(is(other, STELE_CLOSED));
  Token token;
  EXPECT_TRUE(is(stele_subscription_token(one, token.data(), failure), STELE_CLOSED));
  EXPECT_TRUE(is(next(one), STELE_CLOSED)) << "it stays closed";
}

TEST_F(Subscribed, IsInterrupted) {
  const Subscription following = subscribe(db);
  const auto interrupt = [&] { EXPECT_TRUE(is_ok(stele_interrupt(following, failure), failure)); };
  EXPECT_TRUE(is(woken([&] { return next(following); }, interrupt), STELE_TIMEOUT));
  EXPECT_TRUE(is(woken([&] { return next_batch(following); }, interrupt), STELE_TIMEOUT));
  interrupt();
  interrupt();
  EXPECT_TRUE(is(next(following), STELE_TIMEOUT)) << "or else the next wait";
  EXPECT_TRUE(is_ok(woken([&] { return next(following); }, [&] { append(db, "A"); })))
      << "and that one only";
}

TEST_F(Subscribed, WaitsNoLongerThanItIsTold) {
  const Subscription following = subscribe(db);
  stele_event view = empty_view();
  stele_subscription_info info = empty_subscription_info();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(is(stele_subscription_next(following, 30, &view, &info, failure), STELE_TIMEOUT));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
  EXPECT_EQ(info.caught_up, 1U) << "filled on TIMEOUT, too";
  EXPECT_TRUE(is(stele_subscription_next(following, -2, &view, &info, failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("timeout_ms is -2")) << failure.message();
  append(db, "A");
  EXPECT_TRUE(is_ok(stele_subscription_next(following, INT64_MAX, &view, &info, failure)));
}

// ---- Waiting for several ------------------------------------------------------------------------

// Tickets and subscriptions of two databases in one wait: the first that has something.
TEST_F(Subscribed, IsOneOfSeveralThatAreWaitedFor) {
  const Db other = open(":memory:", STELE_OPEN_CREATE);
  const Subscription here = subscribe(db);
  const Subscription there = subscribe(other);
  const Query never = query_of({"Never"}, {});
  const Subscription deaf = subscribe(db, never);
  const std::vector<const void*> all = {deaf.get(), there.get(), here.get()};
  size_t index = 99;
  EXPECT_TRUE(is(wait_any(all, &index, 0), STELE_TIMEOUT));
  EXPECT_TRUE(is_ok(woken([&] { return wait_any(all, &index); }, [&] { append(other, "A"); })));
  EXPECT_EQ(index, 1U);
  EXPECT_TRUE(is_ok(next(there)));
  EXPECT_TRUE(is_ok(woken([&] { return wait_any(all, &index); }, [&] { append(db, "A"); })));
  EXPECT_EQ(index, 2U);
  EXPECT_TRUE(is_ok(next(here)));

  const Batch batch = new_batch(db);
  ASSERT_TRUE(is_ok(add(batch, "B")));
  Ticket ticket;
  ASSERT_TRUE(is_ok(stele_commit_async(db, batch, ticket.out(), failure), failure));
  const std::vector<const void*> mixed = {deaf.get(), ticket.get(), here.get()};
  ASSERT_TRUE(is_ok(wait_any(mixed, &index), failure));
  EXPECT_GE(index, 1U);
  EXPECT_TRUE(is_ok(stele_ticket_wait(ticket, STELE_FOREVER, nullptr, failure), failure));
  ASSERT_TRUE(is_ok(wait_any(mixed, &index), failure));
  EXPECT_EQ(index, 1U) << "a ticket keeps its outcome";
  EXPECT_TRUE(is_ok(next(here))) << "and the subscription its event";
}

TEST_F(Subscribed, EndsTheWaitForSeveral) {
  Subscription one = subscribe(db);
  const Subscription two = subscribe(db);
  const std::vector<const void*> both = {one.get(), two.get()};
  size_t index = 99;
  const auto wait = [&] { return wait_any(both, &index); };
  EXPECT_TRUE(is(woken(wait, [&] { (void)stele_interrupt(two, nullptr); }), STELE_TIMEOUT));
  EXPECT_TRUE(failure.mentions("interrupted")) << failure.message();
  EXPECT_TRUE(is(woken(wait, [&] { one.close(); }), STELE_CLOSED));
  const std::vector<const void*> same = {two.get(), two.get()};
  EXPECT_TRUE(is(woken([&] { return wait_any(same, &index); }, [&] { db.close(); }), STELE_CLOSED));
}

TEST_F(Subscribed, IsWhatCanBeInterrupted) {
  EXPECT_TRUE(is(stele_interrupt(nullptr, failure), STELE_CLOSED));
  EXPECT_TRUE(is(stele_interrupt(db, failure), STELE_INVALID));
  Subscription following = subscribe(db);
  const void* old = following.get();
  following.close();
  EXPECT_TRUE(is(stele_interrupt(old, failure), STELE_CLOSED));
  const Batch batch = new_batch(db);
  ASSERT_TRUE(is_ok(add(batch, "A")));
  Ticket ticket;
  ASSERT_TRUE(is_ok(stele_commit_async(db, batch, ticket.out(), failure), failure));
  EXPECT_TRUE(is_ok(stele_interrupt(ticket, failure), failure));
  const auto status = stele_ticket_wait(ticket, STELE_FOREVER, nullptr, failure);
  EXPECT_TRUE(status == STELE_OK || status == STELE_TIMEOUT);
  EXPECT_TRUE(is_ok(stele_ticket_wait(ticket, STELE_FOREVER, nullptr, failure), failure));
}

// ---- Arguments ----------------------------------------------------------------------------------

TEST_F(Subscribed, RefusesWrongArguments) {
  Subscription none;
  stele_subscribe_options options;
  stele_subscribe_options_init(&options);
  const auto refused = [&](const char* reason) {
    EXPECT_TRUE(is(stele_subscribe(db, nullptr, &options, none.out(), failure), STELE_INVALID));
    EXPECT_TRUE(failure.mentions(reason)) << failure.message();
    EXPECT_EQ(none.get(), nullptr);
    stele_subscribe_options_init(&options);
  };
  options.flags = 2;
  refused("flags");
  options.after = 1;
  refused("beyond the last durable event");
  Token token = {};
  options.token = token.data();
  options.token_size = STELE_TOKEN_SIZE - 1;
  refused("31 bytes");
  options.token = token.data();
  options.token_size = STELE_TOKEN_SIZE;
  refused("another database");
  options.token_size = STELE_TOKEN_SIZE;
  refused("options.token is NULL");
  EXPECT_TRUE(is(stele_subscribe(db, nullptr, nullptr, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("subscription is NULL")) << failure.message();
  EXPECT_TRUE(is(
      stele_subscribe(db, reinterpret_cast<stele_query*>(db.get()), nullptr, none.out(), failure),
      STELE_INVALID));

  const Subscription following = subscribe(db);
  size_t used = 0;
  uint32_t count = 0;
  uint8_t byte = 0;
  EXPECT_TRUE(is(stele_subscription_token(following, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_subscription_next(following, 0, nullptr, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(
      is(stele_subscription_next_batch(following, 0, nullptr, 1, &used, &count, nullptr, failure),
         STELE_INVALID));
  EXPECT_TRUE(
      is(stele_subscription_next_batch(following, 0, &byte, 1, nullptr, &count, nullptr, failure),
         STELE_INVALID));
  EXPECT_TRUE(
      is(stele_subscription_next_batch(following, 0, &byte, 1, &used, nullptr, nullptr, failure),
         STELE_INVALID));
  EXPECT_TRUE(is(next(nullptr), STELE_CLOSED));
  EXPECT_TRUE(is(next(reinterpret_cast<stele_subscription*>(db.get())), STELE_INVALID));
}

// Too small a buffer loses nothing: the same event comes when there is room for it.
TEST_F(Subscribed, KeepsItsPlaceWhenTheBufferIsTooSmall) {
  append(db, "A", std::string(500, 'x'));
  append(db, "B");
  const Subscription following = subscribe(db);
  size_t used = 0;
  uint32_t count = 77;
  std::vector<uint8_t> buffer(64);
  Token before;
  ASSERT_TRUE(is_ok(stele_subscription_token(following, before.data(), failure), failure));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(is(stele_subscription_next_batch(following, 0, buffer.data(), buffer.size(), &used,
                                                 &count, nullptr, failure),
                   STELE_BUFFER_TOO_SMALL));
    EXPECT_EQ(count, 0U);
    EXPECT_GT(used, 500U);
  }
  Token after;
  ASSERT_TRUE(is_ok(stele_subscription_token(following, after.data(), failure), failure));
  EXPECT_EQ(before, after) << "nothing has been handed out";
  buffer.resize(used);
  stele_subscription_info info = empty_subscription_info();
  EXPECT_TRUE(is_ok(stele_subscription_next_batch(following, 0, buffer.data(), used, &used, &count,
                                                  &info, failure),
                    failure));
  EXPECT_EQ(count, 1U);
  EXPECT_EQ(info.through, 1U);
  EXPECT_EQ(info.caught_up, 0U);
  stele_event view = empty_view();
  ASSERT_TRUE(is_ok(stele_subscription_next(following, 0, &view, &info, failure), failure));
  EXPECT_EQ(to_string(view.event_type), "B");
  EXPECT_EQ(info.caught_up, 1U);
}

// At the weaker levels a commit is visible before it is durable: a subscription shows it later.
TEST_F(Subscribed, HandsOutWhatIsDurable) {
  const TempDirectory directory;
  const Db lazy = open_with(directory.path("db"), [](stele_options& options) {
    options.durability = STELE_DURABILITY_INTERVAL;
    options.interval_ms = 60'000;
  });
  const Subscription following = subscribe(lazy);
  append(lazy, "A");
  EXPECT_EQ(head_of(lazy), 1U);
  stele_event view = empty_view();
  stele_subscription_info info = empty_subscription_info();
  // Idleness may make it durable at any moment.
  if (stele_subscription_next(following, 0, &view, &info, failure) == STELE_TIMEOUT) {
    EXPECT_EQ(info.head, 0U) << "its head is the durable one";
    ASSERT_TRUE(is_ok(stele_sync(lazy, failure), failure));
    EXPECT_TRUE(is_ok(next(following)));
  }
  EXPECT_EQ(stats_of(lazy).durable_tsn, 1U);
}

}  // namespace
