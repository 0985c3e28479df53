// stele compact: gives the room of free pages back to the disk.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/figures.h"
#include "cli/handle.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace stele::cli {

namespace {

stele_compact_progress compact_all(const Database& database) {
  stele_error error = STELE_ERROR_INIT;
  stele_compact* opened = nullptr;
  check(stele_compact_open(database.get(), &opened, &error), error);
  const Compact compact(opened);

  stele_compact_progress progress{};
  progress.struct_size = sizeof progress;
  std::unique_ptr<ProgressBar> bar;
  for (;;) {
    const stele_status status = stele_compact_step(compact.get(), &progress, &error);
    if (status == STELE_END) return progress;
    check(status, error);
    // What there is to gain, and what has been.
    const uint64_t total =
        progress.bytes_before - std::min(progress.bytes_before, progress.bytes_live);
    const uint64_t done =
        progress.bytes_before - std::min(progress.bytes_before, progress.bytes_now);
    if (!bar) bar = std::make_unique<ProgressBar>("compact", 0, total);
    bar->update(std::min(done, total), 0);
  }
}

void run_compact(const std::string& path) {
  Database database(path, STELE_OPEN_EXISTING);
  const stele_compact_progress done = compact_all(database);
  database.close();
  Output output;
  output.write(fmt::format("compacted: {} of pages, {} before, {} in use\n",
                           format_bytes(done.bytes_now), format_bytes(done.bytes_before),
                           format_bytes(done.bytes_live)));
  output.finish();
}

}  // namespace

void add_compact(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("compact", "Give the room of free pages back");
  const auto path = std::make_shared<std::string>();
  add_database(command, *path);
  command.footer(
      "Free pages are used again, so this is only for who needs the room elsewhere.\n\n"
      "Example:\n  stele compact shop");
  command.callback([&action, path] { action = [path] { run_compact(*path); }; });
}

}  // namespace stele::cli
