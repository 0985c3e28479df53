// JSON as text: checks it and finds its parts without changing a byte of it.
//
// An event's data is kept as the exact bytes that a line holds, so that what is exported is what
// was imported: numbers of any size, repeated keys, escapes and spacing included. A parser that
// builds values cannot do that, and turns down numbers beyond a double; hence this one, which only
// tells where things start and end. Nesting may be as deep as the text is long.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele::cli {

// Why a text is not JSON.
struct JsonFault {
  size_t byte = 0;     // Where, counted from 0.
  std::string reason;  // "expected ..."
};

// Returns nothing when `text` is one JSON value (RFC 8259, in UTF-8) with spaces around it or not.
[[nodiscard]] std::optional<JsonFault> check_json(std::string_view text);

// Returns `text` without JSON's white space before and behind it.
[[nodiscard]] std::string_view trim_json(std::string_view text);

// A member of an object. Both are pieces of the object's text, without the spaces around them.
struct JsonMember {
  std::string_view key;  // With its quotes.
  std::string_view value;
};

// Splits an object, or an array. Requires: `text` passed check_json() and starts with its bracket.
[[nodiscard]] std::vector<JsonMember> json_members(std::string_view text);
[[nodiscard]] std::vector<std::string_view> json_elements(std::string_view text);

// Kinds of values, told by their first byte. Requires: `value` passed check_json(), trimmed.
[[nodiscard]] inline bool is_json_string(std::string_view value) {
  return value.front() == '"';
}
[[nodiscard]] inline bool is_json_object(std::string_view value) {
  return value.front() == '{';
}
[[nodiscard]] inline bool is_json_array(std::string_view value) {
  return value.front() == '[';
}
[[nodiscard]] inline bool is_json_null(std::string_view value) {
  return value.front() == 'n';
}
[[nodiscard]] inline bool is_json_number(std::string_view value) {
  return value.front() == '-' || (value.front() >= '0' && value.front() <= '9');
}

// Returns what a string with an escape in it stands for; nothing when it holds half of a surrogate
// pair, which no UTF-8 can say. Requires: is_json_string(value).
[[nodiscard]] std::optional<std::string> unescape_json(std::string_view value);

// True iff `value` is a string without escapes: what is between its quotes is what it stands for.
[[nodiscard]] inline bool is_plain_json_string(std::string_view value) {
  return value.find('\\') == std::string_view::npos;
}

// Appends `text` as a JSON string, quotes included. Requires: is_utf8(text).
void append_json_string(std::string& out, std::string_view text);

}  // namespace stele::cli
