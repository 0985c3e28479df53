// stele read: prints the events that match a query, as JSON lines or as a table.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/event_print.h"
#include "cli/event_stream.h"
#include "cli/failure.h"
#include "cli/filter_options.h"
#include "cli/output.h"

namespace stele::cli {

namespace {

struct ReadOptions {
  std::string database;
  FilterOptions filter;
  std::optional<uint64_t> from;
  std::optional<uint64_t> limit;
  bool backward = false;
  bool count = false;
  std::string format = "json";
};

stele_read_options library_options(const ReadOptions& options) {
  stele_read_options read_options;
  stele_read_options_init(&read_options);
  if (options.backward) read_options.flags |= STELE_READ_BACKWARD;
  if (options.from) {
    read_options.flags |= STELE_READ_FROM;
    read_options.start = *options.from;
  }
  if (options.limit) read_options.limit = *options.limit;
  return read_options;
}

void print_events(const Database& database, const ReadOptions& options) {
  const Query query = make_query(items_of(options.filter));
  EventStream events(database, query.get(), library_options(options));
  Output output;
  if (options.format == "table") {
    print_table(events, output);
  } else {
    print_lines(events, output);
  }
  output.finish();
}

void print_count(const Database& database, const ReadOptions& options) {
  FilterOptions filter = options.filter;
  filter.item.ranges.from = options.from;
  const Query query = make_query(items_of(filter));
  stele_error error = STELE_ERROR_INIT;
  uint64_t count = 0;
  check(stele_count(database.get(), query.get(), &count, &error), error);
  Output output;
  output.write(fmt::format("{}\n", count));
  output.finish();
}

void run(const ReadOptions& options) {
  // Told before the database is opened, which may take a while.
  static_cast<void>(items_of(options.filter));
  Database database(options.database, STELE_OPEN_READ_ONLY);
  if (options.count) {
    print_count(database, options);
  } else {
    print_events(database, options);
  }
  database.close();
}

}  // namespace

void add_read(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("read", "Print the events that match a query");
  const auto options = std::make_shared<ReadOptions>();
  add_database(command, options->database);
  add_filter_options(command, options->filter);
  add_number(command, "--from", options->from, "Start at this position, which counts");
  const std::vector<CLI::Option*> of_printing = {
      add_number(command, "--limit", options->limit, "Print at most so many events"),
      command.add_flag("--backward", options->backward, "From the last event to the first"),
      command.add_option("--as", options->format, "json (lines, the default) or table")
          ->check(CLI::IsMember({"json", "table"}))};
  command.add_flag("--count", options->count, "Print only how many events match");
  command.footer(
      "A line has what `stele export` writes, with \"position\", \"tsn\", \"recorded\" and, for "
      "an\n"
      "event of an entity, \"sequence\" in front, and \"hash\" at the end.\n\n"
      "An event must satisfy every kind of option that is given, and one of the values of a kind,\n"
      "but all tags. --item adds alternatives; --since, --until and --to hold for all of them.\n\n"
      "Examples:\n"
      "  stele read shop --tag book:7\n"
      "  stele read shop --type BookSold --type BookReturned --backward --limit 10 --as table\n"
      "  stele read shop --category order --entity-prefix customer- --since 2026-11-01T00:00:00Z\n"
      "  stele read shop --type BookSold --count\n"
      "  stele read shop --item '{\"types\":[\"BookSold\"],\"tags\":[\"book:7\"]}'");
  command.callback([&action, options, of_printing] {
    for (const CLI::Option* const option : of_printing) {
      if (!options->count || option->count() == 0) continue;
      throw CLI::ValidationError(option->get_name(), "does not go with --count");
    }
    action = [options] { run(*options); };
  });
}

}  // namespace stele::cli
