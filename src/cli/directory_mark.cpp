#include "cli/directory_mark.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace stele::cli {

namespace {

constexpr int64_t kSecond = 1'000'000'000;  // Nanoseconds; longer than the grain of any file time.

int64_t now() {
  using std::chrono::nanoseconds;
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<nanoseconds>(since_1970).count();
}

}  // namespace

DirectoryMark::DirectoryMark(const std::string& path) {
  int64_t newest = 0;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(path, code), end; !code && entry != end;
       entry.increment(code)) {
    struct stat status{};
    const std::string file = entry->path().native();
    if (stat(file.c_str(), &status) != 0) continue;
    const int64_t changed = status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec;
    newest = std::max(newest, changed);
    files_.push_back({file, status.st_ino, status.st_size, changed});
  }
  std::ranges::sort(files_);
  // A time ahead of the clock is no rest either.
  const int64_t rest = now() - newest;
  settled_ = !files_.empty() && rest > kSecond;
}

}  // namespace stele::cli
