// stele backup: copies a database into another directory.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/figures.h"
#include "cli/handle.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace stele::cli {

namespace {

struct BackupOptions {
  std::string database;
  std::string destination;
};

stele_backup_progress copy_all(const Database& database, const std::string& destination) {
  stele_error error = STELE_ERROR_INIT;
  stele_backup* opened = nullptr;
  check(stele_backup_open(database.get(), destination.data(), destination.size(), &opened, &error),
        error);
  const Backup backup(opened);

  stele_backup_progress progress{};
  progress.struct_size = sizeof progress;
  std::unique_ptr<ProgressBar> bar;
  for (;;) {
    const stele_status status = stele_backup_step(backup.get(), &progress, &error);
    if (status == STELE_END) return progress;
    check(status, error);
    if (!bar) bar = std::make_unique<ProgressBar>("backup", 0, progress.bytes_total);
    bar->update(progress.bytes_done, 0);
  }
}

void run_backup(const BackupOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  const stele_backup_progress copied = copy_all(database, options.destination);
  database.close();
  Output output;
  output.write(fmt::format("copied: {} in {}, {}\n", format_counted(copied.head, "event"),
                           format_counted(copied.tsn, "commit"), format_bytes(copied.bytes_done)));
  output.finish();
}

}  // namespace

void add_backup(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("backup", "Copy a database into another directory");
  const auto options = std::make_shared<BackupOptions>();
  add_database(command, options->database);
  command.add_option("destination", options->destination, "The directory that becomes the copy")
      ->required();
  command.footer(
      "Interrupted, it is begun again by the same command; until it is finished, the directory is\n"
      "no database. A program that has the database open makes backups with "
      "stele_backup_open().\n\n"
      "Example:\n  stele backup shop shop-backup");
  command.callback([&action, options] { action = [options] { run_backup(*options); }; });
}

}  // namespace stele::cli
