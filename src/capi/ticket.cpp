// stele_ticket: asynchronous commits.
#include "capi/boundary.h"

using stele::fail;
using stele::Status;
using stele::capi::check_out_struct;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::pin;
using stele::capi::TicketObject;

namespace stele::capi {

namespace {

Status commit_async(stele_db* db, stele_batch* batch, stele_ticket** ticket) {
  STELE_TRY(check_pointer(ticket, "ticket"));
  *ticket = nullptr;
  const auto database = pin<DatabaseObject>(db, "db");
  if (!database) return fail(database.error());
  const auto object = whole_batch(batch);
  if (!object) return fail(object.error());
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

}  // extern "C"
