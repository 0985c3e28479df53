#include "cli/line_encode.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "cli/encoding.h"
#include "cli/json_text.h"
#include "cli/timestamp.h"
#include "cli/utf8.h"

namespace stele::cli {

namespace {

std::string_view view(stele_text text) {
  return {text.data, text.size};
}

std::string_view view(stele_bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

// True when the data can stand in a line as it is, and would be read back as it is.
bool is_json_of_one_line(std::string_view data) {
  if (data.empty() || trim_json(data).size() != data.size()) return false;
  return data.find_first_of("\r\n") == std::string_view::npos && !check_json(data);
}

// Writes the members of one object.
class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) { out_ += '{'; }

  // Starts the member `key`; the caller appends its value.
  std::string& member(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, key);
    out_ += ':';
    return out_;
  }

  void number(std::string_view key, uint64_t number) {
    fmt::format_to(std::back_inserter(member(key)), "{}", number);
  }

  void text(std::string_view key, stele_text text) {
    if (text.size > 0) append_json_string(member(key), view(text));
  }

  void uuid(std::string_view key, const uint8_t* bytes) {
    if (bytes == nullptr) return;
    member(key) += '"';
    append_uuid(out_, bytes);
    out_ += '"';
  }

  void hash(std::string_view key, const uint8_t* bytes) {
    member(key) += '"';
    append_hex(out_, bytes, 32);
    out_ += '"';
  }

  void base64(std::string_view key, std::string_view bytes) {
    member(key) += '"';
    append_base64(out_, bytes);
    out_ += '"';
  }

  void time(std::string_view key, int64_t time) {
    std::string text;
    const bool quoted = append_timestamp(text, time);
    member(key) += quoted ? fmt::format("\"{}\"", text) : text;
  }

  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

void encode_tags(Encoder& line, const stele_event& event) {
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

void encode_data(Encoder& line, const stele_event& event) {
  const std::string_view data = view(event.data);
  if (data.empty()) return;
  if (is_json_of_one_line(data)) {
    line.member("data") += data;
  } else {
    line.base64("data_base64", data);
  }
}

void encode_metadata(Encoder& line, const stele_event& event) {
  if (event.metadata_count == 0) return;
  std::string& out = line.member("metadata");
  Encoder pairs(out);
  for (uint32_t index = 0; index < event.metadata_count; ++index) {
    stele_metadata pair{};
    stele_event_metadata(&event, index, &pair);
    const std::string_view value = view(pair.value);
    pairs.member(view(pair.key));
    if (is_utf8(value)) {
      append_json_string(out, value);
    } else {
      Encoder wrapped(out);
      wrapped.base64("base64", value);
      wrapped.end();
    }
  }
  pairs.end();
}

}  // namespace

void append_event_line(std::string& out, const stele_event& event, LineStyle style) {
  Encoder line(out);
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
