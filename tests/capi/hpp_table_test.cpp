// Tables of stele.hpp: owners, outcomes as values, rows in buffers, scans as ranges.
#include <gtest/gtest.h>

#include <ranges>
#include <stele/stele.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using stele::AsOf;
using stele::Database;
using stele::Table;

template <typename T>
constexpr bool kHandleOwner =
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(kHandleOwner<Table> && kHandleOwner<stele::Scan>);
static_assert(kHandleOwner<stele::RowHistory>);
static_assert(std::ranges::input_range<stele::Scan>);
static_assert(std::ranges::input_range<stele::RowHistory>);

// A database with a table that keeps history. Every test ends without an open handle.
struct HppTable : ::testing::Test {
  void SetUp() override {
    ASSERT_TRUE(db.create_table("t", {.history = STELE_HISTORY_ALL}));
    std::optional<Table> opened = db.table("t");
    ASSERT_TRUE(opened);
    table = *std::move(opened);
    batch = db.batch();
  }
  void TearDown() override {
    table.close();
    batch.close();
    db.close();
    EXPECT_EQ(stele_live_handles(), 0U);
  }

  std::uint64_t put(std::string_view key, std::string_view value) {
    batch.put(table, key, value);
    const stele::Outcome outcome = db.commit(batch);
    EXPECT_TRUE(outcome);
    return outcome.result.tsn;
  }
  std::string rows(const stele::ScanOptions& options = {}) const {
    std::string all;
    for (const stele::Row& row : table.scan(options)) {
      all.append(row.key.text()).append("=").append(row.value.text()).append(" ");
    }
    return all;
  }
  std::string value(stele::Bytes key, const AsOf& as_of = {}) const {
    const std::optional<stele::RowCopy> row = table.get(key, as_of);
    return row ? std::string(row->value.begin(), row->value.end()) : "none";
  }

  Database db = Database::memory({.test_time = 1000, .test_seed = 1});
  Table table;
  stele::Batch batch;
};

template <typename Call>
stele::Status status_of(const Call& call) {
  try {
    call();
  } catch (const stele::Error& error) {
    return error.status();
  }
  return STELE_OK;
}

TEST_F(HppTable, ARowAndAnEventAreOneCommit) {
  batch.add({.type = "Deposited"}).put(table, "ada", "100");
  const stele::Outcome outcome = db.commit(batch);
  ASSERT_TRUE(outcome);
  const std::optional<stele::RowCopy> row = table.get("ada");
  ASSERT_TRUE(row);
  EXPECT_EQ(stele::Bytes(row->key).text(), "ada");
  EXPECT_EQ(stele::Bytes(row->value).text(), "100");
  EXPECT_EQ(row->tsn, outcome.result.tsn);
  EXPECT_EQ(row->position, outcome.result.last_position);
  batch.delete_row(table, "ada");
  ASSERT_TRUE(db.commit(batch));
  EXPECT_FALSE(table.get("ada"));
  EXPECT_EQ(status_of([&] { batch.put(table, std::string(1025, 'k'), ""); }), STELE_TOO_LARGE);
}

TEST_F(HppTable, ABufferServesAnyNumberOfRows) {
  put("k", "value");
  put("l", std::string(100'000, 'x'));
  put("none", "");
  std::vector<std::uint8_t> buffer;
  std::optional<stele::Row> row = table.get("k", buffer);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->value.text(), "value");
  EXPECT_EQ(row->value.data(), buffer.data());
  row = table.get("l", buffer);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->value.text(), std::string(100'000, 'x'));
  row = table.get("none", buffer);
  ASSERT_TRUE(row);
  EXPECT_TRUE(row->value.empty());
  EXPECT_FALSE(table.get("m", buffer));
}

TEST_F(HppTable, AScanIsARangeInBothDirections) {
  for (const char* key : {"c", "a", "b", "d"}) batch.put(table, key, "1");
  ASSERT_TRUE(db.commit(batch));
  EXPECT_EQ(rows(), "a=1 b=1 c=1 d=1 ");
  EXPECT_EQ(rows({.backward = true}), "d=1 c=1 b=1 a=1 ");
  EXPECT_EQ(rows({.low = "b", .high = "d"}), "b=1 c=1 ");
  EXPECT_EQ(rows({.high = stele::Bytes()}), "");
  batch.delete_range(table, "c");
  ASSERT_TRUE(db.commit(batch));
  EXPECT_EQ(rows(), "a=1 b=1 ");
  batch.delete_range(table, "", "b");
  ASSERT_TRUE(db.commit(batch));
  EXPECT_EQ(rows(), "b=1 ");
  EXPECT_EQ(status_of([&] { batch.delete_range(table, "b", "a"); }), STELE_INVALID);
}

TEST_F(HppTable, ASeatIsReservedOnce) {
  stele::Batch other = db.batch();
  batch.expect_absent(table, "12A").put(table, "12A", "mine");
  other.guard(stele::Query({.tags = {"t"}}), 0).expect_absent(table, "12A").put(table, "12A", "x");
  stele::Outcome outcome = db.commit(batch);
  ASSERT_TRUE(outcome);
  const std::uint64_t tsn = outcome.result.tsn;
  outcome = db.commit(other);
  EXPECT_TRUE(outcome.conflict());
  EXPECT_EQ(outcome.guard, 1U);
  batch.expect_row(table, "12A", tsn)
      .expect_value(table, "12A", "mine")
      .expect_unchanged(table, "1", "2", tsn);
  put("12A", "again");
  other.clear().expect_row(table, "12A", tsn).put(table, "12A", "late");
  EXPECT_TRUE(db.commit(other).conflict());
  other.clear().expect_value(table, "12A", "mine").put(table, "12A", "late");
  EXPECT_TRUE(db.commit(other).conflict());
  other.clear().expect_unchanged(table, "1", std::nullopt, tsn).put(table, "12A", "late");
  EXPECT_TRUE(db.commit(other).conflict());
}

TEST_F(HppTable, AHistoryIsReadAsOfAMoment) {
  batch.add({.type = "Set"});
  const std::uint64_t first = put("k", "1");
  db.set_test_clock(5000);
  batch.add({.type = "Set"});
  put("k", "2");
  EXPECT_EQ(value("k"), "2");
  EXPECT_EQ(value("k", AsOf::now()), "2");
  for (const AsOf& as_of : {AsOf::tsn(first), AsOf::position(1), AsOf::time(4999)}) {
    EXPECT_EQ(value("k", as_of), "1");
    EXPECT_EQ(rows({.backward = true, .as_of = as_of}), "k=1 ");
  }
  stele::Status why = STELE_OK;
  EXPECT_FALSE(table.get("k", AsOf::tsn(first + 7), &why));
  EXPECT_EQ(why, STELE_NOT_YET);
  EXPECT_FALSE(table.get("l", AsOf::tsn(first), &why));
  EXPECT_EQ(why, STELE_NOT_FOUND);
  EXPECT_TRUE(table.get("k", AsOf::tsn(first), &why));
  EXPECT_EQ(why, STELE_OK);
  stele::Scan scan = table.scan({.as_of = AsOf::position(9)});
  EXPECT_FALSE(scan);
  EXPECT_EQ(scan.status(), STELE_NOT_YET);
  EXPECT_FALSE(scan.next());
  EXPECT_EQ(status_of([&] { (void)table.get("k", AsOf::tsn(0)); }), STELE_TOO_OLD);
}

TEST_F(HppTable, ManyRowsAreReadAsOfOneMoment) {
  const std::uint64_t first = put("a", "1");
  put("b", std::string(100'000, 'x'));
  const auto rows = table.get_many({"b", "none", "a", "a"});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 4U);
  EXPECT_EQ((*rows)[0]->value.size(), 100'000U);
  EXPECT_FALSE((*rows)[1]);
  EXPECT_EQ(stele::Bytes((*rows)[2]->key).text(), "a");
  EXPECT_EQ(stele::Bytes((*rows)[3]->value).text(), "1");
  EXPECT_EQ((*rows)[3]->tsn, first);
  const auto before = table.get_many({"b", "a"}, AsOf::tsn(first));
  ASSERT_TRUE(before);
  EXPECT_FALSE((*before)[0]);
  EXPECT_TRUE((*before)[1]);
  EXPECT_TRUE(table.get_many({})->empty());
  stele::Status why = STELE_OK;
  EXPECT_FALSE(table.get_many({"a"}, AsOf::tsn(first + 7), &why));
  EXPECT_EQ(why, STELE_NOT_YET);
  EXPECT_EQ(status_of([&] { (void)table.get_many({"a", std::string(1025, 'k')}); }),
            STELE_TOO_LARGE);
}

TEST_F(HppTable, ARowHasAHistoryInBothDirections) {
  const std::uint64_t first = put("k", "1");
  batch.delete_row(table, "k");
  ASSERT_TRUE(db.commit(batch));
  db.set_test_clock(5000);
  put("k", "2");
  const auto shown = [&](const stele::HistoryOptions& options) {
    std::string all;
    for (const stele::RowVersion& version : table.history("k", options)) {
      all += std::to_string(version.tsn - first) + "=" +
             (version.value ? std::string(version.value->text()) : "none") + "@" +
             std::to_string(version.recorded / 1000) + " ";
    }
    return all;
  };
  EXPECT_EQ(shown({}), "2=2@5 1=none@1 0=1@1 ");
  EXPECT_EQ(shown({.oldest_first = true}), "0=1@1 1=none@1 2=2@5 ");
  EXPECT_EQ(shown({.since = AsOf::tsn(first + 1)}), "2=2@5 ");
  EXPECT_EQ(shown({.until = AsOf::time(4999)}), "1=none@1 0=1@1 ");
  EXPECT_FALSE(table.history("nobody").next());
  stele::RowHistory late = table.history("k", {.until = AsOf::tsn(first + 9)});
  EXPECT_FALSE(late);
  EXPECT_EQ(late.status(), STELE_NOT_YET);
  EXPECT_FALSE(late.next());
}

TEST_F(HppTable, ATableIsFoundByItsName) {
  EXPECT_FALSE(db.create_table("t"));
  EXPECT_EQ(status_of([&] { db.create_table(""); }), STELE_INVALID);
  const std::optional<stele::TableInfo> info = table.describe();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->schema, "root");
  EXPECT_EQ(info->name, "t");
  EXPECT_EQ(info->history, STELE_HISTORY_ALL);
  EXPECT_EQ(info->created_tsn, 1U);
  const stele::TableName moved("sales", "a");
  EXPECT_EQ(db.rename_table("t", moved), STELE_OK);
  EXPECT_EQ(db.rename_table("t", moved), STELE_NOT_FOUND);
  ASSERT_TRUE(db.create_table(std::string("u")));
  EXPECT_EQ(db.rename_table("u", moved), STELE_EXISTS);
  const std::vector<stele::TableInfo> all = db.tables();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "u");
  EXPECT_EQ(all[1].schema, "sales");

  batch.create_table("u");
  EXPECT_EQ(db.commit(batch).status, STELE_EXISTS);
  batch.clear().create_table("v").rename_table(table, "w");
  ASSERT_TRUE(db.commit(batch));
  EXPECT_EQ(table.describe()->name, "w");
  batch.drop_table(table);
  ASSERT_TRUE(db.commit(batch));
  EXPECT_FALSE(table.describe());
  EXPECT_FALSE(db.table("w"));
  EXPECT_FALSE(db.drop_table("w"));
  EXPECT_TRUE(db.drop_table("v"));
  EXPECT_EQ(table.scan().status(), STELE_NOT_FOUND);
  EXPECT_EQ(rows(), "");
  batch.put(table, "k", "v");
  EXPECT_EQ(db.commit(batch).status, STELE_NOT_FOUND);
}

TEST_F(HppTable, WhatIsClosedOrMovedFromSaysSo) {
  put("k", "v");
  stele::Scan scan = table.scan();
  stele::Scan other = std::move(scan);
  EXPECT_EQ(status_of([&] { (void)scan.next(); }),
            STELE_CLOSED);  // NOLINT(bugprone-use-after-move)
  table.close();
  EXPECT_TRUE(other.next());  // It goes on without the object.
  EXPECT_EQ(status_of([&] { (void)table.get("k"); }), STELE_CLOSED);
  EXPECT_EQ(status_of([&] { batch.put(table, "k", "v"); }), STELE_CLOSED);
  db.close();
  EXPECT_EQ(status_of([&] { (void)other.next(); }), STELE_CLOSED);
  EXPECT_EQ(status_of([&] { (void)db.tables(); }), STELE_CLOSED);
}

}  // namespace
