// Reads the frames of one segment file in order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/file.h"
#include "os/scratch.h"
#include "wal/frame.h"
#include "wal/segment.h"

namespace stele::wal {

// Walks a segment from its header on. Stops at the first bytes that are not the next frame of the
// chain and says why; what that means (end, torn write, damage) is the caller's to judge.
class SegmentReader {
 public:
  // Opens segment `number` and checks its header. Frames that are too large for memory are read
  // into `scratch`, if there is one.
  static Result<SegmentReader> open(os::FileSystem& files, const std::string& directory,
                                    const Uuid& uuid, uint64_t number,
                                    os::ScratchPtr scratch = nullptr);

  struct Step {
    bool found;          // A frame, in `frame`; otherwise `reason` says why there is none.
    FrameView frame;     // Lives until the next call.
    const char* reason;  // Static text.
  };
  // Reads the frame at offset(). Bytes from `end` on do not count. An error means the file could
  // not be read. Moves offset() behind the frame and advances the chain when one was found.
  Result<Step> next(uint64_t end);

  // Goes on at `offset`, with `chain`, if the frame that stands there continues it; otherwise, and
  // also if that cannot be read, stays where it is. Returns whether it went.
  bool continue_at(uint64_t offset, const Chain& chain);

  // Looks for a whole frame, at any later multiple of 8, that knows commit `tsn` to have been
  // durable: proof that what stands at offset() is damage and not the torn end of the log.
  Result<bool> later_frame_witnesses(uint64_t tsn);

  // For who takes a damaged log apart: goes on at the next multiple of 8 behind offset() at which a
  // whole commit frame of this segment stands, whatever was before it. False: there is none.
  Result<bool> skip_damage();
  // Returns how many bytes behind offset() there are up to the last one that is not zero: torn
  // writes, or what a recycled file held before.
  Result<uint64_t> remains();

  // Returns how many of those `remains` are of an interrupted write. In a file that was something
  // else before, only a frame whose header came through can be told from what was there.
  Result<uint64_t> torn_bytes(uint64_t remains);

  void set_chain(const Chain& chain) { chain_ = chain; }
  [[nodiscard]] const Chain& chain() const { return chain_; }
  [[nodiscard]] const SegmentHeader& header() const { return header_; }
  [[nodiscard]] uint64_t offset() const { return offset_; }
  [[nodiscard]] uint64_t file_size() const { return file_size_; }
  [[nodiscard]] const std::string& path() const { return file_->path(); }

 private:
  SegmentReader(std::unique_ptr<os::File> file, uint64_t file_size, const SegmentHeader& header,
                os::ScratchPtr scratch)
      : file_(std::move(file)),
        file_size_(file_size),
        header_(header),
        window_(os::ScratchAllocator<uint8_t>(std::move(scratch))) {}

  // Returns `size` bytes at `offset`, from the window if they are there. Requires: within the file.
  Result<ByteView> bytes_at(uint64_t offset, uint64_t size);

  std::unique_ptr<os::File> file_;
  uint64_t file_size_;
  SegmentHeader header_;
  Chain chain_;
  uint64_t offset_ = kSegmentHeaderSize;

  os::ScratchBytes window_;  // Bytes [window_start_, + window_.size()) of the file.
  uint64_t window_start_ = 0;
};

}  // namespace stele::wal
