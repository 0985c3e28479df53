// The receipts of a database: giving them out, and saying whether they still hold.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "db/database.h"

namespace stele::db {

// Returns the receipt of the event at `position`. NOT_FOUND: there is none. NOT_YET: its commit is
// not durable. CORRUPT: what the database holds does not follow from itself; no receipt is given
// for that.
[[nodiscard]] Result<std::vector<uint8_t>> receipt_of(Database& database, uint64_t position);

// Checks that the database still holds what a receipt says. CORRUPT: it does not, or the receipt
// does not hold. INVALID: it is of another database. NOT_FOUND: the database ends before its
// commit.
[[nodiscard]] Status check_receipt(Database& database, ByteView bytes);

}  // namespace stele::db
