#include "cli/table.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "cli/utf8.h"

namespace stele::cli {

namespace {

constexpr size_t kRowsAtOnce = 500;
constexpr size_t kColumnMax = 40;  // Of any column but the last one.
constexpr size_t kLastColumnMin = 20;
constexpr std::string_view kGap = "  ";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

size_t count_characters(std::string_view text) {
  const auto is_first = [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; };
  return static_cast<size_t>(std::ranges::count_if(text, is_first));
}

// Returns the number of a control character at `at`; 0 when there is another one.
unsigned control_at(std::string_view text, size_t at) {
  const auto byte = static_cast<uint8_t>(text[at]);
  if (byte == 0xC2) return static_cast<uint8_t>(text[at + 1]) < 0xA0 ? uint8_t(text[at + 1]) : 0;
  return byte == 0x7F || byte < 0x20 ? byte : 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text, at);
    if (length == 0) {
      out += kReplacement;
      ++at;
      continue;
    }
    const unsigned control = control_at(text, at);
    if (control != 0 || text[at] == '\0') {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", control);
    } else {
      out.append(text, at, length);
    }
    at += length;
  }
  return out;
}

std::string shorten(std::string_view text, size_t columns) {
  if (text.size() <= columns || count_characters(text) <= columns) return std::string(text);
  size_t at = 0;
  for (size_t kept = 1; kept < columns; ++kept) at += utf8_length(text, at);
  return std::string(text.substr(0, at)).append(kEllipsis);
}

Table::Table(Output& output, std::vector<Column> layout, size_t columns)
    : output_(output), layout_(std::move(layout)), columns_(columns) {
  for (const Column& column : layout_) widths_.push_back(column.heading.size());
}

void Table::add(std::vector<std::string> row) {
  for (size_t i = 0; i + 1 < row.size(); ++i) {
    row[i] = shorten(row[i], kColumnMax);
    widths_[i] = std::max(widths_[i], count_characters(row[i]));
  }
  waiting_.push_back(std::move(row));
  if (waiting_.size() == kRowsAtOnce) flush();
}

void Table::flush() {
  if (!headed_) {
    headed_ = true;
    std::vector<std::string> headings;
    headings.reserve(layout_.size());
    for (const Column& column : layout_) headings.push_back(column.heading);
    print(headings);
  }
  for (const std::vector<std::string>& row : waiting_) print(row);
  waiting_.clear();
}

void Table::print(const std::vector<std::string>& row) {
  std::string line;
  size_t taken = 0;
  for (size_t i = 0; i + 1 < row.size(); ++i) {
    const std::string padding(widths_[i] - count_characters(row[i]), ' ');
    line += layout_[i].right ? padding + row[i] : row[i] + padding;
    line += kGap;
    taken += widths_[i] + kGap.size();
  }
  const size_t left = columns_ > taken ? columns_ - taken : 0;
  line += shorten(row.back(), std::max(left, kLastColumnMin));
  line.erase(line.find_last_not_of(' ') + 1);
  output_.write(line + "\n");
}

size_t output_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 120;
  return size.ws_col;
}

}  // namespace stele::cli
