#include "cli/input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "cli/failure.h"
#include "cli/system_error.h"

namespace stele::cli {

Input::Input(const std::string& path) : name_(path), owned_(path != "-") {
  if (owned_) {
    descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) throw system_failure(fmt::format("cannot open {}", path), errno);
  } else {
    name_ = "standard input";
  }
  struct stat status{};
  if (fstat(descriptor_, &status) != 0) {
    throw system_failure(fmt::format("cannot look at {}", name_), errno);
  }
  if (S_ISDIR(status.st_mode)) throw system_failure(fmt::format("cannot read {}", name_), EISDIR);
  regular_ = S_ISREG(status.st_mode);
  size_ = static_cast<uint64_t>(status.st_size);
  inode_ = status.st_ino;
}

Input::~Input() {
  if (owned_) close(descriptor_);
}

std::string read_whole(const Input& input) {
  constexpr size_t kPiece = size_t{64} << 10;
  std::string bytes;
  for (;;) {
    const size_t before = bytes.size();
    bytes.resize(before + kPiece);
    const ssize_t size = read(input.descriptor(), bytes.data() + before, kPiece);
    if (size < 0 && errno != EINTR) {
      throw system_failure(fmt::format("cannot read {}", input.name()), errno);
    }
    bytes.resize(before + static_cast<size_t>(size > 0 ? size : 0));
    if (size == 0) return bytes;
  }
}

}  // namespace stele::cli
