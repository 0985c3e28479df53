// Commits, guards, tracking, figures and verification as a program in C sees them.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

struct Commit : ::testing::Test {
  Commit() : db(open(directory.path("db"))), batch(new_batch(db)) {}

  stele_stats stats() {
    stele_stats filled;
    stele_stats_init(&filled);
    EXPECT_TRUE(is_ok(stele_stats_get(db, &filled, nullptr)));
    return filled;
  }
  stele_status track(const std::string& source, uint64_t previous, uint64_t position,
                     stele_error* error = nullptr) {
    return stele_batch_track(batch, source.data(), source.size(), previous, position, error);
  }
  uint64_t tracked(const std::string& source) {
    uint64_t position = 77;
    const auto status = stele_tracked(db, source.data(), source.size(), &position, nullptr);
    EXPECT_TRUE(is(status, position == 0 ? STELE_NOT_FOUND : STELE_OK));
    return position;
  }

  TempDirectory directory;
  Db db;
  Batch batch;
};

// On OK the batch is empty and can be filled again; the result says where the events are.
TEST_F(Commit, EmptiesTheBatchOnSuccess) {
  for (uint64_t round = 0; round < 3; ++round) {
    ASSERT_TRUE(is_ok(add(batch, "A")));
    ASSERT_TRUE(is_ok(add(batch, "B")));
    stele_commit_result result = {};
    result.struct_size = sizeof result;
    ASSERT_TRUE(is_ok(stele_commit(db, batch, &result, nullptr)));
    EXPECT_EQ(result.event_count, 2U);
    EXPECT_EQ(result.tsn, round + 1);
    EXPECT_EQ(result.first_position, 2 * round + 1);
    EXPECT_EQ(result.last_position, 2 * round + 2);
    EXPECT_GT(result.recorded, 1'600'000'000'000'000);
    EXPECT_TRUE(is(stele_commit(db, batch, nullptr, nullptr), STELE_INVALID)) << "empty now";
  }
  EXPECT_EQ(head_of(db), 6U);
}

// Refused in any way, the batch is as it was; the same commit can succeed later.
TEST_F(Commit, KeepsTheBatchWhenItIsRefused) {
  append(db, "Thing", "", {"a"});
  const Query query = query_of({}, {"a"});
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, query, 0, nullptr)));
  Failure failure;
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure), STELE_INVALID)) << "guards alone";
  EXPECT_TRUE(failure.mentions("empty")) << failure.message();
  ASSERT_TRUE(is_ok(add(batch, "Thing", "mine")));
  stele_commit_result result;
  std::memset(&result, 0x5a, sizeof result);
  result.struct_size = sizeof result;
  EXPECT_TRUE(is(stele_commit(db, batch, &result, failure), STELE_CONFLICT));
  EXPECT_EQ(result.tsn, 0x5a5a5a5a5a5a5a5a) << "filled on OK only";
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure), STELE_CONFLICT)) << "and again";
  // Without the guard, but with the event: that is still in there.
  ASSERT_TRUE(is_ok(stele_batch_clear(batch, nullptr)));
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure), STELE_INVALID));
  ASSERT_TRUE(is_ok(add(batch, "Thing", "mine")));
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, query, 1, nullptr)));
  EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure), failure));
  EXPECT_EQ(head_of(db), 2U);
}

TEST_F(Commit, RefusesABatchOfAnotherDatabase) {
  Db other = open(directory.path("other"));
  ASSERT_TRUE(is_ok(add(batch, "Thing")));
  Failure failure;
  EXPECT_TRUE(is(stele_commit(other, batch, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("another database")) << failure.message();
  EXPECT_EQ(head_of(other), 0U);
  EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure)));
}

// A position beyond the head is accepted as `after`, up to the largest number.
TEST_F(Commit, AcceptsAnyAfter) {
  append(db, "Thing");
  for (const uint64_t after : {uint64_t{1}, uint64_t{2}, uint64_t{1} << 62, UINT64_MAX}) {
    ASSERT_TRUE(is_ok(add(batch, "Thing")));
    ASSERT_TRUE(is_ok(stele_batch_guard(batch, nullptr, after, nullptr)));
    Failure failure;
    EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure),
                   after < head_of(db) ? STELE_CONFLICT : STELE_OK));
    ASSERT_TRUE(is_ok(stele_batch_clear(batch, nullptr)));
  }
}

// A guard has its own copy of the query, which may be changed or closed before the commit.
TEST_F(Commit, KeepsItsOwnCopyOfAGuard) {
  append(db, "Thing", "", {"a"});
  Query query = query_of({}, {"a"});
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, query, 0, nullptr)));
  ASSERT_TRUE(is_ok(stele_query_tag(query, "none", 4, nullptr)));
  query.close();
  ASSERT_TRUE(is_ok(add(batch, "Thing")));
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, nullptr), STELE_CONFLICT));
}

TEST_F(Commit, TakesAThousandGuards) {
  const Query none = query_of({"none"}, {});
  for (int i = 0; i < 1024; ++i) ASSERT_TRUE(is_ok(stele_batch_guard(batch, none, 0, nullptr)));
  Failure failure;
  EXPECT_TRUE(is(stele_batch_guard(batch, none, 0, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(failure.message().starts_with("guard: ")) << failure.message();
  EXPECT_TRUE(is(track("s", 0, 1, failure), STELE_TOO_LARGE)) << "tracking counts as a guard";
  ASSERT_TRUE(is_ok(add(batch, "Thing")));
  EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, failure), failure));
  EXPECT_EQ(tracked("s"), 0U) << "what was refused left nothing behind";
}

// Two consumers that record the same progress are not one that says it twice: without events there
// are no ids to know a repetition by, and both would have taken themselves for the first.
TEST_F(Commit, OfProgressAloneIsNeverTakenForARepetition) {
  for (const uint64_t previous : {uint64_t{0}, STELE_PREVIOUS_ANY}) {
    const std::string source = "lease" + std::to_string(previous);
    ASSERT_TRUE(is_ok(track(source, previous, 7)));
    ASSERT_TRUE(is_ok(stele_commit(db, batch, nullptr, nullptr)));
    ASSERT_TRUE(is_ok(track(source, previous, 7)));
    Failure failure;
    EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure), STELE_CONFLICT, failure));
    EXPECT_EQ(failure->position, 7U);
    ASSERT_TRUE(is_ok(stele_batch_clear(batch, nullptr)));
  }
}

// A dry run is in no figure: who asks with every key that is pressed would drown what was
// committed.
TEST_F(Commit, IsNotCountedWhenItIsDry) {
  append(db, "A");
  ASSERT_TRUE(is_ok(add(batch, "A")));
  ASSERT_TRUE(is_ok(stele_batch_key(batch, "key", 3, nullptr)));
  ASSERT_TRUE(is_ok(stele_commit(db, batch, nullptr, nullptr)));
  ASSERT_TRUE(is_ok(add(batch, "A")));
  ASSERT_TRUE(is_ok(stele_batch_key(batch, "key", 3, nullptr)));
  stele_commit_result result = empty_result();
  ASSERT_TRUE(is_ok(stele_commit_check(db, batch, &result, nullptr)));
  EXPECT_EQ(result.repeated, 1U);
  ASSERT_TRUE(is_ok(stele_batch_clear(batch, nullptr)));
  ASSERT_TRUE(is_ok(add(batch, "A")));
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, nullptr, 0, nullptr)));
  EXPECT_TRUE(is(stele_commit_check(db, batch, nullptr, nullptr), STELE_CONFLICT));
  EXPECT_EQ(stats().commits, 2U);
  EXPECT_EQ(stats().commits_rejected, 0U);
  EXPECT_EQ(stats().commits_repeated, 0U);
}

// Tracking: progress and effects in one commit, from where it was expected to be.
TEST_F(Commit, RecordsHowFarASourceIs) {
  EXPECT_EQ(tracked("source"), 0U);
  ASSERT_TRUE(is_ok(track("source", 0, 10)));
  ASSERT_TRUE(is_ok(track("other", STELE_PREVIOUS_ANY, 5)));
  stele_commit_result result = {};
  result.struct_size = sizeof result;
  ASSERT_TRUE(is_ok(stele_commit(db, batch, &result, nullptr))) << "marks alone are a commit";
  EXPECT_EQ(result.event_count, 0U);
  EXPECT_EQ(result.first_position, 0U);
  EXPECT_EQ(result.last_position, 0U);
  EXPECT_EQ(result.tsn, 1U);
  EXPECT_EQ(tracked("source"), 10U);
  EXPECT_EQ(tracked("other"), 5U);
  const struct {
    uint64_t previous;
    uint64_t position;
    stele_status status;
  } cases[] = {
      {0, 20, STELE_CONFLICT},                  // It is not new.
      {9, 20, STELE_CONFLICT},                  // It is not there.
      {10, 10, STELE_CONFLICT},                 // That is no progress.
      {STELE_PREVIOUS_ANY, 9, STELE_CONFLICT},  // Neither is that.
      {10, 11, STELE_OK},
      {STELE_PREVIOUS_ANY, 50, STELE_OK},
      {50, (uint64_t{1} << 63) - 1, STELE_OK},
  };
  uint64_t recorded = 10;
  for (const auto& c : cases) {
    ASSERT_TRUE(is_ok(stele_batch_clear(batch, nullptr)));
    ASSERT_TRUE(is_ok(add(batch, "Effect")));
    ASSERT_TRUE(is_ok(track("source", c.previous, c.position)));
    Failure failure;
    EXPECT_TRUE(is(stele_commit(db, batch, nullptr, failure), c.status, failure));
    if (c.status == STELE_OK) {
      recorded = c.position;
    } else {
      EXPECT_EQ(failure->guard, 0U);
      EXPECT_EQ(failure->position, recorded) << "the tracked position in the way";
      EXPECT_TRUE(failure.mentions("\"source\"")) << failure.message();
    }
    EXPECT_EQ(tracked("source"), recorded);
  }
  EXPECT_EQ(head_of(db), 3U) << "effects of the commits that went through";
  batch.close();
  db = Db();
  db = open(directory.path("db"));
  EXPECT_EQ(tracked("source"), recorded);
  EXPECT_EQ(tracked("other"), 5U);
}

TEST_F(Commit, ChecksWhatIsTracked) {
  Failure failure;
  const std::string longest(255, 's');
  EXPECT_TRUE(is_ok(track(longest, 0, 1)));
  EXPECT_TRUE(is(track(longest + "s", 0, 1, failure), STELE_TOO_LARGE));
  EXPECT_TRUE(failure.message().starts_with("track: the source")) << failure.message();
  EXPECT_TRUE(is(track("", 0, 1, failure), STELE_INVALID));
  EXPECT_TRUE(is(track(std::string("a\0", 2), 0, 1, failure), STELE_INVALID));
  EXPECT_TRUE(is(track("\xff", 0, 1, failure), STELE_INVALID));
  EXPECT_TRUE(is(track("s", 0, 0, failure), STELE_INVALID));
  EXPECT_TRUE(is(track("s", 0, uint64_t{1} << 63, failure), STELE_INVALID));
  EXPECT_TRUE(failure.mentions("\"s\"")) << failure.message();
  EXPECT_TRUE(is(track(longest, 0, 2, failure), STELE_INVALID)) << "twice in a batch";
  EXPECT_TRUE(failure.mentions("already")) << failure.message();
  EXPECT_TRUE(is_ok(stele_commit(db, batch, nullptr, nullptr)));
  EXPECT_EQ(tracked(longest), 1U);
  EXPECT_TRUE(is_ok(track(longest, 1, 2))) << "a new batch may have it again";
}

// Figures add up.
TEST_F(Commit, IsCounted) {
  const stele_stats empty = stats();
  EXPECT_EQ(empty.tsn + empty.head + empty.commits + empty.terms + empty.tail_events, 0U);
  EXPECT_EQ(empty.last_recorded, 0);
  EXPECT_EQ(empty.format_version, 1U);
  EXPECT_EQ(empty.uuid[6] >> 4, 4);
  append(db, "A", "", {"t"});
  append(db, "B", "", {"t", "u"});
  const Query all = query_of({}, {});
  ASSERT_TRUE(is_ok(add(batch, "C")));
  ASSERT_TRUE(is_ok(stele_batch_guard(batch, all, 0, nullptr)));
  EXPECT_TRUE(is(stele_commit(db, batch, nullptr, nullptr), STELE_CONFLICT));
  const stele_stats filled = stats();
  EXPECT_EQ(filled.struct_size, sizeof filled);
  EXPECT_EQ(filled.tsn, 2U);
  EXPECT_EQ(filled.head, 2U);
  EXPECT_EQ(filled.tail_events, 2U);
  EXPECT_EQ(filled.terms, 4U) << "A, B, t, u; what was refused leaves no term";
  EXPECT_EQ(filled.commits, 2U);
  EXPECT_EQ(filled.commits_rejected, 1U);
  EXPECT_EQ(filled.groups, 2U);
  EXPECT_GE(filled.syncs, 2U);
  EXPECT_EQ(filled.wal_segments, 1U);
  EXPECT_GT(filled.wal_bytes, 4096U);
  EXPECT_GT(filled.tail_bytes, 0U);
  EXPECT_GT(filled.last_recorded, 0);
  EXPECT_EQ(std::memcmp(filled.uuid, empty.uuid, 16), 0);
  batch.close();
  db = Db();
  db = open(directory.path("db"));
  const stele_stats again = stats();
  EXPECT_EQ(again.recovered_commits, 2U);
  EXPECT_EQ(again.recovered_cut, 0U);
  EXPECT_EQ(again.commits, 0U) << "through this handle";
  EXPECT_EQ(again.last_recorded, filled.last_recorded);
  EXPECT_EQ(std::memcmp(again.uuid, empty.uuid, 16), 0);
}

// A verification goes to its end over a sound log, and names the place in a damaged one.
TEST_F(Commit, CanBeVerified) {
  stele_verify_progress progress = {};
  progress.struct_size = sizeof progress;
  EXPECT_TRUE(is(verify(db, nullptr, &progress), STELE_END)) << "nothing yet";
  append(db, "A", "first");
  append(db, "B", "second");
  EXPECT_TRUE(is(verify(db, nullptr, &progress), STELE_END));
  EXPECT_EQ(progress.commits, 2U);
  EXPECT_EQ(progress.events, 2U);
  EXPECT_EQ(progress.bytes_done, progress.bytes_total);
  const std::vector<uint8_t> root(progress.root, progress.root + 32);
  EXPECT_NE(root, std::vector<uint8_t>(32));
  append(db, "C", "third");
  EXPECT_TRUE(is(verify(db, nullptr, &progress), STELE_END));
  EXPECT_NE(std::vector<uint8_t>(progress.root, progress.root + 32), root);

  const std::string path = directory.path("db/wal/00000001.wal");
  const std::vector<uint8_t> sound = read_bytes(path);
  const std::string content(sound.begin(), sound.end());
  const size_t at = content.find("second");
  ASSERT_NE(at, std::string::npos);
  {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file << 'S';
  }
  Failure failure;
  EXPECT_TRUE(is(verify(db, failure, &progress), STELE_CORRUPT));
  EXPECT_TRUE(failure.message().starts_with("verify: " + path)) << failure.message();
  EXPECT_EQ(failure->position, 2U) << "the first bad event";
  EXPECT_GT(failure->offset, 4096U);
  EXPECT_LT(failure->offset, at);
  EXPECT_EQ(progress.events, 1U) << "so many are sound";
  write_bytes(path, sound);
  EXPECT_TRUE(is(verify(db, nullptr), STELE_END));
}

// A long verification returns between pieces of about a mebibyte, and counts on.
TEST_F(Commit, IsVerifiedInSteps) {
  const std::string data(300000, 'd');
  for (int i = 0; i < 12; ++i) append(db, "Large", data);
  Verify verification;
  ASSERT_TRUE(is_ok(stele_verify_open(db, verification.out(), nullptr)));
  append(db, "Late", data);
  stele_verify_progress progress = {};
  progress.struct_size = sizeof progress;
  int steps = 0;
  uint64_t done = 0;
  stele_status status = STELE_OK;
  for (; status == STELE_OK; ++steps) {
    status = stele_verify_step(verification, &progress, nullptr);
    EXPECT_GE(progress.bytes_done, done);
    EXPECT_LE(progress.bytes_done, progress.bytes_total);
    done = progress.bytes_done;
  }
  EXPECT_TRUE(is(status, STELE_END));
  EXPECT_GE(steps, 3);
  EXPECT_LE(steps, 6);
  EXPECT_EQ(progress.events, 12U) << "what was there when it began";
}

}  // namespace
