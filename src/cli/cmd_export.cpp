// stele export: writes the events as JSON lines that an import makes the same events from.
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/event_stream.h"
#include "cli/line_encode.h"
#include "cli/output.h"

namespace stele::cli {

namespace {

struct ExportOptions {
  std::string database;
  std::string file;
  std::optional<uint64_t> from;
};

void export_events(const Database& database, const ExportOptions& options, Output& output) {
  stele_read_options read_options;
  stele_read_options_init(&read_options);
  if (options.from) {
    read_options.flags |= STELE_READ_FROM;
    read_options.start = *options.from;
  }
  EventStream events(database, nullptr, read_options);
  stele_event event{};
  std::string line;
  while (events.next(event)) {
    line.clear();
    append_event_line(line, event, LineStyle::kExport);
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
  command.footer(
      "Examples:\n"
      "  stele export shop -o shop.jsonl\n"
      "  stele export shop | gzip > shop.jsonl.gz");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
