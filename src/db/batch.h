// A batch: what one commit will append, record and demand.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "db/batch_content.h"
#include "db/database.h"
#include "events/reader.h"

namespace stele::db {

// An asynchronous commit. Threads: one at a time.
class Ticket {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  Ticket(std::shared_ptr<Database> database, engine::Ticket ticket)
      : database_(std::move(database)), ticket_(std::move(ticket)) {}

  // Waits for the outcome, for ever or until the deadline: TIMEOUT. May be called again.
  Result<engine::Committed> wait(const Deadline& deadline) {
    return database_->pipeline().wait(ticket_, deadline);
  }
  // Returns whether the outcome is there; if not, the listener is told.
  bool listen(engine::Listener& listener) {
    return database_->pipeline().listen(ticket_, listener);
  }
  [[nodiscard]] bool is_done() const { return database_->pipeline().is_done(ticket_); }
  // Has it written without a call of wait().
  void write_soon() { database_->pipeline().write_soon(ticket_); }
  void unlisten(engine::Listener& listener) { database_->pipeline().unlisten(ticket_, listener); }

  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  std::shared_ptr<Database> database_;
  engine::Ticket ticket_;
};

// Threads: one at a time.
class Batch {
 public:
  explicit Batch(std::shared_ptr<Database> database)
      : database_(std::move(database)), content_(std::make_unique<BatchContent>(*database_)) {}

  Status add_event(events::NewEvent& event) { return content_->add_event(event); }
  Status add_records(ByteView bytes) { return content_->add_records(bytes); }
  Status add_guard(const events::Query& query, uint64_t after) {
    return content_->add_guard(query, after);
  }
  // Expects a version of an entity.
  Status add_expectation(std::string_view entity, uint64_t sequence) {
    return content_->add_expectation(entity, sequence);
  }
  // Reads, and adds the guard that what was read is all there is.
  Result<std::unique_ptr<events::EventSource>> read(const events::Query& query,
                                                    const events::ReadOptions& options);
  Status add_guard(std::unique_ptr<engine::Guard> guard) { return content_->add(std::move(guard)); }
  Status add_row_guard(const tables::TableInfo& table, ByteView key,
                       tables::RowExpectation expected) {
    return content_->add_row_guard(table, key, std::move(expected));
  }
  Status add_range_guard(const tables::TableInfo& table, tables::RowRange range, uint64_t since) {
    return content_->add_range_guard(table, std::move(range), since);
  }
  void need_table(tables::TableId table) { content_->need_table(table); }
  // Reads what stands in the way of a guard now.
  Result<std::unique_ptr<events::EventSource>> conflicts(uint32_t guard) const {
    return content_->conflicts(guard, database_->snapshot());
  }
  Status add_tracking(const events::TrackingRequest& request) {
    return content_->add_tracking(request);
  }
  // Has a source stand nowhere, wherever it stands. Requires: it is not in the batch yet.
  void forget_tracking(const std::string& source) { content_->forget_tracking(source); }
  // Gives the batch an idempotency key; a key that it has is replaced.
  Status set_key(std::string_view key) { return content_->set_key(key); }
  [[nodiscard]] tables::RowPart& rows() { return content_->rows(); }
  [[nodiscard]] tables::CatalogPart& catalog() { return content_->catalog(); }
  // Of the transaction that the batch belongs to, for the next commit (db/transaction.h).
  void set_reads(tables::ReadSet* reads) { content_->set_reads(reads); }
  [[nodiscard]] bool is_empty() const { return content_->is_empty(); }
  // What the next commit asks for; a level below the database's has no effect.
  void set_durability(engine::Durability level) { level_ = level; }
  void clear();

  // Commits everything; empties the batch on success. With a key that was used for the same batch
  // before, the result is the earlier one.
  Result<engine::Committed> commit();

  // The same, but what was committed stays in memory, for who still looks at it. After a success
  // the batch is not to be used any more.
  Result<engine::Committed> commit_and_keep();

  // Says what commit() would answer now.
  Result<engine::Committed> check();

  // Hands everything to the pipeline and empties the batch. An error means that there is no
  // ticket, and the batch is as it was; every other outcome is the ticket's.
  Result<std::unique_ptr<Ticket>> commit_async();

  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  std::shared_ptr<Database> database_;
  std::unique_ptr<BatchContent> content_;
  engine::Durability level_ = engine::Durability::kOs;  // The database's, if that is stronger.
};

}  // namespace stele::db
