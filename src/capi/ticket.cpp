// stele_ticket: asynchronous commits, and waiting for the first of several.
#include <chrono>
#include <optional>
#include <vector>

#include "capi/boundary.h"

using stele::fail;
using stele::Status;
using stele::capi::BatchObject;
using stele::capi::check_out_struct;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::pin;
using stele::capi::Pinned;
using stele::capi::TicketObject;

namespace stele::capi {

namespace {

using Deadline = db::Ticket::Deadline;

Result<Deadline> deadline_of(int64_t timeout_ms) {
  if (timeout_ms == STELE_FOREVER) return Deadline();
  if (timeout_ms < 0) {
    return fail(Code::kInvalid, cat("timeout_ms is ", timeout_ms, "; STELE_FOREVER is -1"));
  }
  // Longer than anybody waits, and shorter than what a clock can count.
  constexpr int64_t kLongest = int64_t{1'000} * 60 * 60 * 24 * 365;
  return std::chrono::steady_clock::now() +
         std::chrono::milliseconds(timeout_ms < kLongest ? timeout_ms : kLongest);
}

Status commit_async(stele_db* db, stele_batch* batch, stele_ticket** ticket) {
  STELE_TRY(check_pointer(ticket, "ticket"));
  *ticket = nullptr;
  const auto database = pin<DatabaseObject>(db, "db");
  if (!database) return fail(database.error());
  const auto object = pin<BatchObject>(batch, "batch");
  if (!object) return fail(object.error());
  STELE_TRY(check_usable((*object)->database_of()));
  if ((*object)->batch.database() != (*database)->database) {
    return fail(Code::kInvalid, "commit: the batch was created for another database");
  }
  // The handle first: once the commit is under way, nothing may fail.
  auto begun = std::make_unique<TicketObject>(nullptr);
  TicketObject& place = *begun;
  stele_ticket* handle = nullptr;
  publish(std::move(begun), &handle);
  const auto take_back = [&] { HandleTable::instance().close(handle, TicketObject::kKind); };
  try {
    auto made = (*object)->batch.commit_async();
    if (made) {
      place.ticket = *std::move(made);
      *ticket = handle;
      return {};
    }
    take_back();
    return fail(std::move(made).error());
  } catch (...) {
    take_back();
    throw;
  }
}

// Outcomes stay with their tickets when the database is closed.
Status check_can_wait(const db::Database& database) {
  return database.closed() ? Status() : check_usable(database);
}

// The tickets that a caller waits for, and the one listener of all of them.
class Waiting {
 public:
  Waiting() = default;
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    for (size_t i = 0; i < listening_; ++i) tickets_[i]->ticket->unlisten(listener_);
  }

  Status add(const void* handle, size_t index) {
    auto object = pin<TicketObject>(handle, "a handle");
    if (!object) return fail(Error(object.error()).during(cat("handle ", index)));
    STELE_TRY(check_can_wait(*(*object)->ticket->database()));
    tickets_.push_back(*std::move(object));
    return {};
  }

  // Returns the index of the first outcome that is there, or TIMEOUT.
  Result<size_t> wait(const Deadline& deadline) {
    for (; listening_ < tickets_.size(); ++listening_) {
      if (tickets_[listening_]->ticket->listen(listener_)) return listening_;
    }
    listener_.wait(deadline);
    for (size_t i = 0; i < tickets_.size(); ++i) {
      if (tickets_[i]->ticket->is_done()) return i;
    }
    return fail(Code::kTimeout, "wait: nothing has come in time");
  }

 private:
  engine::Listener listener_;
  std::vector<Pinned<TicketObject>> tickets_;
  size_t listening_ = 0;  // The first so many know the listener.
};

Status wait_any(const void* const* handles, size_t count, int64_t timeout_ms, size_t* index) {
  STELE_TRY(check_pointer(index, "index"));
  *index = 0;
  if (count == 0) return fail(Code::kInvalid, "there is nothing to wait for");
  STELE_TRY(check_pointer(handles, "handles"));
  const auto deadline = deadline_of(timeout_ms);
  if (!deadline) return fail(deadline.error());
  Waiting waiting;
  for (size_t i = 0; i < count; ++i) STELE_TRY(waiting.add(handles[i], i));
  const auto found = waiting.wait(*deadline);
  if (!found) return fail(found.error());
  *index = *found;
  return {};
}

}  // namespace

}  // namespace stele::capi

extern "C" {

stele_status stele_commit_async(stele_db* db, stele_batch* batch, stele_ticket** ticket,
                                stele_error* error) {
  return guarded("commit", error, [&] { return stele::capi::commit_async(db, batch, ticket); });
}

stele_status stele_ticket_wait(stele_ticket* ticket, int64_t timeout_ms,
                               stele_commit_result* result, stele_error* error) {
  return guarded("commit", error, [&]() -> Status {
    if (result != nullptr) STELE_TRY(check_out_struct(result, "result"));
    const auto object = pin<TicketObject>(ticket, "ticket");
    if (!object) return fail(object.error());
    STELE_TRY(stele::capi::check_can_wait(*(*object)->ticket->database()));
    const auto deadline = stele::capi::deadline_of(timeout_ms);
    if (!deadline) return fail(deadline.error());
    const auto committed = (*object)->ticket->wait(*deadline);
    if (!committed) return fail(committed.error());
    stele::capi::write_result(*committed, result);
    return {};
  });
}

void stele_ticket_close(stele_ticket* ticket) {
  HandleTable::instance().close(ticket, TicketObject::kKind);
}

stele_status stele_wait_any(const void* const* handles, size_t count, int64_t timeout_ms,
                            size_t* index, stele_error* error) {
  return guarded("wait", error,
                 [&] { return stele::capi::wait_any(handles, count, timeout_ms, index); });
}

}  // extern "C"
