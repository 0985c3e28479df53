// Many rows at once, and the history of one, through the C API.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers

const uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

stele_as_of moment(int32_t kind, uint64_t at) {
  stele_as_of made = {};
  made.struct_size = sizeof made;
  made.kind = kind;
  made.at = static_cast<int64_t>(at);
  return made;
}

stele_row empty_row() {
  stele_row row = {};
  row.struct_size = sizeof row;
  return row;
}

stele_row_version empty_version() {
  stele_row_version version = {};
  version.struct_size = sizeof version;
  return version;
}

stele_row_history_options history_options(uint32_t flags = 0) {
  stele_row_history_options made = {};
  made.struct_size = sizeof made;
  made.flags = flags;
  return made;
}

class RowReads : public ::testing::Test {
 protected:
  void SetUp() override {
    reopen([](stele_options& options) {
      options.test_clock = 1;
      options.test_time = 1000;
    });
  }
  template <typename Set>
  void reopen(const Set& set) {
    batch_ = {};
    db_ = {};
    db_ = open_with(directory_.path("db"), set);
    batch_ = new_batch(db_);
  }
  Table created(std::string_view name, int32_t history = STELE_HISTORY_ALL, uint64_t amount = 0) {
    stele_table_options options = {};
    options.struct_size = sizeof options;
    options.history = history;
    options.history_amount = amount;
    EXPECT_TRUE(
        is_ok(stele_table_create(db_, nullptr, 0, name.data(), name.size(), &options, failure_),
              failure_));
    Table opened;
    EXPECT_TRUE(
        is_ok(stele_table_open(db_, nullptr, 0, name.data(), name.size(), opened.out(), failure_),
              failure_));
    return opened;
  }
  void put(stele_table* table, std::string_view key, std::string_view row) {
    EXPECT_TRUE(is_ok(
        stele_batch_put(batch_, table, bytes(key), key.size(), bytes(row), row.size(), failure_),
        failure_));
  }
  void erase(stele_table* table, std::string_view key) {
    EXPECT_TRUE(
        is_ok(stele_batch_delete(batch_, table, bytes(key), key.size(), failure_), failure_));
  }
  uint64_t commit() {
    stele_commit_result result = {};
    result.struct_size = sizeof result;
    EXPECT_TRUE(is_ok(stele_commit(db_, batch_, &result, failure_), failure_));
    return result.tsn;
  }
  uint64_t commit_row(stele_table* table, std::string_view key, std::string_view row) {
    put(table, key, row);
    return commit();
  }
  void checkpoint() { ASSERT_TRUE(is_ok(stele_checkpoint(db_, failure_), failure_)); }

  stele_status get_many(stele_table* table, const std::vector<std::string>& keys,
                        std::vector<uint8_t>& buffer, const stele_as_of* as_of = nullptr) {
    std::vector<stele_bytes> wanted;
    for (const std::string& key : keys) wanted.push_back({bytes(key), key.size()});
    const stele_status status = stele_table_get_many(
        table, as_of, wanted.data(), wanted.size(), buffer.data(), buffer.size(), &used_, failure_);
    if (status == STELE_OK || status == STELE_BUFFER_TOO_SMALL) buffer.resize(used_);
    return status;
  }
  // "key=row key", as stele_table_get_many() copies them.
  std::string rows(stele_table* table, const std::vector<std::string>& keys,
                   const stele_as_of* as_of = nullptr) {
    std::vector<uint8_t> buffer(1000);
    EXPECT_TRUE(is_ok(get_many(table, keys, buffer, as_of), failure_));
    std::string found;
    stele_row row = empty_row();
    stele_status status = STELE_OK;
    for (size_t at = 0; (status = stele_row_next(buffer.data(), buffer.size(), &at, &row,
                                                 failure_)) == STELE_OK;) {
      found += (found.empty() ? "" : " ") + to_string(row.key);
      if (row.flags != STELE_ROW_MISSING) found += "=" + to_string(row.value);
    }
    EXPECT_EQ(status, STELE_END);
    return found;
  }

  stele_status open_history(stele_table* table, std::string_view key,
                            const stele_row_history_options* options, RowHistory& history) {
    return stele_row_history_open(table, bytes(key), key.size(), options, history.out(), failure_);
  }
  // "row row -": a dash is a deletion.
  std::string history(stele_table* table, std::string_view key,
                      const stele_row_history_options* options = nullptr) {
    RowHistory history;
    EXPECT_TRUE(is_ok(open_history(table, key, options, history), failure_));
    std::string found;
    stele_row_version version = empty_version();
    stele_status status = STELE_OK;
    while ((status = stele_row_history_next(history, &version, failure_)) == STELE_OK) {
      found += found.empty() ? "" : " ";
      found += version.flags == STELE_ROW_DELETED ? "-" : to_string(version.value);
    }
    EXPECT_EQ(status, STELE_END);
    return found;
  }

  TempDirectory directory_;
  Db db_;
  Batch batch_;
  Failure failure_;
  size_t used_ = 0;
};

TEST_F(RowReads, ManyRowsComeInTheOrderOfTheirKeys) {
  const Table table = created("t");
  put(table, "a", "1");
  put(table, "b", "");
  put(table, "", "nobody");
  const uint64_t first = commit();
  const stele_as_of before = moment(STELE_AS_OF_TSN, first);
  for (const bool in_trees : {false, true}) {
    if (in_trees) checkpoint();
    EXPECT_EQ(rows(table, {"b", "x", "a", "", "a"}), "b= x a=1 =nobody a=1");
    EXPECT_EQ(rows(table, {}), "");
  }
  put(table, "x", "new");
  erase(table, "a");
  commit();
  EXPECT_EQ(rows(table, {"x", "a", "b"}), "x=new a b=");
  EXPECT_EQ(rows(table, {"x", "a", "b"}, &before), "x a=1 b=");
}

TEST_F(RowReads, ABufferThatIsTooSmallSaysWhatAllRowsTake) {
  const Table table = created("t");
  put(table, "a", std::string(100, 'a'));
  const uint64_t tsn = commit_row(table, "b", std::string(70'000, 'b'));
  for (const size_t capacity : {size_t{0}, size_t{130}, size_t{70'000}}) {
    std::vector<uint8_t> buffer(capacity);
    EXPECT_TRUE(is(get_many(table, {"a", "b", "c"}, buffer), STELE_BUFFER_TOO_SMALL, failure_));
    EXPECT_EQ(buffer.size(), 128U + 70'032 + 32);
    ASSERT_TRUE(is_ok(get_many(table, {"a", "b", "c"}, buffer), failure_));
    size_t at = 128;
    stele_row row = empty_row();
    ASSERT_TRUE(is_ok(stele_row_next(buffer.data(), used_, &at, &row, failure_), failure_));
    EXPECT_EQ(to_string(row.value), std::string(70'000, 'b'));
    EXPECT_EQ(row.tsn, tsn);
    ASSERT_TRUE(is_ok(stele_row_next(buffer.data(), used_, &at, &row, failure_), failure_));
    EXPECT_EQ(row.flags, STELE_ROW_MISSING);
    EXPECT_EQ(row.tsn, 0U);
  }
}

TEST_F(RowReads, WhatIsWrongWithManyKeysIsToldOfTheKey) {
  Table table = created("t", STELE_HISTORY_NONE);
  commit_row(table, "a", "1");
  std::vector<uint8_t> buffer(100);
  EXPECT_TRUE(
      is(get_many(table, {"a", std::string(1025, 'k')}, buffer), STELE_TOO_LARGE, failure_));
  EXPECT_TRUE(failure_.mentions("key 1: the key has 1025 bytes")) << failure_.message();
  const stele_as_of past = moment(STELE_AS_OF_TSN, 1);
  EXPECT_TRUE(is(get_many(table, {"a"}, buffer, &past), STELE_TOO_OLD, failure_));
  const stele_as_of future = moment(STELE_AS_OF_TSN, 9);
  EXPECT_TRUE(is(get_many(table, {"a"}, buffer, &future), STELE_NOT_YET, failure_));
  EXPECT_TRUE(is(stele_table_get_many(table, nullptr, nullptr, 1, nullptr, 0, &used_, failure_),
                 STELE_INVALID, failure_));
  EXPECT_TRUE(is(stele_table_get_many(table, nullptr, nullptr, 0, nullptr, 0, nullptr, failure_),
                 STELE_INVALID, failure_));
  ASSERT_TRUE(is_ok(stele_table_drop(db_, nullptr, 0, "t", 1, failure_), failure_));
  EXPECT_TRUE(is(get_many(table, {"a"}, buffer), STELE_NOT_FOUND, failure_));
  table = {};
  EXPECT_TRUE(is(get_many(table, {"a"}, buffer), STELE_CLOSED, failure_));
}

TEST_F(RowReads, BytesThatAreNoRowsAreRefused) {
  const Table table = created("t");
  commit_row(table, "a", "12345");
  std::vector<uint8_t> buffer(100);
  ASSERT_TRUE(is_ok(get_many(table, {"a", "b"}, buffer), failure_));
  stele_row row = empty_row();
  for (size_t size = 1; size < 32; ++size) {
    size_t at = 0;
    EXPECT_TRUE(
        is(stele_row_next(buffer.data(), size, &at, &row, failure_), STELE_INVALID, failure_));
    EXPECT_EQ(at, 0U);
  }
  size_t at = buffer.size() + 1;
  EXPECT_TRUE(is(stele_row_next(buffer.data(), buffer.size(), &at, &row, failure_), STELE_INVALID,
                 failure_));
  at = 0;
  EXPECT_TRUE(is(stele_row_next(nullptr, 0, &at, &row, failure_), STELE_END, failure_));
  row.struct_size = sizeof row - 1;
  EXPECT_TRUE(is(stele_row_next(buffer.data(), buffer.size(), &at, &row, failure_), STELE_INVALID,
                 failure_));
}

TEST_F(RowReads, AHistoryHasEveryVersionOnceWhereverItLies) {
  const Table table = created("t");
  put(table, "other", "row");
  commit_row(table, "k", "1");
  erase(table, "k");
  commit();
  erase(table, "k");  // Finds nothing.
  commit();
  commit_row(table, "k", "2");
  checkpoint();
  commit_row(table, "k", "3");
  checkpoint();
  ASSERT_TRUE(is_ok(stele_batch_delete_range(batch_, table, bytes("j"), 1, nullptr, 0, failure_),
                    failure_));
  commit();
  commit_row(table, "k", "4");
  commit_row(table, "k", "4");
  const stele_row_history_options forward = history_options(STELE_ROW_HISTORY_OLDEST_FIRST);
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_EQ(history(table, "k"), "4 4 - 3 2 - 1");
    EXPECT_EQ(history(table, "k", &forward), "1 - 2 3 - 4 4");
    EXPECT_EQ(history(table, "other"), "- row");
    EXPECT_EQ(history(table, "never"), "");
    if (pass == 0) checkpoint();
    if (pass == 1) {
      ASSERT_TRUE(is_ok(
          stele_batch_delete_range(batch_, table, nullptr, 0, bytes("j"), 1, failure_), failure_));
      commit();
    }
  }
  EXPECT_TRUE(is(verify(db_, failure_), STELE_END));
}

TEST_F(RowReads, AHistoryGoesFromOneMomentToAnother) {
  const Table table = created("t");
  ASSERT_TRUE(is_ok(add(batch_, "Set", "1"), failure_));
  const uint64_t first = commit_row(table, "k", "1");
  ASSERT_TRUE(is_ok(stele_test_clock_set(db_, 5000, failure_), failure_));
  erase(table, "k");
  commit();
  ASSERT_TRUE(is_ok(add(batch_, "Set", "3"), failure_));
  commit_row(table, "k", "3");
  checkpoint();
  commit_row(table, "k", "4");
  for (const uint32_t flags : {0U, STELE_ROW_HISTORY_OLDEST_FIRST}) {
    const auto between = [&](const stele_as_of& since, const stele_as_of& until) {
      stele_row_history_options options = history_options(flags);
      options.since = since;
      options.until = until;
      std::string found = history(table, "k", &options);
      if (flags != 0) std::ranges::reverse(found);  // Rows of one digit.
      return found;
    };
    const stele_as_of open_end = {};
    const auto tsn = [&](uint64_t at) { return moment(STELE_AS_OF_TSN, first + at); };
    EXPECT_EQ(between(open_end, open_end), "4 3 - 1");
    EXPECT_EQ(between(tsn(0), tsn(0)), "1");
    EXPECT_EQ(between(tsn(0), tsn(1)), "- 1");
    EXPECT_EQ(between(tsn(1), tsn(2)), "3") << "there was nothing at first";
    EXPECT_EQ(between(tsn(2), open_end), "4 3");
    EXPECT_EQ(between(moment(STELE_AS_OF_NOW, 0), open_end), "4");
    EXPECT_EQ(between(open_end, moment(STELE_AS_OF_POSITION, 1)), "- 1");
    EXPECT_EQ(between(moment(STELE_AS_OF_POSITION, 2), open_end), "4");
    EXPECT_EQ(between(open_end, moment(STELE_AS_OF_TIME, 4999)), "1");
    EXPECT_EQ(between(moment(STELE_AS_OF_TIME, 4999), tsn(1)), "- 1");
    EXPECT_EQ(between(tsn(3), moment(STELE_AS_OF_POSITION, 1)), "") << "it ends as it begins";
  }
}

TEST_F(RowReads, VersionsSayWhenAndWhereTheyCameFrom) {
  const Table table = created("t");
  ASSERT_TRUE(is_ok(add(batch_, "Set", "1"), failure_));
  const uint64_t first = commit_row(table, "k", "one");
  ASSERT_TRUE(is_ok(stele_test_clock_set(db_, 5000, failure_), failure_));
  erase(table, "k");
  commit();
  for (const bool in_trees : {false, true}) {
    if (in_trees) checkpoint();
    RowHistory history;
    ASSERT_TRUE(is_ok(open_history(table, "k", nullptr, history), failure_));
    stele_row_version version = empty_version();
    ASSERT_TRUE(is_ok(stele_row_history_next(history, &version, failure_), failure_));
    EXPECT_EQ(version.flags, STELE_ROW_DELETED);
    EXPECT_EQ(version.value.size, 0U);
    EXPECT_EQ(version.tsn, first + 1);
    EXPECT_EQ(version.recorded, 5000);
    ASSERT_TRUE(is_ok(stele_row_history_next(history, &version, failure_), failure_));
    EXPECT_EQ(version.flags, 0U);
    EXPECT_EQ(to_string(version.value), "one");
    EXPECT_EQ(version.tsn, first);
    EXPECT_EQ(version.position, 1U);
    EXPECT_EQ(version.recorded, 1001) << "the commit behind that of the table";
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(is(stele_row_history_next(history, &version, failure_), STELE_END, failure_));
    }
  }
}

TEST_F(RowReads, ManyVersionsCrossInOneCall) {
  const Table table = created("t");
  const std::string large(70'000, 'x');
  const uint64_t first = commit_row(table, "k", "one");
  commit_row(table, "k", large);
  checkpoint();
  erase(table, "k");
  commit();
  RowHistory history;
  ASSERT_TRUE(is_ok(open_history(table, "k", nullptr, history), failure_));
  std::vector<uint8_t> buffer(100);
  size_t used = 0;
  uint32_t count = 0;
  const auto fill = [&] {
    return stele_row_history_next_batch(history, buffer.data(), buffer.size(), &used, &count,
                                        failure_);
  };
  ASSERT_TRUE(is_ok(fill(), failure_));
  EXPECT_EQ(count, 1U);
  EXPECT_EQ(used, 32U);
  EXPECT_EQ(buffer[4], STELE_ROW_DELETED);
  EXPECT_TRUE(is(fill(), STELE_BUFFER_TOO_SMALL, failure_));
  buffer.resize(used + 40);
  ASSERT_TRUE(is_ok(fill(), failure_));
  EXPECT_EQ(count, 2U);
  EXPECT_EQ(std::string(buffer.begin() + 32, buffer.begin() + 70'032), large);
  uint64_t tsn = 0;
  std::memcpy(&tsn, buffer.data() + 70'032 + 8, sizeof tsn);
  EXPECT_EQ(tsn, first);
  EXPECT_EQ(std::string(buffer.begin() + 70'064, buffer.begin() + 70'067), "one");
  EXPECT_TRUE(is(fill(), STELE_END, failure_));
}

TEST_F(RowReads, ATableShowsWhatItKeepsAndNoMore) {
  const Table none = created("none", STELE_HISTORY_NONE);
  const Table few = created("few", STELE_HISTORY_COMMITS, 3);
  uint64_t last = 0;
  for (const char* value : {"1", "2", "3", "4", "5"}) {
    put(none, "k", value);
    last = commit_row(few, "k", value);
  }
  for (const bool in_trees : {false, true}) {
    if (in_trees) checkpoint();
    EXPECT_EQ(history(none, "k"), "5");
    EXPECT_EQ(history(few, "k"), "5 4 3");
  }
  stele_row_history_options options = history_options();
  options.since = moment(STELE_AS_OF_TSN, last - 2);
  EXPECT_EQ(history(few, "k", &options), "5 4 3");
  RowHistory history;
  EXPECT_TRUE(is(open_history(none, "k", &options, history), STELE_TOO_OLD, failure_));
  options.since.at -= 1;
  EXPECT_TRUE(is(open_history(few, "k", &options, history), STELE_TOO_OLD, failure_));
  erase(none, "k");
  commit();
  EXPECT_EQ(this->history(none, "k"), "");
}

TEST_F(RowReads, AHistoryThatCannotBeginSaysWhy) {
  const Table table = created("t");
  const uint64_t tsn = commit_row(table, "k", "1");
  RowHistory history;
  EXPECT_TRUE(
      is(open_history(table, std::string(1025, 'k'), nullptr, history), STELE_TOO_LARGE, failure_));
  stele_row_history_options options = history_options();
  options.until = moment(STELE_AS_OF_TSN, tsn + 1);
  EXPECT_TRUE(is(open_history(table, "k", &options, history), STELE_NOT_YET, failure_));
  options.until.at -= 2;
  options.since = moment(STELE_AS_OF_TSN, tsn);
  EXPECT_TRUE(is(open_history(table, "k", &options, history), STELE_INVALID, failure_));
  options.until.kind = 9;
  EXPECT_TRUE(is(open_history(table, "k", &options, history), STELE_INVALID, failure_));
  options = history_options(2);
  EXPECT_TRUE(is(open_history(table, "k", &options, history), STELE_INVALID, failure_));
  EXPECT_TRUE(is(stele_row_history_open(table, nullptr, 0, nullptr, nullptr, failure_),
                 STELE_INVALID, failure_));
  ASSERT_TRUE(is_ok(open_history(table, "k", nullptr, history), failure_));
  stele_row_version version = empty_version();
  version.struct_size = sizeof version - 1;
  EXPECT_TRUE(is(stele_row_history_next(history, &version, failure_), STELE_INVALID, failure_));
  version = empty_version();
  ASSERT_TRUE(is_ok(stele_table_drop(db_, nullptr, 0, "t", 1, failure_), failure_));
  EXPECT_TRUE(is_ok(stele_row_history_next(history, &version, failure_), failure_))
      << "one that is open goes on";
  EXPECT_TRUE(is(open_history(table, "k", nullptr, history), STELE_NOT_FOUND, failure_));
}

TEST_F(RowReads, AHistoryOfAClosedDatabaseIsClosed) {
  const Table table = created("t");
  commit_row(table, "k", "1");
  RowHistory history;
  ASSERT_TRUE(is_ok(open_history(table, "k", nullptr, history), failure_));
  ASSERT_TRUE(is_ok(stele_close(db_, failure_), failure_));
  stele_row_version version = empty_version();
  EXPECT_TRUE(is(stele_row_history_next(history, &version, failure_), STELE_CLOSED, failure_));
}

TEST_F(RowReads, AHistoryStaysAtItsMomentOrIsTold) {
  reopen([](stele_options& options) { options.max_reader_age = 1; });
  const Table table = created("t");
  commit_row(table, "k", "1");
  commit_row(table, "k", "2");
  RowHistory history;
  ASSERT_TRUE(is_ok(open_history(table, "k", nullptr, history), failure_));
  commit_row(table, "k", "3");
  std::vector<uint8_t> buffer(48);
  size_t used = 0;
  uint32_t count = 0;
  const auto fill = [&] {
    return stele_row_history_next_batch(history, buffer.data(), buffer.size(), &used, &count,
                                        failure_);
  };
  ASSERT_TRUE(is_ok(fill(), failure_));
  EXPECT_EQ(buffer[32], '2');
  // It rests; checkpoints take what it holds from it as soon as it has had that for long enough.
  stele_status status = STELE_OK;
  for (int i = 0; i < 1000 && status != STELE_TOO_OLD; ++i) {
    commit_row(table, "other", "row");
    checkpoint();
    if (i > 100) status = fill();
  }
  EXPECT_TRUE(is(status, STELE_TOO_OLD, failure_));
  EXPECT_TRUE(is(fill(), STELE_TOO_OLD, failure_)) << "for good";
}

}  // namespace
