// Readers of tables beside writers and checkpoints see whole commits, and nothing else.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "db/table.h"
#include "support/databases.h"
#include "support/scale.h"

namespace stele {
namespace {

using test::DatabasePtr;
using test::succeeded;
using test::World;

constexpr uint64_t kAccounts = 50;
constexpr int64_t kEach = 100;
const tables::TableName kName = {.schema = "root", .name = "accounts"};

std::string key_of(uint64_t account) {
  return cat("account ", account);
}

// What all accounts hold together, and how many there are.
struct Sum {
  int64_t amount = 0;
  uint64_t accounts = 0;
};
Result<Sum> sum_of(const db::Table& table, const db::AsOf& as_of, bool descending) {
  auto scan = db::TableScan::start(table, {.descending = descending}, as_of);
  if (!scan) return fail(scan.error());
  Sum sum;
  for (;;) {
    const auto row = (*scan)->next();
    if (!row) return fail(row.error());
    if (*row == nullptr) return sum;
    sum.amount += std::stoll(std::string(as_text((*row)->version.row)));
    ++sum.accounts;
  }
}

// Moves money between two accounts, one of which may be emptied and deleted for a while.
Status transfer(const DatabasePtr& database, const db::Table& table, uint64_t number) {
  const uint64_t from = number * 7919 % kAccounts;
  const uint64_t to = (from + 1 + number % (kAccounts - 1)) % kAccounts;
  std::vector<int64_t> held;
  std::vector<uint64_t> tsns;
  for (const uint64_t account : {from, to}) {
    int64_t amount = 0;
    uint64_t tsn = 0;
    const Status got = table.get(as_bytes(key_of(account)), {},
                                 [&](const engine::View&, const tables::Row& row) -> Status {
                                   amount = std::stoll(std::string(as_text(row.version.row)));
                                   tsn = row.time().tsn;
                                   return {};
                                 });
    if (!got && got.error().code() != Code::kNotFound) return got;
    held.push_back(amount);
    tsns.push_back(tsn);
  }
  const int64_t moved = number % 5 == 0 ? held[0] : held[0] / 2;
  db::Batch batch(database);
  for (size_t i = 0; i < 2; ++i) {
    const std::string key = key_of(i == 0 ? from : to);
    const int64_t amount = i == 0 ? held[0] - moved : held[1] + moved;
    STELE_TRY(batch.add_row_guard(table.info(), as_bytes(key), {.tsn = tsns[i]}));
    STELE_TRY(amount == 0 ? batch.rows().erase(table.id(), as_bytes(key), 0)
                          : batch.rows().put(table.id(), as_bytes(key), as_bytes(cat(amount)), 0));
  }
  const auto committed = batch.commit();
  return committed || committed.error().code() == Code::kConflict ? Status()
                                                                  : fail(committed.error());
}

TEST(TableThreads, ReadersSeeWholeCommits) {
  World world;
  world.files.skip_syncs();
  auto options = World::small();
  options.segment_size = 1 << 20;
  options.pipeline.background_threads = true;
  const DatabasePtr database = world.open(options);
  {
    db::Batch batch(database);
    const auto id = batch.catalog().create(kName, tables::History::kAll, 0);
    ASSERT_TRUE(succeeded(id));
    for (uint64_t i = 0; i < kAccounts; ++i) {
      ASSERT_TRUE(succeeded(batch.rows().put(*id, as_bytes(key_of(i)), as_bytes(cat(kEach)), 0)));
    }
    ASSERT_TRUE(succeeded(batch.commit()));
  }
  const auto opened = db::Table::open(database, kName);
  ASSERT_TRUE(succeeded(opened));
  const db::Table& table = **opened;
  const uint64_t transfers = test::scaled(4000);
  constexpr uint64_t kSums = 20;  // So many at least: writers go on until there are.
  std::atomic<uint64_t> writers = 2;
  std::atomic<bool> failed = false;
  std::atomic<uint64_t> sums = 0;
  {
    std::vector<std::jthread> threads;
    for (uint64_t writer = 0; writer < 2; ++writer) {
      threads.emplace_back([&, writer] {
        for (uint64_t i = 0; (i < transfers || sums < kSums) && !failed; ++i) {
          if (!transfer(database, table, 2 * i + writer)) failed = true;
        }
        --writers;
      });
    }
    threads.emplace_back([&] {
      while (writers > 0 && !failed) {
        if (!database->checkpoint()) failed = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
      }
    });
    for (uint64_t reader = 0; reader < 2; ++reader) {
      threads.emplace_back([&, reader] {
        for (uint64_t i = 0; writers > 0 && !failed; ++i) {
          db::AsOf as_of;
          if (i % 2 == 1) {
            const uint64_t now = database->snapshot().tsn;
            as_of = {.kind = db::AsOf::Kind::kTsn, .at = static_cast<int64_t>(1 + i * 7919 % now)};
          }
          const auto sum = sum_of(table, as_of, reader == 1);
          if (!sum || sum->amount != static_cast<int64_t>(kAccounts) * kEach) {
            failed = true;
            ADD_FAILURE() << (sum ? cat("the sum is ", sum->amount) : sum.error().message());
          }
          ++sums;
        }
      });
    }
  }
  EXPECT_FALSE(failed);
  EXPECT_GE(sums, kSums);
  EXPECT_TRUE(succeeded(test::verify(database)));
}

// Once such a handle read on for ever: it had looked for its table between the catalog's new
// version and the change that it stands for.
TEST(TableThreads, AHandleOfADroppedTableFindsOut) {
  World world;
  world.files.skip_syncs();
  const DatabasePtr database = world.open();
  for (uint64_t round = 0; round < test::scaled(100) && !testing::Test::HasFailure(); ++round) {
    const tables::TableName name = {.schema = "root", .name = cat("table ", round)};
    db::Batch creation(database);
    ASSERT_TRUE(succeeded(creation.catalog().create(name, tables::History::kNone, 0, "")));
    ASSERT_TRUE(succeeded(creation.commit()));
    const auto table = db::Table::open(database, name);
    ASSERT_TRUE(succeeded(table));
    const auto read = [&] {
      return (*table)->get(as_bytes("key"), {},
                           [](const engine::View&, const tables::Row&) -> Status { return {}; });
    };
    std::atomic<bool> is_dropped = false;
    std::atomic<bool> has_begun = false;
    std::thread reader([&] {
      while (!is_dropped) {
        (void)read().has_value();
        has_begun = true;
      }
    });
    while (!has_begun) std::this_thread::yield();
    db::Batch drop(database);
    EXPECT_TRUE(succeeded(drop.catalog().drop((*table)->id())));
    EXPECT_TRUE(succeeded(drop.commit()));
    is_dropped = true;
    reader.join();
    EXPECT_TRUE(test::failed(read(), Code::kNotFound, "was dropped")) << "round " << round;
  }
}

}  // namespace
}  // namespace stele
