// Keys of several parts as text: "text:north,int:7" stands for what stele_key_encode() makes.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace stele::cli {

// Returns the key, or what is wrong with `text`: parts KIND:VALUE between commas, each with "desc:"
// in front where its order is the opposite one. In values, "\," is a comma and "\\" a backslash.
// An empty text is the key without parts.
[[nodiscard]] std::expected<std::string, std::string> encode_key_parts(std::string_view text);

// Returns the text that stands for `key`; nothing when it was not made of parts.
[[nodiscard]] std::optional<std::string> key_parts_text(std::string_view key);

// The kinds of parts and their values, for help.
[[nodiscard]] const char* key_parts_help();

}  // namespace stele::cli
