// Owners of the library's handles, and its errors as failures of a command.
#pragma once

#include <stele/stele.h>

#include <memory>
#include <string>

#include "cli/failure.h"

namespace stele::cli {

template <auto kClose>
struct Closer {
  template <typename T>
  void operator()(T* handle) const {
    kClose(handle);
  }
};

using Batch = std::unique_ptr<stele_batch, Closer<&stele_batch_close>>;
using Query = std::unique_ptr<stele_query, Closer<&stele_query_close>>;
using Cursor = std::unique_ptr<stele_cursor, Closer<&stele_cursor_close>>;
using Subscription = std::unique_ptr<stele_subscription, Closer<&stele_subscription_close>>;
using Terms = std::unique_ptr<stele_terms, Closer<&stele_terms_close>>;
using OpenTable = std::unique_ptr<stele_table, Closer<&stele_table_close>>;
using Scan = std::unique_ptr<stele_scan, Closer<&stele_scan_close>>;
using RowHistory = std::unique_ptr<stele_row_history, Closer<&stele_row_history_close>>;
using Backup = std::unique_ptr<stele_backup, Closer<&stele_backup_close>>;
using Compact = std::unique_ptr<stele_compact, Closer<&stele_compact_close>>;
using Repair = std::unique_ptr<stele_repair, Closer<&stele_repair_close>>;
using Verify = std::unique_ptr<stele_verify, Closer<&stele_verify_close>>;

// Another process, or handle, has the database.
class Busy : public Failure {
 public:
  explicit Busy(const std::string& message) : Failure(ExitStatus::kError, message) {}
};

// Throws a Failure, a Busy for STELE_BUSY, unless `status` is STELE_OK. Its message is the
// library's.
void check(stele_status status, const stele_error& error);

// Returns the library's message, or the status's name where it gave none.
[[nodiscard]] std::string message_of(stele_status status, const stele_error& error);

// An open database. Only close() can report that closing failed, so commands end with it; the
// destructor serves those that have failed already.
class Database {
 public:
  Database(const std::string& path, stele_open_mode mode);
  ~Database();

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void close();

  [[nodiscard]] stele_db* get() const { return db_; }

 private:
  stele_db* db_ = nullptr;  // Null once closed.
};

[[nodiscard]] Batch make_batch(const Database& database);

}  // namespace stele::cli
