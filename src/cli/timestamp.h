// Times as text: ISO 8601 in UTC with microseconds, or the number of microseconds itself.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace stele::cli {

// Appends `time` (microseconds since 1970) as "2026-11-21T11:32:35.123456Z". Outside of the years
// 0001 to 9999, which that form cannot name, appends the number. Returns true iff it was the form.
bool append_timestamp(std::string& out, int64_t time);

// Reads an RFC 3339 time with any offset and at most 6 digits of a second's fraction: more cannot
// be kept. The error is what is wrong with `text`.
[[nodiscard]] std::expected<int64_t, std::string> parse_timestamp(std::string_view text);

// Reads a decimal number of microseconds.
[[nodiscard]] std::expected<int64_t, std::string> parse_microseconds(std::string_view text);

// Reads either: digits with or without a sign are microseconds. For options, which have no types.
[[nodiscard]] std::expected<int64_t, std::string> parse_time(std::string_view text);

}  // namespace stele::cli
