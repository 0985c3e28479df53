// What all readers of events from JSON lines share: values of a kind, or a fault at a byte.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/event_draft.h"
#include "cli/json_text.h"

namespace stele::cli {

// What is wrong with a line, and at which byte of it, counted from 1.
class LineFault : public std::runtime_error {
 public:
  LineFault(size_t byte, const std::string& reason) : std::runtime_error(reason), byte_(byte) {}

  [[nodiscard]] size_t byte() const { return byte_; }

 private:
  size_t byte_;
};

// Reads values out of one line. Values are pieces of the line; every function throws a LineFault
// for one that is not as it must be, and `name` is what the value is called.
class LineReader {
 public:
  // Texts that need memory of their own are kept by `draft`.
  LineReader(std::string_view line, EventDraft& draft) : line_(line), draft_(draft) {}

  struct Field {
    std::string_view name;
    std::string_view key;  // Where in the line the name is.
    std::string_view value;
  };

  // Returns the fields of the line, an object whose names are all different.
  [[nodiscard]] std::vector<Field> fields();

  // Says what is wrong with the piece of the line that starts at `at`.
  [[noreturn]] void fail(std::string_view at, const std::string& reason) const;

  [[nodiscard]] std::string_view string(std::string_view value, std::string_view name);

  // The library takes an empty text for none; here somebody wrote one and should know.
  [[nodiscard]] std::string_view present(std::string_view value, std::string_view name);

  // Returns the bytes that a base64 text stands for.
  [[nodiscard]] std::string_view bytes(std::string_view value, std::string_view name);

 private:
  std::string_view line_;
  EventDraft& draft_;
};

}  // namespace stele::cli
