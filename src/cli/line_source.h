// Reads lines and knows where each one is: its number and its bytes, for messages and for resuming.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stele::cli {

struct Line {
  std::string_view text;  // Without its end (LF or CR LF); lives until the next call.
  uint64_t number = 0;    // Counted from 1 at the start of the input.
  uint64_t end = 0;       // Bytes of the input up to and with this line's end.
};

// Longer lines are turned down, before a file that is something else altogether fills the memory.
// No event is longer: a batch holds 256 MiB, and JSON escapes make 6 bytes out of one.
inline constexpr uint64_t kLineSizeMax = uint64_t{2} << 30;

class LineSource {
 public:
  enum class Outcome { kLine, kEnd, kInterrupted };

  // Reads from `fd`, which the caller keeps open; `name` is for messages.
  LineSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  // Passes over the input up to the byte `offset`, counting its lines. Returns how many bytes that
  // were: fewer when the input ends before, or a signal arrived. Requires: no line was read yet.
  uint64_t skip_to(uint64_t offset);

  // Stores the next line. The last one needs no line end. A byte order mark at the very start of
  // the input is left out. kInterrupted: a signal arrived while waiting for input.
  Outcome next(Line& line);

 private:
  [[nodiscard]] size_t buffered() const { return end_ - start_; }
  [[nodiscard]] Outcome fill();
  void make_room();
  void take(Line& line, size_t size, size_t end_size);

  int fd_;
  std::string name_;
  std::vector<char> buffer_;
  size_t start_ = 0;     // The first byte of `buffer_` not yet handed out ...
  size_t end_ = 0;       // ... and the end of those that were read.
  uint64_t offset_ = 0;  // Where in the input the byte at `start_` is.
  uint64_t lines_ = 0;   // Line ends in front of it.
};

}  // namespace stele::cli
