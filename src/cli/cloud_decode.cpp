// Reads a CloudEvent from a JSON line.
#include <fmt/format.h>

#include <optional>

#include "cli/cloud_event.h"
#include "cli/json_text.h"
#include "cli/line_reader.h"
#include "cli/name_uuid.h"

namespace stele::cli {

namespace {

// Reads the attributes of one line into a draft. Some are understood only once all are known.
class CloudDecoder : private LineReader {
 public:
  CloudDecoder(std::string_view line, EventDraft& draft)
      : LineReader(line, draft), line_(line), draft_(draft) {}

  void decode() {
    for (const Field& field : fields()) attribute(field);
    if (!version_) fail(trim_json(line_), "'specversion' is missing");
    require("id", id_);
    require("source", source_);
    require("type", draft_.type);
    draft_.id = name_uuid(kCloudEventsSpace, with_source(id_));
    draft_.add_metadata("ce_id", id_);
    draft_.add_metadata("ce_source", source_);
    draft_.add_metadata("ce_time", time_);
    if (!content_type_.empty()) draft_.add_metadata("ce_datacontenttype", content_type_);
    if (!schema_.empty()) draft_.add_metadata("ce_dataschema", schema_);
    if (data_) data(*data_);
    if (data_base64_) {
      draft_.data = bytes(*data_base64_, "data_base64");
      draft_.add_metadata("ce_data_encoding", "base64");
    }
    // The extensions are behind what every event has.
    for (const Field& field : extensions_) extension(field);
  }

 private:
  void require(std::string_view name, std::string_view text) const {
    if (text.empty()) fail(trim_json(line_), fmt::format("'{}' is missing", name));
  }

  // What is null is not there, but for data: there it is a value.
  void attribute(const Field& field) {
    const auto [name, key, value] = field;
    if (name == "data") {
      if (data_base64_) fail(value, "'data' and 'data_base64' exclude each other");
      data_ = value;
    } else if (!is_json_null(value)) {
      if (name == "specversion") {
        if (string(value, name) != "1.0") fail(value, "'specversion' must be \"1.0\"");
        version_ = true;
      } else if (name == "data_base64") {
        if (data_) fail(value, "'data' and 'data_base64' exclude each other");
        data_base64_ = value;
      } else if (!context(name, value)) {
        if (!is_extension_name(name)) {
          fail(key, fmt::format("'{}' is no name of an attribute: those are lower-case letters and "
                                "digits",
                                name));
        }
        extensions_.push_back(field);
      }
    }
  }

  // Reads an attribute that CloudEvents define, or that this program writes. Returns false for
  // another one.
  bool context(std::string_view name, std::string_view value) {
    if (name == "id") {
      id_ = text(value, name);
    } else if (name == "source") {
      source_ = text(value, name);
    } else if (name == "type") {
      draft_.type = text(value, name);
    } else if (name == "subject") {
      draft_.entity = text(value, name);
    } else if (name == "time") {
      time(value);
    } else if (name == "datacontenttype") {
      content_type_ = text(value, name);
    } else if (name == "dataschema") {
      schema_ = text(value, name);
    } else if (name == "stelescope") {
      draft_.scope = text(value, name);
    } else if (name == "steletags") {
      tags(value);
    } else {
      return false;
    }
    return true;
  }

  // A zero byte is what stands between source and id where they become one name.
  std::string_view text(std::string_view value, std::string_view name) {
    const std::string_view text = present(value, name);
    if (text.find('\0') != std::string_view::npos) {
      fail(value, fmt::format("'{}' must not hold \\u0000", name));
    }
    return text;
  }

  void time(std::string_view value) {
    time_ = text(value, "time");
    const auto time = parse_cloud_time(time_);
    if (!time) fail(value, fmt::format("'time': {}", time.error()));
    draft_.time = *time;
  }

  void tags(std::string_view value) {
    const std::string_view list = trim_json(string(value, "steletags"));
    const auto wrong = [&] { fail(value, "'steletags' must be a JSON array of strings, as text"); };
    if (check_json(list) || !is_json_array(list)) wrong();
    for (const std::string_view tag : json_elements(list)) {
      if (!is_json_string(tag)) wrong();
      auto text = unescape_json(tag);
      if (!text) wrong();
      draft_.add_tag(draft_.keep(std::move(*text)));
    }
  }

  void data(std::string_view value) {
    if (!is_json_string(value) || is_json_type(content_type_)) {
      draft_.data = value;
      return;
    }
    draft_.data = string(value, "data");
    draft_.add_metadata("ce_data_encoding", "text");
  }

  void extension(const Field& field) {
    const auto [name, key, value] = field;
    if (is_json_object(value) || is_json_array(value)) {
      fail(value, fmt::format("'{}' must be a string, a number, true or false", name));
    }
    if (!is_json_string(value)) {
      draft_.add_metadata(draft_.keep(fmt::format("cej_{}", name)), value);
      return;
    }
    const std::string_view text = string(value, name);
    draft_.add_metadata(draft_.keep(fmt::format("ce_{}", name)), text);
    if (name == "correlationid" && !text.empty()) {
      const auto uuid = parse_uuid(text);
      draft_.correlation_id = uuid ? *uuid : name_uuid(kCloudEventsSpace, text);
    } else if (name == "causationid" && !text.empty()) {
      draft_.causation_id = name_uuid(kCloudEventsSpace, with_source(text));
    }
  }

  [[nodiscard]] std::string with_source(std::string_view id) const {
    std::string name(source_);
    name += '\0';
    return name += id;
  }

  std::string_view line_;
  EventDraft& draft_;
  bool version_ = false;
  std::string_view id_;
  std::string_view source_;
  std::string_view time_;
  std::string_view content_type_;
  std::string_view schema_;
  std::optional<std::string_view> data_;         // A JSON value ...
  std::optional<std::string_view> data_base64_;  // ... or a JSON string.
  std::vector<Field> extensions_;
};

}  // namespace

void decode_cloud_event(std::string_view line, EventDraft& draft) {
  draft.clear();
  CloudDecoder(line, draft).decode();
}

}  // namespace stele::cli
