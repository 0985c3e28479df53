// stele read: prints the events that match a query, as JSON lines or as a table.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/event_stream.h"
#include "cli/line_encode.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/table.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

struct ReadOptions {
  std::string database;
  QueryItem item;                  // --type and --tag
  std::vector<std::string> items;  // --item
  std::optional<uint64_t> from;
  std::optional<uint64_t> limit;
  bool backward = false;
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

void print_lines(EventStream& events, Output& output) {
  stele_event event{};
  std::string line;
  while (events.next(event)) {
    line.clear();
    append_event_line(line, event, LineStyle::kRead);
    output.write(line);
  }
}

std::string shown(stele_text text) {
  return printable(std::string_view{text.data, text.size});
}

// To the second: who needs more reads JSON.
std::string short_time(int64_t time) {
  constexpr size_t kSecondsEnd = sizeof("2026-11-21T11:32:35") - 1;
  std::string text;
  if (append_timestamp(text, time)) {
    text.resize(kSecondsEnd);
    text[text.find('T')] = ' ';
  }
  return text;
}

std::string joined_tags(const stele_event& event) {
  std::string joined;
  for (uint32_t index = 0; index < event.tag_count; ++index) {
    stele_text tag{};
    stele_event_tag(&event, index, &tag);
    if (index > 0) joined += ' ';
    joined += shown(tag);
  }
  return joined;
}

// The start of the data: no terminal shows more, and it may be long.
std::string shown_data(const stele_event& event) {
  constexpr size_t kShown = 4096;
  const std::string_view data(reinterpret_cast<const char*>(event.data.data), event.data.size);
  return printable(data.substr(0, kShown));
}

void print_table(EventStream& events, Output& output) {
  Table table(output,
              {{"POSITION", true}, {"TIME (UTC)"}, {"TYPE"}, {"ENTITY"}, {"TAGS"}, {"DATA"}},
              output_columns());
  stele_event event{};
  while (events.next(event)) {
    table.add({std::to_string(event.position), short_time(event.time), shown(event.event_type),
               shown(event.entity), joined_tags(event), shown_data(event)});
  }
  table.flush();
}

void run(const ReadOptions& options) {
  const std::vector<QueryItem> items = collect_items(options.item, options.items, "--item");
  Database database(options.database, STELE_OPEN_READ_ONLY);
  {
    const Query query = make_query(items);
    EventStream events(database, query.get(), library_options(options));
    Output output;
    if (options.format == "table") {
      print_table(events, output);
    } else {
      print_lines(events, output);
    }
    output.finish();
  }
  database.close();
}

}  // namespace

void add_read(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("read", "Print the events that match a query");
  const auto options = std::make_shared<ReadOptions>();
  add_database(command, options->database);
  add_texts(command, "--type", options->item.types, "Events of this type; repeated: or of that");
  add_texts(command, "--tag", options->item.tags, "Events with this tag; repeated: and with that");
  add_texts(command, "--item", options->items,
            "Or events that match {\"types\":[..],\"tags\":[..]}; may be repeated");
  add_number(command, "--from", options->from, "Start at this position, which counts");
  add_number(command, "--limit", options->limit, "Print at most so many events");
  command.add_flag("--backward", options->backward, "From the last event to the first");
  command.add_option("--as", options->format, "json (lines, the default) or table")
      ->check(CLI::IsMember({"json", "table"}));
  command.footer(
      "A line has what `stele export` writes, with \"position\", \"tsn\", \"recorded\" and, for "
      "an\n"
      "event of an entity, \"sequence\" in front, and \"hash\" at the end.\n\n"
      "Examples:\n"
      "  stele read shop --tag book:7\n"
      "  stele read shop --type BookSold --type BookReturned --backward --limit 10 --as table\n"
      "  stele read shop --item '{\"types\":[\"BookSold\"],\"tags\":[\"book:7\"]}'");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
