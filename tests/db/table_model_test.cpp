// Tables under random batches, deletions of ranges, checkpoints, reopens, renames and drops hold
// what maps of versions hold: now, at every commit and position before, and in held scans.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "db/row_versions.h"
#include "support/databases.h"
#include "support/row_versions.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele {
namespace {

using db::AsOf;
using tables::History;
using tables::TableName;
using test::between;
using test::DatabasePtr;
using test::history_of;
using test::Shown;
using test::shown_at;
using test::succeeded;
using test::Version;
using test::VersionedRows;
using test::World;

struct Twin {
  TableName name;
  History history;
  uint64_t amount;
  uint64_t created;
  uint64_t position = 0;  // Of its newest version.
  VersionedRows rows = {};
  std::shared_ptr<db::Table> table = nullptr;
};

class TableModel {
 public:
  explicit TableModel(uint64_t seed) : random_(seed) {
    world_.files.skip_syncs();
    database_ = world_.open();
  }

  void run(size_t steps) {
    for (size_t step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step);
      switch (between(random_, 0, 15)) {
        case 0:
        case 1:
          if (tables_.size() < 5) create();
          break;
        case 2:
        case 3:
          ASSERT_TRUE(succeeded(database_->checkpoint()));
          break;
        case 4:
          reopen();
          break;
        case 5:
          if (between(random_, 0, 3) == 0) change_catalog();
          break;
        case 6:
          hold();
          break;
        default:
          write();
      }
      check_some();
    }
    for (Twin& twin : tables_) check_everything(twin);
    check_held();
    check_list();
    ASSERT_TRUE(succeeded(database_->checkpoint()));
    for (Twin& twin : tables_) check_everything(twin);
    EXPECT_TRUE(succeeded(test::verify(database_)));
  }

 private:
  // A scan that goes on whatever comes, and what it is to return.
  struct Held {
    std::unique_ptr<db::TableScan> scan;
    Shown expected;
    size_t at = 0;
  };

  std::string some_key() {
    const uint64_t number = between(random_, 0, 40);
    switch (number % 4) {
      case 0:
        return std::string(number % 3, '\0');
      case 1:
        return std::string(number, 'k');
      default:
        return cat("key ", number);
    }
  }
  std::string some_row() {
    static constexpr size_t kSizes[] = {0, 1, 30, 200, 3000, 9000, 40000};
    const size_t size = kSizes[between(random_, 0, between(random_, 0, 9) == 0 ? 6 : 3)];
    ++row_count_;
    return cat(row_count_, std::string(size, static_cast<char>('a' + row_count_ % 26)));
  }
  Twin* some_table() {
    if (tables_.empty()) return nullptr;
    auto at = tables_.begin();
    std::advance(at, between(random_, 0, tables_.size() - 1));
    return &*at;
  }

  void opened(Twin& twin) {
    auto table = db::Table::open(database_, twin.name);
    ASSERT_TRUE(succeeded(table));
    twin.table = *std::move(table);
  }

  void create() {
    const TableName name = {.schema = between(random_, 0, 1) == 0 ? "root" : "other",
                            .name = cat("table ", ++name_count_)};
    static constexpr History kHistories[] = {History::kNone, History::kAll, History::kCommits};
    const History history = kHistories[between(random_, 0, 2)];
    const uint64_t amount = history == History::kCommits ? between(random_, 1, 30) : 0;
    db::Batch batch(database_);
    const auto id = batch.catalog().create(name, history, amount);
    ASSERT_TRUE(succeeded(id));
    // Often with rows at once.
    Twin twin = {.name = name, .history = history, .amount = amount, .created = 0};
    const std::string key = some_key();
    const std::string row = some_row();
    ASSERT_TRUE(succeeded(batch.rows().put(*id, as_bytes(key), as_bytes(row), 0)));
    const auto committed = batch.commit();
    ASSERT_TRUE(succeeded(committed));
    twin.created = committed->tsn;
    twin.position = position_;
    twin.rows[key].push_back({committed->tsn, committed->last_position(), row});
    note(*committed);
    opened(twin);
    tables_.push_back(std::move(twin));
  }

  void change_catalog() {
    Twin* twin = some_table();
    if (twin == nullptr) return;
    db::Batch batch(database_);
    if (between(random_, 0, 2) == 0) {
      ASSERT_TRUE(succeeded(batch.catalog().drop(twin->table->id())));
      const auto dropped = batch.commit();
      ASSERT_TRUE(succeeded(dropped));
      note(*dropped);
      const auto gone =
          twin->table->get(as_bytes("key"), {}, [](auto&, auto&) { return Status(); });
      EXPECT_TRUE(test::failed(gone, Code::kNotFound, "dropped"));
      const auto id = twin->table->id();
      tables_.remove_if([&](const Twin& one) { return one.table->id() == id; });
      return;
    }
    twin->name.name = cat("renamed ", ++name_count_);
    ASSERT_TRUE(succeeded(batch.catalog().rename(twin->table->id(), twin->name)));
    const auto renamed = batch.commit();
    ASSERT_TRUE(succeeded(renamed));
    note(*renamed);
  }

  // An op on the model: it strikes or replaces what is in `now`, rows of this commit by position.
  using Ops = std::vector<std::pair<std::string, std::pair<uint64_t, std::optional<std::string>>>>;

  void write() {
    db::Batch batch(database_);
    for (uint64_t events = between(random_, 0, 3); events > 0; --events) {
      const test::Draft draft = test::tagged("all");
      events::NewEvent event = draft.event();
      event.id = nullptr;
      ASSERT_TRUE(succeeded(batch.add_event(event)));
      ++position_;
    }
    std::map<Twin*, Ops> done;
    for (uint64_t i = between(random_, 1, 2); i > 0; --i) {
      if (Twin* twin = some_table(); twin != nullptr && !done.contains(twin)) {
        fill(batch, *twin, done[twin]);
      }
    }
    const auto committed = batch.commit();
    if (!committed) {
      ASSERT_TRUE(test::failed(committed, Code::kInvalid, "empty"));
      return;
    }
    note(*committed);
    for (auto& [twin, ops] : done) {
      for (auto& [key, op] : ops) {
        const uint64_t position = op.first == 0 ? position_ : op.first;
        auto& versions = twin->rows[key];
        while (!versions.empty() && versions.back().tsn == committed->tsn &&
               versions.back().position == position) {
          versions.pop_back();
        }
        versions.push_back({committed->tsn, position, op.second});
      }
    }
  }

  // Positions go on from those of earlier commits of the table, up to the last event.
  void fill(db::Batch& batch, Twin& twin, Ops& ops) {
    const bool has_positions =
        twin.history == History::kAll && position_ > 0 && between(random_, 0, 2) == 0;
    uint64_t position = 0;
    if (has_positions) position = between(random_, std::max<uint64_t>(twin.position, 1), position_);
    tables::RowPart& rows = batch.rows();
    const tables::TableId id = twin.table->id();
    for (uint64_t count = between(random_, 1, 12); count > 0; --count) {
      if (has_positions && position < position_) position += between(random_, 0, 1);
      const std::string key = some_key();
      switch (between(random_, 0, 9)) {
        case 0: {
          const std::string end = some_key();
          const bool has_end = between(random_, 0, 2) != 0;
          const ByteView until = as_bytes(end);
          const auto struck =
              rows.erase_range(id, as_bytes(key), has_end ? &until : nullptr, position);
          if (has_end && end < key) {
            ASSERT_TRUE(test::failed(struck, Code::kInvalid, "ends before"));
            break;
          }
          ASSERT_TRUE(succeeded(struck));
          strike(twin, ops, key, has_end ? std::optional(end) : std::nullopt, position);
          break;
        }
        case 1:
        case 2:
          ASSERT_TRUE(succeeded(rows.erase(id, as_bytes(key), position)));
          ops.push_back({key, {position, std::nullopt}});
          break;
        default: {
          const std::string row = some_row();
          ASSERT_TRUE(succeeded(rows.put(id, as_bytes(key), as_bytes(row), position)));
          ops.push_back({key, {position, row}});
        }
      }
    }
    twin.position = has_positions ? position : position_;
  }

  static void strike(const Twin& twin, Ops& ops, const std::string& from,
                     const std::optional<std::string>& end, uint64_t position) {
    std::vector<std::string> keys;
    for (const auto& [key, versions] : twin.rows) keys.push_back(key);
    for (const auto& [key, op] : ops) keys.push_back(key);
    for (const std::string& key : keys) {
      if (key < from || (end && key >= *end)) continue;
      ops.push_back({key, {position, std::nullopt}});
    }
  }

  void reopen() {
    held_.clear();
    for (Twin& twin : tables_) twin.table = nullptr;
    if (between(random_, 0, 1) == 0) {
      world_.crash(database_);
    } else {
      ASSERT_TRUE(succeeded(database_->close()));
    }
    database_ = nullptr;
    database_ = world_.open();
    for (Twin& twin : tables_) opened(twin);
  }

  void hold() {
    Twin* twin = some_table();
    if (twin == nullptr) return;
    auto scan = db::TableScan::start(*twin->table, {}, {});
    ASSERT_TRUE(succeeded(scan));
    held_.push_back({*std::move(scan), shown_at(twin->rows, UINT64_MAX, UINT64_MAX)});
  }

  static std::string text_of(db::TableScan& scan, const tables::Row& row) {
    std::string text(row.size(), '\0');
    EXPECT_TRUE(succeeded(scan.read(0, {reinterpret_cast<uint8_t*>(text.data()), text.size()})));
    return text;
  }

  // The next rows, that live together, read when all are there; none at the end.
  Shown run_of(db::TableScan& scan) {
    std::vector<tables::Row> rows;
    const auto count =
        scan.next_run(between(random_, 1, 9), [&](const tables::Row& row) { rows.push_back(row); });
    EXPECT_TRUE(succeeded(count));
    EXPECT_EQ(count ? *count : 0, rows.size());
    Shown shown;
    for (const tables::Row& row : rows) {
      const bool is_last = &row == &rows.back();
      EXPECT_TRUE(is_last || !row.version.is_large()) << "a large row ends its run";
      shown.emplace_back(as_text(row.key),
                         is_last ? text_of(scan, row) : std::string(as_text(row.version.row)));
    }
    return shown;
  }

  void step(Held& held) {
    if (between(random_, 0, 1) == 0) {
      const Shown rows = run_of(*held.scan);
      EXPECT_EQ(rows.empty(), held.at == held.expected.size());
      for (const auto& row : rows) {
        ASSERT_LT(held.at, held.expected.size());
        EXPECT_TRUE(row == held.expected[held.at++]) << "of key " << row.first;
      }
      held.scan->rest();
      return;
    }
    const auto row = held.scan->next();
    ASSERT_TRUE(succeeded(row));
    if (*row == nullptr) {
      EXPECT_EQ(held.at, held.expected.size());
    } else {
      ASSERT_LT(held.at, held.expected.size());
      EXPECT_EQ(as_text((*row)->key), held.expected[held.at].first);
      EXPECT_EQ(text_of(*held.scan, **row), held.expected[held.at].second);
      ++held.at;
    }
    held.scan->rest();
  }

  void check_held() {
    for (Held& held : held_) {
      while (held.at < held.expected.size() && !testing::Test::HasFailure()) step(held);
      step(held);
    }
  }

  void check_some() {
    if (!held_.empty()) {
      Held& held = held_[between(random_, 0, held_.size() - 1)];
      if (held.at < held.expected.size()) step(held);
    }
    Twin* twin = some_table();
    if (twin == nullptr) return;
    const std::string key = some_key();
    check_get(*twin, key, {}, UINT64_MAX, UINT64_MAX);
    check_scan(*twin, {}, UINT64_MAX, UINT64_MAX);
    check_many(*twin, {}, UINT64_MAX, UINT64_MAX);
    check_history(*twin, some_key());
    if (twin->history == History::kNone) return;
    const uint64_t tsn = between(random_, twin->created, database_->snapshot().tsn);
    const AsOf at_tsn = {.kind = AsOf::Kind::kTsn, .at = static_cast<int64_t>(tsn)};
    if (!is_kept(*twin, at_tsn)) return check_gone(*twin, at_tsn);
    check_get(*twin, key, at_tsn, tsn, UINT64_MAX);
    check_many(*twin, at_tsn, tsn, UINT64_MAX);
    check_scan(*twin, at_tsn, tsn, UINT64_MAX);
  }

  void check_everything(Twin& twin) {
    check_scan(twin, {}, UINT64_MAX, UINT64_MAX);
    for (const auto& [key, versions] : twin.rows) {
      for (int i = 0; i < 4; ++i) check_history(twin, key);
    }
    if (twin.history == History::kNone) return;
    for (uint64_t tsn = twin.created; tsn <= database_->snapshot().tsn; ++tsn) {
      const AsOf as_of = {.kind = AsOf::Kind::kTsn, .at = static_cast<int64_t>(tsn)};
      check_moment(twin, as_of, tsn, UINT64_MAX);
    }
    for (uint64_t position = 0; position <= database_->snapshot().head; ++position) {
      const AsOf as_of = {.kind = AsOf::Kind::kPosition, .at = static_cast<int64_t>(position)};
      check_moment(twin, as_of, UINT64_MAX, position);
    }
  }

  // Rows of moments that follow on each other: those who read the past look for it where
  // the last ones found it, and are to find it wherever it is.
  void check_moment(Twin& twin, const AsOf& as_of, uint64_t tsn, uint64_t position) {
    if (!is_kept(twin, as_of)) return check_gone(twin, as_of);
    check_scan(twin, as_of, tsn, position);
    for (int i = 0; i < 3; ++i) check_get(twin, some_key(), as_of, tsn, position);
    check_many(twin, as_of, tsn, position);
  }

  // Whether a table that keeps the last commits keeps this moment.
  [[nodiscard]] bool is_kept(const Twin& twin, const AsOf& as_of) const {
    const uint64_t now = database_->snapshot().tsn;
    if (twin.history != History::kCommits || now <= twin.amount) return true;
    const uint64_t gone = now - twin.amount;
    const auto at = static_cast<uint64_t>(as_of.at);
    return as_of.kind == AsOf::Kind::kTsn ? at > gone : at >= last_positions_[gone];
  }
  static void check_gone(Twin& twin, const AsOf& as_of) {
    ASSERT_TRUE(test::failed(db::TableScan::start(*twin.table, {}, as_of), Code::kTooOld));
  }
  void note(const engine::Stamp& stamp) { last_positions_.push_back(stamp.last_position()); }

  void check_get(Twin& twin, const std::string& key, const AsOf& as_of, uint64_t tsn,
                 uint64_t position) {
    std::optional<std::string> found;
    const auto got = twin.table->get(
        as_bytes(key), as_of, [&](const engine::View& view, const tables::Row& row) -> Status {
          found.emplace(row.size(), '\0');
          return tables::read_row(view, row, 0,
                                  {reinterpret_cast<uint8_t*>(found->data()), found->size()});
        });
    if (!got) {
      ASSERT_TRUE(test::failed(got, Code::kNotFound));
    }
    std::optional<std::string> expected;
    for (const auto& [one, row] : shown_at(twin.rows, tsn, position)) {
      if (one == key) expected = row;
    }
    ASSERT_EQ(found, expected) << "of key " << key;
  }

  // Many keys at once, some of them twice, some of them of no row.
  void check_many(Twin& twin, const AsOf& as_of, uint64_t tsn, uint64_t position) {
    std::vector<std::string> keys;
    std::vector<ByteView> views;
    for (uint64_t i = between(random_, 0, 20); i > 0; --i) keys.push_back(some_key());
    for (const std::string& key : keys) views.push_back(as_bytes(key));
    std::map<std::string, std::string> expected;
    for (auto& [key, row] : shown_at(twin.rows, tsn, position)) expected[key] = row;
    size_t count = 0;
    const auto visit = [&](const engine::View& view, size_t i, const tables::Row* row) -> Status {
      EXPECT_EQ(i, count++);
      EXPECT_EQ(row != nullptr, expected.contains(keys[i]));
      if (row == nullptr || !expected.contains(keys[i])) return {};
      std::string found(row->size(), '\0');
      STELE_TRY(tables::read_row(view, *row, 0,
                                 {reinterpret_cast<uint8_t*>(found.data()), found.size()}));
      EXPECT_TRUE(found == expected[keys[i]]) << "row of key " << keys[i];
      return {};
    };
    ASSERT_TRUE(succeeded(twin.table->get_many(views, as_of, visit)));
    EXPECT_EQ(count, keys.size());
  }

  // The horizon of a moment of either kind, in `as_of` as a caller says it.
  tables::Horizon some_moment(const Twin& twin, AsOf& as_of) {
    const engine::Snapshot now = database_->snapshot();
    tables::Horizon horizon = {.tsn = UINT64_MAX};
    if (between(random_, 0, 1) == 0) {
      horizon.tsn = between(random_, twin.created, now.tsn);
      as_of = {.kind = AsOf::Kind::kTsn, .at = static_cast<int64_t>(horizon.tsn)};
    } else {
      horizon.position = between(random_, 0, now.head);
      as_of = {.kind = AsOf::Kind::kPosition, .at = static_cast<int64_t>(horizon.position)};
    }
    return horizon;
  }

  // The versions of a row, between some moments, in some direction.
  void check_history(Twin& twin, const std::string& key) {
    db::VersionOptions options = {.oldest_first = between(random_, 0, 1) == 0};
    tables::Horizon until = {.tsn = UINT64_MAX};
    std::optional<tables::Horizon> since;
    bool is_kept_all = true;
    if (twin.history == History::kNone) {
      since = until;
    } else {
      if (between(random_, 0, 2) == 0) {
        until = some_moment(twin, options.until);
        is_kept_all = is_kept(twin, options.until);
      }
      const uint64_t now = database_->snapshot().tsn;
      if (between(random_, 0, 2) == 0) {
        since = some_moment(twin, options.since.emplace());
        is_kept_all = is_kept_all && is_kept(twin, *options.since);
        const bool is_reversed =
            options.since->kind == options.until.kind && options.since->at > options.until.at;
        if (is_reversed) {
          EXPECT_TRUE(test::failed(db::RowVersions::start(*twin.table, as_bytes(key), options),
                                   Code::kInvalid, "before it begins"));
          return;
        }
        since->tsn = std::min(since->tsn, until.tsn);
        since->position = std::min(since->position, until.position);
      } else if (twin.history == History::kCommits && now > twin.amount) {
        since = tables::Horizon{.tsn = now - twin.amount + 1};
      }
    }
    auto versions = db::RowVersions::start(*twin.table, as_bytes(key), options);
    if (!is_kept_all) {
      EXPECT_TRUE(test::failed(versions, Code::kTooOld));
      return;
    }
    ASSERT_TRUE(succeeded(versions));
    std::vector<Version> expected = history_of(twin.rows, key, since, until);
    if (!options.oldest_first) std::ranges::reverse(expected);
    for (const Version& one : expected) {
      const auto version = (*versions)->next();
      ASSERT_TRUE(succeeded(version));
      ASSERT_NE(*version, nullptr) << "of key " << key << ", commit " << one.tsn;
      EXPECT_EQ((*version)->time().tsn, one.tsn);
      EXPECT_EQ((*version)->time().position, one.position);
      ASSERT_EQ(!(*version)->version.is_deleted, one.row.has_value());
      std::string found((*version)->size(), '\0');
      ASSERT_TRUE(succeeded(
          (*versions)->read(0, {reinterpret_cast<uint8_t*>(found.data()), found.size()})));
      EXPECT_TRUE(found == one.row.value_or("")) << "row of key " << key;
      if (between(random_, 0, 3) == 0) (*versions)->rest();
    }
    for (int i = 0; i < 2; ++i) {
      const auto end = (*versions)->next();
      ASSERT_TRUE(succeeded(end));
      EXPECT_EQ(*end, nullptr) << "of key " << key;
    }
  }

  // The rows of some range, in some direction.
  void check_scan(Twin& twin, const AsOf& as_of, uint64_t tsn, uint64_t position) {
    tables::RowRange range = {.descending = between(random_, 0, 1) == 0};
    const std::string low = some_key();
    const std::string high = some_key();
    const bool has_low = between(random_, 0, 2) == 0;
    const bool has_high = between(random_, 0, 2) == 0;
    if (has_low) range.low.assign(low.begin(), low.end());
    if (has_high) range.high.emplace(high.begin(), high.end());
    Shown expected;
    for (const auto& row : shown_at(twin.rows, tsn, position)) {
      if ((!has_low || row.first >= low) && (!has_high || row.first < high)) {
        expected.push_back(row);
      }
    }
    if (range.descending) std::ranges::reverse(expected);
    auto scan = db::TableScan::start(*twin.table, range, as_of);
    ASSERT_TRUE(succeeded(scan));
    Shown found;
    const bool in_runs = between(random_, 0, 1) == 0;
    for (;;) {
      if (in_runs) {
        const Shown run = run_of(**scan);
        if (run.empty()) break;
        found.insert(found.end(), run.begin(), run.end());
        continue;
      }
      const auto row = (*scan)->next();
      ASSERT_TRUE(succeeded(row));
      if (*row == nullptr) break;
      found.emplace_back(as_text((*row)->key), text_of(**scan, **row));
    }
    ASSERT_EQ(found.size(), expected.size())
        << (range.descending ? "descending" : "ascending") << " as of " << as_of.at;
    for (size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].first, expected[i].first);
      ASSERT_TRUE(found[i].second == expected[i].second) << "row of key " << found[i].first;
    }
  }

  void check_list() {
    std::vector<TableName> expected;
    for (const Twin& twin : tables_) expected.push_back(twin.name);
    std::ranges::sort(expected);
    std::vector<TableName> found;
    TableName name;
    for (;;) {
      const auto next = db::next_table(*database_, name);
      if (!next) break;
      name = next->name;
      found.push_back(name);
    }
    EXPECT_EQ(found, expected);
  }

  std::mt19937_64 random_;
  World world_;
  DatabasePtr database_;
  std::list<Twin> tables_;
  std::vector<Held> held_;
  uint64_t position_ = 0;
  std::vector<uint64_t> last_positions_;  // Of commit [i + 1].
  uint64_t row_count_ = 0;
  uint64_t name_count_ = 0;
};

TEST(TableModel, HoldsWhatMapsOfVersionsHold) {
  const test::Seed seed;
  for (uint64_t run = 0; run < test::scaled(60) && !HasFailure(); ++run) {
    SCOPED_TRACE(testing::Message() << "run with seed " << seed.value() + run);
    TableModel(seed.value() + run).run(120);
  }
}

}  // namespace
}  // namespace stele
