// Text forms of binary values: base64, hexadecimal digits and UUIDs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stele::cli {

using Uuid = std::array<uint8_t, 16>;

// Appends `bytes` in the standard alphabet, padded (RFC 4648, section 4).
void append_base64(std::string& out, std::string_view bytes);

// Returns the bytes, or nothing when `text` is not padded base64 in its one canonical form.
[[nodiscard]] std::optional<std::string> parse_base64(std::string_view text);

// Appends lower-case hexadecimal digits.
void append_hex(std::string& out, const uint8_t* bytes, size_t size);

// Reads pairs of digits of either case; nothing for any other text.
[[nodiscard]] std::optional<std::string> parse_hex(std::string_view text);

// Appends 8-4-4-4-12 lower-case digits. Requires: 16 bytes.
void append_uuid(std::string& out, const uint8_t* bytes);

// Reads 8-4-4-4-12 digits of either case; nothing for any other text.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);

}  // namespace stele::cli
