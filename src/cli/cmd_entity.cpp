// stele entity: prints the stream of an entity: its version and hash, then its events.
#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/encoding.h"
#include "cli/event_print.h"
#include "cli/event_stream.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/output.h"
#include "cli/table.h"

namespace stele::cli {

namespace {

struct EntityOptions {
  std::string database;
  std::string entity;
  std::optional<uint64_t> from_sequence;
  std::optional<uint64_t> limit;
  bool backward = false;
  std::string format = "table";
};

stele_stream_info info_of(const Database& database, const std::string& entity) {
  stele_stream_info info{};
  info.struct_size = sizeof info;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status =
      stele_stream_get(database.get(), entity.data(), entity.size(), &info, &error);
  if (status == STELE_NOT_FOUND) {
    throw Failure(ExitStatus::kOutcome, fmt::format("{} has no events", printable(entity)));
  }
  check(status, error);
  return info;
}

EventStream events_of(const Database& database, const EntityOptions& options) {
  stele_read_options read_options;
  stele_read_options_init(&read_options);
  if (options.backward) read_options.flags |= STELE_READ_BACKWARD;
  if (options.from_sequence) {
    read_options.flags |= STELE_READ_FROM;
    read_options.start = *options.from_sequence;
  }
  if (options.limit) read_options.limit = *options.limit;
  stele_cursor* cursor = nullptr;
  stele_error error = STELE_ERROR_INIT;
  check(stele_stream_read(database.get(), options.entity.data(), options.entity.size(),
                          &read_options, &cursor, &error),
        error);
  return EventStream(Cursor(cursor));
}

std::string hash_of(const stele_stream_info& info) {
  std::string text;
  append_hex(text, info.hash, sizeof info.hash);
  return text;
}

std::string as_line(const EntityOptions& options, const stele_stream_info& info) {
  std::string line = "{\"entity\":";
  append_json_string(line, options.entity);
  fmt::format_to(std::back_inserter(line),
                 ",\"version\":{},\"first_position\":{},\"last_position\":{},\"hash\":\"{}\"}}\n",
                 info.sequence, info.first_position, info.last_position, hash_of(info));
  return line;
}

std::string as_text(const EntityOptions& options, const stele_stream_info& info) {
  return fmt::format(
      "entity   {}\nversion  {}\nfirst    position {}\nlast     position {}\nhash     {}\n\n",
      printable(options.entity), info.sequence, info.first_position, info.last_position,
      hash_of(info));
}

void run(const EntityOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  const stele_stream_info info = info_of(database, options.entity);
  {
    EventStream events = events_of(database, options);
    Output output;
    if (options.format == "json") {
      output.write(as_line(options, info));
      print_lines(events, output);
    } else {
      output.write(as_text(options, info));
      print_table(events, output);
    }
    output.finish();
  }
  database.close();
}

}  // namespace

void add_entity(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("entity", "Print the stream of an entity");
  const auto options = std::make_shared<EntityOptions>();
  add_database(command, options->database);
  command.add_option("ENTITY", options->entity, "The entity")->required();
  add_number(command, "--from-sequence", options->from_sequence,
             "Start at this event of the stream, which counts");
  add_number(command, "--limit", options->limit, "Print at most so many events");
  command.add_flag("--backward", options->backward, "From the newest event to the first");
  command.add_option("--as", options->format, "table (the default) or json (lines)")
      ->check(CLI::IsMember({"table", "json"}));
  command.footer(
      "Its version is the sequence of its newest event, as `append --expect` takes it. The hash\n"
      "is that of the newest event and binds all before it. As json, the first line is an object\n"
      "with these, and a line follows for each event. An entity without events exits with 1.\n\n"
      "Examples:\n"
      "  stele entity shop customer-7\n"
      "  stele entity shop customer-7 --backward --limit 1 --as json");
  command.callback([&action, options] { action = [options] { run(*options); }; });
}

}  // namespace stele::cli
