#include "cli/row_decode.h"

#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/line_reader.h"

namespace stele::cli {

namespace {

// Reads the members of one line. What `stele scan` writes besides key and value is passed over.
class RowDecoder : private LineReader {
 public:
  RowDecoder(std::string_view line, RowDraft& row)
      : LineReader(line, row.memory), line_(line), row_(row) {}

  void decode() {
    for (const Field& found : fields()) field(found);
    if (!has_key_) fail(trim_json(line_), "'key' is missing");
    if (!has_value_) fail(trim_json(line_), "'value' is missing");
  }

 private:
  void field(const Field& found) {
    const auto [name, key, value] = found;
    if (name == "key") {
      key_of(value, string(value, name));
    } else if (name == "key_base64") {
      key_of(value, bytes(value, name));
    } else if (name == "key_hex") {
      written_key(value, name, KeyForm::kHex);
    } else if (name == "key_parts") {
      written_key(value, name, KeyForm::kParts);
    } else if (name == "value") {
      value_of(value, is_json_string(value) ? string(value, name) : json(value));
    } else if (name == "value_base64") {
      value_of(value, bytes(value, name));
    } else if (name != "tsn" && name != "position") {
      fail(key, fmt::format("unknown field '{}'", name));
    }
  }

  void key_of(std::string_view at, std::string_view key) {
    if (has_key_) fail(at, "a row has one key");
    has_key_ = true;
    row_.key = key;
  }

  void written_key(std::string_view value, std::string_view name, KeyForm form) {
    const auto key = parse_row_key(form, string(value, name));
    if (!key) fail(value, fmt::format("'{}': {}", name, key.error()));
    key_of(value, *key);
  }

  void value_of(std::string_view at, std::string_view value) {
    if (has_value_) fail(at, "'value' and 'value_base64' exclude each other");
    has_value_ = true;
    row_.value = value;
  }

  // Whoever writes null may mean no row at all, or an empty one.
  [[nodiscard]] std::string_view json(std::string_view value) const {
    if (is_json_null(value)) fail(value, "'value' must not be null");
    return value;
  }

  std::string_view line_;
  RowDraft& row_;
  bool has_key_ = false;
  bool has_value_ = false;
};

void decode_tabbed_row(std::string_view line, KeyForm form, RowDraft& row) {
  const size_t tab = line.find('\t');
  if (tab == std::string_view::npos) {
    throw LineFault(line.size() + 1, "expected a tab behind the key");
  }
  auto key = parse_row_key(form, line.substr(0, tab));
  if (!key) throw LineFault(1, key.error());
  row.key = *std::move(key);
  row.value = line.substr(tab + 1);
}

}  // namespace

void decode_row(std::string_view line, RowFormat format, KeyForm form, RowDraft& row) {
  row.memory.clear();
  if (format == RowFormat::kTabs) {
    decode_tabbed_row(line, form, row);
  } else {
    RowDecoder(line, row).decode();
  }
}

}  // namespace stele::cli
