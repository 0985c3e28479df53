// Writes an event as a CloudEvent in a JSON line.
#include <algorithm>
#include <optional>
#include <vector>

#include "cli/cloud_event.h"
#include "cli/encoding.h"
#include "cli/json_text.h"
#include "cli/object_writer.h"
#include "cli/timestamp.h"
#include "cli/utf8.h"

namespace stele::cli {

namespace {

constexpr std::string_view kText = "ce_";   // Of metadata keys: the value is a text ...
constexpr std::string_view kJson = "cej_";  // ... or JSON.

// Writes one event. Metadata that anybody may have given the event is used only where it makes a
// valid CloudEvent.
class CloudEncoder {
 public:
  CloudEncoder(std::string& out, const stele_event& event) : event_(event), line_(out) {
    for (uint32_t index = 0; index < event.metadata_count; ++index) {
      stele_event_metadata(&event, index, &metadata_.emplace_back());
    }
  }

  void encode(std::string_view source) {
    line_.member("specversion") += "\"1.0\"";
    const auto id = original("ce_id");
    const auto given_source = original("ce_source");
    const bool was_cloud_event = id && given_source && !id->empty() && !given_source->empty();
    if (was_cloud_event) {
      line_.string("id", *id);
      line_.string("source", *given_source);
    } else {
      line_.uuid("id", event_.id);
      line_.string("source", source);
    }
    line_.text("type", event_.event_type);
    line_.text("subject", event_.entity);
    time();
    content_type(was_cloud_event);
    if (const auto schema = original("ce_dataschema")) line_.string("dataschema", *schema);
    extensions();
    tags();
    line_.text("stelescope", event_.scope);
    data();
    line_.end();
  }

 private:
  // Returns the text of a metadata key; nothing when it is not there, or is no text.
  [[nodiscard]] std::optional<std::string_view> original(std::string_view key) const {
    const auto has_key = [key](const stele_metadata& pair) { return view(pair.key) == key; };
    const auto found = std::ranges::find_if(metadata_, has_key);
    if (found == metadata_.end() || !is_utf8(view(found->value))) return std::nullopt;
    return view(found->value);
  }

  void time() {
    const auto given = original("ce_time");
    if (given && given->empty()) return;
    if (given && parse_cloud_time(*given) == event_.time) {
      line_.string("time", *given);
      return;
    }
    // A year that RFC 3339 cannot say is left out.
    std::string text;
    if (append_timestamp(text, event_.time)) line_.string("time", text);
  }

  void content_type(bool was_cloud_event) {
    const auto given = original("ce_datacontenttype");
    if (given && !given->empty()) {
      line_.string("datacontenttype", *given);
    } else if (!was_cloud_event && event_.data.size > 0) {
      const bool json = is_json_of_one_line(view(event_.data));
      line_.string("datacontenttype", json ? "application/json" : "application/octet-stream");
    }
  }

  void extensions() {
    bool correlated = false;
    bool caused = false;
    for (const stele_metadata& pair : metadata_) {
      const std::string_view key = view(pair.key);
      correlated = correlated || key == "ce_correlationid" || key == "cej_correlationid";
      caused = caused || key == "ce_causationid" || key == "cej_causationid";
      extension(key, view(pair.value));
    }
    if (!correlated) line_.uuid("correlationid", event_.correlation_id);
    if (!caused) line_.uuid("causationid", event_.causation_id);
  }

  void extension(std::string_view key, std::string_view value) {
    if (key.starts_with(kText)) {
      const std::string_view name = key.substr(kText.size());
      if (is_extension_name(name) && is_utf8(value)) line_.string(name, value);
    } else if (key.starts_with(kJson)) {
      const std::string_view name = key.substr(kJson.size());
      const bool is_text = original(std::string(kText).append(name)).has_value();
      if (!is_text && is_extension_name(name) && is_scalar(value)) line_.member(name) += value;
    }
  }

  static bool is_scalar(std::string_view value) {
    return is_json_of_one_line(value) &&
           (is_json_number(value) || value == "true" || value == "false");
  }

  void tags() {
    if (event_.tag_count == 0) return;
    std::string list;
    for (uint32_t index = 0; index < event_.tag_count; ++index) {
      stele_text tag{};
      stele_event_tag(&event_, index, &tag);
      list += index == 0 ? '[' : ',';
      append_json_string(list, view(tag));
    }
    line_.string("steletags", list += ']');
  }

  void data() {
    const std::string_view data = view(event_.data);
    const std::string_view encoding = original("ce_data_encoding").value_or("");
    if (encoding == "base64") {
      line_.base64("data_base64", data);
    } else if (encoding == "text" && is_utf8(data)) {
      line_.string("data", data);
    } else if (is_json_of_one_line(data)) {
      line_.member("data") += data;
    } else if (!data.empty()) {
      line_.base64("data_base64", data);
    }
  }

  const stele_event& event_;
  ObjectWriter line_;
  std::vector<stele_metadata> metadata_;
};

}  // namespace

void append_cloud_event(std::string& out, const stele_event& event, std::string_view source) {
  CloudEncoder(out, event).encode(source);
  out += '\n';
}

}  // namespace stele::cli
