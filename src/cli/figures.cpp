#include "cli/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stele::cli {

std::string format_count(uint64_t count) {
  std::string text = std::to_string(count);
  for (size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string format_bytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto size = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  // 1023.95 would be printed as "1024.0".
  while (size >= 1023.95 && unit + 1 < std::size(kUnits)) {
    size /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string format_duration(double seconds) {
  constexpr double kLongest = 360'000'000;  // A hundred thousand hours: longer is not a plan.
  const auto whole = static_cast<uint64_t>(std::llround(std::clamp(seconds, 0.0, kLongest)));
  const uint64_t minutes = whole / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, whole % 60);
}

std::string format_counted(uint64_t count, const char* noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

uint64_t rate_of(uint64_t count, double seconds) {
  if (seconds <= 0) return 0;
  return static_cast<uint64_t>(static_cast<double>(count) / seconds);
}

}  // namespace stele::cli
