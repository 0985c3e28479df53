// What a batch holds, apart from the batch: an asynchronous commit takes it along.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "events/event_part.h"
#include "events/event_source.h"
#include "events/id_guard.h"
#include "events/keys.h"
#include "events/query.h"
#include "events/tracking.h"
#include "tables/read_set.h"
#include "tables/row_guard.h"

namespace stele::db {

// Threads: one at a time. Does not keep the database, whose pipeline may be what keeps this.
class BatchContent {
 public:
  explicit BatchContent(Database& database);

  Status add_event(events::NewEvent& event) { return events_.add(event); }
  Status add_records(ByteView bytes) { return events_.add_records(bytes); }
  Status add_guard(const events::Query& query, uint64_t after);
  Status add_expectation(std::string_view entity, uint64_t sequence);
  Status add_tracking(const events::TrackingRequest& request);
  // Has a source stand nowhere, wherever it stands. Requires: it is not in the batch yet.
  void forget_tracking(const std::string& source);
  Status set_key(std::string_view key);
  [[nodiscard]] tables::RowPart& rows() { return rows_; }
  [[nodiscard]] tables::CatalogPart& catalog() { return catalog_; }
  // Adds a guard of any kind behind the others.
  Status add(std::unique_ptr<engine::Guard> guard);
  // Expects rows to be so.
  Status add_row_guard(const tables::TableInfo& table, ByteView key,
                       tables::RowExpectation expected);
  Status add_range_guard(const tables::TableInfo& table, tables::RowRange range, uint64_t since);
  // Expects a table to be there still.
  void need_table(tables::TableId table) { guarded_.insert(table); }
  // What a transaction has read, checked with the guards of the next commit; null: nothing. Must
  // outlive that.
  void set_reads(tables::ReadSet* reads) { reads_ = reads; }
  [[nodiscard]] bool is_empty() const {
    return events_.count() == 0 && tracking_.count() == 0 && catalog_.empty() && rows_.empty();
  }
  // Returns the events that stand in the way of a guard. NOT_FOUND: no events can.
  Result<std::unique_ptr<events::EventSource>> conflicts(uint32_t guard,
                                                         const engine::Snapshot& now) const;
  void clear();

  // Prepares a commit, whose parts and guards are here. INVALID: there is nothing to commit.
  Result<engine::Batch> assemble();

 private:
  void add_tables(engine::Batch& batch);
  // Of what the caller asks for.
  [[nodiscard]] Digest digest() const;

  Database& database_;
  events::EventPart events_;
  events::TrackingPart tracking_;
  tables::CatalogPart catalog_;
  tables::RowPart rows_;
  std::set<tables::TableId> guarded_;                   // Tables that must be there.
  std::optional<tables::CatalogGuard> catalog_guard_;   // Of the commit under way.
  std::string key_;                                     // Empty: without.
  std::optional<events::KeyGuard> key_guard_;           // Of the commit under way.
  std::optional<events::KeyPart> key_part_;             // Of the commit under way.
  std::optional<events::IdGuard> id_guard_;             // Of the commit under way.
  tables::ReadSet* reads_ = nullptr;                    // Of the commit under way.
  std::vector<std::unique_ptr<engine::Guard>> guards_;  // In the caller's order.
};

// Keeps the memory of contents that asynchronous commits are done with, for the next ones.
//
// Threads: any.
class ContentPool {
 public:
  ContentPool() { unused_.reserve(kUnusedMax); }

  // Returns an empty content. May throw std::bad_alloc.
  std::unique_ptr<BatchContent> take(Database& database);
  void give_back(std::unique_ptr<BatchContent> content) noexcept;

 private:
  static constexpr size_t kUnusedMax = 4;
  std::mutex mutex_;
  std::vector<std::unique_ptr<BatchContent>> unused_;
};

}  // namespace stele::db
