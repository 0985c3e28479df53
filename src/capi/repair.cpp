// stele_repair: makes a new database of what is left of a damaged one, step by step.
#include "db/repair.h"

#include "capi/table.h"
#include "capi/work.h"
#include "os/environment.h"

namespace {

using RepairObject = stele::capi::WorkObject<stele::db::Repair, stele::capi::HandleKind::kRepair>;

stele::Result<stele::db::Lost> lost_of(int32_t number) {
  switch (number) {
    case STELE_LOST_REFUSE:
      return stele::db::Lost::kRefuse;
    case STELE_LOST_CUT:
      return stele::db::Lost::kCut;
    case STELE_LOST_REPLACE:
      return stele::db::Lost::kReplace;
    default:
      return stele::fail(stele::Code::kInvalid, stele::cat("lost ", number, " is unknown"));
  }
}

struct Paths {
  const char* from;
  size_t from_size;
  const char* to;
  size_t to_size;
};

stele::Result<std::unique_ptr<stele::db::Repair>> start(const Paths& paths, int32_t lost) {
  const auto from = stele::capi::path_of(paths.from, paths.from_size);
  if (!from) return stele::fail(from.error());
  const auto to = stele::capi::path_of(paths.to, paths.to_size);
  if (!to) return stele::fail(to.error());
  const auto what = lost_of(lost);
  if (!what) return stele::fail(what.error());
  return stele::db::Repair::start(stele::os::posix_environment(), *from, *to, *what);
}

void fill_repair(const stele::db::Repair& repair, stele_repair_progress& progress) {
  const stele::db::RepairStats stats = repair.stats();
  progress.bytes_done = repair.bytes_done();
  progress.bytes_total = repair.bytes_total();
  progress.commits = stats.commits;
  progress.events = stats.events;
  progress.commits_rebuilt = stats.commits_rebuilt;
  progress.commits_lost = stats.commits_lost;
  progress.events_lost = stats.events_lost;
  progress.first_lost = stats.first_lost;
  progress.pages_damaged = stats.pages_damaged;
  progress.log_damaged = stats.log_damaged;
  progress.tables_left_out = stats.tables_left_out;
}

}  // namespace

extern "C" {

// Two paths, each with its size.
// NOLINTNEXTLINE(readability-function-size)
stele_status stele_repair_open(const char* from, size_t from_size, const char* to, size_t to_size,
                               int32_t lost, stele_repair** repair, stele_error* error) {
  return stele::capi::guarded("repair", error, [&]() -> stele::Status {
    STELE_TRY(stele::capi::check_pointer(repair, "repair"));
    *repair = nullptr;
    auto started = start({from, from_size, to, to_size}, lost);
    if (!started) return stele::fail(std::move(started).error());
    stele::capi::publish(std::make_unique<RepairObject>(*std::move(started)), repair);
    return {};
  });
}

stele_status stele_repair_step(stele_repair* repair, stele_repair_progress* progress,
                               stele_error* error) {
  return stele::capi::step_work<RepairObject>("repair", repair, progress, error,
                                              "the new database is there", fill_repair);
}

stele_status stele_repair_left_out(stele_repair* repair, uint32_t index, stele_table_info* info,
                                   stele_error* error) {
  return stele::capi::guarded("repair", error, [&]() -> stele::Status {
    STELE_TRY(stele::capi::check_out_struct(info, "info"));
    const auto object = stele::capi::pin<RepairObject>(repair, "repair");
    if (!object) return stele::fail(object.error());
    const auto& left_out = (*object)->work->left_out();
    if (index >= left_out.size()) {
      return stele::fail(stele::Code::kEnd, stele::cat(left_out.size(), " tables are left out"));
    }
    stele::capi::write_info(left_out[index], info);
    return {};
  });
}

void stele_repair_close(stele_repair* repair) {
  stele::capi::close_work<RepairObject>(repair);
}

}  // extern "C"
