#include "cli/import_source.h"

#include <fmt/format.h>
#include <stele/stele.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "cli/system_error.h"
#include "cli/utf8.h"

namespace stele::cli {

namespace {

// FNV-1a, 64 bits: enough to notice that a file was replaced, and the same on every machine.
class Hash {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) {
      value_ = (value_ ^ static_cast<uint8_t>(byte)) * 0x00000100000001B3;
    }
  }

  [[nodiscard]] uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xCBF29CE484222325;
};

// Hashes the file up to its first LF, and leaves its read position alone.
uint64_t hash_first_line(const Input& input) {
  Hash hash;
  std::array<char, 65536> piece{};
  for (off_t at = 0;;) {
    const ssize_t size = pread(input.descriptor(), piece.data(), piece.size(), at);
    if (size < 0) throw system_failure(fmt::format("cannot read {}", input.name()), errno);
    const std::string_view read(piece.data(), static_cast<size_t>(size));
    hash.add(read.substr(0, read.find('\n')));
    if (size == 0 || read.find('\n') != std::string_view::npos) return hash.value();
    at += size;
  }
}

// A source's name is UTF-8 without NUL; a path need not be.
std::string as_utf8(std::string_view path) {
  std::string text;
  for (size_t at = 0; at < path.size();) {
    const size_t length = utf8_length(path, at);
    text += length == 0 ? "?" : path.substr(at, length);
    at += std::max<size_t>(length, 1);
  }
  return text;
}

}  // namespace

std::string source_name(std::string_view path, uint64_t inode, uint64_t hash) {
  constexpr std::string_view kPrefix = "import:";
  const std::string suffix = fmt::format(":{}:{:016x}", inode, hash);
  const std::string text = as_utf8(path);
  const size_t room = STELE_SOURCE_MAX - kPrefix.size() - suffix.size();
  size_t start = text.size() > room ? text.size() - room : 0;
  while (start < text.size() && utf8_length(text, start) == 0) ++start;
  return fmt::format("{}{}{}", kPrefix, std::string_view(text).substr(start), suffix);
}

std::string default_source(const Input& input) {
  std::error_code code;
  const std::filesystem::path path = std::filesystem::canonical(input.name(), code);
  if (code) throw system_failure(fmt::format("cannot resolve {}", input.name()), code.value());
  return source_name(path.native(), input.inode(), hash_first_line(input));
}

}  // namespace stele::cli
