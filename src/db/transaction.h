// A transaction: a batch that reads, its own rows included, as of the moment at which it began.
//
//     begin ──► view of that moment ──► get, scan ──┐              ┌─► batch: rows, events, guards
//                                         what was read            │
//     commit: batch, guarded by what was read (serializable) and by what was there of what it
//             writes (both levels of isolation)
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <utility>

#include "db/batch.h"
#include "db/table.h"
#include "engine/held_view.h"
#include "tables/read_set.h"

namespace stele::db {

enum class Isolation : uint8_t { kSerializable, kSnapshot };

class Transaction {
 public:
  static Result<std::unique_ptr<Transaction>> begin(const std::shared_ptr<Database>& database,
                                                    Isolation isolation);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() { end(); }

  // What the commit will do. Not to be committed or cleared by itself.
  // Whoever has it may go on using it when the transaction is over: that has no effect.
  // Requires: it is not over.
  [[nodiscard]] std::shared_ptr<Batch> batch() const { return {pending_, &pending_->batch}; }
  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }
  // It was committed.
  [[nodiscard]] bool is_over() const { return pending_ == nullptr; }

  // Calls visit(view, row) for the row of the key, which lives through the call. NOT_FOUND: there
  // is none. TOO_OLD: the transaction has rested for too long.
  template <typename Visit>
  Status get(const Table& table, ByteView key, const Visit& visit) {
    const Reading reading(*this);
    STELE_TRY(reading.status());
    STELE_TRY(check_is_there(table));
    tables::Row row;
    tables::RowReader reader(*held_.view(), table.info(), {.tsn = moment_.tsn});
    const auto there = find(reader, table.info(), key, row);
    if (!there) return fail(there.error());
    if (!*there) return table.not_found();
    return visit(*held_.view(), row);
  }
  // Rows of a range with those of the batch, as they are at this call.
  Result<std::unique_ptr<TableScan>> scan(const Table& table, const tables::RowRange& range);
  // Events up to the moment of the transaction.
  Result<std::unique_ptr<events::EventSource>> read(const events::Query& query,
                                                    const events::ReadOptions& options);

  // Commits the batch; the transaction is over then. One that has nothing to commit succeeds with
  // the moment that it has read. After an error it goes on.
  Result<engine::Committed> commit();

 private:
  // A call that reads: the view is there until its end.
  class Reading {
   public:
    explicit Reading(Transaction& transaction);
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading();
    [[nodiscard]] const Status& status() const { return status_; }

   private:
    Transaction& transaction_;
    Status status_;
  };

  // The batch, and its rows once more in order: they are what the batch keeps in memory. So who has
  // one of them, as the caller's batch and scans do, has both.
  struct Pending : BatchRows {
    explicit Pending(std::shared_ptr<Database> database) : batch(std::move(database)) {
      batch.rows().copy_to(&rows);
    }
    Batch batch;
  };

  Transaction(std::shared_ptr<Database> database, Isolation isolation,
              const engine::Snapshot& moment);
  // Whether the table was there at the moment of the transaction.
  Status check_is_there(const Table& table);
  // Finds what the batch, or else the view, has of a row, and notes that it was read.
  Result<bool> find(tables::RowReader& reader, const tables::TableInfo& table, ByteView key,
                    tables::Row& row);
  // Adds what the batch writes to what must not have changed.
  Status guard_writes();
  Status guard_write(const tables::TableInfo& table, const tables::OpView& op);
  void end();

  std::shared_ptr<Database> database_;
  const Isolation isolation_;
  const engine::Snapshot moment_;
  engine::HeldView held_;
  std::shared_ptr<Pending> pending_;  // Null: it is over.
  tables::ReadSet reads_;
  std::set<tables::TableId> there_;  // Tables that were found.
};

}  // namespace stele::db
