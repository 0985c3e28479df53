// Tells whether anything in a directory has changed, without opening what is in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stele::cli {

// Names, sizes and times of the files of a directory at one moment.
class DirectoryMark {
 public:
  // Looks at the directory. One that cannot be read has no files.
  explicit DirectoryMark(const std::string& path);

  // True when the files have rested for a while: a change to come will have another time than
  // theirs. File times are coarse, so two changes within a few milliseconds may have the same.
  [[nodiscard]] bool is_settled() const { return settled_; }

  bool operator==(const DirectoryMark& other) const { return files_ == other.files_; }

 private:
  struct File {
    std::string name;
    uint64_t inode;
    int64_t size;
    int64_t changed;  // Nanoseconds since 1970.
    auto operator<=>(const File&) const = default;
  };

  std::vector<File> files_;
  bool settled_ = false;
};

}  // namespace stele::cli
