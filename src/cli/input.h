// A file that a command reads, or standard input.
#pragma once

#include <cstdint>
#include <string>

namespace stele::cli {

class Input {
 public:
  // Opens `path`; "-" is standard input. Throws a Failure when it cannot, or it is a directory.
  explicit Input(const std::string& path);
  ~Input();

  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

  // For messages.
  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] bool is_regular() const { return regular_; }

  // Requires: is_regular().
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] uint64_t inode() const { return inode_; }

 private:
  std::string name_;
  int descriptor_ = 0;    // Standard input, unless we opened a file.
  bool owned_;            // We opened it.
  bool regular_ = false;  // A file with a size, not a pipe or a device.
  uint64_t size_ = 0;
  uint64_t inode_ = 0;
};

// Returns everything that is in there.
[[nodiscard]] std::string read_whole(const Input& input);

}  // namespace stele::cli
