// Random databases under random damage: a repair refuses, or every table is what it was behind the
// last commit that there is, or named.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "db/patient.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele {
namespace {

using db::Lost;
using tables::History;
using tables::TableId;
using test::between;
using test::failed;
using test::succeeded;

TEST(RepairTablesModel, AreWholeOrNamedUnderAnyDamage) {
  const test::Seed seed;
  auto random = seed.generator();
  for (size_t round = 0; round < test::scaled(5); ++round) {
    test::Patient it;
    std::vector<TableId> tables;
    for (int i = 0; i < 60; ++i) {
      const uint64_t what = between(random, 0, 19);
      if (what == 0) {
        ASSERT_TRUE(succeeded(it.database->checkpoint()));
      } else if (what == 1) {
        it.project();
      } else if (what < 5 || tables.empty()) {
        it.append(std::string(between(random, 1, 300), 'd'));
        const auto history = static_cast<History>(between(random, 0, 2));
        const uint64_t amount = history == History::kCommits ? 15 : 0;
        if (tables.size() < 6) tables.push_back(it.create(cat("table ", i), history, amount));
      } else if (what == 5 && tables.size() > 3) {
        db::Batch batch(it.database);
        const size_t at = between(random, 0, tables.size() - 1);
        ASSERT_TRUE(succeeded(batch.catalog().drop(tables[at])));
        tables.erase(tables.begin() + static_cast<ptrdiff_t>(at));
        it.commit(batch);
      } else if (what == 6) {
        db::Batch batch(it.database);
        const TableId table = tables[between(random, 0, tables.size() - 1)];
        ASSERT_TRUE(succeeded(batch.catalog().rename(table, {"root", cat("renamed ", i)})));
        it.commit(batch);
      } else {
        db::Batch batch(it.database);
        for (uint64_t k = between(random, 1, 30); k > 0; --k) {
          const TableId table = tables[between(random, 0, tables.size() - 1)];
          const std::string key = cat("key ", between(random, 0, 99));
          const uint64_t size = between(random, 0, 40) == 0 ? 20'000 : between(random, 0, 300);
          ASSERT_TRUE(succeeded(
              batch.rows().put(table, as_bytes(key), as_bytes(std::string(size, 'r')), 0)));
        }
        it.commit(batch);
      }
    }
    it.leave();
    for (size_t attempt = 0; attempt < test::scaled(12); ++attempt) {
      SCOPED_TRACE(testing::Message() << "round " << round << ", attempt " << attempt);
      std::vector<std::string> paths = {it.pages(), it.pages(), it.pages()};
      const auto log = wal::list_log(it.world.files, it.world.log_directory());
      for (const uint64_t number : log->segments) paths.push_back(it.world.segment(number));
      std::vector<std::pair<std::string, uint64_t>> flips;
      for (uint64_t k = between(random, 1, 4); k > 0; --k) {
        const std::string& path = paths[between(random, 0, paths.size() - 1)];
        if (*it.world.files.kind(path) == os::FileKind::kMissing) continue;
        flips.emplace_back(path, between(random, 0, it.size_of(path) - 1));
      }
      for (const auto& [path, at] : flips) it.flip(path, at);
      const auto lost = static_cast<Lost>(between(random, 0, 2));
      const Status repaired = it.repair(lost);
      if (repaired) {
        it.check();
      } else {
        EXPECT_TRUE(failed(repaired, Code::kCorrupt));
        EXPECT_EQ(lost, Lost::kRefuse) << repaired.error().message();
      }
      for (const auto& [path, at] : flips) it.flip(path, at);
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace stele
