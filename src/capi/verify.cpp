// stele_verify: the check of everything committed, step by step.
#include "capi/boundary.h"

using stele::Code;
using stele::Status;
using stele::capi::check_out_struct;
using stele::capi::check_pointer;
using stele::capi::check_usable;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::pin;
using stele::capi::VerifyObject;

namespace stele::capi {

namespace {

void fill_progress(const db::Verify& verify, stele_verify_progress* to) {
  if (to == nullptr) return;
  stele_verify_progress progress = {};
  progress.bytes_done = verify.bytes_done();
  progress.bytes_total = verify.bytes_total();
  progress.commits = verify.chain().commits();
  progress.events = verify.chain().events();
  std::memcpy(progress.root, verify.chain().root().data(), sizeof progress.root);
  write_struct(progress, to);
}

}  // namespace

}  // namespace stele::capi

extern "C" {

stele_status stele_verify_open(stele_db* db, stele_verify** verify, stele_error* error) {
  return guarded("verify", error, [&]() -> Status {
    STELE_TRY(check_pointer(verify, "verify"));
    *verify = nullptr;
    const auto object = pin<DatabaseObject>(db, "db");
    if (!object) return fail(object.error());
    STELE_TRY(check_usable(*(*object)->database));
    auto started = stele::db::Verify::start((*object)->database);
    if (!started) return fail(std::move(started).error());
    stele::capi::publish(std::make_unique<VerifyObject>(*std::move(started)), verify);
    return {};
  });
}

stele_status stele_verify_step(stele_verify* verify, stele_verify_progress* progress,
                               stele_error* error) {
  return guarded("verify", error, [&]() -> Status {
    if (progress != nullptr) STELE_TRY(check_out_struct(progress, "progress"));
    const auto object = pin<VerifyObject>(verify, "verify");
    if (!object) return fail(object.error());
    stele::db::Verify& running = *(*object)->verify;
    STELE_TRY(check_usable(*running.database()));
    auto more = running.step();
    stele::capi::fill_progress(running, progress);
    if (!more) return fail(std::move(more).error());
    if (!*more) return stele::fail(Code::kEnd, "verify: everything is checked and sound");
    return {};
  });
}

void stele_verify_close(stele_verify* verify) {
  HandleTable::instance().close(verify, VerifyObject::kKind);
}

}  // extern "C"
