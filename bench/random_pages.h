// What a disk takes for a random page: the floor of a cold read.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>

namespace stele::bench {

// Reads pages of a file at random, by one call each.
class RandomPages {
 public:
  static constexpr size_t kPage = 8192;

  RandomPages(const std::string& path, uint64_t seed)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), random_(seed) {
    if (file_ < 0) throw std::runtime_error("cannot open " + path);
    pages_ = static_cast<uint64_t>(::lseek(file_, 0, SEEK_END)) / kPage;
    ::posix_fadvise(file_, 0, 0, POSIX_FADV_RANDOM);
  }
  RandomPages(const RandomPages&) = delete;
  RandomPages& operator=(const RandomPages&) = delete;
  ~RandomPages() { ::close(file_); }

  void read() {
    const uint64_t at = random_() % pages_ * kPage;
    if (::pread(file_, page_.data(), kPage, static_cast<off_t>(at)) != kPage) {
      throw std::runtime_error("random pages: pread");
    }
  }

 private:
  int file_;
  std::mt19937_64 random_;
  uint64_t pages_ = 0;
  std::array<uint8_t, kPage> page_ = {};
};

}  // namespace stele::bench
