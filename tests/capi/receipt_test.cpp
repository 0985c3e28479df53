// Receipts through the C API: what a database gives out holds without it, holds against it later,
// and holds for nothing else.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers
using Bytes = std::vector<uint8_t>;

Bytes receipt_of(stele_db* db, uint64_t position) {
  Bytes bytes(STELE_RECEIPT_MAX);
  size_t used = 0;
  Failure failure;
  EXPECT_TRUE(
      is_ok(stele_receipt(db, position, bytes.data(), bytes.size(), &used, failure), failure));
  bytes.resize(used);
  return bytes;
}

Bytes record_of(stele_db* db, uint64_t position) {
  const stele_read_options options = read_options(STELE_READ_FROM, position, 1);
  const Cursor cursor = start_read(db, nullptr, &options);
  stele_event view = empty_view();
  EXPECT_TRUE(is_ok(stele_cursor_next(cursor, &view, nullptr)));
  return {view.record.data, view.record.data + view.record.size};
}

stele_receipt_info empty_info() {
  stele_receipt_info info = {};
  info.struct_size = sizeof info;
  return info;
}

stele_status verify_receipt(const Bytes& receipt, const Bytes& record, stele_error* error,
                            stele_receipt_info* info = nullptr) {
  return stele_receipt_verify(receipt.data(), receipt.size(), record.data(), record.size(), info,
                              error);
}

stele_status check(stele_db* db, const Bytes& receipt, stele_error* error) {
  return stele_receipt_check(db, receipt.data(), receipt.size(), error);
}

// Commits `count` events of an entity in one batch.
void append_many(stele_db* db, size_t count) {
  const Batch batch = new_batch(db);
  for (size_t i = 0; i < count; ++i) {
    stele_new_event event = new_event("Many");
    event.entity = text("entity");
    ASSERT_TRUE(is_ok(stele_batch_event(batch, &event, nullptr)));
  }
  ASSERT_TRUE(is_ok(stele_commit(db, batch, nullptr, nullptr)));
}

// Commits of 1, 2, 3, 5, 8 and 512 events.
struct Receipts : ::testing::Test {
  Receipts() : path(directory.path("db")), db(open(path)) {
    for (const size_t count : {1, 2, 3, 5, 8, 512}) append_many(db, count);
  }
  TempDirectory directory;
  std::string path;
  Db db;
};

TEST_F(Receipts, HoldWithTheirEventAndWithTheirDatabase) {
  stele_verify_progress progress = {};
  progress.struct_size = sizeof progress;
  ASSERT_TRUE(is(verify(db, nullptr, &progress), STELE_END));
  const stele_stats stats = stats_of(db);
  for (uint64_t position = 1; position <= head_of(db); ++position) {
    SCOPED_TRACE(position);
    const Bytes receipt = receipt_of(db, position);
    const Bytes record = record_of(db, position);
    stele_event event = empty_view();
    ASSERT_TRUE(is_ok(stele_event_decode(record.data(), record.size(), &event, nullptr)));
    Failure failure;
    stele_receipt_info info = empty_info();
    ASSERT_TRUE(is_ok(verify_receipt(receipt, record, failure, &info), failure));
    EXPECT_EQ(info.tsn, event.tsn);
    EXPECT_EQ(info.position, position);
    EXPECT_EQ(info.recorded, event.recorded);
    EXPECT_EQ(std::memcmp(info.uuid, stats.uuid, sizeof info.uuid), 0);
    EXPECT_EQ(std::memcmp(info.event_hash, event.hash, sizeof info.event_hash), 0);
    if (info.tsn == stats.tsn) {
      EXPECT_EQ(std::memcmp(info.chained_root, progress.root, sizeof info.chained_root), 0)
          << "the root that a verification gives";
    }
    ASSERT_TRUE(is_ok(verify_receipt(receipt, {}, failure), failure)) << "the receipt alone";
    ASSERT_TRUE(is_ok(check(db, receipt, failure), failure));
  }
}

TEST_F(Receipts, HoldAfterTheDatabaseHasGoneOnAndWasReopened) {
  std::vector<Bytes> receipts;
  for (const uint64_t position : {1U, 3U, 6U, 300U}) receipts.push_back(receipt_of(db, position));
  append_many(db, 7);
  for (const int32_t mode : {STELE_OPEN_EXISTING, STELE_OPEN_READ_ONLY}) {
    db.close();
    db = open(path, mode);
    for (const Bytes& receipt : receipts) {
      Failure failure;
      EXPECT_TRUE(is_ok(check(db, receipt, failure), failure));
    }
    EXPECT_EQ(receipt_of(db, 300), receipts.back()) << "an event has one receipt";
  }
}

TEST_F(Receipts, AreOnlyOfEventsThatAreThere) {
  for (const uint64_t position : {uint64_t{0}, head_of(db) + 1, UINT64_MAX}) {
    size_t used = 7;
    Failure failure;
    EXPECT_TRUE(is(stele_receipt(db, position, nullptr, 0, &used, failure), STELE_NOT_FOUND));
    EXPECT_EQ(failure.message(), "receipt: there is no event at position " +
                                     std::to_string(position) + ", the newest is at 531");
    EXPECT_EQ(used, 0U);
  }
}

TEST_F(Receipts, SayHowMuchRoomTheyNeed) {
  const Bytes receipt = receipt_of(db, 531);
  ASSERT_LE(receipt.size(), STELE_RECEIPT_MAX);
  Bytes buffer(STELE_RECEIPT_MAX, 0x5a);
  for (const size_t capacity : {size_t{0}, size_t{1}, receipt.size() - 1}) {
    size_t used = 0;
    Failure failure;
    uint8_t* into = capacity == 0 ? nullptr : buffer.data();
    EXPECT_TRUE(is(stele_receipt(db, 531, into, capacity, &used, failure), STELE_BUFFER_TOO_SMALL));
    EXPECT_EQ(used, receipt.size());
    EXPECT_TRUE(failure.mentions("receipt: it takes 512 bytes, the buffer has"))
        << failure.message();
    EXPECT_EQ(buffer, Bytes(STELE_RECEIPT_MAX, 0x5a)) << "nothing is written";
  }
  size_t used = 0;
  EXPECT_TRUE(is_ok(stele_receipt(db, 531, buffer.data(), receipt.size(), &used, nullptr)));
  EXPECT_EQ(buffer[receipt.size()], 0x5a);
}

// At the level `interval` a commit is seen before it is durable: all but the first of a segment.
TEST(Receipt, IsNotGivenBeforeTheCommitIsDurable) {
  const TempDirectory directory;
  const Db db = open_with(directory.path("db"), [](stele_options& options) {
    options.durability = STELE_DURABILITY_INTERVAL;
    options.interval_ms = 3'600'000;
  });
  append_many(db, 1);
  append_many(db, 2);
  ASSERT_EQ(stats_of(db).durable_tsn, 1U);
  size_t used = 7;
  Failure failure;
  EXPECT_TRUE(is(stele_receipt(db, 2, nullptr, 0, &used, failure), STELE_NOT_YET));
  EXPECT_EQ(failure.message(), "receipt: event 2 came with commit 2, which is not durable yet");
  EXPECT_EQ(used, 0U);
  EXPECT_TRUE(is_ok(check(db, receipt_of(db, 1), failure), failure));
  ASSERT_TRUE(is_ok(stele_sync(db, nullptr)));
  EXPECT_TRUE(is_ok(check(db, receipt_of(db, 2), failure), failure));
}

// Some flipped bits here; all of them in tests/events.
TEST_F(Receipts, FailWithAnyByteChanged) {
  const Bytes sound = receipt_of(db, 8);
  const Bytes record = record_of(db, 8);
  for (size_t at = 0; at < sound.size(); ++at) {
    SCOPED_TRACE(at);
    Bytes changed = sound;
    changed[at] ^= 0x10;
    const stele_status expected = at >= 8 && at < 12 ? STELE_UNSUPPORTED : STELE_CORRUPT;
    stele_receipt_info info = empty_info();
    Failure failure;
    EXPECT_TRUE(is(verify_receipt(changed, record, failure, &info), expected, failure));
    EXPECT_TRUE(failure.mentions("verify receipt: receipt")) << failure.message();
    EXPECT_EQ(info.tsn, 0U) << "filled on failure";
    EXPECT_TRUE(is(check(db, changed, failure), expected, failure));
    EXPECT_TRUE(failure.mentions("check receipt: receipt")) << failure.message();
  }
  Failure failure;
  EXPECT_TRUE(is(stele_receipt_verify(nullptr, 0, nullptr, 0, nullptr, failure), STELE_CORRUPT));
  EXPECT_TRUE(is(verify_receipt(sound, record_of(db, 9), failure), STELE_CORRUPT));
  EXPECT_EQ(failure.message(),
            "verify receipt: the record is not that of event 8 of the receipt: it has another "
            "position");
}

TEST_F(Receipts, AreOfOneDatabase) {
  const Db other = open(directory.path("other"));
  append_many(other, 1);
  for (const uint64_t position : {1U, 8U}) {
    Failure failure;
    EXPECT_TRUE(is(check(other, receipt_of(db, position), failure), STELE_INVALID));
    EXPECT_EQ(failure.message(), "check receipt: the receipt is of another database");
  }
}

// A database that was put back to an earlier state, and went on from there in another way.
TEST_F(Receipts, TellAHistoryThatWasReplaced) {
  db.close();
  const std::string backup = directory.path("backup");
  std::filesystem::copy(path, backup, std::filesystem::copy_options::recursive);
  db = open(path);
  append_many(db, 3);
  const Bytes receipt = receipt_of(db, 533);

  const Db restored = open(backup);
  Failure failure;
  EXPECT_TRUE(is(check(restored, receipt, failure), STELE_NOT_FOUND));
  EXPECT_EQ(failure.message(),
            "check receipt: the receipt is of commit 7, the database ends with commit 6");
  append_many(restored, 3);
  EXPECT_TRUE(is(check(restored, receipt, failure), STELE_CORRUPT));
  EXPECT_EQ(failure.message(),
            "check receipt: the chained root of commit 7 is not that of the receipt: the history "
            "was another");
  EXPECT_TRUE(is_ok(check(restored, receipt_of(db, 531), failure), failure)) << "before that";
}

// The struct that is filled: any tail is the caller's own; less than today's size is refused.
TEST_F(Receipts, FillAStructOfTodayOrLonger) {
  struct Longer {
    stele_receipt_info known;
    std::array<uint8_t, 32> tail;
  };
  const Bytes receipt = receipt_of(db, 1);
  for (const uint32_t size : {0U, 4U, uint32_t{sizeof(stele_receipt_info)} - 1}) {
    stele_receipt_info info = {};
    info.struct_size = size;
    Failure failure;
    EXPECT_TRUE(is(verify_receipt(receipt, {}, failure, &info), STELE_INVALID));
    EXPECT_TRUE(failure.mentions("verify receipt: info.struct_size is")) << failure.message();
    EXPECT_EQ(info.position, 0U);
  }
  Longer longer = {};
  longer.tail.fill(0xee);
  longer.known.struct_size = sizeof longer;
  EXPECT_TRUE(is_ok(verify_receipt(receipt, {}, nullptr, &longer.known)));
  EXPECT_EQ(longer.known.struct_size, sizeof longer);
  EXPECT_EQ(longer.known.position, 1U);
  EXPECT_EQ(longer.tail[0], 0xee);
}

TEST_F(Receipts, RefuseWrongArguments) {
  Bytes receipt = receipt_of(db, 1);
  size_t used = 7;
  Failure failure;
  EXPECT_TRUE(is(stele_receipt(db, 1, nullptr, 10, &used, failure), STELE_INVALID));
  EXPECT_EQ(failure.message(), "receipt: buffer is NULL");
  EXPECT_TRUE(is(stele_receipt(db, 1, receipt.data(), 10, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_receipt(nullptr, 1, nullptr, 0, &used, failure), STELE_CLOSED));
  EXPECT_EQ(used, 0U);
  EXPECT_TRUE(is(stele_receipt_verify(nullptr, 1, nullptr, 0, nullptr, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_receipt_verify(receipt.data(), receipt.size(), nullptr, 1, nullptr, failure),
                 STELE_INVALID));
  EXPECT_EQ(failure.message(), "verify receipt: record is NULL with a size of 1");
  // A record that is there, but has no bytes, is not one.
  EXPECT_TRUE(
      is(stele_receipt_verify(receipt.data(), receipt.size(), receipt.data(), 0, nullptr, failure),
         STELE_CORRUPT));
  EXPECT_TRUE(is(stele_receipt_check(db, nullptr, 1, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_receipt_check(nullptr, receipt.data(), 1, failure), STELE_CLOSED));
  const Batch batch = new_batch(db);
  auto* wrong = reinterpret_cast<stele_db*>(batch.get());
  EXPECT_TRUE(is(stele_receipt_check(wrong, receipt.data(), 1, failure), STELE_INVALID));
  EXPECT_TRUE(is(stele_receipt(wrong, 1, nullptr, 0, &used, failure), STELE_INVALID));
}

}  // namespace
