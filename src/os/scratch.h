// Memory for what is larger than a database's memory is meant to be: a commit of many mebibytes, or
// the record of a large event.
//
// It is a file without a name, mapped: its pages are the system's, which writes them out and reads
// them back as it needs, and do not count as memory of this process. It is never read after a crash
// and needs no sync. Where there is no such file, as in a read-only directory, it is plain memory.
//
// What is smaller than `from` comes from the heap: making a file takes longer than a small buffer.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "os/file.h"

namespace stele::os {

class Scratch {
 public:
  // The files are in `directory`; empty: plain memory. `files` must outlive it.
  Scratch(FileSystem& files, std::string directory, uint64_t from)
      : files_(files), directory_(std::move(directory)), from_(from) {}

  // Returns memory aligned to 16 bytes, not zeroed. Throws std::bad_alloc.
  [[nodiscard]] uint8_t* take(uint64_t size) const {
    if (size < from_) return new uint8_t[size];
    return files_.take_scratch(directory_, size);
  }
  void give_back(uint8_t* memory, uint64_t size) const noexcept {
    if (size < from_) {
      delete[] memory;
    } else {
      files_.give_back_scratch(memory, size);
    }
  }
  [[nodiscard]] uint64_t from() const { return from_; }

 private:
  FileSystem& files_;
  std::string directory_;
  uint64_t from_;
};

using ScratchPtr = std::shared_ptr<const Scratch>;

// A piece of it that is given back by itself. Bytes are not zeroed.
class ScratchPiece {
 public:
  ScratchPiece(ScratchPtr scratch, uint64_t size)
      : scratch_(std::move(scratch)), bytes_(scratch_->take(size), size) {}
  ScratchPiece(ScratchPiece&& other) noexcept
      : scratch_(std::move(other.scratch_)), bytes_(std::exchange(other.bytes_, {})) {}
  ScratchPiece(const ScratchPiece&) = delete;
  ScratchPiece& operator=(const ScratchPiece&) = delete;
  ~ScratchPiece() {
    if (scratch_ != nullptr) scratch_->give_back(bytes_.data(), bytes_.size());
  }
  [[nodiscard]] ByteSpan bytes() const { return bytes_; }

 private:
  ScratchPtr scratch_;
  ByteSpan bytes_;
};

// An allocator of bytes; without a Scratch, of the heap.
template <typename Byte>
class ScratchAllocator {
 public:
  using value_type = Byte;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  ScratchAllocator() = default;
  explicit ScratchAllocator(ScratchPtr scratch) : scratch_(std::move(scratch)) {}

  [[nodiscard]] Byte* allocate(size_t size) const {
    return scratch_ == nullptr ? new Byte[size] : scratch_->take(size);
  }
  void deallocate(Byte* memory, size_t size) const noexcept {
    if (scratch_ == nullptr) {
      delete[] memory;
    } else {
      scratch_->give_back(memory, size);
    }
  }
  friend bool operator==(const ScratchAllocator&, const ScratchAllocator&) = default;

 private:
  ScratchPtr scratch_;
};

// Bytes that may become large.
using ScratchBytes = std::vector<uint8_t, ScratchAllocator<uint8_t>>;

// A mapped file without a name in `directory`, as the POSIX file system has it; plain memory where
// there can be none. Throws std::bad_alloc.
[[nodiscard]] uint8_t* map_unnamed_file(const std::string& directory, uint64_t size);
void unmap_unnamed_file(uint8_t* memory, uint64_t size) noexcept;

}  // namespace stele::os
