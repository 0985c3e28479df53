#include "cli/json_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>

namespace stele::cli {

namespace {

constexpr std::string_view kSpaces = " \t\n\r";

// Walks over text that check_json() has found good, so it need not expect anything else.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) { ++at_; }

  // True when the bracket that the text started with closes here.
  bool at_close() {
    spaces();
    return text_[at_] == '}' || text_[at_] == ']';
  }

  void separator() {
    spaces();
    if (text_[at_] == ',' || text_[at_] == ':') ++at_;
    spaces();
  }

  std::string_view value() {
    spaces();
    const size_t start = at_;
    if (text_[at_] == '"') {
      skip_string();
    } else if (text_[at_] == '{' || text_[at_] == '[') {
      skip_brackets();
    } else {
      at_ = text_.find_first_of(",:]} \t\n\r", at_);
    }
    return text_.substr(start, at_ - start);
  }

 private:
  void spaces() { at_ = text_.find_first_not_of(kSpaces, at_); }

  void skip_string() {
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  void skip_brackets() {
    size_t depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    } while (depth > 0);
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::string_view trim_json(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::vector<JsonMember> json_members(std::string_view text) {
  std::vector<JsonMember> members;
  Splitter splitter(text);
  while (!splitter.at_close()) {
    const std::string_view key = splitter.value();
    splitter.separator();
    members.push_back({key, splitter.value()});
    splitter.separator();
  }
  return members;
}

std::vector<std::string_view> json_elements(std::string_view text) {
  std::vector<std::string_view> elements;
  Splitter splitter(text);
  while (!splitter.at_close()) {
    elements.push_back(splitter.value());
    splitter.separator();
  }
  return elements;
}

std::optional<std::string> unescape_json(std::string_view value) {
  const auto parsed = nlohmann::json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_string()) return std::nullopt;
  return parsed.get<std::string>();
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  size_t copied = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<uint8_t>(text[at]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, copied, at - copied);
    copied = at + 1;
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    }
  }
  out.append(text, copied);
  out += '"';
}

}  // namespace stele::cli
