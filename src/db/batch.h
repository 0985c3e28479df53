// A batch: what one commit will append, record and demand.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "events/event_part.h"
#include "events/query.h"
#include "events/tracking.h"

namespace stele::db {

// Threads: one at a time.
class Batch {
 public:
  explicit Batch(std::shared_ptr<Database> database);

  Status add_event(events::NewEvent& event) { return events_.add(event); }
  Status add_records(ByteView bytes) { return events_.add_records(bytes); }
  Status add_guard(const events::Query& query, uint64_t after);
  Status add_tracking(const events::TrackingRequest& request);
  // Gives the batch an idempotency key; a key that it has is replaced.
  Status set_key(std::string_view key);
  void clear();

  // Commits everything; empties the batch on success. With a key that was used for the same batch
  // before, the result is the earlier one.
  Result<engine::Stamp> commit();

  [[nodiscard]] const std::shared_ptr<Database>& database() const { return database_; }

 private:
  std::shared_ptr<Database> database_;
  events::EventPart events_;
  events::TrackingPart tracking_;
  std::string key_;                                     // Empty: without.
  std::vector<std::unique_ptr<engine::Guard>> guards_;  // In the caller's order.
};

}  // namespace stele::db
