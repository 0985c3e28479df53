#include "cli/line_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace stele::cli {

std::vector<LineReader::Field> LineReader::fields() {
  if (const auto fault = check_json(line_)) throw LineFault(fault->byte + 1, fault->reason);
  const std::string_view object = trim_json(line_);
  if (!is_json_object(object)) fail(object, "expected a JSON object");
  std::vector<Field> fields;
  for (const JsonMember& member : json_members(object)) {
    fields.push_back({string(member.key, "a field's name"), member.key, member.value});
  }
  std::vector<Field> sorted = fields;
  std::ranges::stable_sort(sorted, {}, &Field::name);
  const auto twice = std::ranges::adjacent_find(sorted, {}, &Field::name);
  if (twice != sorted.end()) {
    fail(std::next(twice)->key, fmt::format("'{}' is there twice", twice->name));
  }
  return fields;
}

void LineReader::fail(std::string_view at, const std::string& reason) const {
  throw LineFault(static_cast<size_t>(at.data() - line_.data()) + 1, reason);
}

std::string_view LineReader::string(std::string_view value, std::string_view name) {
  if (!is_json_string(value)) fail(value, fmt::format("'{}' must be a string", name));
  if (is_plain_json_string(value)) return value.substr(1, value.size() - 2);
  auto text = unescape_json(value);
  if (!text) fail(value, fmt::format("'{}' holds half of a surrogate pair", name));
  return draft_.keep(std::move(*text));
}

std::string_view LineReader::present(std::string_view value, std::string_view name) {
  const std::string_view text = string(value, name);
  if (text.empty()) fail(value, fmt::format("'{}' must not be empty", name));
  return text;
}

std::string_view LineReader::bytes(std::string_view value, std::string_view name) {
  auto decoded = parse_base64(string(value, name));
  if (!decoded) fail(value, fmt::format("'{}' must be base64 with padding", name));
  return draft_.keep(std::move(*decoded));
}

}  // namespace stele::cli
