// Transactions beside a model: each reads what a copy of the rows, changed as it has changed them,
// holds; and commits exactly when nothing that it has to ask for is different.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "db/transaction.h"
#include "support/databases.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele {
namespace {

using db::Isolation;
using test::between;
using test::DatabasePtr;
using test::failed;
using test::succeeded;
using test::World;

struct Written {
  std::string row;
  uint64_t tsn;  // 0: by the transaction itself.
  friend bool operator==(const Written&, const Written&) = default;
};
using WrittenRows = std::map<std::string, Written>;

// From `low` on, up to but without `high`.
struct Span {
  std::string low;
  std::string high;
  [[nodiscard]] bool covers(const std::string& key) const { return key >= low && key < high; }
  [[nodiscard]] tables::RowRange range(bool descending) const {
    tables::RowRange made = {.low = {low.begin(), low.end()}, .descending = descending};
    made.high.emplace(high.begin(), high.end());
    return made;
  }
};

struct Open {
  std::unique_ptr<db::Transaction> transaction;
  Isolation isolation;
  WrittenRows then;              // At its beginning.
  uint64_t moment;               // The same.
  WrittenRows now;               // With what it has written.
  std::set<std::string> rows;    // That must be the same: read, or written.
  std::vector<Span> spans = {};  // The same, of ranges.
};

class TransactionModel : public ::testing::Test {
 protected:
  TransactionModel() : random_(seed_.generator()) {}

  void open() {
    database_ = world_.open();
    ASSERT_NE(database_, nullptr);
    const tables::TableName name = {.schema = "root", .name = "rows"};
    auto opened = db::Table::open(database_, name);
    if (!opened) {
      db::Batch batch(database_);
      ASSERT_TRUE(succeeded(
          batch.catalog().create(name, history_, history_ == tables::History::kCommits ? 2 : 0)));
      ASSERT_TRUE(succeeded(batch.commit()));
      opened = db::Table::open(database_, name);
    }
    ASSERT_TRUE(succeeded(opened));
    table_ = *std::move(opened);
  }

  std::string some_key() { return cat(static_cast<char>('a' + between(random_, 0, 11))); }
  Span some_span() {
    Span span = {some_key(), some_key()};
    if (span.high < span.low) std::swap(span.low, span.high);
    return span;
  }

  void begin() {
    const auto isolation =
        between(random_, 0, 2) == 0 ? Isolation::kSnapshot : Isolation::kSerializable;
    auto begun = db::Transaction::begin(database_, isolation);
    ASSERT_TRUE(succeeded(begun));
    open_.push_back({.transaction = *std::move(begun),
                     .isolation = isolation,
                     .then = rows_,
                     .moment = database_->snapshot().tsn,
                     .now = rows_,
                     .rows = {}});
  }

  void get(Open& open) {
    const std::string key = some_key();
    std::optional<Written> found;
    const Status got = open.transaction->get(
        *table_, as_bytes(key), [&](const auto&, const tables::Row& row) -> Status {
          found = {std::string(as_text(row.version.row)), row.time().tsn};
          return {};
        });
    ASSERT_TRUE(got || failed(got, Code::kNotFound));
    const auto expected = open.now.find(key);
    ASSERT_EQ(found.has_value(), expected != open.now.end()) << key;
    if (found) {
      ASSERT_EQ(*found, expected->second) << key;
    }
    if (open.isolation == Isolation::kSerializable) open.rows.insert(key);
  }

  void scan(Open& open) {
    const Span span = some_span();
    const bool descending = between(random_, 0, 1) == 1;
    const auto scan = open.transaction->scan(*table_, span.range(descending));
    ASSERT_TRUE(succeeded(scan));
    std::vector<std::pair<std::string, Written>> expected;
    for (const auto& [key, written] : open.now) {
      if (span.covers(key)) expected.emplace_back(key, written);
    }
    if (descending) std::ranges::reverse(expected);
    const uint64_t most = between(random_, 1, expected.size() + 1);
    Span read = span;
    for (uint64_t i = 0; i < most; ++i) {
      const auto row = (*scan)->next();
      ASSERT_TRUE(succeeded(row));
      if (i == expected.size()) {
        ASSERT_EQ(*row, nullptr);
        read = span;
        break;
      }
      ASSERT_NE(*row, nullptr);
      const std::string key(as_text((*row)->key));
      ASSERT_EQ(key, expected[i].first);
      ASSERT_EQ(std::string(as_text((*row)->version.row)), expected[i].second.row);
      ASSERT_EQ((*row)->time().tsn, expected[i].second.tsn);
      (descending ? read.low : read.high) = descending ? key : key + '\0';
    }
    if (open.isolation == Isolation::kSerializable) open.spans.push_back(read);
  }

  void write(Open& open) {
    tables::RowPart& part = open.transaction->batch()->rows();
    const std::string key = some_key();
    switch (between(random_, 0, 4)) {
      case 0:
        ASSERT_TRUE(succeeded(part.erase(table_->id(), as_bytes(key), 0)));
        open.now.erase(key);
        open.rows.insert(key);
        break;
      case 1: {
        const Span span = some_span();
        const ByteView end = as_bytes(span.high);
        ASSERT_TRUE(succeeded(part.erase_range(table_->id(), as_bytes(span.low), &end, 0)));
        std::erase_if(open.now, [&](const auto& row) { return span.covers(row.first); });
        open.spans.push_back(span);
        break;
      }
      default: {
        const std::string row = cat("row ", ++number_);
        ASSERT_TRUE(succeeded(part.put(table_->id(), as_bytes(key), as_bytes(row), 0)));
        open.now[key] = {row, 0};
        open.rows.insert(key);
      }
    }
  }

  static bool same(const WrittenRows& one, const WrittenRows& other, const std::string& key) {
    const auto first = one.find(key);
    const auto second = other.find(key);
    if (first == one.end() || second == other.end()) {
      return first == one.end() && second == other.end();
    }
    return first->second.tsn == second->second.tsn;
  }
  // Whether something that must be the same is not.
  [[nodiscard]] bool must_fail(const Open& open) const {
    for (const auto& key : open.rows) {
      if (!same(open.then, rows_, key)) return true;
    }
    for (const Span& span : open.spans) {
      for (const WrittenRows* rows : {&open.then, &rows_}) {
        for (const auto& [key, written] : *rows) {
          if (span.covers(key) && !same(open.then, rows_, key)) return true;
        }
      }
    }
    return false;
  }
  // Whether others have written in a range, even if nothing came of it.
  [[nodiscard]] bool may_fail(const Open& open) const {
    for (const Span& span : open.spans) {
      for (auto write = writes_.upper_bound(open.moment); write != writes_.end(); ++write) {
        const auto& [low, high] = write->second;
        if (low < span.high && span.low < high) return true;
      }
    }
    return false;
  }

  void commit(Open& open) {
    const bool writes = !open.transaction->batch()->is_empty();
    std::vector<Span> written;
    open.transaction->batch()->rows().for_each([&](const tables::OpView& op) {
      const std::string key(as_text(op.key()));
      const bool is_range = op.kind() == tables::OpKind::kDeleteRange;
      written.push_back({key, is_range ? std::string(as_text(op.value())) : key + '\0'});
    });
    const auto committed = open.transaction->commit();
    if (!committed) {
      ASSERT_TRUE(failed(committed, Code::kConflict));
      ASSERT_TRUE(writes && (must_fail(open) || may_fail(open))) << committed.error().message();
      ++conflicts_;
      return;
    }
    if (!writes) return;
    ASSERT_FALSE(must_fail(open));
    ++commits_;
    for (const Span& span : written) writes_.emplace(committed->tsn, span);
    // What it has not touched is as others have left it.
    WrittenRows after = rows_;
    for (const Span& span : written) {
      std::erase_if(after, [&](const auto& row) { return span.covers(row.first); });
      for (const auto& [key, row] : open.now) {
        if (span.covers(key) && row.tsn == 0) after[key] = {row.row, committed->tsn};
      }
    }
    rows_ = std::move(after);
  }

  void step() {
    const uint64_t what = between(random_, 0, 99);
    if (open_.empty() || (what < 10 && open_.size() < 5)) {
      begin();
      return;
    }
    if (what < 13) {
      ASSERT_TRUE(succeeded(database_->checkpoint()));
      return;
    }
    if (what == 13) {
      open_.clear();
      table_.reset();
      world_.crash(database_);
      open();
      return;
    }
    const size_t which = between(random_, 0, open_.size() - 1);
    Open& open = open_[which];
    if (what < 35) {
      get(open);
    } else if (what < 55) {
      scan(open);
    } else if (what < 80) {
      write(open);
    } else {
      if (what < 97) commit(open);
      open_.erase(open_.begin() + static_cast<ptrdiff_t>(which));
    }
  }

  void run(tables::History history) {
    history_ = history;
    world_.files.skip_syncs();
    open();
    const uint64_t steps = test::scaled(6000);
    for (uint64_t i = 0; i < steps && !HasFatalFailure(); ++i) step();
    std::cout << commits_ << " commits, " << conflicts_ << " conflicts\n";
    open_.clear();
    ASSERT_TRUE(succeeded(database_->checkpoint()));
    EXPECT_TRUE(succeeded(test::verify(database_)));
  }

  const test::Seed seed_;
  std::mt19937_64 random_;
  tables::History history_ = tables::History::kNone;
  World world_;
  DatabasePtr database_;
  std::unique_ptr<db::Table> table_;
  WrittenRows rows_;
  std::multimap<uint64_t, Span> writes_;  // By TSN.
  std::vector<Open> open_;
  uint64_t number_ = 0;
  uint64_t commits_ = 0;
  uint64_t conflicts_ = 0;
};

TEST_F(TransactionModel, HoldsWithoutHistory) {
  run(tables::History::kNone);
}

TEST_F(TransactionModel, HoldsWithAllHistory) {
  run(tables::History::kAll);
}

TEST_F(TransactionModel, HoldsWithALimitedHistory) {
  run(tables::History::kCommits);
}

}  // namespace
}  // namespace stele
