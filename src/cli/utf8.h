// Tells well-formed UTF-8 from other bytes.
#pragma once

#include <cstddef>
#include <string_view>

namespace stele::cli {

// Returns the length of the character that starts at `at`, 1 to 4 bytes; 0 when the bytes there are
// not well-formed (Unicode 15, table 3-7: no surrogates, no overlong forms). Requires: at < size.
[[nodiscard]] size_t utf8_length(std::string_view text, size_t at);

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace stele::cli
