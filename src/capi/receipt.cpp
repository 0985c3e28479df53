// Receipts: made and compared by a database, verified without one.
#include "events/receipt.h"

#include "capi/boundary.h"
#include "db/receipt.h"

using stele::Status;
using stele::capi::bytes_of;
using stele::capi::check_out_struct;
using stele::capi::check_usable;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::pin;

namespace stele::capi {

namespace {

static_assert(events::kReceiptSizeMax <= STELE_RECEIPT_MAX);

Status make(stele_db* db, uint64_t position, uint8_t* buffer, size_t capacity, size_t* used) {
  STELE_TRY(check_pointer(used, "used"));
  *used = 0;
  if (capacity > 0) STELE_TRY(check_pointer(buffer, "buffer"));
  const auto object = pin<DatabaseObject>(db, "db");
  if (!object) return fail(object.error());
  STELE_TRY(check_usable(*(*object)->database));
  const auto bytes = db::receipt_of(*(*object)->database, position);
  if (!bytes) return fail(bytes.error());
  *used = bytes->size();
  if (bytes->size() > capacity) {
    return fail(Code::kBufferTooSmall,
                cat("it takes ", bytes->size(), " bytes, the buffer has ", capacity));
  }
  copy_bytes(buffer, *bytes);
  return {};
}

void fill_info(const events::Receipt& receipt, stele_receipt_info* to) {
  stele_receipt_info info = {};
  std::memcpy(info.uuid, receipt.uuid.data(), sizeof info.uuid);
  info.tsn = receipt.stamp.tsn;
  info.position = receipt.position;
  info.recorded = receipt.stamp.recorded;
  std::memcpy(info.event_hash, receipt.event_hash.data(), sizeof info.event_hash);
  std::memcpy(info.chained_root, receipt.chained_root.data(), sizeof info.chained_root);
  write_struct(info, to);
}

// `record` is null when only the receipt is to be checked.
Status verify(ByteView receipt_bytes, const uint8_t* record, size_t record_size,
              stele_receipt_info* info) {
  const auto receipt = events::decode_receipt(receipt_bytes);
  if (!receipt) return fail(receipt.error());
  if (record != nullptr) STELE_TRY(events::check_record(*receipt, {record, record_size}));
  if (info != nullptr) fill_info(*receipt, info);
  return {};
}

}  // namespace

}  // namespace stele::capi

extern "C" {

stele_status stele_receipt(stele_db* db, uint64_t position, uint8_t* buffer, size_t capacity,
                           size_t* used, stele_error* error) {
  return guarded("receipt", error,
                 [&] { return stele::capi::make(db, position, buffer, capacity, used); });
}

stele_status stele_receipt_verify(const uint8_t* receipt, size_t receipt_size,
                                  const uint8_t* record, size_t record_size,
                                  stele_receipt_info* info, stele_error* error) {
  return guarded("verify receipt", error, [&]() -> Status {
    if (info != nullptr) STELE_TRY(check_out_struct(info, "info"));
    const auto bytes = bytes_of(receipt, receipt_size, "receipt");
    if (!bytes) return fail(bytes.error());
    const auto event = bytes_of(record, record_size, "record");
    if (!event) return fail(event.error());
    return stele::capi::verify(*bytes, record, record_size, info);
  });
}

stele_status stele_receipt_check(stele_db* db, const uint8_t* receipt, size_t receipt_size,
                                 stele_error* error) {
  return guarded("check receipt", error, [&]() -> Status {
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    const auto bytes = bytes_of(receipt, receipt_size, "receipt");
    if (!bytes) return fail(bytes.error());
    return stele::db::check_receipt(*(*object)->database, *bytes);
  });
}

}  // extern "C"
