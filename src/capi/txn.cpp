// stele_txn: transactions, and what they read.
#include "capi/table.h"
#include "db/transaction.h"

using stele::fail;
using stele::Result;
using stele::Status;
using stele::capi::BatchObject;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::Pinned;

namespace stele::capi {

namespace {

struct TransactionObject final : Object {
  static constexpr HandleKind kKind = HandleKind::kTransaction;
  explicit TransactionObject(std::unique_ptr<db::Transaction> begun)
      : transaction(std::move(begun)) {}
  ~TransactionObject() override { close_batch(); }
  // What is over has no batch to add to.
  void close_batch() {
    HandleTable::instance().close(batch, BatchObject::kKind);
    batch = nullptr;
  }
  std::unique_ptr<db::Transaction> transaction;
  stele_batch* batch = nullptr;  // Once it was asked for.
};

Result<Pinned<TransactionObject>> usable_transaction(stele_txn* txn) {
  auto object = pin<TransactionObject>(txn, "txn");
  if (!object) return object;
  STELE_TRY(check_usable(*(*object)->transaction->database()));
  return object;
}

Status begin(stele_db* db, const stele_txn_options* given, stele_txn** txn) {
  STELE_TRY(check_pointer(txn, "txn"));
  *txn = nullptr;
  const auto object = usable_database(db);
  if (!object) return fail(object.error());
  auto isolation = db::Isolation::kSerializable;
  if (given != nullptr) {
    const auto options = read_struct(given, "options");
    if (!options) return fail(options.error());
    if (options->isolation != STELE_ISOLATION_SERIALIZABLE &&
        options->isolation != STELE_ISOLATION_SNAPSHOT) {
      return fail(Code::kInvalid, cat("options.isolation ", options->isolation, " is unknown"));
    }
    if (options->isolation == STELE_ISOLATION_SNAPSHOT) isolation = db::Isolation::kSnapshot;
  }
  auto begun = db::Transaction::begin((*object)->database, isolation);
  if (!begun) return fail(std::move(begun).error());
  publish(std::make_unique<TransactionObject>(*std::move(begun)), txn);
  return {};
}

Status batch_of(stele_txn* txn, stele_batch** batch) {
  STELE_TRY(check_pointer(batch, "batch"));
  *batch = nullptr;
  const auto object = usable_transaction(txn);
  if (!object) return fail(object.error());
  if ((*object)->transaction->is_over()) return fail(Code::kInvalid, "the transaction is over");
  if ((*object)->batch == nullptr) {
    publish(std::make_unique<BatchObject>((*object)->transaction->batch(), true),
            &(*object)->batch);
  }
  *batch = (*object)->batch;
  return {};
}

Status scan(stele_txn* txn, stele_table* table, const stele_scan_options* given,
            stele_scan** scan) {
  STELE_TRY(check_pointer(scan, "scan"));
  *scan = nullptr;
  const auto object = usable_transaction(txn);
  if (!object) return fail(object.error());
  const auto from = usable_table(table);
  if (!from) return fail(from.error());
  const auto wish = scan_wish(given);
  if (!wish) return fail(wish.error());
  if (wish->moment.kind != db::AsOf::Kind::kNow) {
    return fail(Code::kInvalid,
                "options.as_of is set, but a transaction reads as of its beginning");
  }
  auto begun = (*object)->transaction->scan(*(*from)->table, wish->range);
  if (!begun) return fail(std::move(begun).error());
  publish(std::make_unique<ScanObject>(*std::move(begun)), scan);
  return {};
}

Status read(stele_txn* txn, const stele_query* query, const stele_read_options* given,
            stele_cursor** cursor) {
  STELE_TRY(check_pointer(cursor, "cursor"));
  *cursor = nullptr;
  const auto object = usable_transaction(txn);
  if (!object) return fail(object.error());
  const auto options = read_options(given);
  if (!options) return fail(options.error());
  const auto what = query_of(query);
  if (!what) return fail(what.error());
  db::Transaction& transaction = *(*object)->transaction;
  return publish_cursor(transaction.database(), transaction.read(*what, *options), cursor);
}

Status commit(stele_txn* txn, stele_commit_result* result) {
  if (result != nullptr) STELE_TRY(check_out_struct(result, "result"));
  const auto object = usable_transaction(txn);
  if (!object) return fail(object.error());
  const auto committed = (*object)->transaction->commit();
  if (!committed) return fail(committed.error());
  (*object)->close_batch();
  write_result(*committed, result);
  return {};
}

}  // namespace

}  // namespace stele::capi

// Keys and rows are two parameters each in C. And the analyzer loses an Error's detail on its way
// out of a std::expected.
// NOLINTBEGIN(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
extern "C" {

stele_status stele_txn_begin(stele_db* db, const stele_txn_options* options, stele_txn** txn,
                             stele_error* error) {
  return guarded("begin", error, [&]() -> Status { return stele::capi::begin(db, options, txn); });
}

stele_status stele_txn_batch(stele_txn* txn, stele_batch** batch, stele_error* error) {
  return guarded("batch", error, [&]() -> Status { return stele::capi::batch_of(txn, batch); });
}

stele_status stele_txn_get(stele_txn* txn, stele_table* table, const uint8_t* key, size_t key_size,
                           uint8_t* buffer, size_t capacity, size_t* size, stele_row* row,
                           stele_error* error) {
  return guarded("get row", error, [&]() -> Status {
    const auto bytes = stele::capi::row_key_of(key, key_size);
    if (!bytes) return fail(bytes.error());
    STELE_TRY(stele::capi::check_row_place(buffer, capacity, size, row));
    const auto object = stele::capi::usable_transaction(txn);
    if (!object) return fail(object.error());
    const auto from = stele::capi::usable_table(table);
    if (!from) return fail(from.error());
    return (*object)->transaction->get(
        *(*from)->table, *bytes, [&](const auto& view, const auto& found) {
          return stele::capi::copy_row(view, found, *bytes, {buffer, capacity, size, row});
        });
  });
}

stele_status stele_txn_scan(stele_txn* txn, stele_table* table, const stele_scan_options* options,
                            stele_scan** scan, stele_error* error) {
  return guarded("scan", error,
                 [&]() -> Status { return stele::capi::scan(txn, table, options, scan); });
}

stele_status stele_txn_read(stele_txn* txn, const stele_query* query,
                            const stele_read_options* options, stele_cursor** cursor,
                            stele_error* error) {
  return guarded("read", error,
                 [&]() -> Status { return stele::capi::read(txn, query, options, cursor); });
}

stele_status stele_txn_commit(stele_txn* txn, stele_commit_result* result, stele_error* error) {
  return guarded("commit", error, [&]() -> Status { return stele::capi::commit(txn, result); });
}

void stele_txn_close(stele_txn* txn) {
  HandleTable::instance().close(txn, stele::capi::TransactionObject::kKind);
}

}  // extern "C"
// NOLINTEND(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
