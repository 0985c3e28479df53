#include "cli/kept_history.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

namespace stele::cli {

namespace {

struct Unit {
  std::string_view name;
  uint64_t microseconds;
};

// Descending, and each a multiple of those behind it.
constexpr std::array<Unit, 6> kUnits = {{{"d", 86'400'000'000},
                                         {"h", 3'600'000'000},
                                         {"m", 60'000'000},
                                         {"s", 1'000'000},
                                         {"ms", 1'000},
                                         {"us", 1}}};

// Takes the number that the text begins with off it; 0: it begins with none, or with one that no
// 64 bits hold.
uint64_t take_number(std::string_view& text) {
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc()) return 0;
  text.remove_prefix(static_cast<size_t>(stop - text.data()));
  return number;
}

std::expected<uint64_t, std::string> parse_commits(std::string_view text) {
  std::string_view rest = text;
  const uint64_t count = take_number(rest);
  if (count != 0 && rest.empty()) return count;
  return std::unexpected(fmt::format("'{}' is not a number of commits above 0", text));
}

std::expected<uint64_t, std::string> parse_time_span(std::string_view text) {
  std::string_view rest = text;
  const uint64_t count = take_number(rest);
  for (const Unit& unit : kUnits) {
    if (count == 0 || rest != unit.name) continue;
    if (count > std::numeric_limits<uint64_t>::max() / unit.microseconds) break;
    return count * unit.microseconds;
  }
  return std::unexpected(
      fmt::format("'{}' is not a time above 0 such as 90s, 12h or 7d (us, ms, s, m, h, d)", text));
}

}  // namespace

std::expected<KeptHistory, std::string> parse_history(std::string_view text) {
  if (text == "none") return KeptHistory{.kind = STELE_HISTORY_NONE};
  if (text == "all") return KeptHistory{.kind = STELE_HISTORY_ALL};
  const bool is_commits = text.starts_with("commits:");
  if (!is_commits && !text.starts_with("time:")) {
    return std::unexpected("expected none, all, commits:N or time:SPAN");
  }
  const std::string_view value = text.substr(text.find(':') + 1);
  const auto amount = is_commits ? parse_commits(value) : parse_time_span(value);
  if (!amount) return std::unexpected(amount.error());
  return KeptHistory{.kind = is_commits ? STELE_HISTORY_COMMITS : STELE_HISTORY_TIME,
                     .amount = *amount};
}

std::string history_text(const KeptHistory& history) {
  switch (history.kind) {
    case STELE_HISTORY_NONE:
      return "none";
    case STELE_HISTORY_COMMITS:
      return fmt::format("commits:{}", history.amount);
    case STELE_HISTORY_TIME:
      for (const Unit& unit : kUnits) {
        if (history.amount % unit.microseconds != 0) continue;
        return fmt::format("time:{}{}", history.amount / unit.microseconds, unit.name);
      }
      [[fallthrough]];
    default:
      return "all";
  }
}

}  // namespace stele::cli
