// CloudEvents 1.0 in JSON lines, structured mode, and how they become events and come back.
//
//     {"specversion":"1.0","id":"17","source":"/orders","type":"order.placed","subject":"order-1",
//      "time":"2026-11-21T11:32:35Z","datacontenttype":"application/json","data":{"n":1}}
//
//     type, subject          type, entity
//     time                   time, to the microsecond; without, that of the commit
//     id, source             together the id: a version 5 UUID of source, a zero byte and id, in
//     the
//                            namespace kCloudEventsSpace. So the same event always has the same id.
//     correlationid          correlation id: the UUID that it is, or else a version 5 UUID of it
//     causationid            causation id: that of the event with this id and the same source
//     data | data_base64     data: JSON as it is; a text of another datacontenttype without quotes
//     steletags, stelescope  tags, as the text of a JSON array of strings; scope
//
// What would be lost is kept in the event's metadata, and written again:
//
//     ce_id, ce_source, ce_time, ce_datacontenttype, ce_dataschema    as they were; an empty
//                            ce_time says that there was none
//     ce_NAME                an extension that is a string
//     cej_NAME               an extension that is a number, true or false, as JSON
//     ce_data_encoding       "base64" or "text", where data was not a JSON value
//
// The names with a second '_' cannot be those of extensions, which have letters and digits only.
#pragma once

#include <stele/stele.h>

#include <expected>
#include <string>
#include <string_view>

#include "cli/event_draft.h"

namespace stele::cli {

// bb029af4-db24-5ccf-92da-7e3ecfc5d29a: the version 5 UUID of "https://cloudevents.io/" among URLs.
inline constexpr Uuid kCloudEventsSpace = {0xbb, 0x02, 0x9a, 0xf4, 0xdb, 0x24, 0x5c, 0xcf,
                                           0x92, 0xda, 0x7e, 0x3e, 0xcf, 0xc5, 0xd2, 0x9a};

// Fills `draft`, which points into `line` afterwards. Throws a LineFault.
void decode_cloud_event(std::string_view line, EventDraft& draft);

// Appends one line, its newline included. An event that was no CloudEvent before has its UUID as id
// and `source` as source; its metadata has no place in the line. Requires: the library filled
// `event`, which still lives.
void append_cloud_event(std::string& out, const stele_event& event, std::string_view source);

// Returns whether data of this datacontenttype is JSON; it is when there is none.
[[nodiscard]] bool is_json_type(std::string_view datacontenttype);

// Returns whether `name` can be that of an extension: it is lower-case letters and digits, and none
// of the names that CloudEvents and this file give a meaning.
[[nodiscard]] bool is_extension_name(std::string_view name);

// Reads the time of a CloudEvent; what is finer than a microsecond is cut off. The error is what is
// wrong with it.
[[nodiscard]] std::expected<int64_t, std::string> parse_cloud_time(std::string_view text);

}  // namespace stele::cli
