// The hardware floor of a durable commit: pwrite + fdatasync of the same bytes into a written file.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace stele::bench {

class Floor {
 public:
  // Writes the whole file once, so that later writes neither grow it nor convert its blocks.
  Floor(const std::string& path, uint64_t file_size) : file_size_(file_size) {
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file_ < 0) throw std::runtime_error("floor: open");
    const std::vector<uint8_t> zeros(1 << 20);
    for (uint64_t at = 0; at < file_size; at += zeros.size()) write_at(at, zeros);
    sync();
  }
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  ~Floor() { ::close(file_); }

  // One durable write of `bytes` behind the last one.
  void commit(const std::vector<uint8_t>& bytes) {
    if (at_ + bytes.size() > file_size_) at_ = 0;
    write_at(at_, bytes);
    sync();
    at_ += bytes.size();
  }

 private:
  void write_at(uint64_t at, const std::vector<uint8_t>& bytes) const {
    const ssize_t wrote = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (wrote != static_cast<ssize_t>(bytes.size())) throw std::runtime_error("floor: pwrite");
  }
  void sync() const {
    if (::fdatasync(file_) != 0) throw std::runtime_error("floor: fdatasync");
  }

  int file_;
  uint64_t file_size_;
  uint64_t at_ = 0;
};

}  // namespace stele::bench
