#include "cli/key_part_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "cli/encoding.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

using Parsed = std::expected<stele_key_part, std::string>;

constexpr int64_t kMicrosecondsOfDay = int64_t{86'400} * 1'000'000;

struct PartKind {
  std::string_view name;
  uint32_t kind;
};

// Of two of the same name, or kind, the first one counts.
constexpr auto kPartKinds = std::to_array<PartKind>({{"null", STELE_KEY_NULL},
                                                     {"bool", STELE_KEY_BOOL},
                                                     {"int", STELE_KEY_INTEGER},
                                                     {"int", STELE_KEY_UNSIGNED},
                                                     {"real", STELE_KEY_REAL},
                                                     {"text", STELE_KEY_TEXT},
                                                     {"bytes", STELE_KEY_BYTES},
                                                     {"date", STELE_KEY_DATE},
                                                     {"time", STELE_KEY_TIME},
                                                     {"timestamp", STELE_KEY_TIMESTAMP},
                                                     {"timestamptz", STELE_KEY_TIMESTAMPTZ},
                                                     {"uuid", STELE_KEY_UUID},
                                                     {"null_last", STELE_KEY_NULL_LAST}});

template <typename Number>
bool parse_all(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  return code == std::errc() && stop == end;
}

std::unexpected<std::string> not_a(std::string_view value, std::string_view what) {
  return std::unexpected(fmt::format("'{}' is not {}", value, what));
}

void point_to(stele_key_part& part, std::string_view bytes) {
  part.data = reinterpret_cast<const uint8_t*>(bytes.data());
  part.size = bytes.size();
}

Parsed parse_bool(stele_key_part part, std::string_view value) {
  if (value != "true" && value != "false") return not_a(value, "true or false");
  part.integer = value == "true" ? 1 : 0;
  return part;
}

// A number that only an unsigned one holds is one.
Parsed parse_whole(stele_key_part part, std::string_view value) {
  if (parse_all(value, part.integer)) return part;
  part.kind = STELE_KEY_UNSIGNED;
  if (parse_all(value, part.natural)) return part;
  return not_a(value, "a number from -2^63 to 2^64 - 1");
}

Parsed parse_real(stele_key_part part, std::string_view value) {
  if (parse_all(value, part.real)) return part;
  return not_a(value, "a number such as 1.5, nan or -inf");
}

Parsed parse_bytes(stele_key_part part, std::string_view value, std::deque<std::string>& kept) {
  auto bytes = parse_hex(value);
  if (!bytes) return not_a(value, "made of pairs of hexadecimal digits");
  point_to(part, kept.emplace_back(std::move(*bytes)));
  return part;
}

Parsed parse_id(stele_key_part part, std::string_view value, std::deque<std::string>& kept) {
  const auto uuid = parse_uuid(value);
  if (!uuid) return not_a(value, "a UUID such as 0190163d-8694-739b-aea5-966c26f8ad91");
  point_to(part, kept.emplace_back(uuid->begin(), uuid->end()));
  return part;
}

// Dates, times and timestamps are read as a timestamp in UTC that has `before` and `behind` around
// it; or as the number itself, which has no hyphen but in front and no colon.
Parsed parse_moment_of(stele_key_part part, std::string_view value, std::string_view before,
                       std::string_view behind) {
  if (parse_all(value, part.integer)) return part;
  const auto time = parse_timestamp(fmt::format("{}{}{}", before, value, behind));
  if (!time) return std::unexpected(fmt::format("'{}': {}", value, time.error()));
  part.integer = part.kind == STELE_KEY_DATE ? *time / kMicrosecondsOfDay : *time;
  return part;
}

std::string time_text(int64_t time) {
  std::string text;
  append_timestamp(text, time);
  return text;
}

// Without the Z, which says UTC; a number stays one.
std::string local_text(int64_t time) {
  std::string text = time_text(time);
  if (text.ends_with('Z')) text.pop_back();
  return text;
}

std::string date_text(int64_t days) {
  constexpr int64_t kDaysMax = 3'000'000;  // More than up to the year 9999.
  if (days < -kDaysMax || days > kDaysMax) return std::to_string(days);
  const std::string text = time_text(days * kMicrosecondsOfDay);
  return text.ends_with('Z') ? text.substr(0, text.find('T')) : std::to_string(days);
}

// The end of a day is not one of the next.
std::string daytime_text(int64_t time) {
  if (time >= kMicrosecondsOfDay) return std::to_string(time);
  const std::string text = local_text(time);
  return text.substr(text.find('T') + 1);
}

std::string digits_of(const stele_key_part& part) {
  std::string text;
  if (part.kind == STELE_KEY_UUID) {
    append_uuid(text, part.data);
  } else {
    append_hex(text, part.data, part.size);
  }
  return text;
}

std::string value_text(const stele_key_part& part) {
  switch (part.kind) {
    case STELE_KEY_BOOL:
      return part.integer != 0 ? "true" : "false";
    case STELE_KEY_UNSIGNED:
      return std::to_string(part.natural);
    case STELE_KEY_REAL:
      return fmt::format("{}", part.real);
    case STELE_KEY_TEXT:
      return {reinterpret_cast<const char*>(part.data), part.size};
    case STELE_KEY_BYTES:
    case STELE_KEY_UUID:
      return digits_of(part);
    case STELE_KEY_DATE:
      return date_text(part.integer);
    case STELE_KEY_TIME:
      return daytime_text(part.integer);
    case STELE_KEY_TIMESTAMP:
      return local_text(part.integer);
    case STELE_KEY_TIMESTAMPTZ:
      return time_text(part.integer);
    default:
      return std::to_string(part.integer);
  }
}

bool has_value(uint32_t kind) {
  return kind != STELE_KEY_NULL && kind != STELE_KEY_NULL_LAST;
}

}  // namespace

Parsed parse_key_part(std::string_view text, std::deque<std::string>& kept) {
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto* const found = std::ranges::find(kPartKinds, name, &PartKind::name);
  const bool has_colon = colon != std::string_view::npos;
  if (found == kPartKinds.end() || has_value(found->kind) != has_colon) {
    return not_a(text, "a part such as text:north, int:7, date:2026-11-21 or null");
  }
  stele_key_part part{};
  part.kind = found->kind;
  if (!has_colon) return part;

  const std::string_view value = text.substr(colon + 1);
  switch (part.kind) {
    case STELE_KEY_BOOL:
      return parse_bool(part, value);
    case STELE_KEY_INTEGER:
      return parse_whole(part, value);
    case STELE_KEY_REAL:
      return parse_real(part, value);
    case STELE_KEY_BYTES:
      return parse_bytes(part, value, kept);
    case STELE_KEY_UUID:
      return parse_id(part, value, kept);
    case STELE_KEY_DATE:
      return parse_moment_of(part, value, "", "T00:00:00Z");
    case STELE_KEY_TIME:
      return parse_moment_of(part, value, "1970-01-01T", "Z");
    case STELE_KEY_TIMESTAMP:
      return parse_moment_of(part, value, "", "Z");
    case STELE_KEY_TIMESTAMPTZ:
      return parse_moment_of(part, value, "", "");
    default:
      point_to(part, kept.emplace_back(value));
      return part;
  }
}

std::string key_part_text(const stele_key_part& part) {
  const auto* const found = std::ranges::find(kPartKinds, part.kind, &PartKind::kind);
  const std::string name(found == kPartKinds.end() ? "?" : found->name);
  return has_value(part.kind) ? name + ":" + value_text(part) : name;
}

}  // namespace stele::cli
