// Asynchronous commits: every outcome arrives at the ticket, in the order of the calls.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <string>
#include <thread>
#include <vector>

#include "support/c_api.h"
#include "support/scale.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

struct Async : ::testing::Test {
  Ticket begin(stele_batch* batch) {
    Ticket ticket;
    EXPECT_TRUE(is_ok(stele_commit_async(db, batch, ticket.out(), failure), failure));
    EXPECT_NE(ticket.get(), nullptr);
    return ticket;
  }

  TempDirectory directory;
  std::string path = directory.path("db");
  Db db = open(path);
  Failure failure;
};

TEST_F(Async, ATicketHoldsTheResult) {
  const Batch batch = new_batch(db);
  ASSERT_TRUE(is_ok(add(batch, "A")));
  ASSERT_TRUE(is_ok(add(batch, "B")));
  const Ticket ticket = begin(batch);
  stele_commit_result result = empty_result();
  for (int i = 0; i < 2; ++i) {  // As often as one asks.
    ASSERT_TRUE(is_ok(stele_ticket_wait(ticket, STELE_FOREVER, &result, failure), failure));
    EXPECT_EQ(result.tsn, 1U);
    EXPECT_EQ(result.first_position, 1U);
    EXPECT_EQ(result.last_position, 2U);
    EXPECT_EQ(result.repeated, 0U);
  }
  EXPECT_EQ(stats_of(db).durable_tsn, 1U);
  EXPECT_EQ(head_of(db), 2U);
}

TEST_F(Async, TheBatchIsEmptyAtOnceAndFillsAnew) {
  const Batch batch = new_batch(db);
  std::vector<Ticket> tickets;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(is_ok(add(batch, "A", std::to_string(i))));
    tickets.push_back(begin(batch));
  }
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure), STELE_INVALID)) << "it is empty";
  for (uint64_t i = 0; i < tickets.size(); ++i) {
    stele_commit_result result = empty_result();
    ASSERT_TRUE(is_ok(stele_ticket_wait(tickets[i], STELE_FOREVER, &result, failure), failure));
    EXPECT_EQ(result.tsn, i + 1) << "in the order of the calls";
  }
  EXPECT_EQ(head_of(db), 100U);
  EXPECT_LT(stats_of(db).groups, 100U) << "those that came meanwhile shared a write";
}

TEST_F(Async, AConflictArrivesAtTheTicket) {
  append(db, "Taken", "", {"seat:1"});
  const Batch batch = new_batch(db);
  ASSERT_TRUE(is_ok(add(batch, "Taken", "", {"seat:1"})));
  const Query query = query_of({}, {"seat:1"});
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, query, 0, failure), failure));
  const Ticket ticket = begin(batch);
  EXPECT_TRUE(is(stele_ticket_wait(ticket, STELE_FOREVER, nullptr, failure), STELE_CONFLICT));
  EXPECT_EQ(failure->position, 1U);
  EXPECT_EQ(failure->guard, 0U);
  EXPECT_TRUE(failure.message().starts_with("commit: guard 0: ")) << failure.message();
}

TEST_F(Async, WhatIsWrongFromTheStartGivesNoTicket) {
  const Batch batch = new_batch(db);
  Ticket ticket;
  EXPECT_TRUE(is(stele_commit_async(db, batch, ticket.out(), failure), STELE_INVALID));
  EXPECT_EQ(ticket.get(), nullptr);
  EXPECT_TRUE(failure.mentions("empty")) << failure.message();
  const Db other = open(directory.path("other"));
  ASSERT_TRUE(is_ok(add(batch, "A")));
  EXPECT_TRUE(is(stele_commit_async(other, batch, ticket.out(), failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("another database")) << failure.message();
  EXPECT_TRUE(is(stele_commit_async(db, batch, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure), failure)) << "it is as it was";
}

TEST_F(Async, ATicketMayBeGivenUp) {
  const uint64_t handles = stele_live_handles();
  const Batch batch = new_batch(db);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(is_ok(add(batch, "A")));
    begin(batch).close();
  }
  EXPECT_EQ(stele_live_handles(), handles + 1);
  ASSERT_TRUE(is_ok(stele_sync(db, failure), failure));
  EXPECT_EQ(head_of(db), 10U) << "its commit goes on";
}

TEST_F(Async, OutcomesOutliveTheDatabase) {
  const Batch batch = new_batch(db);
  std::vector<Ticket> tickets;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(is_ok(add(batch, "A", std::string(2000, 'x'))));
    tickets.push_back(begin(batch));
  }
  db.close();
  for (const Ticket& ticket : tickets) {
    EXPECT_TRUE(is_ok(stele_ticket_wait(ticket, 0, nullptr, failure), failure))
        << "close waits for what is under way";
  }
  ASSERT_TRUE(is(stele_commit_async(db, batch, tickets[0].out(), failure), STELE_CLOSED));
  EXPECT_EQ(head_of(open(path)), 20U);
}

TEST_F(Async, WaitAnyFindsWhatIsThere) {
  const Db other = open(directory.path("other"));
  const Batch batch = new_batch(db);
  const Batch elsewhere = new_batch(other);
  std::vector<Ticket> tickets;
  ASSERT_TRUE(is_ok(add(batch, "A")));
  tickets.push_back(begin(batch));
  Ticket ticket;
  ASSERT_TRUE(is_ok(add(elsewhere, "A")));
  ASSERT_TRUE(is_ok(stele_commit_async(other, elsewhere, ticket.out(), failure), failure));
  tickets.push_back(std::move(ticket));
  while (!tickets.empty()) {
    std::vector<const void*> handles;
    for (const Ticket& one : tickets) handles.push_back(one.get());
    size_t index = 99;
    ASSERT_TRUE(is_ok(
        stele_wait_any(handles.data(), handles.size(), STELE_FOREVER, &index, failure), failure));
    ASSERT_LT(index, tickets.size());
    EXPECT_TRUE(is_ok(stele_ticket_wait(tickets[index], 0, nullptr, failure), failure));
    tickets.erase(tickets.begin() + static_cast<std::ptrdiff_t>(index));
  }
}

TEST_F(Async, WaitAnyRefusesWhatIsNoTicket) {
  size_t index = 0;
  const void* handles[] = {nullptr, db.get()};
  EXPECT_TRUE(is(stele_wait_any(handles, 0, 0, &index, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_wait_any(nullptr, 1, 0, &index, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_wait_any(handles, 1, 0, &index, failure), STELE_CLOSED));
  EXPECT_TRUE(failure.mentions("handle 0")) << failure.message();
  EXPECT_TRUE(is(stele_wait_any(handles + 1, 1, 0, &index, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_wait_any(handles, 1, 0, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_ticket_wait(nullptr, 0, nullptr, failure), STELE_CLOSED));
  const Batch batch = new_batch(db);
  ASSERT_TRUE(is_ok(add(batch, "A")));
  const Ticket ticket = begin(batch);
  EXPECT_TRUE(is(stele_ticket_wait(ticket, -2, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("timeout_ms is -2")) << failure.message();
}

// Threads that each keep several commits under way: for ThreadSanitizer above all.
TEST_F(Async, ManyThreadsKeepManyUnderWay) {
  const uint64_t rounds = scaled(100);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      Failure mine;
      const Batch batch = new_batch(db);
      std::vector<Ticket> tickets;
      for (uint64_t i = 0; i < rounds; ++i) {
        for (int event = 0; event < 20; ++event) EXPECT_TRUE(is_ok(add(batch, "A")));
        tickets.push_back(begin(batch));
        if (tickets.size() < 4) continue;
        std::vector<const void*> handles;
        for (const Ticket& one : tickets) handles.push_back(one.get());
        size_t index = 0;
        EXPECT_TRUE(is_ok(stele_wait_any(handles.data(), 4, STELE_FOREVER, &index, mine), mine));
        EXPECT_TRUE(is_ok(stele_ticket_wait(tickets[index], 0, nullptr, mine), mine));
        tickets.erase(tickets.begin() + static_cast<std::ptrdiff_t>(index));
      }
      for (const Ticket& one : tickets) {
        EXPECT_TRUE(is_ok(stele_ticket_wait(one, STELE_FOREVER, nullptr, mine), mine));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(head_of(db), 4 * 20 * rounds);
  EXPECT_TRUE(is(verify(db, failure), STELE_END, failure));
}

}  // namespace
