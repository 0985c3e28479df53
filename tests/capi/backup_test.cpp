// Backups, checkpoints and the memory budget, as a user of the C API meets them.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

struct BackupApi : ::testing::Test {
  stele_status start(stele_db* db, stele_backup** backup) {
    return stele_backup_open(db, copy.data(), copy.size(), backup, failure);
  }
  // Makes all the steps; returns what ended them.
  stele_status finish(stele_backup* backup, stele_backup_progress* progress) {
    for (;;) {
      const stele_status status = stele_backup_step(backup, progress, failure);
      if (status != STELE_OK) return status;
    }
  }
  TempDirectory directory;
  std::string path = directory.path("db");
  std::string copy = directory.path("copy");
  Failure failure;
};

TEST_F(BackupApi, MakesADatabaseOfWhatWasCommitted) {
  const Db db = open(path);
  append(db, "A");
  append(db, "B");
  stele_backup* backup = nullptr;
  ASSERT_TRUE(is_ok(start(db, &backup), failure));
  append(db, "C");
  stele_backup_progress progress = {};
  progress.struct_size = sizeof progress;
  EXPECT_TRUE(is(finish(backup, &progress), STELE_END));
  EXPECT_EQ(progress.head, 2U);
  EXPECT_EQ(progress.tsn, 2U);
  EXPECT_EQ(progress.bytes_done, progress.bytes_total);
  EXPECT_GT(progress.bytes_total, 0U);
  EXPECT_TRUE(is(stele_backup_step(backup, nullptr, nullptr), STELE_END)) << "and again";
  stele_backup_close(backup);
  stele_backup_close(backup);

  const Db restored = open(copy);
  EXPECT_EQ(head_of(restored), 2U);
  EXPECT_TRUE(is(verify(restored, nullptr, nullptr), STELE_END));
  EXPECT_EQ(std::memcmp(stats_of(restored).uuid, stats_of(db).uuid, 16), 0);
  EXPECT_TRUE(is(start(db, &backup), STELE_EXISTS, failure));
  EXPECT_TRUE(failure.mentions("backup: ")) << failure.message();
}

TEST_F(BackupApi, OfADatabaseInMemoryIsOnDisk) {
  const Db db = open(":memory:");
  append(db, "A");
  stele_backup* backup = nullptr;
  ASSERT_TRUE(is_ok(start(db, &backup), failure));
  EXPECT_TRUE(is(finish(backup, nullptr), STELE_END));
  stele_backup_close(backup);
  EXPECT_EQ(head_of(open(copy)), 1U);
}

TEST_F(BackupApi, EndsWithItsDatabase) {
  Db db = open(path);
  append(db, "A");
  stele_backup* backup = nullptr;
  ASSERT_TRUE(is_ok(start(db, &backup), failure));
  ASSERT_TRUE(is_ok(stele_close(db, failure), failure));
  EXPECT_TRUE(is(stele_backup_step(backup, nullptr, failure), STELE_CLOSED, failure));
  stele_backup_close(backup);
  EXPECT_TRUE(is(stele_backup_step(backup, nullptr, failure), STELE_CLOSED, failure));
}

TEST_F(BackupApi, RefusesWhatMakesNoSense) {
  const Db db = open(path);
  stele_backup* backup = nullptr;
  EXPECT_TRUE(is(stele_backup_open(db, copy.data(), copy.size(), nullptr, failure), STELE_INVALID,
                 failure));
  EXPECT_TRUE(is(stele_backup_open(db, "", 0, &backup, failure), STELE_INVALID, failure));
  EXPECT_TRUE(is(stele_backup_open(db, "a\0b", 3, &backup, failure), STELE_INVALID, failure));
  EXPECT_TRUE(is(stele_backup_open(nullptr, copy.data(), copy.size(), &backup, failure),
                 STELE_CLOSED, failure));
  EXPECT_TRUE(
      is(stele_backup_open(db, path.data(), path.size(), &backup, failure), STELE_EXISTS, failure));
  ASSERT_TRUE(is_ok(start(db, &backup), failure));
  stele_backup_progress progress = {};
  EXPECT_TRUE(is(stele_backup_step(backup, &progress, failure), STELE_INVALID, failure));
  EXPECT_TRUE(failure.mentions("progress.struct_size")) << failure.message();
  EXPECT_TRUE(is(finish(backup, nullptr), STELE_END));
  stele_backup_close(backup);
}

TEST_F(BackupApi, CheckpointsEmptyTheTail) {
  const Db db = open(path);
  for (int i = 0; i < 100; ++i) append(db, "A");
  EXPECT_EQ(stats_of(db).tail_events, 100U);
  EXPECT_EQ(stats_of(db).page_size, 0U);
  ASSERT_TRUE(is_ok(stele_checkpoint(db, failure), failure));
  const stele_stats stats = stats_of(db);
  EXPECT_EQ(stats.tail_events, 0U);
  EXPECT_EQ(stats.applied_tsn, 100U);
  EXPECT_EQ(stats.checkpoints, 1U);
  EXPECT_GT(stats.page_size, 0U);
  EXPECT_GT(stats.pages, 2U);
  EXPECT_GT(stats.pages_written, 0U);
  append(db, "A");
  EXPECT_EQ(stats_of(db).tail_events, 1U);

  const Db reader = [&] {
    EXPECT_TRUE(is_ok(stele_close(db, failure), failure));
    return open_with(path, [](auto& o) { o.mode = STELE_OPEN_READ_ONLY; });
  }();
  EXPECT_TRUE(is(stele_checkpoint(reader, failure), STELE_READ_ONLY, failure));
  EXPECT_TRUE(failure.mentions("checkpoint")) << failure.message();
}

TEST_F(BackupApi, ACompactionEndsAndKeepsEverything) {
  const Db db = open(path);
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 20; ++i) append(db, "A");
    ASSERT_TRUE(is_ok(stele_checkpoint(db, failure), failure));
  }
  stele_compact* compact = nullptr;
  ASSERT_TRUE(is_ok(stele_compact_open(db, &compact, failure), failure));
  stele_compact_progress progress = {};
  EXPECT_TRUE(is(stele_compact_step(compact, &progress, failure), STELE_INVALID, failure));
  progress.struct_size = sizeof progress;
  stele_status status = STELE_OK;
  while (status == STELE_OK) status = stele_compact_step(compact, &progress, failure);
  EXPECT_TRUE(is(status, STELE_END));
  EXPECT_LE(progress.bytes_now, progress.bytes_before);
  EXPECT_GE(progress.bytes_now, progress.bytes_live);
  stele_compact_close(compact);
  EXPECT_TRUE(is(stele_compact_step(compact, nullptr, failure), STELE_CLOSED, failure));
  EXPECT_TRUE(is(verify(db, nullptr, nullptr), STELE_END));
  EXPECT_EQ(head_of(db), 600U);
}

TEST_F(BackupApi, AMemoryBudgetIsAMebibyteAtLeast) {
  stele_options options;
  stele_options_init(&options);
  options.memory_budget = (1U << 20) - 1;
  stele_db* refused = nullptr;
  EXPECT_TRUE(is(stele_open(path.data(), path.size(), &options, &refused, failure), STELE_INVALID,
                 failure));
  EXPECT_TRUE(failure.mentions("memory_budget")) << failure.message();
  const Db db = open_with(path, [](auto& o) { o.memory_budget = 1U << 20; });
  EXPECT_LE(stats_of(db).cache_budget, 1U << 19);
  const std::string data(1000, 'x');
  for (int i = 0; i < 3000; ++i) append(db, "A");
  EXPECT_EQ(head_of(db), 3000U);
}

TEST_F(BackupApi, ARepairMakesADatabaseOfADamagedOne) {
  {
    const Db db = open(path);
    append(db, "A");
    append(db, "B");
  }
  stele_repair* repair = nullptr;
  const auto start_repair = [&](int32_t lost) {
    return stele_repair_open(path.data(), path.size(), copy.data(), copy.size(), lost, &repair,
                             failure);
  };
  EXPECT_TRUE(is(start_repair(3), STELE_INVALID, failure));
  EXPECT_EQ(repair, nullptr);
  ASSERT_TRUE(is_ok(start_repair(STELE_LOST_REFUSE), failure));
  stele_repair_progress progress = {};
  EXPECT_TRUE(is(stele_repair_step(repair, &progress, failure), STELE_INVALID, failure));
  progress.struct_size = sizeof progress;
  stele_status status = STELE_OK;
  while (status == STELE_OK) status = stele_repair_step(repair, &progress, failure);
  EXPECT_TRUE(is(status, STELE_END));
  EXPECT_EQ(progress.events, 2U);
  EXPECT_EQ(progress.commits, 2U);
  EXPECT_EQ(progress.first_lost, 0U);
  EXPECT_EQ(progress.bytes_done, progress.bytes_total);
  stele_repair_close(repair);
  EXPECT_TRUE(is(stele_repair_step(repair, nullptr, failure), STELE_CLOSED, failure));
  EXPECT_EQ(head_of(open(copy)), 2U);
  EXPECT_TRUE(is(start_repair(STELE_LOST_REFUSE), STELE_EXISTS, failure));
  EXPECT_TRUE(failure.mentions("repair: ")) << failure.message();
}

TEST_F(BackupApi, ARepairNamesTheTablesThatItLeavesOut) {
  {
    const Db db = open(path);
    for (const char* name : {"first", "second"}) {
      ASSERT_TRUE(
          is_ok(stele_table_create(db.get(), nullptr, 0, name, std::strlen(name), nullptr, failure),
                failure));
    }
    append(db, "A");
    append(db, "B");
  }
  // A commit behind both is lost, which may have written to them.
  const std::string log = path + "/wal/00000001.wal";
  std::string bytes;
  {
    std::ifstream file(log, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  size_t frame = 4096;
  for (int i = 0; i < 2; ++i) {
    uint32_t length = 0;
    std::memcpy(&length, bytes.data() + frame + 8, sizeof length);
    frame += (length + 7U) / 8 * 8;
  }
  {
    std::fstream file(log, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(frame + 60));
    file.put(static_cast<char>(bytes[frame + 60] ^ 1));
  }
  stele_repair* repair = nullptr;
  ASSERT_TRUE(is_ok(stele_repair_open(path.data(), path.size(), copy.data(), copy.size(),
                                      STELE_LOST_REPLACE, &repair, failure),
                    failure));
  stele_repair_progress progress = {};
  progress.struct_size = sizeof progress;
  stele_status status = STELE_OK;
  while (status == STELE_OK) status = stele_repair_step(repair, &progress, failure);
  ASSERT_TRUE(is(status, STELE_END));
  EXPECT_EQ(progress.tables_left_out, 2U);
  stele_table_info info = {};
  EXPECT_TRUE(is(stele_repair_left_out(repair, 0, &info, failure), STELE_INVALID, failure));
  info.struct_size = sizeof info;
  for (uint32_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(is_ok(stele_repair_left_out(repair, i, &info, failure), failure));
    EXPECT_STREQ(info.schema, "root");
    EXPECT_STREQ(info.name, i == 0 ? "first" : "second");
    EXPECT_STREQ(info.projection, "");
  }
  EXPECT_TRUE(is(stele_repair_left_out(repair, 2, &info, failure), STELE_END));
  stele_repair_close(repair);
  EXPECT_TRUE(is(stele_repair_left_out(repair, 0, &info, failure), STELE_CLOSED, failure));
}

}  // namespace
