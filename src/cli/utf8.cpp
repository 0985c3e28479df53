#include "cli/utf8.h"

#include <cstdint>

namespace stele::cli {

namespace {

bool in_range(std::string_view text, size_t at, uint8_t low, uint8_t high) {
  if (at >= text.size()) return false;
  const auto byte = static_cast<uint8_t>(text[at]);
  return byte >= low && byte <= high;
}

bool continues(std::string_view text, size_t at) {
  return in_range(text, at, 0x80, 0xBF);
}

}  // namespace

size_t utf8_length(std::string_view text, size_t at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return continues(text, at + 1) ? 2 : 0;
  // The second byte's range is narrower behind these leads: it excludes overlong forms,
  // surrogates and what lies beyond U+10FFFF.
  if (lead < 0xF0) {
    const uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
    const uint8_t high = lead == 0xED ? 0x9F : 0xBF;
    return in_range(text, at + 1, low, high) && continues(text, at + 2) ? 3 : 0;
  }
  const uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
  const bool ok = in_range(text, at + 1, low, high) && continues(text, at + 2);
  return ok && continues(text, at + 3) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace stele::cli
