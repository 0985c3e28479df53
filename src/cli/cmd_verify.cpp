// stele verify: reads the log back and computes every checksum and hash of it again.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/encoding.h"
#include "cli/failure.h"
#include "cli/figures.h"
#include "cli/handle.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace stele::cli {

namespace {

// Checks everything. Throws a Failure at the first damage.
stele_verify_progress verify_all(const Database& database) {
  stele_error error = STELE_ERROR_INIT;
  stele_verify* opened = nullptr;
  check(stele_verify_open(database.get(), &opened, &error), error);
  const Verify verify(opened);

  stele_verify_progress progress{};
  progress.struct_size = sizeof progress;
  std::unique_ptr<ProgressBar> bar;
  for (;;) {
    const stele_status status = stele_verify_step(verify.get(), &progress, &error);
    if (status == STELE_END) return progress;
    if (status == STELE_CORRUPT && error.position > 0) {
      throw Failure(ExitStatus::kError,
                    fmt::format("damaged: {}; the first bad event is at position {}",
                                message_of(status, error), error.position));
    }
    check(status, error);
    if (!bar) bar = std::make_unique<ProgressBar>("verify", 0, progress.bytes_total);
    bar->update(progress.bytes_done, progress.events);
  }
}

void run(const std::string& path) {
  Database database(path, STELE_OPEN_READ_ONLY);
  const stele_verify_progress checked = verify_all(database);
  database.close();

  std::string root;
  append_hex(root, checked.root, sizeof checked.root);
  Output output;
  output.write(fmt::format(
      "sound: {} in {}, {}\nroot:  {}\n", format_counted(checked.events, "event"),
      format_counted(checked.commits, "commit"), format_bytes(checked.bytes_done), root));
  output.finish();
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("verify", "Check everything that is stored");
  const auto path = std::make_shared<std::string>();
  add_database(command, *path);
  command.footer(
      "Prints the chained root of the last commit. Kept elsewhere, it proves later that nothing\n"
      "before it was changed.\n\n"
      "Example:\n  stele verify shop");
  command.callback([&action, path] { action = [path] { run(*path); }; });
}

}  // namespace stele::cli
