#include "cli/line_source.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/failure.h"
#include "cli/system_error.h"

namespace stele::cli {

namespace {

constexpr size_t kChunk = size_t{256} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

uint64_t LineSource::skip_to(uint64_t offset) {
  while (offset_ < offset) {
    if (buffered() == 0 && fill() != Outcome::kLine) break;
    const auto size = static_cast<size_t>(std::min<uint64_t>(buffered(), offset - offset_));
    const auto first = buffer_.begin() + static_cast<std::ptrdiff_t>(start_);
    const auto count = std::count(first, first + static_cast<std::ptrdiff_t>(size), '\n');
    lines_ += static_cast<uint64_t>(count);
    start_ += size;
    offset_ += size;
  }
  return offset_;
}

LineSource::Outcome LineSource::next(Line& line) {
  size_t searched = 0;
  for (;;) {
    const char* const first = buffer_.data() + start_;
    const void* const found = buffered() > searched
                                  ? std::memchr(first + searched, '\n', buffered() - searched)
                                  : nullptr;
    if (found != nullptr) {
      take(line, static_cast<size_t>(static_cast<const char*>(found) - first), 1);
      return Outcome::kLine;
    }
    searched = buffered();
    if (searched > kLineSizeMax) {
      throw Failure(ExitStatus::kError, fmt::format("{}: line {} is longer than {} bytes", name_,
                                                    lines_ + 1, kLineSizeMax));
    }
    const Outcome outcome = fill();
    if (outcome == Outcome::kLine) continue;
    if (outcome == Outcome::kInterrupted || searched == 0) return outcome;
    take(line, searched, 0);
    return Outcome::kLine;
  }
}

// Hands out `size` bytes, and counts `end_size` more of a line end.
void LineSource::take(Line& line, size_t size, size_t end_size) {
  line.text = {buffer_.data() + start_, size};
  if (end_size > 0 && line.text.ends_with('\r')) line.text.remove_suffix(1);
  if (offset_ == 0 && line.text.starts_with(kByteOrderMark)) {
    line.text.remove_prefix(kByteOrderMark.size());
  }
  start_ += size + end_size;
  offset_ += size + end_size;
  lines_ += end_size;
  line.number = lines_ + (end_size == 0 ? 1 : 0);
  line.end = offset_;
}

// Reads more bytes: kLine when there are some.
LineSource::Outcome LineSource::fill() {
  make_room();
  const ssize_t size = read(fd_, buffer_.data() + end_, buffer_.size() - end_);
  if (size > 0) {
    end_ += static_cast<size_t>(size);
    return Outcome::kLine;
  }
  if (size == 0) return Outcome::kEnd;
  if (errno == EINTR) return Outcome::kInterrupted;
  throw system_failure(fmt::format("cannot read {}", name_), errno);
}

// Moves what is buffered to the front; doubles the buffer when that is not enough.
void LineSource::make_room() {
  if (start_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + start_, buffered());
    end_ -= start_;
    start_ = 0;
  }
  if (buffer_.size() - end_ < kChunk) buffer_.resize(std::max(2 * buffer_.size(), 2 * kChunk));
}

}  // namespace stele::cli
