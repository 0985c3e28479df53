// One part of a key as text: "text:north", "int:7", "date:2026-11-21".
#pragma once

#include <stele/stele.h>

#include <deque>
#include <expected>
#include <string>
#include <string_view>

namespace stele::cli {

// Returns the part, which may point into `text` and `kept`, or what is wrong with it.
[[nodiscard]] std::expected<stele_key_part, std::string> parse_key_part(
    std::string_view text, std::deque<std::string>& kept);

// Returns the text of a part that stele_key_decode() has filled.
[[nodiscard]] std::string key_part_text(const stele_key_part& part);

}  // namespace stele::cli
