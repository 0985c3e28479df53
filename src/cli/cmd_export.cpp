// stele export: writes the events as JSON lines that an import makes the same events from.
#include <memory>
#include <optional>

#include "cli/cloud_event.h"
#include "cli/commands.h"
#include "cli/encoding.h"
#include "cli/event_stream.h"
#include "cli/line_encode.h"
#include "cli/line_format.h"
#include "cli/output.h"

namespace stele::cli {

namespace {

struct ExportOptions {
  std::string database;
  std::string file;
  std::optional<uint64_t> from;
  LineFormat format = LineFormat::kStele;
};

// The source of events that were made here.
std::string source_of(const Database& database) {
  stele_stats stats;
  stele_stats_init(&stats);
  stele_error error = STELE_ERROR_INIT;
  check(stele_stats_get(database.get(), &stats, &error), error);
  std::string source = "stele:";
  append_uuid(source, stats.uuid);
  return source;
}

void export_events(const Database& database, const ExportOptions& options, Output& output) {
  stele_read_options read_options;
  stele_read_options_init(&read_options);
  if (options.from) {
    read_options.flags |= STELE_READ_FROM;
    read_options.start = *options.from;
  }
  EventStream events(database, nullptr, read_options);
  const std::string source = source_of(database);
  stele_event event{};
  std::string line;
  while (events.next(event)) {
    line.clear();
    if (options.format == LineFormat::kCloudEvents) {
      append_cloud_event(line, event, source);
    } else {
      append_event_line(line, event, LineStyle::kExport);
    }
    output.write(line);
  }
  output.finish();
}

void run(const ExportOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  const auto output =
      options.file.empty() ? std::make_unique<Output>() : std::make_unique<Output>(options.file);
  export_events(database, options, *output);
  database.close();
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("export", "Write the events as JSON lines");
  const auto options = std::make_shared<ExportOptions>();
  add_database(command, options->database);
  command.add_option("-o,--output", options->file,
                     "Write to this file instead of standard output; it appears when complete");
  add_number(command, "--from", options->from, "Start at this position");
  add_line_format(command, options->format);
  command.footer(
      "As cloudevents, events that were imported as such are written as they came. Others have\n"
      "their UUID as id, \"stele:\" and the database's UUID as source, the entity as subject, "
      "tags\n"
      "and scope as the extensions steletags and stelescope; their metadata is left out.\n\n"
      "Examples:\n"
      "  stele export shop -o shop.jsonl\n"
      "  stele export shop --format cloudevents\n"
      "  stele export shop | gzip > shop.jsonl.gz");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
