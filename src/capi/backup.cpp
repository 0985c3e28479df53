// stele_backup: the copy of everything committed, step by step.
#include "db/backup.h"

#include "capi/work.h"
#include "os/environment.h"

namespace {

using BackupObject = stele::capi::WorkObject<stele::db::Backup, stele::capi::HandleKind::kBackup>;

void fill_backup(const stele::db::Backup& backup, stele_backup_progress& progress) {
  progress.bytes_done = backup.bytes_done();
  progress.bytes_total = backup.bytes_total();
  progress.tsn = backup.content().tsn;
  progress.head = backup.content().head;
}

}  // namespace

extern "C" {

stele_status stele_backup_open(stele_db* db, const char* path, size_t path_size,
                               stele_backup** backup, stele_error* error) {
  const auto start = [&](std::shared_ptr<stele::db::Database> database)
      -> stele::Result<std::unique_ptr<stele::db::Backup>> {
    const auto where = stele::capi::path_of(path, path_size);
    if (!where) return stele::fail(where.error());
    // Of a database in memory, too.
    stele::os::FileSystem& files = *stele::os::posix_environment().files;
    return stele::db::Backup::start(std::move(database), files, *where);
  };
  return stele::capi::open_work<BackupObject>("backup", db, backup, error, start);
}

stele_status stele_backup_step(stele_backup* backup, stele_backup_progress* progress,
                               stele_error* error) {
  return stele::capi::step_work<BackupObject>("backup", backup, progress, error,
                                              "everything is copied", fill_backup);
}

void stele_backup_close(stele_backup* backup) {
  stele::capi::close_work<BackupObject>(backup);
}

}  // extern "C"
