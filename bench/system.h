// What the operating system says about this process and its files, and its page cache.
#pragma once

#include <cstdint>
#include <string>

namespace stele::bench {

// What this process has used so far, all threads together. Zeros where the system does not say.
struct Usage {
  double processor_us = 0;
  uint64_t dirtied = 0;  // Bytes of pages of files made dirty: what the system writes to the disk.
  uint64_t handed = 0;   // Bytes handed to write calls.
};

[[nodiscard]] Usage usage_now();

// The processor time of this thread alone, microseconds.
[[nodiscard]] double thread_processor_us();

// Returns the bytes that the disk gives to the files below a directory.
[[nodiscard]] uint64_t bytes_on_disk(const std::string& directory);

// Has the system forget what it holds in memory of the files below a directory. Changes are written
// before, since they cannot be forgotten.
void forget_files(const std::string& directory);

// The same for all that the system holds, names and places of files included, where we may. Returns
// whether we may.
bool forget_everything();

}  // namespace stele::bench
