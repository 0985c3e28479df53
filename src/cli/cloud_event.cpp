#include "cli/cloud_event.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "cli/timestamp.h"

namespace stele::cli {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool is_json_type(std::string_view datacontenttype) {
  if (datacontenttype.empty()) return true;
  std::string type;
  for (const char c : datacontenttype.substr(0, datacontenttype.find(';'))) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isspace(byte) == 0) type += static_cast<char>(std::tolower(byte));
  }
  return type.ends_with("/json") || type.ends_with("+json");
}

bool is_extension_name(std::string_view name) {
  constexpr std::string_view kTaken[] = {"specversion",     "id",         "source",    "type",
                                         "subject",         "time",       "data",      "steletags",
                                         "datacontenttype", "dataschema", "stelescope"};
  const auto allowed = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); };
  return !name.empty() && std::ranges::all_of(name, allowed) &&
         std::ranges::find(kTaken, name) == std::end(kTaken);
}

std::expected<int64_t, std::string> parse_cloud_time(std::string_view text) {
  constexpr size_t kDigitsKept = 6;
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return parse_timestamp(text);
  size_t end = point + 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end - point - 1 <= kDigitsKept) return parse_timestamp(text);
  std::string shorter(text.substr(0, point + 1 + kDigitsKept));
  return parse_timestamp(shorter.append(text.substr(end)));
}

}  // namespace stele::cli
