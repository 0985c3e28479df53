#include "cli/line_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "cli/json_text.h"
#include "cli/line_reader.h"
#include "cli/timestamp.h"
#include "cli/utf8.h"

namespace stele::cli {

namespace {

// Reads the members of one line into a draft.
class Decoder : private LineReader {
 public:
  Decoder(std::string_view line, EventDraft& draft)
      : LineReader(line, draft), line_(line), draft_(draft) {}

  void decode() {
    for (const Field& found : fields()) field(found);
    if (draft_.type.data() == nullptr) fail(trim_json(line_), "'type' is missing");
  }

 private:
  void field(const Field& found) {
    const auto [name, key, value] = found;
    if (name == "data") return data(value, value);
    if (is_json_null(value) && is_known(name)) return;
    if (name == "type") {
      draft_.type = string(value, name);
    } else if (name == "entity") {
      draft_.entity = present(value, name);
    } else if (name == "scope") {
      draft_.scope = present(value, name);
    } else if (name == "tags") {
      tags(value);
    } else if (name == "data_base64") {
      data(value, bytes(value, name));
    } else if (name == "metadata") {
      metadata(value);
    } else if (name == "time") {
      draft_.time = time(value);
    } else if (name == "id") {
      draft_.id = uuid(value, name);
    } else if (name == "correlation_id") {
      draft_.correlation_id = uuid(value, name);
    } else if (name == "causation_id") {
      draft_.causation_id = uuid(value, name);
    } else if (!is_known(name)) {
      fail(key, fmt::format("unknown field '{}'", name));
    }
  }

  static bool is_known(std::string_view name) {
    constexpr std::string_view kNames[] = {
        "type",           "tags",         "data_base64", "entity",   "scope",    "id",
        "correlation_id", "causation_id", "time",        "metadata", "position", "tsn",
        "recorded",       "sequence",     "hash"};
    return std::ranges::find(kNames, name) != std::end(kNames);
  }

  void tags(std::string_view value) {
    if (!is_json_array(value)) fail(value, "'tags' must be an array of strings");
    for (const std::string_view tag : json_elements(value)) {
      if (!is_json_string(tag)) fail(tag, "'tags' must be an array of strings");
      draft_.add_tag(string(tag, "tags"));
    }
  }

  void data(std::string_view at, std::string_view bytes) {
    if (has_data_) fail(at, "'data' and 'data_base64' exclude each other");
    has_data_ = true;
    draft_.data = bytes;
  }

  void metadata(std::string_view value) {
    if (!is_json_object(value)) fail(value, "'metadata' must be an object");
    std::unordered_set<std::string_view> keys;
    for (const JsonMember& pair : json_members(value)) {
      const std::string_view key = string(pair.key, "metadata");
      if (!keys.insert(key).second) {
        fail(pair.key, fmt::format("the metadata key '{}' is there twice", key));
      }
      draft_.add_metadata(key, metadata_value(pair.value));
    }
  }

  std::string_view metadata_value(std::string_view value) {
    if (is_json_string(value)) return string(value, "metadata");
    if (is_json_object(value)) {
      const std::vector<JsonMember> members = json_members(value);
      if (members.size() == 1 && string(members.front().key, "metadata") == "base64") {
        return bytes(members.front().value, "base64");
      }
    }
    fail(value, "a metadata value must be a string or {\"base64\": \"...\"}");
  }

  int64_t time(std::string_view value) {
    const bool text = is_json_string(value);
    if (!text && !is_json_number(value)) fail(value, "'time' must be a string or an integer");
    const auto time = text ? parse_timestamp(string(value, "time")) : parse_microseconds(value);
    if (!time) fail(value, fmt::format("'time': {}", time.error()));
    return *time;
  }

  Uuid uuid(std::string_view value, std::string_view name) {
    const auto uuid = parse_uuid(string(value, name));
    if (!uuid) {
      fail(value, fmt::format("'{}' must be a UUID such as "
                              "0190163d-8694-739b-aea5-966c26f8ad91",
                              name));
    }
    return *uuid;
  }

  std::string_view line_;
  EventDraft& draft_;
  bool has_data_ = false;
};

}  // namespace

void decode_line(std::string_view line, EventDraft& draft) {
  draft.clear();
  Decoder(line, draft).decode();
}

}  // namespace stele::cli
