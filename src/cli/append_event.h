// The options of `stele append` that describe one event.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/event_draft.h"

namespace stele::cli {

struct EventOptions {
  std::optional<std::string> type;
  std::vector<std::string> tags;
  std::optional<std::string> entity;
  std::optional<std::string> scope;
  std::optional<std::string> data;       // JSON
  std::optional<std::string> data_file;  // The path of a file with any bytes, or "-".
  std::optional<std::string> data_base64;
  std::optional<std::string> id;
  std::optional<std::string> correlation_id;
  std::optional<std::string> causation_id;
  std::optional<std::string> time;
  std::vector<std::string> metadata;  // "key=value"
};

// Adds the options and returns them.
std::vector<CLI::Option*> add_event_options(CLI::App& command, EventOptions& options);

// Fills `draft`, which points into `options` afterwards. Throws a usage Failure for a text that
// cannot be read.
void fill_draft(const EventOptions& options, EventDraft& draft);

}  // namespace stele::cli
