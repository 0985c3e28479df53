#include "cli/object_writer.h"

#include <fmt/format.h>

#include <iterator>

#include "cli/encoding.h"
#include "cli/json_text.h"
#include "cli/timestamp.h"

namespace stele::cli {

bool is_json_of_one_line(std::string_view data) {
  if (data.empty() || trim_json(data).size() != data.size()) return false;
  return data.find_first_of("\r\n") == std::string_view::npos && !check_json(data);
}

std::string& ObjectWriter::member(std::string_view key) {
  if (!first_) out_ += ',';
  first_ = false;
  append_json_string(out_, key);
  out_ += ':';
  return out_;
}

void ObjectWriter::string(std::string_view key, std::string_view text) {
  append_json_string(member(key), text);
}

void ObjectWriter::number(std::string_view key, uint64_t number) {
  fmt::format_to(std::back_inserter(member(key)), "{}", number);
}

void ObjectWriter::base64(std::string_view key, std::string_view bytes) {
  member(key) += '"';
  append_base64(out_, bytes);
  out_ += '"';
}

void ObjectWriter::time(std::string_view key, int64_t time) {
  std::string text;
  const bool quoted = append_timestamp(text, time);
  member(key) += quoted ? fmt::format("\"{}\"", text) : text;
}

void ObjectWriter::text(std::string_view key, stele_text text) {
  if (text.size > 0) string(key, view(text));
}

void ObjectWriter::uuid(std::string_view key, const uint8_t* bytes) {
  if (bytes == nullptr) return;
  member(key) += '"';
  append_uuid(out_, bytes);
  out_ += '"';
}

void ObjectWriter::hash(std::string_view key, const uint8_t* bytes) {
  member(key) += '"';
  append_hex(out_, bytes, 32);
  out_ += '"';
}

}  // namespace stele::cli
