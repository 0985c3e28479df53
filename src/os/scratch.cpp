// Maps files without a name.
#include "os/scratch.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace stele::os {

namespace {

// Returns a descriptor of an unnamed file with room for `size` bytes; below 0: there is none. With
// room, because a page that finds none when it is touched would end the process.
int unnamed_file(const std::string& directory, uint64_t size) {
#ifdef O_TMPFILE
  if (directory.empty()) return -1;
  const int file = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  if (::fallocate(file, 0, 0, static_cast<off_t>(size)) == 0) return file;
  ::close(file);
#else
  (void)directory;
  (void)size;
#endif
  return -1;
}

}  // namespace

uint8_t* map_unnamed_file(const std::string& directory, uint64_t size) {
  const int file = unnamed_file(directory, size);
  const int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, file, 0);
  if (file >= 0) ::close(file);  // The mapping keeps it.
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return static_cast<uint8_t*>(memory);
}

void unmap_unnamed_file(uint8_t* memory, uint64_t size) noexcept {
  ::munmap(memory, size);
}

}  // namespace stele::os
