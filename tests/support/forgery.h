// The first segment of a log, changed by who knows the format: every checksum is right again.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "support/databases.h"
#include "wal/frame.h"
#include "wal/segment.h"

namespace stele::test {

// Every commit may be changed; save() makes the checksums right, and those of previous frames.
class Forgery {
 public:
  explicit Forgery(const World& world)
      : path_(wal::segment_path(world.path() + "/wal", 1)), bytes_(read_bytes(path_)) {
    header_.assign(bytes_.begin(), bytes_.begin() + wal::kSegmentHeaderSize);
    for (size_t at = wal::kSegmentHeaderSize; wal::claimed_length(&bytes_[at]) != 0;) {
      const size_t length = align_up(wal::claimed_length(&bytes_[at]));
      const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(at);
      frames_.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length));
      at += length;
    }
  }

  // The payload of a commit, counted from 0.
  [[nodiscard]] uint8_t* payload(size_t commit) {
    return frames_.at(commit).data() + wal::kFrameHeaderSize;
  }
  void set_tsn(size_t commit, uint64_t tsn) {
    store_le(frames_.at(commit).data() + wal::kFrameTsnOffset, tsn);
  }
  void remove(size_t commit) {
    frames_.erase(frames_.begin() + static_cast<std::ptrdiff_t>(commit));
  }
  void swap(size_t commit, size_t other) { std::swap(frames_.at(commit), frames_.at(other)); }

  // Writes the log, without room behind it.
  void save() {
    const auto salt = load_le<uint64_t>(header_.data() + 40);
    std::vector<uint8_t> bytes = header_;
    wal::Chain chain;
    for (std::vector<uint8_t>& frame : frames_) {
      wal::seal_frame(frame, salt, /*durable_tsn=*/0, chain);
      bytes.insert(bytes.end(), frame.begin(), frame.end());
    }
    write_bytes(path_, bytes);
  }
  // Writes what was there before.
  void restore() const { write_bytes(path_, bytes_); }

 private:
  std::string path_;
  std::vector<uint8_t> bytes_;
  std::vector<uint8_t> header_;
  std::vector<std::vector<uint8_t>> frames_;
};

}  // namespace stele::test
