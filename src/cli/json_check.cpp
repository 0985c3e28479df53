// check_json(): a walk over the text with a stack of open brackets.
#include <fmt/format.h>

#include <cstdint>

#include "cli/json_text.h"
#include "cli/utf8.h"

namespace stele::cli {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  // Each function below takes what it is named after and returns false at a fault.
  bool document() {
    do {
      if (!start_of_value()) return false;
    } while (more());
    return fault_.reason.empty();
  }

  JsonFault fault() { return std::move(fault_); }

 private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] bool at(char c) const { return !at_end() && text_[at_] == c; }
  [[nodiscard]] bool at_digit() const { return !at_end() && is_digit(text_[at_]); }

  void spaces() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }

  bool take(char c) {
    if (!at(c)) return false;
    ++at_;
    return true;
  }

  bool fail(std::string reason) {
    fault_ = {at_, std::move(reason)};
    return false;
  }

  bool expected(std::string_view what) {
    if (at_end()) return fail(fmt::format("expected {}, but the text ends", what));
    return fail(fmt::format("expected {}", what));
  }

  // A value, or the brackets in front of the first value that is inside of it.
  bool start_of_value() {
    for (;;) {
      spaces();
      if (take('{')) {
        spaces();
        if (take('}')) return true;
        objects_.push_back(true);
        if (!key()) return false;
      } else if (take('[')) {
        spaces();
        if (take(']')) return true;
        objects_.push_back(false);
      } else {
        return scalar();
      }
    }
  }

  // What follows a value: closing brackets, then a comma (true) or the end of the text (false).
  bool more() {
    for (;;) {
      spaces();
      if (objects_.empty()) {
        if (!at_end()) fail("something follows the value");
        return false;
      }
      if (take(',')) {
        spaces();
        return !objects_.back() || key();
      }
      if (!take(objects_.back() ? '}' : ']')) {
        return expected(objects_.back() ? "',' or '}'" : "',' or ']'");
      }
      objects_.pop_back();
    }
  }

  bool key() {
    spaces();
    if (!at('"')) return expected("a key in quotes");
    if (!string()) return false;
    spaces();
    return take(':') || expected("':'");
  }

  bool scalar() {
    if (at('"')) return string();
    if (at('-') || at_digit()) return number();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return true;
      }
    }
    return expected("a value");
  }

  bool string() {
    ++at_;
    while (!at_end()) {
      const auto byte = static_cast<uint8_t>(text_[at_]);
      if (byte == '"') {
        ++at_;
        return true;
      }
      if (byte == '\\') {
        if (!escape()) return false;
      } else if (byte < 0x20) {
        return fail(
            fmt::format("a control character in a string must be escaped: \\u{:04x}", byte));
      } else if (byte < 0x80) {
        ++at_;
      } else {
        const size_t length = utf8_length(text_, at_);
        if (length == 0) return fail("invalid UTF-8");
        at_ += length;
      }
    }
    return fail("the string does not end");
  }

  bool escape() {
    ++at_;
    if (at_end()) return fail("the string does not end");
    const char c = text_[at_];
    if (c != 'u') {
      if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
        return fail("there is no such escape");
      }
      ++at_;
      return true;
    }
    ++at_;
    for (int digit = 0; digit < 4; ++digit, ++at_) {
      constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
      if (at_end() || kDigits.find(text_[at_]) == std::string_view::npos) {
        return expected("4 hexadecimal digits behind \\u");
      }
    }
    return true;
  }

  bool digits() {
    if (!at_digit()) return expected("a digit");
    while (at_digit()) ++at_;
    return true;
  }

  bool number() {
    take('-');
    if (!take('0')) {
      if (!digits()) return false;
    } else if (at_digit()) {
      return fail("a number does not start with 0");
    }
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<bool> objects_;  // The open brackets, outermost first: true for an object.
  JsonFault fault_;            // A reason that is not empty says that the walk has failed.
};

}  // namespace

std::optional<JsonFault> check_json(std::string_view text) {
  Checker checker(text);
  if (checker.document()) return std::nullopt;
  return checker.fault();
}

}  // namespace stele::cli
