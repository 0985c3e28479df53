// Writes events as JSON lines, as `export` and `read` print them.
//
//     {"type":..,"id":..,"time":..,"entity":..,"scope":..,"tags":[..],"data":..,"metadata":{..},
//      "correlation_id":..,"causation_id":..}
//
// Always in this order; what an event does not have is left out. Data that is JSON in one line is
// written as it is, other data as "data_base64": either way an import gets back the same bytes.
#pragma once

#include <stele/stele.h>

#include <string>

namespace stele::cli {

enum class LineStyle {
  kExport,  // What an import needs to make the same event again.
  kRead     // Also "position", "tsn", "recorded", "sequence" in front, and "hash" at the end.
};

// Appends one line, its newline included. Requires: the library filled `event`, which still lives.
void append_event_line(std::string& out, const stele_event& event, LineStyle style);

}  // namespace stele::cli
