// What a disk takes for a random page: the floor of a cold read.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace stele::bench {

// Reads pages of a file at random, by one call each.
class RandomPages {
 public:
  RandomPages(const std::string& path, size_t page_size, uint64_t seed)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), random_(seed), page_(page_size) {
    if (file_ < 0) throw std::runtime_error("cannot open " + path);
    pages_ = static_cast<uint64_t>(::lseek(file_, 0, SEEK_END)) / page_size;
    ::posix_fadvise(file_, 0, 0, POSIX_FADV_RANDOM);
  }
  RandomPages(const RandomPages&) = delete;
  RandomPages& operator=(const RandomPages&) = delete;
  ~RandomPages() { ::close(file_); }

  void read() {
    const uint64_t at = random_() % pages_ * page_.size();
    const ssize_t read = ::pread(file_, page_.data(), page_.size(), static_cast<off_t>(at));
    if (read != static_cast<ssize_t>(page_.size())) {
      throw std::runtime_error("random pages: pread");
    }
  }

 private:
  int file_;
  std::mt19937_64 random_;
  uint64_t pages_ = 0;
  std::vector<uint8_t> page_;
};

}  // namespace stele::bench
