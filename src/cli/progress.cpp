#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/figures.h"

namespace stele::cli {

namespace {

constexpr size_t kBarColumnsMin = 10;
constexpr size_t kBarColumnsMax = 40;
constexpr std::chrono::milliseconds kInterval{100};

size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

double fraction_of(const ProgressFigures& figures) {
  const auto total = static_cast<double>(figures.bytes_total);
  return std::min(1.0, static_cast<double>(figures.bytes_done) / total);
}

// Returns "0:04 left", from the speed of this run so far; nothing when that tells nothing yet.
std::string time_left(const ProgressFigures& figures) {
  const uint64_t worked = figures.bytes_done - std::min(figures.bytes_done, figures.bytes_start);
  if (figures.bytes_total == 0 || worked == 0 || figures.seconds <= 0) return {};
  const uint64_t left = figures.bytes_total - std::min(figures.bytes_total, figures.bytes_done);
  const double seconds_a_byte = figures.seconds / static_cast<double>(worked);
  return fmt::format("  {} left", format_duration(static_cast<double>(left) * seconds_a_byte));
}

std::string render_bar(double fraction, size_t columns) {
  if (columns < kBarColumnsMin) return {};
  const size_t inside = std::min(columns, kBarColumnsMax) - 3;
  const auto filled = static_cast<size_t>(fraction * static_cast<double>(inside));
  return fmt::format(" [{}{}]", std::string(filled, '#'), std::string(inside - filled, '-'));
}

}  // namespace

std::string render_progress(const std::string& label, const ProgressFigures& figures,
                            size_t columns) {
  const std::string rate =
      fmt::format("  {} events/s", format_count(rate_of(figures.events, figures.seconds)));
  std::string line;
  if (figures.bytes_total == 0) {
    line = fmt::format("{}  {}{}", label, format_bytes(figures.bytes_done), rate);
  } else {
    const double fraction = fraction_of(figures);
    const std::string rest = fmt::format(
        " {:3}%  {} / {}{}{}", static_cast<int>(fraction * 100), format_bytes(figures.bytes_done),
        format_bytes(figures.bytes_total), rate, time_left(figures));
    const size_t taken = label.size() + rest.size();
    line = label + render_bar(fraction, columns - std::min(columns, taken)) + rest;
  }
  if (line.size() > columns) line.resize(columns);
  return line;
}

ProgressBar::ProgressBar(std::string label, uint64_t bytes_start, uint64_t bytes_total)
    : label_(std::move(label)), terminal_(isatty(STDERR_FILENO) == 1) {
  figures_.bytes_start = bytes_start;
  figures_.bytes_total = bytes_total;
}

void ProgressBar::update(uint64_t bytes_done, uint64_t events) {
  if (!terminal_) return;
  const Clock::time_point now = Clock::now();
  if (visible_ && now - drawn_ < kInterval) return;
  drawn_ = now;
  visible_ = true;
  figures_.bytes_done = bytes_done;
  figures_.events = events;
  figures_.seconds = seconds();
  // The last column stays free: writing there would make some terminals start a new line.
  const std::string line = render_progress(label_, figures_, terminal_columns() - 1);
  std::fputs(fmt::format("\r{}\x1b[K", line).c_str(), stderr);
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!visible_) return;
  visible_ = false;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

double ProgressBar::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begun_).count();
}

}  // namespace stele::cli
