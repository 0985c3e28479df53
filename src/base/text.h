// Builds messages: cat("frame at byte ", offset, ": wrong checksum").
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace stele {

namespace text_detail {

inline void append(std::string& to, std::string_view piece) {
  to.append(piece);
}
inline void append(std::string& to, const char* piece) {
  to.append(piece);
}
inline void append(std::string& to, char piece) {
  to.push_back(piece);
}
template <std::integral T>
  requires(!std::same_as<T, char> && !std::same_as<T, bool>)
inline void append(std::string& to, T piece) {
  to.append(std::to_string(piece));
}

}  // namespace text_detail

// Returns the pieces, texts and integers, one behind the other.
template <typename... Pieces>
[[nodiscard]] std::string cat(const Pieces&... pieces) {
  std::string text;
  (text_detail::append(text, pieces), ...);
  return text;
}

// Returns `bytes` as lower-case hexadecimal digits.
[[nodiscard]] std::string hex(const uint8_t* bytes, size_t size);

// Returns `name` between quotes, cut to a length a message can carry, control bytes as "?".
[[nodiscard]] std::string quoted(std::string_view name);

// True iff `text` is well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace stele
