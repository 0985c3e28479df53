#include "cli/append_event.h"

#include <fmt/format.h>

#include "cli/failure.h"
#include "cli/input.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

[[noreturn]] void fail(const char* option, const std::string& reason) {
  throw Failure(ExitStatus::kUsage, fmt::format("{}: {}", option, reason));
}

// The library takes an empty text for none; here somebody gave one and should know.
std::string_view present(const char* option, const std::optional<std::string>& text) {
  if (!text) return {};
  if (text->empty()) fail(option, "must not be empty");
  return *text;
}

std::optional<Uuid> uuid_of(const char* option, const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto uuid = parse_uuid(*text);
  if (!uuid) fail(option, "expected a UUID such as 0190163d-8694-739b-aea5-966c26f8ad91");
  return uuid;
}

std::optional<int64_t> time_of(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto time = parse_time(*text);
  if (!time) fail("--time", time.error());
  return *time;
}

std::string_view data_of(const EventOptions& options, EventDraft& draft) {
  if (options.data.has_value() + options.data_file.has_value() + options.data_base64.has_value() >
      1) {
    fail("--data", "goes with neither --data-file nor --data-base64, nor these with each other");
  }
  if (options.data) {
    if (const auto fault = check_json(*options.data)) {
      fail("--data", fmt::format("byte {} of the JSON: {}; other bytes go with --data-file or "
                                 "--data-base64",
                                 fault->byte + 1, fault->reason));
    }
    return trim_json(*options.data);
  }
  if (options.data_base64) {
    auto bytes = parse_base64(*options.data_base64);
    if (!bytes) fail("--data-base64", "expected base64 with padding");
    return draft.keep(std::move(*bytes));
  }
  if (options.data_file) return draft.keep(read_whole(Input(*options.data_file)));
  return {};
}

}  // namespace

std::vector<CLI::Option*> add_event_options(CLI::App& command, EventOptions& options) {
  std::vector<CLI::Option*> added;
  const auto add = [&](const char* name, std::optional<std::string>& text, const char* type,
                       const char* help) {
    added.push_back(add_text(command, name, text, help)->type_name(type));
    return added.back();
  };
  add("--type", options.type, "TEXT", "What happened: makes it one event");
  added.push_back(add_texts(command, "--tag", options.tags, "A tag; may be repeated"));
  add("--entity", options.entity, "TEXT", "Whose stream the event belongs to");
  add("--scope", options.scope, "TEXT", "A further attribute, such as a tenant");
  add("--data", options.data, "JSON", "The data, kept byte for byte; or one of these two:");
  add("--data-file", options.data_file, "FILE", "All bytes of a file, or - for standard input");
  add("--data-base64", options.data_base64, "BASE64", "Any bytes");
  added.push_back(add_texts(command, "--metadata", options.metadata, "A pair; may be repeated")
                      ->type_name("K=V"));
  add("--id", options.id, "UUID", "Made when it is not given");
  add("--correlation-id", options.correlation_id, "UUID", "What the event belongs to");
  add("--causation-id", options.causation_id, "UUID", "What caused the event");
  add("--time", options.time, "TIME",
      "RFC 3339, or microseconds since 1970; that of the commit when not given");
  return added;
}

void fill_draft(const EventOptions& options, EventDraft& draft) {
  draft.clear();
  if (options.type) draft.type = *options.type;
  for (const std::string& tag : options.tags) draft.add_tag(tag);
  draft.entity = present("--entity", options.entity);
  draft.scope = present("--scope", options.scope);
  draft.data = data_of(options, draft);
  for (const std::string& pair : options.metadata) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) fail("--metadata", "expected KEY=VALUE");
    const std::string_view text = pair;
    draft.add_metadata(text.substr(0, equals), text.substr(equals + 1));
  }
  draft.id = uuid_of("--id", options.id);
  draft.correlation_id = uuid_of("--correlation-id", options.correlation_id);
  draft.causation_id = uuid_of("--causation-id", options.causation_id);
  draft.time = time_of(options.time);
}

}  // namespace stele::cli
