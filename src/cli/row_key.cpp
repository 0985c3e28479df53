#include "cli/row_key.h"

#include <fmt/format.h>

#include <map>

#include "cli/encoding.h"
#include "cli/failure.h"
#include "cli/key_parts.h"
#include "cli/table.h"
#include "cli/utf8.h"

namespace stele::cli {

namespace {

std::string hex_digits(std::string_view bytes) {
  std::string text;
  append_hex(text, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  return text;
}

}  // namespace

void add_key_form(CLI::App& command, KeyForm& form) {
  const std::map<std::string, KeyForm> forms = {
      {"text", KeyForm::kText}, {"hex", KeyForm::kHex}, {"parts", KeyForm::kParts}};
  const auto store = [&form, forms](const std::string& name) {
    const auto found = forms.find(name);
    if (found == forms.end()) {
      throw CLI::ValidationError("--keys", fmt::format("'{}' is none of text, hex, parts", name));
    }
    form = found->second;
  };
  command
      .add_option_function<std::string>("--keys", store,
                                        "How keys are written: text (the default), hex or parts")
      ->type_name("FORM");
}

std::expected<std::string, std::string> parse_row_key(KeyForm form, std::string_view text) {
  if (form == KeyForm::kText) return std::string(text);
  if (form == KeyForm::kParts) return encode_key_parts(text);
  auto bytes = parse_hex(text);
  if (!bytes) return std::unexpected("expected pairs of hexadecimal digits");
  return *std::move(bytes);
}

std::string row_key_of(KeyForm form, std::string_view text, std::string_view option) {
  auto key = parse_row_key(form, text);
  if (!key) throw Failure(ExitStatus::kUsage, fmt::format("{}: {}", option, key.error()));
  return *std::move(key);
}

std::string shown_row_key(KeyForm form, std::string_view key) {
  if (form == KeyForm::kText && is_utf8(key)) return printable(key);
  if (form == KeyForm::kParts) {
    if (const auto text = key_parts_text(key)) return printable(*text);
  }
  return hex_digits(key);
}

void write_row_key(ObjectWriter& line, KeyForm form, std::string_view key) {
  if (form == KeyForm::kHex) return line.string("key_hex", hex_digits(key));
  if (form == KeyForm::kText && is_utf8(key)) return line.string("key", key);
  if (form == KeyForm::kParts) {
    const auto text = key_parts_text(key);
    if (text && is_utf8(*text)) return line.string("key_parts", *text);
  }
  line.base64("key_base64", key);
}

}  // namespace stele::cli
