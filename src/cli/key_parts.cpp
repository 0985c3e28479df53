#include "cli/key_parts.h"

#include <stele/stele.h>

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "cli/key_part_text.h"

namespace stele::cli {

namespace {

constexpr std::string_view kDescending = "desc:";

// Splits at commas and takes backslashes away. Nothing: one stands before another character.
std::optional<std::vector<std::string>> split_parts(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ',') {
      parts.emplace_back();
      continue;
    }
    if (text[at] == '\\') {
      ++at;
      if (at == text.size() || (text[at] != ',' && text[at] != '\\')) return std::nullopt;
    }
    parts.back() += text[at];
  }
  return parts;
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == ',' || c == '\\') out += '\\';
    out += c;
  }
}

std::expected<std::string, std::string> encode(const std::vector<stele_key_part>& parts) {
  std::array<uint8_t, STELE_TABLE_KEY_MAX> key{};
  size_t size = 0;
  stele_error error = STELE_ERROR_INIT;
  const stele_status status =
      stele_key_encode(parts.data(), parts.size(), key.data(), key.size(), &size, &error);
  if (status != STELE_OK) {
    return std::unexpected(std::string(static_cast<const char*>(error.message)));
  }
  return std::string(reinterpret_cast<const char*>(key.data()), size);
}

}  // namespace

std::expected<std::string, std::string> encode_key_parts(std::string_view text) {
  if (text.empty()) return encode({});
  const auto texts = split_parts(text);
  if (!texts) return std::unexpected("a backslash goes before a comma or another one only");
  std::deque<std::string> kept;  // What the parts point to.
  std::vector<stele_key_part> parts;
  for (std::string_view rest : *texts) {
    const bool descending = rest.starts_with(kDescending);
    if (descending) rest.remove_prefix(kDescending.size());
    auto part = parse_key_part(rest, kept);
    if (!part) return std::unexpected(std::move(part).error());
    if (descending) part->flags |= STELE_KEY_DESCENDING;
    parts.push_back(*part);
  }
  return encode(parts);
}

std::optional<std::string> key_parts_text(std::string_view key) {
  std::vector<stele_key_part> parts(key.size());  // Each takes one byte at least.
  std::string bytes(key.size(), '\0');
  size_t count = 0;
  size_t used = 0;
  const stele_status status = stele_key_decode(
      reinterpret_cast<const uint8_t*>(key.data()), key.size(), parts.data(), parts.size(), &count,
      reinterpret_cast<uint8_t*>(bytes.data()), bytes.size(), &used, nullptr);
  if (status != STELE_OK) return std::nullopt;
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    if ((parts[i].flags & STELE_KEY_DESCENDING) != 0) text += kDescending;
    append_escaped(text, key_part_text(parts[i]));
  }
  return text;
}

const char* key_parts_help() {
  return "Parts of a key are KIND:VALUE: text, int, real, bool (true or false), bytes (hex), "
         "date,\n"
         "time, timestamp, timestamptz, uuid; or null, null_last. \"desc:\" in front turns the "
         "order\n"
         "of a part around; \"\\,\" is a comma in a value, and \"\\\\\" a backslash.";
}

}  // namespace stele::cli
