// stele append: commits one event, or a batch of JSON lines, under a guard or without.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/append_event.h"
#include "cli/commands.h"
#include "cli/expectation.h"
#include "cli/failure.h"
#include "cli/handle.h"
#include "cli/input.h"
#include "cli/line_batch.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

struct AppendOptions {
  std::string database;
  EventOptions event;
  std::string lines;  // A file of JSON lines, or "-".
  QueryItem unless;   // --unless-type and --unless-tag
  std::vector<std::string> unless_items;
  std::optional<uint64_t> after;
  std::vector<std::string> expected;  // --expect
  std::optional<std::string> key;
  bool json = false;
};

// Adds all lines of the input; the batch is as large as they are.
void add_lines(stele_batch* batch, const std::string& path) {
  const Input input(path);
  LineSource lines(input.descriptor(), input.name());
  LineBatch adder(batch, input.name());
  Line line;
  bool any = false;
  for (;;) {
    const LineSource::Outcome outcome = lines.next(line);
    if (outcome == LineSource::Outcome::kEnd) break;
    if (outcome == LineSource::Outcome::kLine) any = adder.add(line) || any;
  }
  if (!any) throw Failure(ExitStatus::kError, fmt::format("{} holds no events", input.name()));
}

void add_one(stele_batch* batch, const EventOptions& options) {
  EventDraft draft;
  fill_draft(options, draft);
  const stele_new_event event = draft.event();
  stele_error error = STELE_ERROR_INIT;
  check(stele_batch_event(batch, &event, &error), error);
}

// Adds the guard of the --unless options and --after. Returns false when none was given.
bool add_guard(stele_batch* batch, const AppendOptions& options) {
  const std::vector<QueryItem> items =
      collect_items(options.unless, options.unless_items, "--unless");
  if (items.empty() && !options.after) return false;
  const Query query = make_query(items);
  stele_error error = STELE_ERROR_INIT;
  check(stele_batch_guard(batch, query.get(), options.after.value_or(0), &error), error);
  return true;
}

void add_expected(stele_batch* batch, const AppendOptions& options) {
  stele_error error = STELE_ERROR_INIT;
  for (const std::string& text : options.expected) {
    const Expectation expected = parse_expectation(text, "--expect");
    check(stele_batch_expect(batch, expected.entity.data(), expected.entity.size(),
                             expected.sequence, &error),
          error);
  }
}

void add_key(stele_batch* batch, const AppendOptions& options) {
  if (!options.key) return;
  stele_error error = STELE_ERROR_INIT;
  check(stele_batch_key(batch, options.key->data(), options.key->size(), &error), error);
}

// The entity that is not as expected.
void fill_entity_conflict(const std::string& option, const stele_error& error,
                          nlohmann::ordered_json& json, std::string& reason) {
  const Expectation expected = parse_expectation(option, "--expect");
  json["entity"] = expected.entity;
  json["sequence"] = error.sequence;
  reason = fmt::format("entity {} is at sequence {}, not {}", expected.entity, error.sequence,
                       option.substr(expected.entity.size() + 1));
}

// `guarded`: guard 0 is that of the --unless options, and those of --expect follow.
void report_conflict(const AppendOptions& options, const stele_error& error, bool guarded) {
  nlohmann::ordered_json json;
  json["position"] = error.position;
  std::string reason = fmt::format("the event at position {} stands in the way", error.position);
  if (!guarded || error.guard > 0) {
    fill_entity_conflict(options.expected.at(error.guard - (guarded ? 1 : 0)), error, json, reason);
  }
  if (options.json) {
    Output output;
    output.write(nlohmann::ordered_json{{"conflict", json}}.dump() + "\n");
    output.finish();
  }
  throw Failure(ExitStatus::kOutcome, fmt::format("conflict: {}; nothing was appended", reason));
}

void report_commit(const AppendOptions& options, const stele_commit_result& result) {
  Output output;
  if (options.json) {
    nlohmann::ordered_json json;
    json["first_position"] = result.first_position;
    json["last_position"] = result.last_position;
    json["tsn"] = result.tsn;
    std::string recorded;
    append_timestamp(recorded, result.recorded);
    json["recorded"] = recorded;
    if (result.repeated != 0) json["repeated"] = true;
    output.write(json.dump() + "\n");
  } else if (result.event_count == 1) {
    output.write(fmt::format("{}\n", result.first_position));
  } else {
    output.write(fmt::format("{}..{}\n", result.first_position, result.last_position));
  }
  output.finish();
}

void run(const AppendOptions& options) {
  const bool one = options.event.type.has_value();
  if (!one && options.lines.empty()) {
    throw Failure(ExitStatus::kUsage, "give --type for one event, or '-' for JSON lines on stdin");
  }
  Database database(options.database, STELE_OPEN_EXISTING);
  const Batch batch = make_batch(database);
  if (one) {
    add_one(batch.get(), options.event);
  } else {
    add_lines(batch.get(), options.lines);
  }
  const bool guarded = add_guard(batch.get(), options);
  add_expected(batch.get(), options);
  add_key(batch.get(), options);

  stele_commit_result result{};
  result.struct_size = sizeof result;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = stele_commit(database.get(), batch.get(), &result, &error);
  if (status == STELE_CONFLICT) {
    database.close();
    report_conflict(options, error, guarded);
  }
  check(status, error);
  database.close();
  report_commit(options, result);
}

}  // namespace

void add_append(CLI::App& app, Action& action) {
  CLI::App& command = *app.add_subcommand("append", "Commit one event, or JSON lines as one batch");
  const auto options = std::make_shared<AppendOptions>();
  add_database(command, options->database);
  command
      .add_option("--jsonl,LINES", options->lines,
                  "JSON lines, instead of one event: a file, or - for standard input")
      ->type_name("FILE");
  const std::vector<CLI::Option*> of_one = add_event_options(command, options->event);
  add_texts(command, "--unless-type", options->unless.types,
            "Not if there is an event of this type; repeated: or of that");
  add_texts(command, "--unless-tag", options->unless.tags,
            "Not if there is one with this tag (and of such a type); repeated: and with that");
  add_texts(command, "--unless", options->unless_items,
            "Nor if one matches this item, as `read --item` takes it; may be repeated")
      ->type_name("JSON");
  add_number(command, "--after", options->after,
             "Only events behind this position count; without any --unless, all of them");
  add_texts(
      command, "--expect", options->expected,
      "Only if the newest event of the entity has this sequence (0: it has no event; some: it "
      "has any); may be repeated")
      ->type_name("ENTITY=SEQUENCE");
  add_text(command, "--key", options->key,
           "An idempotency key: sent again with it, the same events are appended once");
  command.add_flag("--json", options->json, "Print the outcome as a JSON object");
  command.footer(
      "Prints the position of the event, or first..last. When an event stands in the way, says at\n"
      "which position, appends nothing and exits with 1. Sent again under its --key, prints where\n"
      "the events are already.\n\n"
      "Examples:\n"
      "  stele append shop --type BookSold --tag book:7 --data '{\"price\":12.50}'\n"
      "  stele append shop --type BookSold --tag book:7 --unless-type BookSold --unless-tag "
      "book:7\n"
      "  stele append shop --type StockCounted --after 41\n"
      "  stele append shop --type AccountClosed --entity account-7 --expect account-7=12\n"
      "  stele append shop - < events.jsonl");
  command.callback([&action, options, of_one] {
    const auto given = [](const CLI::Option* option) { return option->count() > 0; };
    const auto found = std::ranges::find_if(of_one, given);
    if (!options->lines.empty() && found != of_one.end()) {
      throw CLI::ValidationError((*found)->get_name(), "does not go with JSON lines");
    }
    action = [options] { run(*options); };
  });
}

}  // namespace stele::cli
