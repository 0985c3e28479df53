#include "cli/encoding.h"

namespace stele::cli {

namespace {

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr uint8_t kNoDigit = 0xFF;

constexpr std::array<uint8_t, 256> make_base64_values() {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (size_t i = 0; i < kBase64Digits.size(); ++i) {
    values[static_cast<uint8_t>(kBase64Digits[i])] = static_cast<uint8_t>(i);
  }
  return values;
}

constexpr std::array<uint8_t, 256> kBase64Values = make_base64_values();

uint8_t hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<uint8_t>(digit - 'A' + 10);
  return kNoDigit;
}

bool is_hyphen_place(size_t at) {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  const auto byte = [&](size_t at) {
    return static_cast<uint32_t>(static_cast<uint8_t>(bytes[at]));
  };
  const auto digit = [](uint32_t bits) { return kBase64Digits[bits & 63]; };
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) {
    const uint32_t bits = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    out += digit(bits >> 18);
    out += digit(bits >> 12);
    out += digit(bits >> 6);
    out += digit(bits);
  }
  if (at == bytes.size()) return;

  const bool two_left = at + 2 == bytes.size();
  const uint32_t bits = byte(at) << 16 | (two_left ? byte(at + 1) << 8 : 0);
  out += digit(bits >> 18);
  out += digit(bits >> 12);
  out += two_left ? digit(bits >> 6) : '=';
  out += '=';
}

std::optional<std::string> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t digits = text.size();
  while (digits > 0 && text.size() - digits < 2 && text[digits - 1] == '=') --digits;

  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  uint32_t bit_count = 0;
  for (const char c : text.substr(0, digits)) {
    const uint8_t value = kBase64Values[static_cast<uint8_t>(c)];
    if (value == kNoDigit) return std::nullopt;
    bits = bits << 6 | value;
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes += static_cast<char>(static_cast<uint8_t>(bits >> bit_count));
  }
  // Bits that no byte has taken must be zero: otherwise several texts would mean the same bytes.
  if ((bits & ((1U << bit_count) - 1)) != 0) return std::nullopt;
  return bytes;
}

void append_hex(std::string& out, const uint8_t* bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    out += kHexDigits[bytes[i] >> 4];
    out += kHexDigits[bytes[i] & 15];
  }
}

std::optional<std::string> parse_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t at = 0; at < text.size(); at += 2) {
    const uint8_t high = hex_value(text[at]);
    const uint8_t low = hex_value(text[at + 1]);
    if (high == kNoDigit || low == kNoDigit) return std::nullopt;
    bytes += static_cast<char>(static_cast<uint8_t>(high << 4 | low));
  }
  return bytes;
}

void append_uuid(std::string& out, const uint8_t* bytes) {
  constexpr std::array<size_t, 5> kGroups = {4, 2, 2, 2, 6};
  for (size_t group = 0; group < kGroups.size(); ++group) {
    if (group > 0) out += '-';
    append_hex(out, bytes, kGroups[group]);
    bytes += kGroups[group];
  }
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid{};
  size_t digits = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (is_hyphen_place(at)) {
      if (text[at] != '-') return std::nullopt;
      continue;
    }
    const uint8_t value = hex_value(text[at]);
    if (value == kNoDigit) return std::nullopt;
    uint8_t& byte = uuid[digits / 2];
    byte = static_cast<uint8_t>(byte << 4 | value);
    ++digits;
  }
  return uuid;
}

}  // namespace stele::cli
