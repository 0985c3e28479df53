// stele trace: draws what led to an event, and what came of it, as a tree.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/cause_tree.h"
#include "cli/commands.h"
#include "cli/event_print.h"
#include "cli/event_stream.h"
#include "cli/failure.h"
#include "cli/output.h"
#include "cli/single_event.h"

namespace stele::cli {

namespace {

struct TraceOptions {
  std::string database;
  std::optional<uint64_t> position;
  std::vector<Uuid> id;  // One at most.
};

std::string text_of(const Uuid& uuid) {
  std::string text;
  append_uuid(text, uuid.data());
  return text;
}

std::optional<Uuid> uuid_at(const uint8_t* bytes) {
  if (bytes == nullptr) return std::nullopt;
  Uuid uuid{};
  std::copy_n(bytes, uuid.size(), uuid.begin());
  return uuid;
}

uint64_t start_of(const Database& database, const TraceOptions& options) {
  if (options.position) return *options.position;
  const auto position = position_of(database, options.id.front());
  if (position) return *position;
  throw Failure(ExitStatus::kOutcome,
                fmt::format("there is no event with the id {}", text_of(options.id.front())));
}

std::string line_of(const stele_event& event, bool asked_for) {
  std::string text =
      fmt::format("{}  {}  {}", event.position, short_time(event.time), shown(event.event_type));
  if (event.entity.size > 0) text += "  " + shown(event.entity);
  return asked_for ? text + "  <--" : text;
}

// Adds the events of a walk from `start` to the tree. Returns the position of the last of them.
uint64_t add_walk(const Database& database, uint64_t start, stele_walk_kind kind,
                  uint64_t asked_for, CauseTree& tree) {
  stele_cursor* cursor = nullptr;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_walk(database.get(), start, kind, &cursor, &error);
  if (status == STELE_NOT_FOUND) {
    throw Failure(ExitStatus::kOutcome, fmt::format("there is no event at position {}", start));
  }
  check(status, error);
  EventStream events{Cursor(cursor)};
  stele_event event{};
  uint64_t last = 0;
  while (events.next(event)) {
    tree.add({event.position, *uuid_at(event.id), uuid_at(event.causation_id),
              line_of(event, event.position == asked_for)});
    last = event.position;
  }
  return last;
}

void draw(const Database& database, const CauseTree& tree) {
  Output output;
  const auto print = [&](const std::string& line) { output.write(line + "\n"); };
  const auto note = [&](const Uuid& cause) {
    const auto position = position_of(database, cause);
    if (position) return fmt::format("caused by {}, which is not of this correlation", *position);
    return fmt::format("its cause {} is missing", text_of(cause));
  };
  tree.draw(print, note);
  output.finish();
}

void run(const TraceOptions& options) {
  Database database(options.database, STELE_OPEN_READ_ONLY);
  {
    const uint64_t start = start_of(database, options);
    CauseTree tree;
    const uint64_t root = add_walk(database, start, STELE_WALK_CAUSES, start, tree);
    // Without a correlation id, the root alone ties events together.
    add_walk(database, root, STELE_WALK_EFFECTS, start, tree);
    add_walk(database, start, STELE_WALK_CORRELATION, start, tree);
    draw(database, tree);
  }
  database.close();
}

}  // namespace

void add_trace(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("trace", "Draw what led to an event and came of it");
  const auto options = std::make_shared<TraceOptions>();
  add_database(command, options->database);
  add_number(command, "POSITION", options->position, "The event's position");
  add_uuids(command, "--id", options->id, "Or its id")->expected(1);
  command.footer(
      "Goes from the event to its cause, and on to the first cause of all; then draws all that\n"
      "this one caused, and all events of the correlation id, each below its cause: position,\n"
      "time, type, entity. <-- marks the event asked for. Causes that are missing and events that\n"
      "cause each other are noted.\n\n"
      "Examples:\n"
      "  stele trace shop 17\n"
      "  stele trace shop --id 0190163d-8694-739b-aea5-966c26f8ad91");
  command.callback([&action, options] {
    if (options->position.has_value() == !options->id.empty()) {
      throw CLI::ValidationError("POSITION", "give a position or an --id, and not both");
    }
    action = [options] { run(*options); };
  });
}

}  // namespace stele::cli
