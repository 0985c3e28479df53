#include "cli/receipt_file.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/encoding.h"
#include "cli/failure.h"
#include "cli/handle.h"
#include "cli/input.h"

namespace stele::cli {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kWhitespace = " \t\r\n";
  const size_t first = text.find_first_not_of(kWhitespace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhitespace) + 1 - first);
}

}  // namespace

std::string receipt_line(const std::string& receipt) {
  std::string line;
  append_hex(line, reinterpret_cast<const uint8_t*>(receipt.data()), receipt.size());
  line += '\n';
  return line;
}

std::string read_receipt(const std::string& path, stele_receipt_info& info) {
  const Input input(path);
  const std::string text = read_whole(input);
  const std::optional<std::string> receipt = parse_hex(trimmed(text));
  if (!receipt || receipt->empty()) {
    throw Failure(
        ExitStatus::kError,
        fmt::format("{} holds no receipt: expected a line of hexadecimal digits", input.name()));
  }
  info = {};
  info.struct_size = sizeof info;
  stele_error error = STELE_ERROR_INIT;
  check(stele_receipt_verify(reinterpret_cast<const uint8_t*>(receipt->data()), receipt->size(),
                             nullptr, 0, &info, &error),
        error);
  return *receipt;
}

}  // namespace stele::cli
