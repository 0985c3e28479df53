// Reads a row from a line of a file: a JSON object, or a key and a value with a tab between.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/event_draft.h"
#include "cli/row_key.h"

namespace stele::cli {

enum class RowFormat : uint8_t { kJson, kTabs };

// A row about to be put. The value points into the line, or into `memory`.
struct RowDraft {
  std::string key;
  std::string_view value;
  EventDraft memory;  // Keeps texts that had escapes, and is no event.
};

// Throws a LineFault for a line that holds no row. `form` is that of keys between tabs: of those in
// JSON, the field's name says it.
void decode_row(std::string_view line, RowFormat format, KeyForm form, RowDraft& row);

}  // namespace stele::cli
