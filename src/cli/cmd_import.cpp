// stele import: appends the events of a file of JSON lines, continuing where an earlier run ended.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/figures.h"
#include "cli/import_source.h"
#include "cli/importer.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/output.h"

namespace stele::cli {

namespace {

constexpr uint64_t kBatchEvents = 512;

struct ImportOptions {
  std::string database;
  std::string file;
  std::optional<std::string> source;
  std::optional<uint64_t> batch_events;
  LineFormat format = LineFormat::kStele;
};

// Returns `argument` so that a shell gives it back as it is.
std::string shell_quoted(const std::string& argument) {
  std::string quoted = "'";
  for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// The source is named in full: an editor that corrects a line often replaces the file, and with
// its inode the default name.
std::string rerun_command(const ImportOptions& options, const std::string& source) {
  const char* const format =
      options.format == LineFormat::kCloudEvents ? " --format cloudevents" : "";
  return fmt::format("stele import {} {}{} --source {}", shell_quoted(options.database),
                     shell_quoted(options.file), format, shell_quoted(source));
}

// Standard input has no name that would be the same next time.
std::string source_of(const ImportOptions& options, const Input& input) {
  if (options.source == "") throw Failure(ExitStatus::kUsage, "--source: must not be empty");
  if (options.source) return *options.source;
  const bool is_file = options.file != "-" && input.is_regular();
  return is_file ? default_source(input) : std::string();
}

uint64_t tracked_offset(const Database& database, const std::string& source) {
  if (source.empty()) return 0;
  stele_error error = STELE_ERROR_INIT;
  uint64_t offset = 0;
  const stele_status status =
      stele_tracked(database.get(), source.data(), source.size(), &offset, &error);
  if (status != STELE_NOT_FOUND) check(status, error);
  return offset;
}

void skip_imported(LineSource& lines, const ImportPlan& plan) {
  const uint64_t skipped = lines.skip_to(plan.offset);
  if (skipped == plan.offset) return;
  if (interrupted() != 0) throw Failure(ExitStatus::kInterrupted, "interrupted");
  throw Failure(
      ExitStatus::kError,
      fmt::format("{} ends at byte {}, but its first {} bytes were imported before: it was "
                  "cut or is another one; to import it from its start, give another "
                  "--source than\n  {}",
                  plan.input, skipped, plan.offset, shell_quoted(plan.source)));
}

std::string summary(const ImportReport& report, const ImportPlan& plan, double seconds) {
  if (report.events > 0) {
    return fmt::format("imported {} in {:.2f} s ({} events/s), positions {} to {}\n",
                       format_counted(report.events, "event"), seconds,
                       format_count(rate_of(report.events, seconds)), report.first_position,
                       report.last_position);
  }
  if (plan.offset > 0) {
    return fmt::format("nothing to do: {} is imported already ({})\n", plan.input,
                       format_bytes(plan.offset));
  }
  return fmt::format("nothing to do: {} holds no events\n", plan.input);
}

void run(const ImportOptions& options) {
  watch_interrupts();
  const Input input(options.file);
  ImportPlan plan;
  plan.input = input.name();
  plan.source = source_of(options, input);
  plan.rerun = rerun_command(options, plan.source);
  plan.format = options.format;
  plan.batch_events = options.batch_events.value_or(kBatchEvents);
  if (plan.batch_events == 0) throw Failure(ExitStatus::kUsage, "--batch: must not be 0");

  Database database(options.database, STELE_OPEN_CREATE);
  plan.offset = tracked_offset(database, plan.source);
  LineSource lines(input.descriptor(), input.name());
  skip_imported(lines, plan);
  ProgressBar progress("import", plan.offset, input.is_regular() ? input.size() : 0);
  const ImportReport report = Importer(database, plan, progress).run(lines);
  const double seconds = progress.seconds();
  progress.clear();
  database.close();

  Output output;
  output.write(summary(report, plan, seconds));
  output.finish();
}

}  // namespace

void add_import(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("import", "Append the events of a file of JSON lines");
  const auto options = std::make_shared<ImportOptions>();
  add_database(command, options->database);
  command.add_option("FILE", options->file, "The file, or - for standard input")->required();
  add_text(command, "--source", options->source,
           "The name that records the progress; without: the file's path, inode and first line");
  add_number(command, "--batch", options->batch_events, "Events of a commit, at most (512)");
  add_line_format(command, options->format);
  command.footer(
      "Makes the database if it is missing. A line is an object with \"type\" and, as wanted,\n"
      "\"tags\", \"data\" (any JSON) or \"data_base64\", \"entity\", \"scope\", \"id\", \"time\",\n"
      "\"metadata\", \"correlation_id\" and \"causation_id\".\n\n"
      "The progress is part of each commit: after an interruption of any kind the same command\n"
      "continues, without duplicates; with - only if it has a --source.\n"
      "An id is there once: a line whose event the database has already ends the import.\n\n"
      "Of CloudEvents, id and source become the event's id, a version 5 UUID in the namespace\n"
      "bb029af4-db24-5ccf-92da-7e3ecfc5d29a of source, a zero byte and id; subject becomes the\n"
      "entity. The originals, and the extensions, are kept in the metadata as ce_id, ce_source\n"
      "and so on, so that an export gives them back.\n\n"
      "Examples:\n"
      "  stele import shop events.jsonl\n"
      "  stele import shop events.jsonl --format cloudevents\n"
      "  zcat events.jsonl.gz | stele import shop - --source events-2026");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
