// Writes a JSON object member by member, and what events have as JSON.
#pragma once

#include <stele/stele.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace stele::cli {

[[nodiscard]] inline std::string_view view(stele_text text) {
  return {text.data, text.size};
}
[[nodiscard]] inline std::string_view view(stele_bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

// True when the data can stand in a line as it is, and would be read back as it is.
[[nodiscard]] bool is_json_of_one_line(std::string_view data);

class ObjectWriter {
 public:
  // Starts an object at the end of `out`.
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

  // Starts the member `key`; the caller appends its value.
  std::string& member(std::string_view key);

  // Requires: is_utf8(text).
  void string(std::string_view key, std::string_view text);
  void number(std::string_view key, uint64_t number);
  void base64(std::string_view key, std::string_view bytes);
  void time(std::string_view key, int64_t time);

  // These leave out what an event does not have.
  void text(std::string_view key, stele_text text);
  void uuid(std::string_view key, const uint8_t* bytes);

  // Requires: 32 bytes.
  void hash(std::string_view key, const uint8_t* bytes);

  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace stele::cli
