// Helpers over the file interface that every file system shares.
#include "os/file.h"

#include "base/text.h"

namespace stele::os {

Result<std::vector<uint8_t>> read_file(FileSystem& files, const std::string& path,
                                       uint64_t size_max) {
  auto file = files.open(path, OpenFor::kReading);
  if (!file) return fail(std::move(file).error());
  const auto size = (*file)->size();
  if (!size) return fail(size.error());
  if (*size > size_max) {
    return fail(Code::kTooLarge,
                cat("read ", path, ": ", *size, " bytes, expected at most ", size_max));
  }
  std::vector<uint8_t> bytes(*size);
  const auto got = (*file)->read_at(0, bytes);
  if (!got) return fail(got.error());
  bytes.resize(*got);
  return bytes;
}

std::string parent_of(const std::string& path) {
  const size_t last = path.find_last_not_of('/');
  if (last == std::string::npos) return path.empty() ? "." : "/";
  const size_t slash = path.find_last_of('/', last);
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace stele::os
