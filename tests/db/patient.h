// A database with tables of every kind, what they were behind each commit, ways to damage it, and a
// check of what a repair has made of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "db/projection.h"
#include "db/repair.h"
#include "db/table.h"
#include "page/page.h"
#include "support/databases.h"
#include "tree/node.h"

namespace stele::test {

using db::AsOf;
using db::Lost;
using tables::History;
using tables::TableId;

constexpr uint32_t kPatientPage = page::kPageSizeDefault;

using PlainRows = std::map<std::string, std::string>;
struct Image {
  tables::TableInfo info;
  PlainRows rows;
};
using Images = std::map<TableId, Image>;

// The rows of a table as of a moment; nothing: they are not kept.
inline std::optional<PlainRows> rows_of(const DatabasePtr& database, const tables::TableName& name,
                                        const AsOf& as_of = {}) {
  const auto table = db::Table::open(database, name);
  EXPECT_TRUE(succeeded(table));
  if (!table) return std::nullopt;
  auto scan = db::TableScan::start(**table, {}, as_of);
  if (!scan) {
    EXPECT_EQ(scan.error().code(), Code::kTooOld) << scan.error().message();
    return std::nullopt;
  }
  PlainRows rows;
  for (;;) {
    const auto row = (*scan)->next();
    EXPECT_TRUE(succeeded(row));
    if (!row || *row == nullptr) return rows;
    std::string& text = rows[std::string(as_text((*row)->key))];
    text.resize((*row)->size());
    EXPECT_TRUE(
        succeeded((*scan)->read(0, {reinterpret_cast<uint8_t*>(text.data()), text.size()})));
  }
}

inline Images images_of(const DatabasePtr& database) {
  Images images;
  for (auto table = db::next_table(*database, {}); table;
       table = db::next_table(*database, table->name)) {
    images[table->id] = {*table, *rows_of(database, table->name)};
  }
  return images;
}

// A database with tables, what they were behind each commit, and its repair.
class Patient {
 public:
  Patient() {
    world.files.skip_syncs();
    database = world.open();
  }

  // ---- What is repaired. ----

  // Commits, and remembers all tables as they are then.
  void commit(db::Batch& batch) {
    const auto committed = batch.commit();
    ASSERT_TRUE(succeeded(committed));
    note();
  }
  void note() { then[database->snapshot().tsn] = images_of(database); }
  TableId create(const std::string& name, History history, uint64_t amount = 0) {
    db::Batch batch(database);
    const auto table = batch.catalog().create({"root", name}, history, amount);
    EXPECT_TRUE(succeeded(table));
    commit(batch);
    return *table;
  }
  void put(TableId table, const std::string& key, const std::string& row) {
    db::Batch batch(database);
    ASSERT_TRUE(succeeded(batch.rows().put(table, as_bytes(key), as_bytes(row), 0)));
    commit(batch);
  }
  void append(const std::string& data = "data") {
    db::Batch batch(database);
    test::fill(batch, {.events = {tagged("tag", data)}});
    commit(batch);
  }
  // Everything there is of a projection of tables "view" and its events up to now.
  void project() {
    auto projection = db::Projection::open(database, "views", {}, /*rebuilds=*/false);
    ASSERT_TRUE(succeeded(projection));
    const auto table = (*projection)->table({"root", "view"}, History::kAll);
    ASSERT_TRUE(succeeded(table));
    note();
    for (;;) {
      const auto event = (*projection)->events().peek();
      ASSERT_TRUE(succeeded(event));
      if (!*event) break;
      const uint64_t position = (*event)->position();
      const std::string key = cat("event ", position % 5);
      const std::string row(as_text((*event)->payload()));
      (*projection)->events().advance();
      ASSERT_TRUE(succeeded((*projection)->put(**table, as_bytes(key), as_bytes(row), position)));
    }
    ASSERT_TRUE(succeeded((*projection)->commit()));
    note();
  }
  // Tables of every kind, in trees, and with `rounds` of changes behind them in the log.
  void fill(int rounds) {
    plain = create("plain", History::kNone);
    past = create("past", History::kAll);
    few = create("few", History::kCommits, 12);
    large = create("large", History::kAll);
    for (int i = 0; i < 12; ++i) {
      change(i);
      if (i == 5) checkpoint();
    }
    project();
    checkpoint();
    checkpoint();
    for (int i = 0; i < rounds; ++i) change(i);
    if (rounds > 0) project();
  }
  void change(int i) {
    append(cat("event ", i));
    db::Batch batch(database);
    for (const TableId table : {plain, past, few}) {
      for (int k = 0; k < 12; ++k) {
        const std::string key = cat("key ", (i * 7 + k) % 40);
        const std::string row = cat("row ", i, std::string(150, 'r'));
        ASSERT_TRUE(succeeded(k == 11 ? batch.rows().erase(table, as_bytes(key), 0)
                                      : batch.rows().put(table, as_bytes(key), as_bytes(row), 0)));
      }
    }
    commit(batch);
    put(large, cat("key ", i % 3), std::string(2 * kPatientPage, static_cast<char>('a' + i)));
  }
  void checkpoint() { ASSERT_TRUE(succeeded(database->checkpoint())); }
  void close() {
    ASSERT_TRUE(succeeded(database->close()));
    database.reset();
  }
  // As a crash does it: the log stays as it is.
  void leave() { world.crash(database); }

  // ---- Damage. ----
  [[nodiscard]] std::string pages() const { return db::page_file_path(world.path()); }
  uint8_t flip(const std::string& path, uint64_t at) {
    auto file = world.files.open(path, os::OpenFor::kWriting);
    EXPECT_TRUE(succeeded(file));
    uint8_t byte = 0;
    EXPECT_TRUE(succeeded((*file)->read_at(at, {&byte, 1})));
    byte ^= 0x10;
    const ByteView flipped(&byte, 1);
    EXPECT_TRUE(succeeded((*file)->write_at(at, {&flipped, 1})));
    return byte;
  }
  uint64_t size_of(const std::string& path) {
    return *(*world.files.open(path, os::OpenFor::kReading))->size();
  }
  // The pages that the newest superblock leads to, but those of large values.
  std::vector<uint64_t> pages_of(std::string_view tree) {
    page::PageCache cache(uint64_t{1} << 20);
    std::vector<uint64_t> numbers;
    auto opened =
        db::Database::open(world.environment(), world.path(), {.mode = db::OpenMode::kReadOnly});
    EXPECT_TRUE(succeeded(opened));
    const engine::ViewPtr view = (*opened)->views().current();
    const auto visit = [&](const page::PageRef& ref, auto& self) -> void {
      const auto pin = view->trees->file->read(ref);
      ASSERT_TRUE(succeeded(pin));
      numbers.push_back(ref.number);
      if (pin->header().level() == 0) return;
      tree::InnerNode node;
      ASSERT_EQ(node.open(pin->bytes(), kPatientPage), nullptr);
      for (size_t i = 0; i < node.child_count(); ++i) self(node.child(i), self);
    };
    const page::Root root = view->trees->root(tree);
    if (root.page) visit(root.page, visit);
    return numbers;
  }
  void damage(const std::vector<std::string_view>& trees) {
    std::vector<uint64_t> hit;
    for (const std::string_view tree : trees) {
      for (const uint64_t page : pages_of(tree)) hit.push_back(page);
    }
    for (const uint64_t page : hit) flip(pages(), page * kPatientPage + 1000);
  }

  // ---- Repair. ----
  [[nodiscard]] std::string repaired_path() const { return world.path() + "-repaired"; }
  Status repair(Lost lost = Lost::kRefuse) {
    remove_repaired();
    auto started = db::Repair::start(world.environment(), world.path(), repaired_path(), lost);
    if (!started) return fail(std::move(started).error());
    for (uint64_t done = 0;;) {
      const auto more = (*started)->step();
      if (!more) return fail(more.error());
      EXPECT_GE((*started)->bytes_done(), done);
      done = (*started)->bytes_done();
      if (!*more) break;
    }
    EXPECT_EQ((*started)->bytes_done(), (*started)->bytes_total());
    left_out = (*started)->left_out();
    // What a lost commit did to the catalog nobody knows.
    knows_catalog = lost != Lost::kReplace || (*started)->stats().commits_lost == 0;
    EXPECT_EQ((*started)->stats().tables_left_out, left_out.size());
    return {};
  }
  void remove_repaired() {
    const std::string log = db::wal_directory(repaired_path());
    for (const std::string& directory : {log, repaired_path()}) {
      if (*world.files.kind(directory) == os::FileKind::kMissing) continue;
      const auto names = world.files.list(directory);
      for (const std::string& name : *names) {
        const std::string path = directory + "/" + name;
        if (*world.files.kind(path) == os::FileKind::kFile) {
          ASSERT_TRUE(succeeded(world.files.remove(path)));
        }
      }
    }
  }
  // The tables of the repaired database are what they were behind its last commit, and as of each
  // before; those that are missing are named. Returns the database.
  DatabasePtr check() {
    auto opened = db::Database::open(world.environment(), repaired_path(), World::small());
    EXPECT_TRUE(succeeded(opened));
    if (!opened) return nullptr;
    EXPECT_TRUE(succeeded(verify(*opened)));
    const uint64_t last = (*opened)->snapshot().tsn;
    if (last == 0) return *opened;
    const Images now = images_of(*opened);
    const Images& were = then.at(last);
    std::map<TableId, std::string> missing;
    for (const auto& table : left_out) missing[table.id] = table.name.name;
    for (const auto& [id, was] : were) {
      SCOPED_TRACE(was.info.name.name);
      const auto is = now.find(id);
      EXPECT_FALSE(is != now.end() && missing.contains(id));
      if (is == now.end()) {
        if (!knows_catalog) continue;
        EXPECT_TRUE(missing.contains(id));
        EXPECT_TRUE(missing[id].empty() || missing[id] == was.info.name.name) << missing[id];
        continue;
      }
      EXPECT_EQ(is->second.info.name, was.info.name);
      EXPECT_EQ(is->second.info.history, was.info.history);
      EXPECT_EQ(is->second.info.amount, was.info.amount);
      EXPECT_EQ(is->second.info.created_tsn, was.info.created_tsn);
      EXPECT_EQ(is->second.info.owner, was.info.owner);
      EXPECT_TRUE(is->second.rows == was.rows);
      check_past(*opened, was.info, last);
    }
    for (const auto& [id, is] : now) EXPECT_TRUE(were.contains(id)) << is.info.name.name;
    for (const auto& [id, name] : missing) {
      EXPECT_TRUE(were.contains(id) || !knows_catalog) << name;
    }
    return *opened;
  }
  void check_past(const DatabasePtr& repaired, const tables::TableInfo& info, uint64_t last) {
    if (info.history == History::kNone) return;
    for (uint64_t tsn = info.created_tsn; tsn <= last; ++tsn) {
      SCOPED_TRACE(tsn);
      const auto rows =
          rows_of(repaired, info.name, {.kind = AsOf::Kind::kTsn, .at = static_cast<int64_t>(tsn)});
      const bool is_kept = info.history == History::kAll || tsn + info.amount > last;
      EXPECT_TRUE(rows.has_value() || !is_kept);
      if (rows && is_kept && then.contains(tsn)) {
        EXPECT_TRUE(*rows == then.at(tsn).at(info.id).rows);
      }
    }
  }
  [[nodiscard]] std::vector<std::string> names_left_out() const {
    std::vector<std::string> names;
    for (const auto& table : left_out) names.push_back(table.name.name);
    std::ranges::sort(names);
    return names;
  }
  [[nodiscard]] static std::vector<std::string> all_names() {
    return {"few", "large", "past", "plain", "view"};
  }

  World world;
  DatabasePtr database;
  TableId plain = 0;
  TableId past = 0;
  TableId few = 0;
  TableId large = 0;
  std::map<uint64_t, Images> then;  // Behind each commit.
  std::vector<tables::TableInfo> left_out;
  bool knows_catalog = true;  // The repair that was made last.
};

}  // namespace stele::test
