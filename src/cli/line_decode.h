// Reads an event from a JSON line, as `import` and `append` take them.
//
//     {"type":"BookSold","tags":["book:7"],"data":{"price":12.50},"time":"2026-11-21T11:32:35Z"}
//
//     type                          string; the only one that must be there
//     tags                          array of strings
//     data | data_base64            any JSON value, kept byte for byte | base64 of any bytes
//     entity, scope                 string
//     id, correlation_id,
//     causation_id                  string, a UUID
//     time                          string, RFC 3339 | integer, microseconds since 1970
//     metadata                      object; its values are strings, or {"base64": "..."}
//
// null in place of any value but that of data means that it is not there. What `read` prints about
// the place of an event in its database (position, tsn, recorded, sequence, hash) is passed over.
#pragma once

#include <string_view>

#include "cli/event_draft.h"
#include "cli/line_reader.h"

namespace stele::cli {

// Fills `draft`, which points into `line` afterwards. Throws a LineFault.
void decode_line(std::string_view line, EventDraft& draft);

}  // namespace stele::cli
