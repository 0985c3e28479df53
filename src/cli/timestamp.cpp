#include "cli/timestamp.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>

namespace stele::cli {

namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr size_t kFractionDigits = 6;

constexpr const char* kShape = "expected a time such as 2026-11-21T11:32:35.123456Z";

int64_t days_since_1970(int year, unsigned month, unsigned day) {
  using std::chrono::sys_days;
  const sys_days days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)};
  return days.time_since_epoch().count();
}

bool exists(int64_t year, int64_t month, int64_t day) {
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return date.ok();
}

// Takes an RFC 3339 text apart from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // Takes exactly `count` digits.
  std::optional<int64_t> digits(size_t count) {
    if (text_.size() < count) return std::nullopt;
    int64_t number = 0;
    for (const char c : text_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      number = number * 10 + (c - '0');
    }
    text_.remove_prefix(count);
    return number;
  }

  // Takes one byte if it is one of `choices`.
  bool one_of(std::string_view choices) {
    if (text_.empty() || choices.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }

  [[nodiscard]] size_t digits_ahead() const {
    const size_t end = text_.find_first_not_of("0123456789");
    return end == std::string_view::npos ? text_.size() : end;
  }

  [[nodiscard]] bool at(char c) const { return !text_.empty() && text_.front() == c; }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

using Part = std::expected<int64_t, std::string>;

// Reads "2026-11-21" as microseconds since 1970.
Part parse_date(Reader& reader) {
  const auto year = reader.digits(4);
  const bool first = reader.one_of("-");
  const auto month = reader.digits(2);
  const bool second = reader.one_of("-");
  const auto day = reader.digits(2);
  if (!year || !first || !month || !second || !day) return std::unexpected(kShape);
  if (!exists(*year, *month, *day)) return std::unexpected("there is no such day");
  return days_since_1970(static_cast<int>(*year), static_cast<unsigned>(*month),
                         static_cast<unsigned>(*day)) *
         kDay;
}

// Reads ".123456" as microseconds; nothing at all is 0.
Part parse_fraction(Reader& reader) {
  if (!reader.one_of(".")) return 0;
  const size_t count = reader.digits_ahead();
  if (count == 0) return std::unexpected(kShape);
  if (count > kFractionDigits) {
    return std::unexpected(
        "a second has at most 6 digits behind its point: a time is microseconds");
  }
  int64_t fraction = reader.digits(count).value_or(0);
  for (size_t i = count; i < kFractionDigits; ++i) fraction *= 10;
  return fraction;
}

// Reads "11:32:35.123456" as microseconds of the day. A leap second, 60, is the next one's start:
// whether it may be there can be told once the offset is known.
Part parse_clock(Reader& reader, bool& leap_second) {
  const auto hour = reader.digits(2);
  const bool first = reader.one_of(":");
  const auto minute = reader.digits(2);
  const bool second_colon = reader.one_of(":");
  const auto second = reader.digits(2);
  if (!hour || !first || !minute || !second_colon || !second) return std::unexpected(kShape);
  if (*hour > 23 || *minute > 59 || *second > 60) {
    return std::unexpected("there is no such time of day");
  }
  leap_second = *second == 60;
  const Part fraction = parse_fraction(reader);
  if (!fraction) return fraction;
  return *hour * kHour + *minute * kMinute + *second * kSecond + *fraction;
}

// Reads "Z" or "+02:00" as microseconds ahead of UTC.
Part parse_offset(Reader& reader) {
  if (reader.one_of("Zz")) return 0;
  const bool west = reader.at('-');
  if (!reader.one_of("+-")) return std::unexpected("the offset is missing: Z, or one like +02:00");
  const auto hour = reader.digits(2);
  const bool colon = reader.one_of(":");
  const auto minute = reader.digits(2);
  if (!hour || !colon || !minute) return std::unexpected(kShape);
  if (*hour > 23 || *minute > 59) return std::unexpected("there is no such offset");
  const int64_t offset = *hour * kHour + *minute * kMinute;
  return west ? -offset : offset;
}

int64_t floor_to(int64_t value, int64_t unit) {
  const int64_t rest = value % unit;
  return value - (rest < 0 ? rest + unit : rest);
}

}  // namespace

bool append_timestamp(std::string& out, int64_t time) {
  const int64_t first = days_since_1970(1, 1, 1) * kDay;
  const int64_t last = days_since_1970(9999, 12, 31) * kDay + (kDay - 1);
  if (time < first || time > last) {
    fmt::format_to(std::back_inserter(out), "{}", time);
    return false;
  }
  const int64_t midnight = floor_to(time, kDay);
  const std::chrono::sys_days days{std::chrono::days{midnight / kDay}};
  const std::chrono::year_month_day date{days};
  const int64_t clock = time - midnight;
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()), clock / kHour, clock / kMinute % 60,
                 clock / kSecond % 60, clock % kSecond);
  return true;
}

std::expected<int64_t, std::string> parse_timestamp(std::string_view text) {
  Reader reader(text);
  const Part date = parse_date(reader);
  if (!date) return date;
  if (!reader.one_of("Tt ")) return std::unexpected(kShape);
  bool leap_second = false;
  const Part clock = parse_clock(reader, leap_second);
  if (!clock) return clock;
  const Part offset = parse_offset(reader);
  if (!offset) return offset;
  if (!reader.at_end()) return std::unexpected("something follows the offset");

  const int64_t time = *date + *clock - *offset;
  // UTC inserts leap seconds at the end of a day only.
  if (leap_second && floor_to(time, kSecond) % kDay != 0) {
    return std::unexpected("there is no such time of day");
  }
  return time;
}

std::expected<int64_t, std::string> parse_microseconds(std::string_view text) {
  int64_t time = 0;
  const char* const start = text.data();
  const char* const end = start + text.size();
  const auto [stop, code] = std::from_chars(start, end, time);
  if (code == std::errc::result_out_of_range) {
    return std::unexpected("beyond 64 bits of microseconds");
  }
  if (code != std::errc() || stop != end) {
    return std::unexpected("a number of microseconds has no point and no exponent");
  }
  return time;
}

std::expected<int64_t, std::string> parse_time(std::string_view text) {
  const bool number = !text.empty() &&
                      text.find_first_not_of("-0123456789") == std::string_view::npos &&
                      text.find('-', 1) == std::string_view::npos;
  return number ? parse_microseconds(text) : parse_timestamp(text);
}

}  // namespace stele::cli
