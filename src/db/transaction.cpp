// Reading for a transaction, and making its reads and writes into guards.
#include "db/transaction.h"

#include <utility>

#include "base/text.h"

namespace stele::db {

Transaction::Reading::Reading(Transaction& transaction) : transaction_(transaction) {
  if (transaction.is_over()) {
    status_ = fail(Code::kInvalid, "the transaction is over");
  } else if (!transaction.held_.read()) {
    status_ = engine::too_old("the transaction");
  }
}

Transaction::Reading::~Reading() {
  if (status_) transaction_.held_.rest();  // What was taken away stays so.
}

Transaction::Transaction(std::shared_ptr<Database> database, Isolation isolation,
                         const engine::Snapshot& moment)
    : database_(std::move(database)),
      isolation_(isolation),
      moment_(moment),
      held_(database_->views(), database_->reader_age_us()),
      pending_(std::make_shared<Pending>(database_)),
      reads_(moment) {}

Result<std::unique_ptr<Transaction>> Transaction::begin(const std::shared_ptr<Database>& database,
                                                        Isolation isolation) {
  // The snapshot before the view, which holds all of it; again, if a checkpoint came in between.
  for (;;) {
    const engine::Snapshot moment = database->snapshot();
    std::unique_ptr<Transaction> begun(new Transaction(database, isolation, moment));
    if (begun->held_.view()->trees->applied.tsn > moment.tsn) continue;
    begun->held_.rest();
    return begun;
  }
}

// Takes nothing away: another thread may be in a call on the batch, or on a scan.
void Transaction::end() {
  if (pending_ == nullptr) return;
  pending_->is_over = true;
  pending_.reset();
}

Status Transaction::check_is_there(const Table& table) {
  if (table.database() != database_) {
    return fail(Code::kInvalid, "the table is one of another database than the transaction");
  }
  if (there_.contains(table.id())) return {};
  const auto found = tables::find_table(*held_.view(), table.id(), moment_.tsn);
  if (!found) return fail(found.error());
  if (!*found) {
    return fail(Code::kNotFound,
                cat("table ", tables::shown(table.info().name), " is not there in commit ",
                    moment_.tsn, ", as of which the transaction reads"));
  }
  there_.insert(table.id());
  return {};
}

Result<bool> Transaction::find(tables::RowReader& reader, const tables::TableInfo& table,
                               ByteView key, tables::Row& row) {
  const tables::Horizon all = {.tsn = pending_->batch.rows().last_number()};
  if (const auto own = pending_->rows.find(table.id, key, all)) {
    row.key = key;
    row.version = {.time = {}, .is_deleted = own->is_deleted, .row = own->row};
    return !own->is_deleted;
  }
  auto there = reader.find(key, row);
  if (there && isolation_ == Isolation::kSerializable) {
    reads_.add_row(table, key, *there ? row.time().tsn : 0);
  }
  return there;
}

Result<std::unique_ptr<TableScan>> Transaction::scan(const Table& table,
                                                     const tables::RowRange& range) {
  const Reading reading(*this);
  if (!reading.status()) return fail(reading.status().error());
  STELE_TRY(check_is_there(table));
  InTransaction view = {.held = held_,
                        .horizon = {.tsn = moment_.tsn},
                        .rows = pending_,
                        .last = pending_->batch.rows().last_number()};
  if (isolation_ == Isolation::kSerializable) view.read = reads_.add_range(table.info(), range);
  return TableScan::start(table, range, std::move(view));
}

Result<std::unique_ptr<events::EventSource>> Transaction::read(const events::Query& query,
                                                               const events::ReadOptions& options) {
  if (is_over()) return fail(Code::kInvalid, "the transaction is over");
  auto reader = std::make_unique<events::Reader>(database_->views(), query, options, moment_);
  if (isolation_ == Isolation::kSerializable) {
    STELE_TRY(pending_->batch.add_guard(query, moment_.head));
  }
  return reader;
}

Status Transaction::guard_write(const tables::TableInfo& table, const tables::OpView& op) {
  if (op.kind() == tables::OpKind::kDeleteRange) {
    tables::RowRange range = {.low = {op.key().begin(), op.key().end()}};
    if (op.has_end()) range.high.emplace(op.value().begin(), op.value().end());
    reads_.add_range(table, std::move(range))->reach_end();
    return {};
  }
  if (reads_.has_row(table.id, op.key())) return {};
  tables::RowReader reader(*held_.view(), table, {.tsn = moment_.tsn});
  tables::Row row;
  const auto there = reader.find(op.key(), row);
  if (!there) return fail(there.error());
  reads_.add_row(table, op.key(), *there ? row.time().tsn : 0);
  return {};
}

Status Transaction::guard_writes() {
  std::map<tables::TableId, tables::TableInfo> written;
  Status status;
  const auto [now, view] = database_->pipeline().look();
  pending_->batch.rows().for_each_table([&](tables::TableId id) {
    if (!status) return;
    const auto table = tables::find_table(*view, id, now.tsn);
    if (!table) {
      status = fail(table.error());
    } else if (*table) {  // Of one that was dropped the commit is told by another guard.
      written.emplace(id, **table);
    }
  });
  pending_->batch.rows().for_each([&](const tables::OpView& op) {
    const auto table = written.find(op.table());
    if (status && table != written.end()) status = guard_write(table->second, op);
  });
  return status;
}

Result<engine::Committed> Transaction::commit() {
  const Reading reading(*this);
  if (!reading.status()) return fail(Error(reading.status().error()).during("commit"));
  if (pending_->batch.is_empty()) {
    end();
    return engine::Committed{};
  }
  if (auto guarded = guard_writes(); !guarded) {
    return fail(std::move(guarded).error().during("commit"));
  }
  reads_.set_view(held_.view());
  pending_->batch.set_reads(&reads_);
  auto committed = pending_->batch.commit_and_keep();
  pending_->batch.set_reads(nullptr);
  reads_.set_view(nullptr);
  if (committed) end();
  return committed;
}

}  // namespace stele::db
