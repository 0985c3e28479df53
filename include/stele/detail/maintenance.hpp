// Verifying, backing up, compacting and repairing a database. Include <stele/stele.hpp>.
#pragma once

#include <stele/maintenance.h>

#include <stele/detail/base.hpp>
#include <stele/detail/table.hpp>
#include <string_view>
#include <vector>

namespace stele::inline v0 {

using VerifyProgress = stele_verify_progress;
using BackupProgress = stele_backup_progress;
using CompactProgress = stele_compact_progress;
using RepairProgress = stele_repair_progress;

namespace detail {

// What is done in steps.
template <typename T, auto kClose, auto kStep, typename Progress>
class Work : public Handle<T, kClose> {
 public:
  using Handle<T, kClose>::Handle;

  // Does the next piece. False: all of it is done. Throws what the C function says.
  [[nodiscard]] bool step() { return call(kStep, this->get(), &progress_) == STELE_OK; }
  [[nodiscard]] const Progress& progress() const { return progress_; }

 private:
  Progress progress_ = sized<Progress>();
};

}  // namespace detail

// A check of everything committed so far, piece by piece; Database::verify() does it in one go. A
// step throws CORRUPT at the first fault.
//
// Example:
//
//     stele::Verify verify = db.start_verify();
//     while (verify.step()) show(verify.progress().bytes_done);
class Verify
    : public detail::Work<stele_verify, stele_verify_close, stele_verify_step, VerifyProgress> {
 public:
  using Work::Work;
};

// A copy of everything committed so far, piece by piece; Database::backup() does it in one go.
class Backup
    : public detail::Work<stele_backup, stele_backup_close, stele_backup_step, BackupProgress> {
 public:
  using Work::Work;
};

// Gives the room of free pages back, piece by piece; Database::compact() does it in one go.
class Compact
    : public detail::Work<stele_compact, stele_compact_close, stele_compact_step, CompactProgress> {
 public:
  using Work::Work;
};

// Makes a new database of what can still be read of a damaged one, piece by piece; stele::repair()
// does it in one go.
class Repair
    : public detail::Work<stele_repair, stele_repair_close, stele_repair_step, RepairProgress> {
 public:
  using Work::Work;

  // Returns the tables that were there and are not in the new database, to be called when all is
  // done. Their names are empty where nothing tells them; those of a projection are to be rebuilt.
  [[nodiscard]] std::vector<TableInfo> left_out() const {
    std::vector<TableInfo> tables;
    for (uint32_t i = 0;; ++i) {
      auto info = detail::sized<stele_table_info>();
      if (detail::call(stele_repair_left_out, get(), i, &info) == STELE_END) return tables;
      tables.push_back(detail::info_of(info));
    }
  }
};

[[nodiscard]] inline Repair start_repair(std::string_view from, std::string_view to,
                                         stele_lost lost = STELE_LOST_REFUSE) {
  stele_repair* repair = nullptr;
  detail::call(stele_repair_open, from.data(), from.size(), to.data(), to.size(), lost, &repair);
  return Repair(repair);
}

// Returns what is in the new database, and what is lost. Throws CORRUPT when something is lost and
// `lost` does not say what to do then.
//
// Example:
//
//     stele::repair("shop", "shop-repaired", STELE_LOST_REPLACE);
inline RepairProgress repair(std::string_view from, std::string_view to,
                             stele_lost lost = STELE_LOST_REFUSE) {
  Repair repair = start_repair(from, to, lost);
  while (repair.step()) {
  }
  return repair.progress();
}

}  // namespace stele::inline v0
