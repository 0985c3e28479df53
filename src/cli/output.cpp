#include "cli/output.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "cli/failure.h"
#include "cli/system_error.h"

namespace stele::cli {

namespace {

bool is_special_file(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

}  // namespace

Output::Output() : file_(stdout), name_("standard output"), owned_(false) {}

Output::Output(const std::string& path) : file_(nullptr), name_(path), owned_(true) {
  if (!is_special_file(path)) temporary_ = fmt::format("{}.{}.part", path, getpid());
  file_ = std::fopen(temporary_.empty() ? path.c_str() : temporary_.c_str(), "we");
  if (file_ == nullptr) fail("create");
}

Output::~Output() {
  if (!owned_ || file_ == nullptr) return;
  // Not finished: what is there is not what was asked for.
  static_cast<void>(std::fclose(file_));
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void Output::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("write");
}

void Output::flush() {
  if (std::fflush(file_) != 0) fail("write");
}

void Output::finish() {
  flush();
  if (!owned_) return;
  if (!temporary_.empty() && fsync(fileno(file_)) != 0) fail("write");
  std::FILE* const closing = file_;
  file_ = nullptr;
  if (std::fclose(closing) != 0) fail("write");
  if (!temporary_.empty() && std::rename(temporary_.c_str(), name_.c_str()) != 0) fail("create");
}

void Output::fail(const char* what) const {
  const int number = errno;
  if (number == EPIPE) throw OutputClosed();
  throw system_failure(fmt::format("cannot {} {}", what, name_), number);
}

}  // namespace stele::cli
