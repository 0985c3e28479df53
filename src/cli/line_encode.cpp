#include "cli/line_encode.h"

#include <string_view>

#include "cli/json_text.h"
#include "cli/object_writer.h"
#include "cli/utf8.h"

namespace stele::cli {

namespace {

void encode_tags(ObjectWriter& line, const stele_event& event) {
  if (event.tag_count == 0) return;
  std::string& out = line.member("tags");
  for (uint32_t index = 0; index < event.tag_count; ++index) {
    stele_text tag{};
    stele_event_tag(&event, index, &tag);
    out += index == 0 ? '[' : ',';
    append_json_string(out, view(tag));
  }
  out += ']';
}

void encode_data(ObjectWriter& line, const stele_event& event) {
  const std::string_view data = view(event.data);
  if (data.empty()) return;
  if (is_json_of_one_line(data)) {
    line.member("data") += data;
  } else {
    line.base64("data_base64", data);
  }
}

void encode_metadata(ObjectWriter& line, const stele_event& event) {
  if (event.metadata_count == 0) return;
  std::string& out = line.member("metadata");
  ObjectWriter pairs(out);
  for (uint32_t index = 0; index < event.metadata_count; ++index) {
    stele_metadata pair{};
    stele_event_metadata(&event, index, &pair);
    const std::string_view value = view(pair.value);
    pairs.member(view(pair.key));
    if (is_utf8(value)) {
      append_json_string(out, value);
    } else {
      ObjectWriter wrapped(out);
      wrapped.base64("base64", value);
      wrapped.end();
    }
  }
  pairs.end();
}

}  // namespace

void append_event_line(std::string& out, const stele_event& event, LineStyle style) {
  ObjectWriter line(out);
  if (style == LineStyle::kRead) {
    line.number("position", event.position);
    line.number("tsn", event.tsn);
    line.time("recorded", event.recorded);
    if (event.sequence > 0) line.number("sequence", event.sequence);
  }
  line.text("type", event.event_type);
  line.uuid("id", event.id);
  line.time("time", event.time);
  line.text("entity", event.entity);
  line.text("scope", event.scope);
  encode_tags(line, event);
  encode_data(line, event);
  encode_metadata(line, event);
  line.uuid("correlation_id", event.correlation_id);
  line.uuid("causation_id", event.causation_id);
  if (style == LineStyle::kRead) line.hash("hash", event.hash);
  line.end();
  out += '\n';
}

}  // namespace stele::cli
