// stele_verify: the check of everything committed, step by step.
#include "db/verify.h"

#include <algorithm>

#include "capi/work.h"

namespace {

using VerifyObject = stele::capi::WorkObject<stele::db::Verify, stele::capi::HandleKind::kVerify>;

void fill_verify(const stele::db::Verify& verify, stele_verify_progress& progress) {
  progress.bytes_done = verify.bytes_done();
  progress.bytes_total = verify.bytes_total();
  progress.commits = verify.chain().commits();
  progress.events = verify.chain().events();
  std::ranges::copy(verify.chain().root(), progress.root);
}

}  // namespace

extern "C" {

stele_status stele_verify_open(stele_db* db, stele_verify** verify, stele_error* error) {
  return stele::capi::open_work<VerifyObject>("verify", db, verify, error,
                                              stele::db::Verify::start);
}

stele_status stele_verify_step(stele_verify* verify, stele_verify_progress* progress,
                               stele_error* error) {
  return stele::capi::step_work<VerifyObject>("verify", verify, progress, error,
                                              "everything is checked and sound", fill_verify);
}

void stele_verify_close(stele_verify* verify) {
  stele::capi::close_work<VerifyObject>(verify);
}

}  // extern "C"
