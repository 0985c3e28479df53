// stele repair: makes a new database of what is left of a damaged one.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/figures.h"
#include "cli/handle.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace stele::cli {

namespace {

struct RepairOptions {
  std::string database;
  std::string destination;
  bool cut = false;
  bool replace = false;
};

int32_t lost_of(const RepairOptions& options) {
  if (options.cut) return STELE_LOST_CUT;
  return options.replace ? STELE_LOST_REPLACE : STELE_LOST_REFUSE;
}

struct Repaired {
  stele_repair_progress progress;
  std::string left_out;  // A line for each table.
};

std::string lines_of_left_out(stele_repair* repair) {
  std::string lines;
  stele_error error = STELE_ERROR_INIT;
  stele_table_info info{};
  info.struct_size = sizeof info;
  for (uint32_t i = 0;; ++i) {
    const stele_status status = stele_repair_left_out(repair, i, &info, &error);
    if (status == STELE_END) return lines;
    check(status, error);
    lines += info.name[0] == '\0' ? fmt::format("  number {}, of which no name is left", info.id)
                                  : fmt::format("  {}.{}", info.schema, info.name);
    if (info.projection[0] != '\0') {
      lines += fmt::format(", of projection {}: to be rebuilt", info.projection);
    }
    lines += "\n";
  }
}

Repaired repair_all(const RepairOptions& options) {
  stele_error error = STELE_ERROR_INIT;
  stele_repair* opened = nullptr;
  check(stele_repair_open(options.database.data(), options.database.size(),
                          options.destination.data(), options.destination.size(), lost_of(options),
                          &opened, &error),
        error);
  const Repair repair(opened);

  stele_repair_progress progress{};
  progress.struct_size = sizeof progress;
  std::unique_ptr<ProgressBar> bar;
  for (;;) {
    const stele_status status = stele_repair_step(repair.get(), &progress, &error);
    if (status == STELE_END) return {progress, lines_of_left_out(repair.get())};
    if (status == STELE_CORRUPT && error.position > 0 && lost_of(options) == STELE_LOST_REFUSE) {
      throw Failure(ExitStatus::kError,
                    fmt::format("{}\n--replace keeps what is behind it, with events \"stele.lost\" "
                                "in the place of lost ones; --cut leaves it away",
                                message_of(status, error)));
    }
    check(status, error);
    if (!bar) bar = std::make_unique<ProgressBar>("repair", 0, progress.bytes_total);
    bar->update(progress.bytes_done, progress.events);
  }
}

void run_repair(const RepairOptions& options) {
  const Repaired all = repair_all(options);
  const stele_repair_progress& done = all.progress;
  std::string text =
      fmt::format("repaired: {} in {}\n", format_counted(done.events - done.events_lost, "event"),
                  format_counted(done.commits, "commit"));
  text += fmt::format("damaged:  {}, {} in the log\n", format_counted(done.pages_damaged, "page"),
                      format_counted(done.log_damaged, "place"));
  if (done.commits_rebuilt > 0) {
    text +=
        fmt::format("rebuilt:  {} from events alone; keys and tracking marks of them may be lost\n",
                    format_counted(done.commits_rebuilt, "commit"));
  }
  if (done.commits_lost > 0) {
    text += options.replace
                ? fmt::format("lost:     {}, in {}, from position {} on\n",
                              format_counted(done.events_lost, "event"),
                              format_counted(done.commits_lost, "commit"), done.first_lost)
                : fmt::format("lost:     {}, from position {} on\n",
                              format_counted(done.commits_lost, "commit"), done.first_lost);
  }
  if (done.tables_left_out > 0) {
    text += fmt::format("left out: {}\n", format_counted(done.tables_left_out, "table"));
    text += all.left_out;
  }
  Output output;
  output.write(text);
  output.finish();
}

}  // namespace

void add_repair(CLI::App& app, Action& action) {
  CLI::App& command =
      *app.add_subcommand("repair", "Make a new database of what is left of a damaged one");
  const auto options = std::make_shared<RepairOptions>();
  add_database(command, options->database);
  command.add_option("destination", options->destination, "The directory of the new database")
      ->required();
  CLI::Option* const cut =
      command.add_flag("--cut", options->cut, "End before what is lost, if something is");
  command
      .add_flag("--replace", options->replace,
                "Keep what is behind it; events \"stele.lost\" take the place of lost ones")
      ->excludes(cut);
  command.footer(
      "The damaged database is not changed. Events and commits are found wherever a page or a "
      "frame\n"
      "is whole; what follows from them is made anew. A table comes back whole, or is left out "
      "and\n"
      "named. Without --cut or --replace, a loss ends the repair.\n\n"
      "Example:\n  stele repair shop shop-repaired");
  command.callback([&action, options] { action = [options] { run_repair(*options); }; });
}

}  // namespace stele::cli
