// Receipts of single events. Include <stele/stele.hpp>.
// <stele/stele.hpp>.
#pragma once

#include <stele/receipt.h>

#include <stele/detail/base.hpp>

namespace stele::inline v0 {

using ReceiptInfo = stele_receipt_info;

// The proof that an event was committed, for who has no database. False: there is none, because the
// event is not there (NOT_FOUND) or its commit is not durable yet (NOT_YET).
//
// Example:
//
//     stele::Receipt receipt = db.receipt(position);
//     stele::ReceiptInfo info = stele::verify_receipt(receipt.bytes, event.record());
struct Receipt {
  Status status = STELE_OK;
  std::vector<std::uint8_t> bytes = {};

  explicit operator bool() const { return status == STELE_OK; }
};

// Checks a receipt and, unless `record` is empty, that it is the receipt of that event. Throws
// CORRUPT when it does not hold.
inline ReceiptInfo verify_receipt(Bytes receipt, Bytes record = {}) {
  auto info = detail::sized<ReceiptInfo>();
  detail::call(stele_receipt_verify, receipt.data(), receipt.size(),
               record.empty() ? nullptr : record.data(), record.size(), &info);
  return info;
}

}  // namespace stele::inline v0
