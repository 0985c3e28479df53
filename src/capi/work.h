// Work on a whole database that is done in steps: verify, backup, compact, repair. What their
// handles have in common.
//
//     open   starts it, on a usable database
//     step   does the next piece and tells how far it is; END when all of it is done
//     close  at any time; what is unfinished ends there
#pragma once

#include <memory>
#include <utility>

#include "capi/boundary.h"

namespace stele::capi {

// Work has step(), and database() if it is done on an open one.
template <typename Work, HandleKind kHandleKind>
struct WorkObject final : Object {
  static constexpr HandleKind kKind = kHandleKind;
  explicit WorkObject(std::unique_ptr<Work> started) : work(std::move(started)) {}
  std::unique_ptr<Work> work;
};

// `start` gets the database and returns the work. `name` is that of the work, and of the parameter.
template <typename WorkObject, typename Handle, typename Start>
stele_status open_work(const char* name, stele_db* db, Handle** handle, stele_error* error,
                       const Start& start) {
  return guarded(name, error, [&]() -> Status {
    STELE_TRY(check_pointer(handle, name));
    *handle = nullptr;
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    auto started = start((*object)->database);
    if (!started) return fail(std::move(started).error());
    publish(std::make_unique<WorkObject>(*std::move(started)), handle);
    return {};
  });
}

// Returns why it must not go on. Work that has no database can.
template <typename Work>
Status check_work([[maybe_unused]] Work& work) {
  if constexpr (requires { work.database(); }) return check_usable(*work.database());
  return {};
}

// `fill` gets the work and the progress to be filled in, which is zero. `at_end` says that all is
// done.
template <typename WorkObject, typename Handle, typename Progress, typename Fill>
stele_status step_work(const char* name, Handle* handle, Progress* progress, stele_error* error,
                       const char* at_end, const Fill& fill) {
  return guarded(name, error, [&]() -> Status {
    if (progress != nullptr) STELE_TRY(check_out_struct(progress, "progress"));
    const auto object = pin<WorkObject>(handle, name);
    if (!object) return fail(object.error());
    auto& work = *(*object)->work;
    STELE_TRY(check_work(work));
    auto more = work.step();
    if (progress != nullptr) {
      Progress filled = {};
      fill(work, filled);
      write_struct(filled, progress);
    }
    if (!more) return fail(std::move(more).error());
    if (!*more) return fail(Code::kEnd, cat(name, ": ", at_end));
    return {};
  });
}

template <typename WorkObject, typename Handle>
void close_work(Handle* handle) {
  HandleTable::instance().close(handle, WorkObject::kKind);
}

}  // namespace stele::capi
