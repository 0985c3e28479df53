// A directory of its own for a test, removed with everything in it at the end; and its files as
// bytes.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace stele::test {

class TempDirectory {
 public:
  TempDirectory() {
    path_ = (std::filesystem::temp_directory_path() / "stele-test-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "cannot make " << path_;
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  // Returns the path of something in the directory.
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::vector<uint8_t> read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Replaces what is in the file at `path`. Writes over it and cuts the rest: a file that is emptied
// and written anew is flushed to the disk by some file systems, and a test may do this a thousand
// times.
inline void write_bytes(const std::string& path, std::span<const uint8_t> bytes) {
  const std::ofstream made(path, std::ios::binary | std::ios::app);
  std::ofstream file(path, std::ios::binary | std::ios::in);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.flush();
  EXPECT_TRUE(file.good()) << "cannot write " << path;
  std::filesystem::resize_file(path, bytes.size());
}

}  // namespace stele::test
