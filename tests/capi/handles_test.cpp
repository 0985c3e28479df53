// Handles are tickets: whatever is passed where a handle belongs, the call answers and nothing
// crashes; whatever is closed in whatever order, nothing leaks.
#include <gtest/gtest.h>
#include <stele/stele.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

// A call with some handle in the place of its own; every other argument is good.
struct Call {
  const char* name;
  const char* kind;  // Of the handle it wants.
  std::function<stele_status(void* handle, stele_error* error)> run;
};

std::vector<Call> calls_of_databases() {
  return {
      {"head", "db",
       [](void* h, stele_error* e) {
         uint64_t position = 77;
         const stele_status status = stele_head(static_cast<stele_db*>(h), &position, e);
         EXPECT_TRUE(status == STELE_OK || position == 0);
         return status;
       }},
      {"stats", "db",
       [](void* h, stele_error* e) {
         stele_stats stats;
         stele_stats_init(&stats);
         return stele_stats_get(static_cast<stele_db*>(h), &stats, e);
       }},
      {"tracked", "db",
       [](void* h, stele_error* e) {
         uint64_t position = 77;
         const auto status = stele_tracked(static_cast<stele_db*>(h), "s", 1, &position, e);
         EXPECT_TRUE(status == STELE_OK || position == 0);
         return status;
       }},
      {"read", "db",
       [](void* h, stele_error* e) {
         auto* cursor = reinterpret_cast<stele_cursor*>(8);
         const auto status = stele_read(static_cast<stele_db*>(h), nullptr, nullptr, &cursor, e);
         EXPECT_TRUE(status == STELE_OK || cursor == nullptr) << "NULL on failure";
         stele_cursor_close(cursor);
         return status;
       }},
      {"batch", "db",
       [](void* h, stele_error* e) {
         auto* batch = reinterpret_cast<stele_batch*>(8);
         const auto status = stele_batch_create(static_cast<stele_db*>(h), &batch, e);
         EXPECT_TRUE(status == STELE_OK || batch == nullptr);
         stele_batch_close(batch);
         return status;
       }},
      {"verify", "db",
       [](void* h, stele_error* e) {
         auto* verification = reinterpret_cast<stele_verify*>(8);
         const auto status = stele_verify_open(static_cast<stele_db*>(h), &verification, e);
         EXPECT_TRUE(status == STELE_OK || verification == nullptr);
         stele_verify_close(verification);
         return status;
       }},
  };
}

std::vector<Call> calls_of_readers() {
  return {
      {"verify", "verify",
       [](void* h, stele_error* e) {
         return stele_verify_step(static_cast<stele_verify*>(h), nullptr, e);
       }},
      {"query", "query",
       [](void* h, stele_error* e) { return stele_query_item(static_cast<stele_query*>(h), e); }},
      {"query", "query",
       [](void* h, stele_error* e) {
         return stele_query_type(static_cast<stele_query*>(h), "T", 1, e);
       }},
      {"query", "query",
       [](void* h, stele_error* e) {
         return stele_query_tag(static_cast<stele_query*>(h), "t", 1, e);
       }},
      {"read", "cursor",
       [](void* h, stele_error* e) {
         stele_event view = empty_view();
         return stele_cursor_next(static_cast<stele_cursor*>(h), &view, e);
       }},
      {"read", "cursor",
       [](void* h, stele_error* e) {
         uint8_t buffer[8];
         size_t used = 77;
         uint32_t count = 77;
         const auto status = stele_cursor_next_batch(static_cast<stele_cursor*>(h), buffer,
                                                     sizeof buffer, &used, &count, e);
         EXPECT_EQ(count, 0U);
         return status;
       }},
      {"read", "cursor",
       [](void* h, stele_error* e) {
         stele_cursor_info info = {};
         info.struct_size = sizeof info;
         return stele_cursor_info_get(static_cast<stele_cursor*>(h), &info, e);
       }},
  };
}

std::vector<Call> calls_of_batches() {
  return {
      {"append", "batch",
       [](void* h, stele_error* e) {
         return add(static_cast<stele_batch*>(h), "Thing", "", {}, e);
       }},
      {"append", "batch",
       [](void* h, stele_error* e) {
         return stele_batch_events(static_cast<stele_batch*>(h), nullptr, 0, e);
       }},
      {"guard", "batch",
       [](void* h, stele_error* e) {
         return stele_batch_guard(static_cast<stele_batch*>(h), nullptr, UINT64_MAX, e);
       }},
      {"track", "batch",
       [](void* h, stele_error* e) {
         static uint64_t number = 0;
         const std::string source = "source" + std::to_string(++number);
         return stele_batch_track(static_cast<stele_batch*>(h), source.data(), source.size(),
                                  STELE_PREVIOUS_ANY, 1, e);
       }},
      {"clear", "batch",
       [](void* h, stele_error* e) { return stele_batch_clear(static_cast<stele_batch*>(h), e); }},
  };
}

std::vector<Call> all_calls() {
  std::vector<Call> calls = calls_of_databases();
  for (const auto& more : {calls_of_readers(), calls_of_batches()}) {
    calls.insert(calls.end(), more.begin(), more.end());
  }
  return calls;
}

// One open handle of every kind, of one database.
struct Handles : ::testing::Test {
  Handles() : before(stele_live_handles()) {
    db = open(directory.path("db"));
    append(db, "Thing");
    batch = new_batch(db);
    query = query_of({"Thing"}, {});
    cursor = start_read(db, query);
    EXPECT_TRUE(is_ok(stele_verify_open(db, verification.out(), nullptr)));
  }

  [[nodiscard]] std::vector<std::pair<std::string, void*>> all() const {
    return {{"db", db.get()},
            {"batch", batch.get()},
            {"query", query.get()},
            {"cursor", cursor.get()},
            {"verify", verification.get()}};
  }
  void close_all() {
    verification.close();
    cursor.close();
    query.close();
    batch.close();
    db.close();
  }

  TempDirectory directory;
  uint64_t before;
  Db db;
  Batch batch;
  Query query;
  Cursor cursor;
  Verify verification;
};

// With its own handle each call works, so that the refusals below are about the handle alone.
TEST_F(Handles, WorkWhereTheyBelong) {
  for (const Call& call : all_calls()) {
    for (const auto& [kind, handle] : all()) {
      if (kind != call.kind) continue;
      const stele_status status = call.run(handle, nullptr);
      EXPECT_GE(status, 0) << call.name << ": " << stele_status_name(status);
    }
  }
}

// NULL, numbers that never were handles, and addresses of other things.
TEST_F(Handles, ThatAreNoneAreRefused) {
  int something = 0;
  void* const wrong[] = {nullptr,
                         reinterpret_cast<void*>(1),
                         reinterpret_cast<void*>(8),
                         reinterpret_cast<void*>(UINT64_MAX),
                         reinterpret_cast<void*>(uint64_t{1} << 32),
                         reinterpret_cast<void*>((uint64_t{1} << 32) | UINT32_MAX),
                         &something};
  for (void* handle : wrong) {
    for (const Call& call : all_calls()) {
      SCOPED_TRACE(call.name);
      Failure failure;
      const stele_status status = call.run(handle, failure);
      EXPECT_TRUE(is(status, STELE_CLOSED, failure)) << handle;
      EXPECT_EQ(failure->status, status);
      EXPECT_TRUE(failure.mentions(call.name)) << failure.message() << ": the operation";
      EXPECT_TRUE(failure.mentions(call.kind)) << failure.message() << ": the object";
      EXPECT_TRUE(failure.mentions("not an open handle")) << failure.message() << ": the reason";
      EXPECT_EQ(call.run(handle, nullptr), status) << "also without an error to fill";
    }
  }
}

// A handle of another kind is a mistake of the program, and says so.
TEST_F(Handles, OfAnotherKindAreInvalid) {
  for (const Call& call : all_calls()) {
    for (const auto& [kind, handle] : all()) {
      if (kind == call.kind) continue;
      SCOPED_TRACE(std::string(call.name) + " with a " + kind);
      Failure failure;
      EXPECT_TRUE(is(call.run(handle, failure), STELE_INVALID, failure));
      EXPECT_TRUE(failure.mentions("another kind")) << failure.message();
    }
  }
  // Arguments that are handles, too.
  auto* wrong = reinterpret_cast<stele_query*>(batch.get());
  Failure failure;
  EXPECT_TRUE(is(stele_batch_guard(batch, wrong, 0, failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("query"));
  stele_cursor* read = nullptr;
  EXPECT_TRUE(is(stele_read(db, wrong, nullptr, &read, failure), STELE_INVALID));
  EXPECT_EQ(read, nullptr);
  EXPECT_TRUE(is(stele_commit(db, reinterpret_cast<stele_batch*>(db.get()), nullptr, failure),
                 STELE_INVALID));
  EXPECT_TRUE(is(stele_commit(reinterpret_cast<stele_db*>(batch.get()), batch, nullptr, failure),
                 STELE_INVALID));
  EXPECT_TRUE(is(stele_close(reinterpret_cast<stele_db*>(batch.get()), failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("close")) << failure.message();
  // The void closes do nothing.
  stele_batch_close(reinterpret_cast<stele_batch*>(db.get()));
  stele_cursor_close(reinterpret_cast<stele_cursor*>(query.get()));
  stele_query_close(reinterpret_cast<stele_query*>(cursor.get()));
  stele_verify_close(reinterpret_cast<stele_verify*>(batch.get()));
  EXPECT_EQ(stele_live_handles(), before + 5);
  EXPECT_EQ(head_of(db), 1U);
}

// After its close a handle answers CLOSED for ever, also when its place is taken by a new object.
TEST_F(Handles, StayClosed) {
  const auto old = all();
  close_all();
  EXPECT_EQ(stele_live_handles(), before);
  for (int round = 0; round < 2; ++round) {
    for (const Call& call : all_calls()) {
      for (const auto& [kind, handle] : old) {
        EXPECT_TRUE(is(call.run(handle, nullptr), STELE_CLOSED)) << call.name << " with a " << kind;
      }
    }
    // Closed again: nothing happens, to the new owners of the places neither.
    EXPECT_TRUE(is_ok(stele_close(static_cast<stele_db*>(old[0].second), nullptr)));
    stele_batch_close(static_cast<stele_batch*>(old[1].second));
    stele_query_close(static_cast<stele_query*>(old[2].second));
    stele_cursor_close(static_cast<stele_cursor*>(old[3].second));
    stele_verify_close(static_cast<stele_verify*>(old[4].second));
    if (round == 0) {
      db = open(directory.path("db"));
      batch = new_batch(db);
      query = query_of({}, {});
      cursor = start_read(db);
      EXPECT_TRUE(is_ok(stele_verify_open(db, verification.out(), nullptr)));
    }
    EXPECT_EQ(stele_live_handles(), before + 5);
  }
}

TEST_F(Handles, CloseOfNullDoesNothing) {
  Failure failure;
  EXPECT_TRUE(is_ok(stele_close(nullptr, failure)));
  stele_batch_close(nullptr);
  stele_query_close(nullptr);
  stele_cursor_close(nullptr);
  stele_verify_close(nullptr);
  EXPECT_EQ(failure->status, 0);
  EXPECT_EQ(stele_live_handles(), before + 5);
}

// The database first, its children later: they answer CLOSED, count as live, and close as always.
TEST_F(Handles, OutliveTheirDatabase) {
  EXPECT_TRUE(is_ok(add(batch, "Late")));
  db.close();
  EXPECT_EQ(stele_live_handles(), before + 4);
  for (const Call& call : all_calls()) {
    for (const auto& [kind, handle] : all()) {
      if (kind != call.kind || kind == "query" || handle == nullptr) continue;
      Failure failure;
      EXPECT_TRUE(is(call.run(handle, failure), STELE_CLOSED)) << call.name << " with a " << kind;
      EXPECT_TRUE(failure.mentions("database is closed")) << failure.message();
    }
  }
  // The directory is free while the children still live.
  db = open(directory.path("db"));
  Failure failure;
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure), STELE_CLOSED));
  EXPECT_EQ(head_of(db), 1U);
  EXPECT_TRUE(is_ok(stele_query_item(query, nullptr))) << "a query belongs to no database";
  close_all();
  EXPECT_EQ(stele_live_handles(), before);
}

// An event that was read stays readable after its cursor's database is closed? No promise; but the
// cursor itself keeps the memory, so a program that looks too late sees old bytes and not others'.
TEST_F(Handles, KeepTheMemoryOfTheirEvents) {
  stele_event view = empty_view();
  ASSERT_TRUE(is_ok(stele_cursor_next(cursor, &view, nullptr)));
  verification.close();
  batch.close();
  db.close();
  EXPECT_EQ(to_string(view.event_type), "Thing");
  EXPECT_EQ(view.position, 1U);
}

// Closing while other threads are inside calls: those finish, and later ones are told.
TEST_F(Handles, MayBeClosedDuringCalls) {
  verification.close();
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> started = false;
    std::atomic<uint64_t> committed = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        for (;;) {
          stele_status status = STELE_OK;
          if (t == 0) {
            uint64_t head = 0;
            status = stele_head(db, &head, nullptr);
          } else if (t == 1) {
            stele_cursor* reader = nullptr;
            status = stele_read(db, nullptr, nullptr, &reader, nullptr);
            stele_event view = empty_view();
            while (status == STELE_OK) status = stele_cursor_next(reader, &view, nullptr);
            if (status == STELE_END) status = STELE_OK;
            stele_cursor_close(reader);
          } else {
            stele_batch* writer = nullptr;
            status = stele_batch_create(db, &writer, nullptr);
            if (status == STELE_OK) status = add(writer, "Thing");
            if (status == STELE_OK) status = stele_commit(db, writer, nullptr, nullptr);
            committed += status == STELE_OK ? 1 : 0;
            stele_batch_close(writer);
          }
          started = true;
          if (status == STELE_OK) continue;
          EXPECT_TRUE(is(status, STELE_CLOSED));
          return;
        }
      });
    }
    while (!started) std::this_thread::yield();
    stele_db* handle = db.get();
    std::thread rival([&] { EXPECT_TRUE(is_ok(stele_close(handle, nullptr))); });
    EXPECT_TRUE(is_ok(stele_close(handle, nullptr))) << "two at once: both get OK";
    rival.join();
    const uint64_t head = [&] {
      for (std::thread& thread : threads) thread.join();
      db.close();
      db = open(directory.path("db"), STELE_OPEN_EXISTING);
      return head_of(db);
    }();
    EXPECT_GE(head, 1U + committed);
  }
}

// A cursor that is closed by another thread while it reads.
TEST_F(Handles, OfCursorsMayBeClosedDuringCalls) {
  for (int i = 0; i < 50; ++i) append(db, "Thing");
  for (int round = 0; round < 200; ++round) {
    stele_cursor* shared = nullptr;
    ASSERT_TRUE(is_ok(stele_read(db, nullptr, nullptr, &shared, nullptr)));
    std::thread reader([&] {
      stele_event view = empty_view();
      stele_status status = STELE_OK;
      while (status == STELE_OK) status = stele_cursor_next(shared, &view, nullptr);
      EXPECT_TRUE(status == STELE_END || status == STELE_CLOSED) << stele_status_name(status);
    });
    stele_cursor_close(shared);
    reader.join();
  }
  close_all();
  EXPECT_EQ(stele_live_handles(), before);
}

// Handles of all kinds, opened and closed by many threads at once.
TEST_F(Handles, MayBeMadeByManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const Query mine = query_of({"A"}, {"b"});
        const Cursor reader = start_read(db, mine);
        const Batch writer = new_batch(db);
        EXPECT_TRUE(is_ok(stele_batch_guard(writer, mine, 0, nullptr)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  close_all();
  EXPECT_EQ(stele_live_handles(), before);
}

// After fork() the child's handles refuse to work and may be closed; the parent goes on.
TEST_F(Handles, AreInvalidInAChildProcess) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    int wrong = 0;
    for (const Call& call : all_calls()) {
      for (const auto& [kind, handle] : all()) {
        if (kind != call.kind || kind == "query") continue;
        Failure failure;
        wrong += call.run(handle, failure) != STELE_INVALID ? 1 : 0;
        wrong += failure.mentions("parent process") ? 0 : 1;
      }
    }
    wrong += stele_commit(db, batch, nullptr, nullptr) != STELE_INVALID ? 1 : 0;
    stele_batch_close(batch);
    stele_cursor_close(cursor);
    wrong += stele_close(db, nullptr) != STELE_OK ? 1 : 0;
    // The parent has it open: to be opened anew when that has closed it.
    Db mine;
    wrong += try_open(directory.path("db"), mine, nullptr) != STELE_BUSY ? 1 : 0;
    ::_exit(wrong);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "so many answers were wrong";
  EXPECT_EQ(append(db, "Thing"), 2U);
  EXPECT_EQ(positions_of(cursor).size(), 1U);
}

// A child that merely lives on, with copies of its parent's handles, does not keep the directory.
TEST_F(Handles, InAChildProcessDoNotKeepTheDirectory) {
  int go_on[2];
  ASSERT_EQ(::pipe(go_on), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(go_on[1]);
    char byte = 0;
    ::_exit(::read(go_on[0], &byte, 1) == 1 ? 0 : 1);
  }
  close_all();
  Failure failure;
  EXPECT_TRUE(is_ok(try_open(directory.path("db"), db, failure), failure));
  EXPECT_EQ(::write(go_on[1], "x", 1), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ::close(go_on[0]);
  ::close(go_on[1]);
}

}  // namespace
