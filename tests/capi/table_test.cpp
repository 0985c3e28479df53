// Tables through the C API: rows in the same commits as events, guards over them, the past, and
// what happens to who asks for something that is not there.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

const uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

class TableApi : public ::testing::Test {
 protected:
  void SetUp() override {
    db_ = open(directory_.path("db"));
    batch_ = new_batch(db_);
  }

  stele_status create(std::string_view name, int32_t history = STELE_HISTORY_NONE) {
    stele_table_options options = {};
    options.struct_size = sizeof options;
    options.history = history;
    return stele_table_create(db_, nullptr, 0, name.data(), name.size(), &options, failure_);
  }
  Table table(std::string_view name) {
    Table opened;
    EXPECT_TRUE(
        is_ok(stele_table_open(db_, nullptr, 0, name.data(), name.size(), opened.out(), failure_),
              failure_));
    return opened;
  }
  Table created(std::string_view name, int32_t history = STELE_HISTORY_NONE) {
    EXPECT_TRUE(is_ok(create(name, history), failure_));
    return table(name);
  }
  stele_status put(stele_table* table, std::string_view key, std::string_view row) {
    return stele_batch_put(batch_, table, bytes(key), key.size(), bytes(row), row.size(), failure_);
  }
  stele_status erase(stele_table* table, std::string_view key) {
    return stele_batch_delete(batch_, table, bytes(key), key.size(), failure_);
  }
  uint64_t commit() {
    stele_commit_result result = {};
    result.struct_size = sizeof result;
    EXPECT_TRUE(is_ok(stele_commit(db_, batch_, &result, failure_), failure_));
    return result.tsn;
  }
  stele_status get(stele_table* table, std::string_view key, std::string& row,
                   const stele_as_of* as_of = nullptr) {
    row.assign(100, '\0');
    size_t size = 0;
    auto* buffer = reinterpret_cast<uint8_t*>(row.data());
    const stele_status status = stele_table_get(table, as_of, bytes(key), key.size(), buffer,
                                                row.size(), &size, nullptr, failure_);
    row.resize(status == STELE_OK ? size : 0);
    return status;
  }
  std::string row(stele_table* table, std::string_view key, const stele_as_of* as_of = nullptr) {
    std::string row;
    EXPECT_TRUE(is_ok(get(table, key, row, as_of), failure_));
    return row;
  }
  static stele_as_of as_of(int32_t kind, int64_t at) {
    stele_as_of moment = {};
    moment.struct_size = sizeof moment;
    moment.kind = kind;
    moment.at = at;
    return moment;
  }
  // "key=row key=row", as a scan one by one returns them.
  std::string scan(stele_table* table, const stele_scan_options* options = nullptr) {
    Scan scan;
    EXPECT_TRUE(is_ok(stele_scan_open(table, options, scan.out(), failure_), failure_));
    std::string found;
    stele_row next = {};
    next.struct_size = sizeof next;
    stele_status status = STELE_OK;
    while ((status = stele_scan_next(scan, &next, failure_)) == STELE_OK) {
      found += (found.empty() ? "" : " ") + to_string(next.key) + "=" + to_string(next.value);
    }
    EXPECT_EQ(status, STELE_END);
    return found;
  }

  TempDirectory directory_;
  Db db_;
  Batch batch_;
  Failure failure_;
};

TEST_F(TableApi, RowsAndEventsAreOneCommit) {
  const Table accounts = created("accounts");
  ASSERT_TRUE(is_ok(add(batch_, "Deposited", "100"), failure_));
  ASSERT_TRUE(is_ok(put(accounts, "alice", "100"), failure_));
  const uint64_t tsn = commit();
  std::string found(3, '\0');
  size_t size = 0;
  stele_row row = {};
  row.struct_size = sizeof row;
  ASSERT_TRUE(
      is_ok(stele_table_get(accounts, nullptr, bytes("alice"), 5,
                            reinterpret_cast<uint8_t*>(found.data()), 3, &size, &row, failure_),
            failure_));
  EXPECT_EQ(found, "100");
  EXPECT_EQ(row.tsn, tsn);
  EXPECT_EQ(row.position, 1U);
  // A batch whose guard fails leaves both alone.
  ASSERT_TRUE(is_ok(add(batch_, "Deposited", "5"), failure_));
  ASSERT_TRUE(is_ok(put(accounts, "alice", "105"), failure_));
  ASSERT_TRUE(is_ok(stele_batch_guard(batch_, nullptr, 0, failure_), failure_));
  EXPECT_TRUE(is(stele_commit(db_, batch_, nullptr, failure_), STELE_CONFLICT, failure_));
  EXPECT_EQ(this->row(accounts, "alice"), "100");
}

TEST_F(TableApi, ScansGoInBothDirectionsOverRanges) {
  const Table table = created("letters");
  for (const char* key : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(is_ok(put(table, key, key)));
  commit();
  ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  ASSERT_TRUE(is_ok(erase(table, "c")));
  ASSERT_TRUE(is_ok(put(table, "bb", "new")));
  commit();
  EXPECT_EQ(scan(table), "a=a b=b bb=new d=d e=e");
  stele_scan_options options = {};
  options.struct_size = sizeof options;
  options.flags = STELE_SCAN_BACKWARD;
  EXPECT_EQ(scan(table, &options), "e=e d=d bb=new b=b a=a");
  options.low = {bytes("b"), 1};
  options.high = {bytes("e"), 1};
  EXPECT_EQ(scan(table, &options), "d=d bb=new b=b");
  ASSERT_TRUE(is_ok(stele_batch_delete_range(batch_, table, bytes("b"), 1, bytes("e"), 1, failure_),
                    failure_));
  ASSERT_TRUE(is_ok(put(table, "d", "again")));
  commit();
  EXPECT_EQ(scan(table), "a=a d=again e=e");
  ASSERT_TRUE(
      is_ok(stele_batch_delete_range(batch_, table, nullptr, 0, nullptr, 0, failure_), failure_));
  commit();
  EXPECT_EQ(scan(table), "");
}

TEST_F(TableApi, ManyRowsCrossInOneCall) {
  const Table table = created("many");
  for (int i = 100; i < 400; ++i) ASSERT_TRUE(is_ok(put(table, std::to_string(i), "row")));
  ASSERT_TRUE(is_ok(put(table, "zz", std::string(5000, 'z'))));
  commit();
  Scan scan;
  ASSERT_TRUE(is_ok(stele_scan_open(table, nullptr, scan.out(), failure_), failure_));
  std::vector<uint8_t> buffer(1000);
  size_t used = 0;
  uint32_t count = 0;
  int next = 100;
  stele_status status = STELE_OK;
  while ((status = stele_scan_next_batch(scan, buffer.data(), buffer.size(), &used, &count,
                                         failure_)) == STELE_OK) {
    const uint8_t* at = buffer.data();
    for (uint32_t i = 0; i < count; ++i) {
      EXPECT_EQ(std::string(reinterpret_cast<const char*>(at) + 24, 6),
                std::to_string(next++) + "row");
      at += 32;  // 24 and 3 and 3, up to a multiple of 8.
    }
    EXPECT_EQ(at, buffer.data() + used);
  }
  EXPECT_EQ(next, 400);
  EXPECT_TRUE(is(status, STELE_BUFFER_TOO_SMALL, failure_));
  buffer.resize(used);
  EXPECT_TRUE(
      is_ok(stele_scan_next_batch(scan, buffer.data(), buffer.size(), &used, &count, failure_),
            failure_));
  EXPECT_EQ(count, 1U);
  EXPECT_TRUE(is(stele_scan_next_batch(scan, buffer.data(), buffer.size(), &used, &count, failure_),
                 STELE_END));
}

// Rows in trees and in the tail, a large one among them, into structs of this and a later version.
TEST_F(TableApi, ManyRowsAreViewedInOneCall) {
  const Table table = created("many");
  for (int i = 100; i < 400; i += 2) ASSERT_TRUE(is_ok(put(table, std::to_string(i), "tree")));
  ASSERT_TRUE(is_ok(put(table, "25", std::string(5000, 'z'))));
  commit();
  ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  for (int i = 201; i < 400; i += 2) ASSERT_TRUE(is_ok(put(table, std::to_string(i), "tail")));
  commit();
  struct LaterRow {
    stele_row row;
    uint64_t more;
  };
  std::array<LaterRow, 64> rows = {};
  for (const size_t size : {sizeof(stele_row), sizeof(LaterRow)}) {
    Scan scan;
    ASSERT_TRUE(is_ok(stele_scan_open(table, nullptr, scan.out(), failure_), failure_));
    std::string found;
    size_t calls = 0;
    size_t count = 0;
    stele_status status = STELE_OK;
    rows[0].row.struct_size = static_cast<uint32_t>(size);
    while ((status = stele_scan_next_views(scan, &rows[0].row, 64, &count, failure_)) == STELE_OK) {
      ++calls;
      for (size_t i = 0; i < count; ++i) {
        stele_row row;
        std::memcpy(&row, reinterpret_cast<const uint8_t*>(rows.data()) + i * size, sizeof row);
        ASSERT_EQ(row.struct_size, size);
        if (row.value.size != 5000) {
          found += to_string(row.key) + to_string(row.value) + " ";
          continue;
        }
        EXPECT_EQ(i + 1, count);
        EXPECT_EQ(to_string(row.value), std::string(5000, 'z'));
        found += to_string(row.key) + "large ";
      }
    }
    EXPECT_TRUE(is(status, STELE_END));
    EXPECT_EQ(count, 0U);
    EXPECT_LT(calls, 30U);
    std::string expected;
    for (int i = 100; i < 400; ++i) {
      if (i == 250) expected += "25large ";
      if (i % 2 == 0) expected += std::to_string(i) + "tree ";
      if (i % 2 != 0 && i > 200) expected += std::to_string(i) + "tail ";
    }
    EXPECT_EQ(found, expected);
  }
}

TEST_F(TableApi, ViewsNeedRoomForOneRow) {
  const Table table = created("letters");
  Scan scan;
  ASSERT_TRUE(is_ok(stele_scan_open(table, nullptr, scan.out(), failure_), failure_));
  stele_row row = {};
  row.struct_size = sizeof row;
  size_t count = 1;
  EXPECT_TRUE(is(stele_scan_next_views(scan, &row, 0, &count, failure_), STELE_INVALID));
  EXPECT_EQ(count, 0U);
  EXPECT_TRUE(is(stele_scan_next_views(scan, nullptr, 1, &count, failure_), STELE_INVALID));
  EXPECT_TRUE(is(stele_scan_next_views(scan, &row, 1, nullptr, failure_), STELE_INVALID));
  EXPECT_TRUE(is(stele_scan_next_views(scan, &row, 1, &count, failure_), STELE_END));
}

TEST_F(TableApi, AScanSeesItsMomentWhateverComes) {
  const Table table = created("letters");
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(is_ok(put(table, key, key)));
  commit();
  Scan scan;
  ASSERT_TRUE(is_ok(stele_scan_open(table, nullptr, scan.out(), failure_), failure_));
  stele_row row = {};
  row.struct_size = sizeof row;
  ASSERT_TRUE(is_ok(stele_scan_next(scan, &row, failure_), failure_));
  ASSERT_TRUE(is_ok(erase(table, "b")));
  ASSERT_TRUE(is_ok(put(table, "bb", "new")));
  commit();
  ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  ASSERT_TRUE(is_ok(stele_table_drop(db_, nullptr, 0, "letters", 7, failure_), failure_));
  ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  ASSERT_TRUE(is_ok(stele_scan_next(scan, &row, failure_), failure_));
  EXPECT_EQ(to_string(row.key), "b");
  ASSERT_TRUE(is_ok(stele_scan_next(scan, &row, failure_), failure_));
  EXPECT_EQ(to_string(row.key), "c");
  EXPECT_TRUE(is(stele_scan_next(scan, &row, failure_), STELE_END));
}

TEST_F(TableApi, AScanThatRestedTooLongIsTold) {
  db_ = {};
  batch_ = {};
  db_ = open_with(directory_.path("other"),
                  [](stele_options& options) { options.max_reader_age = 1; });
  batch_ = new_batch(db_);
  const Table table = created("letters");
  ASSERT_TRUE(is_ok(put(table, "a", "a")));
  commit();
  Scan scan;
  ASSERT_TRUE(is_ok(stele_scan_open(table, nullptr, scan.out(), failure_), failure_));
  stele_row row = {};
  row.struct_size = sizeof row;
  stele_status status = STELE_OK;
  for (int i = 0; i < 1000 && status != STELE_TOO_OLD; ++i) {
    std::vector<uint8_t> buffer(100);
    size_t used = 0;
    uint32_t count = 0;
    ASSERT_TRUE(is_ok(put(table, "b", std::to_string(i))));
    commit();
    ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
    if (i > 3) status = stele_scan_next_batch(scan, buffer.data(), 100, &used, &count, failure_);
    if (status == STELE_END) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(is(status, STELE_TOO_OLD, failure_));
  EXPECT_TRUE(is(stele_scan_next(scan, &row, failure_), STELE_TOO_OLD, failure_)) << "for good";
}

TEST_F(TableApi, ATableWithHistoryIsReadAsOfAnyMoment) {
  const Table table = created("balances", STELE_HISTORY_ALL);
  std::vector<uint64_t> tsns;
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(is_ok(add(batch_, "Deposited"), failure_));
    ASSERT_TRUE(is_ok(put(table, "alice", std::to_string(i)), failure_));
    if (i == 4) {
      ASSERT_TRUE(is_ok(erase(table, "alice")));
    }
    tsns.push_back(commit());
    if (i == 2) {
      ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
    }
  }
  for (int pass = 0; pass < 2; ++pass) {
    for (int i = 1; i <= 5; ++i) {
      const stele_as_of tsn =
          as_of(STELE_AS_OF_TSN, static_cast<int64_t>(tsns[static_cast<size_t>(i) - 1]));
      const stele_as_of position = as_of(STELE_AS_OF_POSITION, i);
      std::string found;
      if (i == 4) {
        EXPECT_TRUE(is(get(table, "alice", found, &tsn), STELE_NOT_FOUND, failure_));
        EXPECT_TRUE(is(get(table, "alice", found, &position), STELE_NOT_FOUND, failure_));
        continue;
      }
      EXPECT_EQ(row(table, "alice", &tsn), std::to_string(i));
      EXPECT_EQ(row(table, "alice", &position), std::to_string(i));
      stele_scan_options options = {};
      options.struct_size = sizeof options;
      options.as_of = position;
      EXPECT_EQ(scan(table, &options), "alice=" + std::to_string(i));
    }
    ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  }
  std::string found;
  const stele_as_of future = as_of(STELE_AS_OF_POSITION, 6);
  EXPECT_TRUE(is(get(table, "alice", found, &future), STELE_NOT_YET, failure_));
  const stele_as_of later = as_of(STELE_AS_OF_TSN, 1000);
  EXPECT_TRUE(is(get(table, "alice", found, &later), STELE_NOT_YET, failure_));
  const stele_as_of before = as_of(STELE_AS_OF_TSN, 0);
  EXPECT_TRUE(is(get(table, "alice", found, &before), STELE_TOO_OLD, failure_));
  const stele_as_of now = as_of(STELE_AS_OF_TIME, INT64_MAX);
  EXPECT_EQ(row(table, "alice", &now), "5");
  const stele_as_of unknown = as_of(9, 0);
  EXPECT_TRUE(is(get(table, "alice", found, &unknown), STELE_INVALID, failure_));
}

TEST_F(TableApi, ATableMayForgetWhatIsOlderThanATime) {
  db_ = {};
  batch_ = {};
  db_ = open_with(directory_.path("clocked"), [](stele_options& options) {
    options.test_clock = 1;
    options.test_time = 1'000'000;
  });
  batch_ = new_batch(db_);
  stele_table_options options = {};
  options.struct_size = sizeof options;
  options.history = STELE_HISTORY_TIME;
  EXPECT_TRUE(is(stele_table_create(db_, nullptr, 0, "t", 1, &options, failure_), STELE_INVALID));
  options.history_amount = 10'000'000;
  ASSERT_TRUE(is_ok(stele_table_create(db_, nullptr, 0, "t", 1, &options, failure_), failure_));
  const Table table = this->table("t");
  for (int i = 1; i <= 40; ++i) {
    ASSERT_TRUE(is_ok(stele_test_clock_set(db_, (i + 1) * 1'000'000LL, failure_), failure_));
    ASSERT_TRUE(is_ok(put(table, "a", std::to_string(i)), failure_));
    commit();
    ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  }
  std::string found;
  for (int i = 30; i <= 40; ++i) {
    const stele_as_of time = as_of(STELE_AS_OF_TIME, (i + 1) * 1'000'000LL);
    EXPECT_EQ(row(table, "a", &time), std::to_string(i));
  }
  const stele_as_of gone = as_of(STELE_AS_OF_TIME, 29 * 1'000'000LL);
  EXPECT_TRUE(is(get(table, "a", found, &gone), STELE_TOO_OLD, failure_));
}

TEST_F(TableApi, ATableWithoutHistoryHasNoPast) {
  const Table table = created("now");
  ASSERT_TRUE(is_ok(put(table, "a", "1")));
  const uint64_t first = commit();
  ASSERT_TRUE(is_ok(put(table, "a", "2")));
  const uint64_t second = commit();
  std::string found;
  const stele_as_of past = as_of(STELE_AS_OF_TSN, static_cast<int64_t>(first));
  EXPECT_TRUE(is(get(table, "a", found, &past), STELE_TOO_OLD, failure_));
  EXPECT_TRUE(failure_.mentions("keeps no history"));
  const stele_as_of present = as_of(STELE_AS_OF_TSN, static_cast<int64_t>(second));
  EXPECT_EQ(row(table, "a", &present), "2");
}

TEST_F(TableApi, ASeatIsReservedOnce) {
  const Table seats = created("seats");
  for (const char* who : {"alice", "bob"}) {
    ASSERT_TRUE(is_ok(stele_batch_expect_row(batch_, seats, bytes("12A"), 3, 0, failure_)));
    ASSERT_TRUE(is_ok(put(seats, "12A", who)));
    const stele_status status = stele_commit(db_, batch_, nullptr, failure_);
    EXPECT_EQ(status, std::string_view(who) == "alice" ? STELE_OK : STELE_CONFLICT);
    ASSERT_TRUE(is_ok(stele_batch_clear(batch_, failure_)));
  }
  EXPECT_TRUE(failure_.mentions("12A"));
  EXPECT_EQ(failure_->guard, 0U);
  EXPECT_EQ(row(seats, "12A"), "alice");
}

TEST_F(TableApi, GuardsHoldWhereverTheRowLies) {
  const Table table = created("t");
  ASSERT_TRUE(is_ok(put(table, "a", "1")));
  const uint64_t first = commit();
  const auto expects = [&](stele_status expected, std::string_view value, uint64_t tsn) {
    if (tsn != UINT64_MAX) {
      EXPECT_TRUE(is_ok(stele_batch_expect_row(batch_, table, bytes("a"), 1, tsn, failure_)));
    } else {
      EXPECT_TRUE(is_ok(stele_batch_expect_value(batch_, table, bytes("a"), 1, bytes(value),
                                                 value.size(), failure_)));
    }
    EXPECT_TRUE(is_ok(add(batch_, "Nothing")));
    EXPECT_TRUE(is(stele_commit(db_, batch_, nullptr, failure_), expected, failure_));
    EXPECT_TRUE(is_ok(stele_batch_clear(batch_, failure_)));
  };
  for (int pass = 0; pass < 2; ++pass) {
    expects(STELE_OK, "", first);
    expects(STELE_CONFLICT, "", first + 1);
    expects(STELE_CONFLICT, "", 0);
    expects(STELE_OK, "1", UINT64_MAX);
    expects(STELE_CONFLICT, "2", UINT64_MAX);
    expects(STELE_CONFLICT, "12", UINT64_MAX);
    ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  }
  ASSERT_TRUE(is_ok(erase(table, "a")));
  commit();
  expects(STELE_OK, "", 0);
  expects(STELE_CONFLICT, "1", UINT64_MAX);
}

TEST_F(TableApi, ARangeIsGuardedAgainstWhatComesIntoItAndGoes) {
  const Table table = created("t");
  const Table other = created("u");
  for (const char* key : {"a", "c", "e"}) ASSERT_TRUE(is_ok(put(table, key, "1")));
  const uint64_t since = commit();
  const auto judged = [&](std::string_view low, std::string_view high) {
    EXPECT_TRUE(is_ok(stele_batch_expect_unchanged(batch_, table, bytes(low), low.size(),
                                                   bytes(high), high.size(), since, failure_)));
    EXPECT_TRUE(is_ok(add(batch_, "Nothing")));
    const stele_status status = stele_commit_check(db_, batch_, nullptr, failure_);
    EXPECT_TRUE(is_ok(stele_batch_clear(batch_, failure_)));
    return status;
  };
  ASSERT_TRUE(is_ok(put(other, "b", "1")));
  commit();
  EXPECT_EQ(judged("a", "z"), STELE_OK);
  ASSERT_TRUE(is_ok(put(table, "b", "2")));
  commit();
  EXPECT_EQ(judged("a", "c"), STELE_CONFLICT);
  EXPECT_EQ(judged("c", "z"), STELE_OK);
  EXPECT_TRUE(
      is(stele_batch_expect_unchanged(batch_, table, bytes("b"), 1, bytes("a"), 1, since, failure_),
         STELE_INVALID, failure_));
  ASSERT_TRUE(is_ok(stele_batch_delete_range(batch_, table, bytes("d"), 1, nullptr, 0, failure_)));
  commit();
  EXPECT_EQ(judged("c", "d"), STELE_OK);
  EXPECT_EQ(judged("c", "e"), STELE_CONFLICT);
  ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  EXPECT_EQ(judged("a", "c"), STELE_CONFLICT) << "what is there says so";
  EXPECT_EQ(judged("c", "d"), STELE_TOO_OLD) << "nobody knows what was deleted";
}

TEST_F(TableApi, TablesHaveNamesInSchemas) {
  const Table first = created("b");
  ASSERT_TRUE(is_ok(create("a"), failure_));
  ASSERT_TRUE(is_ok(stele_table_create(db_, "app", 3, "a", 1, nullptr, failure_), failure_));
  EXPECT_TRUE(is(create("a"), STELE_EXISTS, failure_));
  EXPECT_TRUE(is(create(""), STELE_INVALID, failure_));
  EXPECT_TRUE(is(create(std::string(256, 'n')), STELE_INVALID, failure_));
  EXPECT_TRUE(is(create("\xff"), STELE_INVALID, failure_));
  ASSERT_TRUE(is_ok(put(first, "k", "1")));
  commit();
  ASSERT_TRUE(is_ok(stele_table_rename(db_, nullptr, 0, "b", 1, "app", 3, "z", 1, failure_)));
  EXPECT_TRUE(is(stele_table_rename(db_, nullptr, 0, "b", 1, "app", 3, "z", 1, failure_),
                 STELE_NOT_FOUND, failure_));
  EXPECT_TRUE(is(stele_table_rename(db_, nullptr, 0, "a", 1, "app", 3, "z", 1, failure_),
                 STELE_EXISTS, failure_));
  EXPECT_EQ(row(first, "k"), "1") << "the handle stays with the table";
  for (int pass = 0; pass < 2; ++pass) {
    std::string list;
    stele_table_info info = {};
    info.struct_size = sizeof info;
    while (stele_table_next(db_, info.schema, std::strlen(info.schema), info.name,
                            std::strlen(info.name), &info, failure_) == STELE_OK) {
      list += std::string(info.schema) + "." + info.name + " ";
    }
    EXPECT_EQ(list, "app.a app.z root.a ");
    ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  }
}

TEST_F(TableApi, ATableThatIsGoneIsNotFound) {
  const Table table = created("t");
  ASSERT_TRUE(is_ok(put(table, "a", "1")));
  commit();
  ASSERT_TRUE(is_ok(stele_table_drop(db_, nullptr, 0, "t", 1, failure_), failure_));
  std::string found;
  EXPECT_TRUE(is(get(table, "a", found), STELE_NOT_FOUND, failure_));
  EXPECT_TRUE(failure_.mentions("dropped"));
  ASSERT_TRUE(is_ok(put(table, "a", "2")));
  EXPECT_TRUE(is(stele_commit(db_, batch_, nullptr, failure_), STELE_NOT_FOUND, failure_));
  ASSERT_TRUE(is_ok(stele_batch_clear(batch_, failure_)));
  Table opened;
  EXPECT_TRUE(is(stele_table_open(db_, nullptr, 0, "t", 1, opened.out(), failure_), STELE_NOT_FOUND,
                 failure_));
  EXPECT_TRUE(is(stele_table_drop(db_, nullptr, 0, "t", 1, failure_), STELE_NOT_FOUND));
  // Another of the same name has none of its rows, also when these are still in the file.
  const Table again = created("t");
  EXPECT_TRUE(is(get(again, "a", found), STELE_NOT_FOUND, failure_));
  ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  EXPECT_TRUE(is(get(again, "a", found), STELE_NOT_FOUND, failure_));
}

TEST_F(TableApi, LimitsAreToldBeforeTheCommit) {
  const Table table = created("t");
  EXPECT_TRUE(is_ok(put(table, std::string(1024, 'k'), "x"), failure_));
  EXPECT_TRUE(is(put(table, std::string(1025, 'k'), "x"), STELE_TOO_LARGE, failure_));
  EXPECT_TRUE(is(put(table, "k", std::string((16 << 20) + 1, 'r')), STELE_TOO_LARGE, failure_));
  EXPECT_TRUE(is_ok(put(table, "large", std::string(16 << 20, 'r')), failure_));
  EXPECT_TRUE(is(stele_batch_delete_range(batch_, table, bytes("b"), 1, bytes("a"), 1, failure_),
                 STELE_INVALID, failure_));
  commit();
  for (int pass = 0; pass < 2; ++pass) {
    size_t size = 0;
    EXPECT_TRUE(
        is(stele_table_get(table, nullptr, bytes("large"), 5, nullptr, 0, &size, nullptr, failure_),
           STELE_BUFFER_TOO_SMALL, failure_));
    EXPECT_EQ(size, size_t{16} << 20);
    std::vector<uint8_t> row(size);
    EXPECT_TRUE(is_ok(stele_table_get(table, nullptr, bytes("large"), 5, row.data(), row.size(),
                                      &size, nullptr, failure_),
                      failure_));
    EXPECT_TRUE(std::ranges::all_of(row, [](uint8_t byte) { return byte == 'r'; }));
    ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_));
  }
  const Db other = open(directory_.path("other"));
  const Batch foreign = new_batch(other);
  EXPECT_TRUE(is(stele_batch_put(foreign, table, nullptr, 0, nullptr, 0, failure_), STELE_INVALID,
                 failure_));
}

TEST_F(TableApi, AKeyMakesABatchWithRowsOne) {
  const Table table = created("t");
  const auto send = [&](std::string_view row) {
    EXPECT_TRUE(is_ok(put(table, "a", row)));
    EXPECT_TRUE(is_ok(stele_batch_key(batch_, "once", 4, failure_)));
    stele_commit_result result = {};
    result.struct_size = sizeof result;
    const stele_status status = stele_commit(db_, batch_, &result, failure_);
    EXPECT_TRUE(is_ok(stele_batch_clear(batch_, failure_)));
    return std::pair(status, result.repeated);
  };
  EXPECT_EQ(send("1"), std::pair(STELE_OK, 0U));
  EXPECT_EQ(send("1"), std::pair(STELE_OK, 1U));
  EXPECT_EQ(send("2").first, STELE_KEY_REUSED);
  EXPECT_EQ(row(table, "a"), "1");
}

TEST_F(TableApi, TenThousandTablesOpenInAMebibyte) {
  db_ = {};
  const auto small = [](stele_options& options) {
    options.memory_budget = 1 << 20;
    options.durability = STELE_DURABILITY_OS;
  };
  db_ = open_with(directory_.path("many"), small);
  batch_ = new_batch(db_);
  const int count = 10'000;
  for (int i = 0; i < count; ++i) {
    const std::string name = "table " + std::to_string(i);
    ASSERT_TRUE(is_ok(
        stele_batch_table_create(batch_, nullptr, 0, name.data(), name.size(), nullptr, failure_),
        failure_));
    if (i % 100 == 99) commit();
  }
  batch_ = {};
  db_ = {};
  db_ = open_with(directory_.path("many"), small);
  batch_ = new_batch(db_);
  for (const char* name : {"table 0", "table 777", "table 9999"}) {
    const Table table = this->table(name);
    ASSERT_TRUE(is_ok(put(table, "a", name)));
    commit();
    EXPECT_EQ(row(table, "a"), name);
  }
}

}  // namespace
