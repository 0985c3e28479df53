// The formats of lines that hold events.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string_view>

#include "cli/event_draft.h"

namespace stele::cli {

enum class LineFormat : uint8_t {
  kStele,       // line_decode.h and line_encode.h
  kCloudEvents  // cloud_event.h
};

// Adds --format, "stele" or "cloudevents".
void add_line_format(CLI::App& command, LineFormat& format);

// Reads a line of the format into a draft, which points into it afterwards. Throws a LineFault.
void decode(LineFormat format, std::string_view line, EventDraft& draft);

}  // namespace stele::cli
