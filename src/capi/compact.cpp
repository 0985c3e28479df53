// stele_compact: gives the room of free pages back, step by step.
#include "db/compact.h"

#include "capi/work.h"

namespace {

using CompactObject =
    stele::capi::WorkObject<stele::db::Compact, stele::capi::HandleKind::kCompact>;

void fill_compact(const stele::db::Compact& compact, stele_compact_progress& progress) {
  progress.bytes_before = compact.bytes_before();
  progress.bytes_now = compact.bytes_now();
  progress.bytes_live = compact.bytes_live();
  progress.pages_moved = compact.pages_moved();
}

}  // namespace

extern "C" {

stele_status stele_compact_open(stele_db* db, stele_compact** compact, stele_error* error) {
  return stele::capi::open_work<CompactObject>("compact", db, compact, error,
                                               stele::db::Compact::start);
}

stele_status stele_compact_step(stele_compact* compact, stele_compact_progress* progress,
                                stele_error* error) {
  return stele::capi::step_work<CompactObject>("compact", compact, progress, error,
                                               "there is nothing left to gain", fill_compact);
}

void stele_compact_close(stele_compact* compact) {
  stele::capi::close_work<CompactObject>(compact);
}

}  // extern "C"
