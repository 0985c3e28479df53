// Asks Linux, through /proc and the calls for files.
#include "system.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace stele::bench {

namespace {

double microseconds(clockid_t clock) {
  timespec time = {};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// A file that is open for a while.
class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : number_(::open(path.c_str(), O_RDONLY)) {
    if (number_ < 0) throw std::runtime_error("cannot open " + path);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number_); }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

template <typename Use>
void each_file(const std::string& directory, const Use& use) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) use(entry.path().string());
  }
}

}  // namespace

Usage usage_now() {
  Usage usage;
  usage.processor_us = microseconds(CLOCK_PROCESS_CPUTIME_ID);
  std::ifstream io("/proc/self/io");
  std::string name;
  for (uint64_t bytes = 0; io >> name >> bytes;) {
    if (name == "wchar:") usage.handed = bytes;
    if (name == "write_bytes:") usage.dirtied = bytes;
  }
  return usage;
}

double thread_processor_us() {
  return microseconds(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t bytes_on_disk(const std::string& directory) {
  constexpr uint64_t kBlock = 512;  // Whatever the file system's own.
  uint64_t bytes = 0;
  each_file(directory, [&](const std::string& path) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) throw std::runtime_error("cannot stat " + path);
    bytes += static_cast<uint64_t>(status.st_blocks) * kBlock;
  });
  return bytes;
}

void forget_files(const std::string& directory) {
  each_file(directory, [](const std::string& path) {
    const Descriptor file(path);
    if (::fdatasync(file.get()) != 0 ||
        ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED) != 0) {
      throw std::runtime_error("cannot drop " + path + " from memory");
    }
  });
}

bool forget_everything() {
  std::ofstream control("/proc/sys/vm/drop_caches");
  control << "3\n" << std::flush;
  return control.good();
}

}  // namespace stele::bench
