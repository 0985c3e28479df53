// The recovery scan, segment by segment.
#include "wal/recovery.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "base/text.h"
#include "wal/reader.h"

namespace stele::wal {

namespace {

// Follows the watermark: keeps the chain after the last frame that is known to be durable, and the
// frames behind it of which that is not known yet. Commits up to the floor are known to be.
class DurableEnd {
 public:
  explicit DurableEnd(uint64_t floor) : floor_(floor) {}

  // A new segment exists only when everything before it is durable (segment.h, I2).
  void enter_segment(const SegmentReader& reader, const Chain& chain) {
    if (end_.last_segment != 0) {
      end_.closed.push_back({end_.last_segment, chain.tsn, reader.header().previous_end});
    }
    end_.last_segment = reader.header().number;
    end_.first_tsn = reader.header().first_tsn;
    end_.file_size = reader.file_size();
    end_.end = kSegmentHeaderSize;
    end_.durable = chain;
    unknown_.clear();
  }

  void begin_at(const LogPlace& place) {
    end_.end = place.offset;
    end_.durable = place.chain;
  }

  void add(const FrameView& frame, uint64_t end) {
    // A watermark frame speaks for the commits before it, not for itself: only a commit behind it
    // that proves durable shows that its bytes are there to stay.
    if (frame.type == FrameType::kCommit) {
      unknown_.push_back({{frame.tsn, frame.checksum}, end});
    }
    const uint64_t durable = std::max(frame.durable_tsn, floor_);
    while (!unknown_.empty() && unknown_.front().chain.tsn <= durable) {
      end_.durable = unknown_.front().chain;
      end_.end = unknown_.front().end;
      unknown_.pop_front();
    }
    end_.last_tsn = frame.tsn;
  }

  LogEnd& end() { return end_; }

 private:
  struct Mark {
    Chain chain;
    uint64_t end;
  };
  uint64_t floor_;
  std::deque<Mark> unknown_;
  LogEnd end_;
};

class Recovery {
 public:
  Recovery(os::FileSystem& files, const std::string& directory, const Uuid& uuid,
           const LogStart& start, const FrameSink& sink, os::ScratchPtr scratch)
      : files_(files),
        directory_(directory),
        uuid_(uuid),
        start_(start),
        sink_(sink),
        scratch_(std::move(scratch)),
        durable_(start.floor) {}

  Result<LogEnd> run() {
    auto found = list_log(files_, directory_);
    if (!found) return fail(std::move(found).error());
    std::vector<uint64_t>& numbers = found->segments;
    STELE_TRY(drop_before(start_.floor, numbers));
    for (size_t i = 0; i < numbers.size(); ++i) {
      auto reader = SegmentReader::open(files_, directory_, uuid_, numbers[i], scratch_);
      if (!reader) return fail(std::move(reader).error());
      STELE_TRY(enter(*reader, i == 0));
      if (i == 0) begin_at_place(*reader);
      if (i + 1 < numbers.size()) {
        STELE_TRY(read_closed(*reader, numbers[i + 1]));
      } else {
        STELE_TRY(read_last(*reader));
      }
    }
    if (numbers.empty() && start_.floor > 0) {
      return corruption(segment_path(directory_, 1), 0, "the log is missing");
    }
    if (!numbers.empty()) durable_.end().first_segment = numbers.front();
    durable_.end().last_tsn = chain_.tsn;
    durable_.end().spares = std::move(found->spares);
    return std::move(durable_.end());
  }

 private:
  // Leaves the segments from the one on that holds commit floor + 1. Those before may have been
  // released in part, so that only the others must be without gaps.
  Status drop_before(uint64_t floor, std::vector<uint64_t>& numbers) {
    if (numbers.empty()) return {};
    for (size_t i = numbers.size(); i-- > 0;) {
      const auto reader = SegmentReader::open(files_, directory_, uuid_, numbers[i]);
      if (!reader) return fail(reader.error());
      if (reader->header().first_tsn <= floor + 1) {
        const auto needed = numbers.begin() + static_cast<std::ptrdiff_t>(i);
        durable_.end().unneeded.assign(numbers.begin(), needed);
        numbers.erase(numbers.begin(), needed);
        return {};
      }
      if (numbers[i] == 1) {
        return corruption(reader->path(), 0, "the log does not begin with its first commit");
      }
      if (i == 0 || numbers[i - 1] != numbers[i] - 1) {
        return corruption(segment_path(directory_, numbers[i] - 1), 0, "the segment is missing");
      }
    }
    return {};
  }

  Status enter(SegmentReader& reader, bool first) {
    const SegmentHeader& header = reader.header();
    // What came before the floor is known to be durable, and its end is what this header says.
    if (first) chain_ = {header.first_tsn - 1, header.previous_checksum};
    if (!first && header.previous_checksum != chain_.checksum) {
      return corruption(reader.path(), 0, "the segment does not continue the one before it");
    }
    if (header.first_tsn != chain_.tsn + 1 || header.first_tsn == 0) {
      return corruption(
          reader.path(), 0,
          cat("the segment begins with commit ", header.first_tsn, ", expected ", chain_.tsn + 1));
    }
    reader.set_chain(chain_);
    durable_.enter_segment(reader, chain_);
    return {};
  }

  // Skips what is before the caller's place, if that fits. A frame that continues its chain proves
  // it, also where the segment is closed: that a frame behind the end, of the remains there, does
  // so would need commits up to the floor to be in the next segment, and then that is the first.
  void begin_at_place(SegmentReader& reader) {
    if (!start_.place || start_.place->segment != reader.header().number) return;
    const LogPlace& place = *start_.place;
    if (place.chain.tsn < chain_.tsn || place.chain.tsn > start_.floor) return;
    if (!reader.continue_at(place.offset, place.chain)) return;
    chain_ = place.chain;
    durable_.begin_at(place);
  }

  // Hands frames to the sink until there are no more before `end`. Returns why it stopped.
  Result<const char*> read_frames(SegmentReader& reader, uint64_t end) {
    for (;;) {
      const uint64_t at = reader.offset();
      const auto step = reader.next(end);
      if (!step) return fail(step.error());
      if (!step->found) return step->reason;
      durable_.add(step->frame, reader.offset());
      chain_ = reader.chain();
      if (step->frame.type != FrameType::kCommit) continue;
      if (auto status = sink_(step->frame); !status) {
        return fail(std::move(status).error().during(cat(reader.path(), ", byte ", at)));
      }
    }
  }

  Status read_closed(SegmentReader& reader, uint64_t next_number) {
    const auto next = SegmentReader::open(files_, directory_, uuid_, next_number);
    if (!next) return fail(next.error());
    const uint64_t end = next->header().previous_end;
    const auto stopped = read_frames(reader, end);
    if (!stopped) return fail(stopped.error());
    if (reader.offset() != end) return corruption(reader.path(), reader.offset(), *stopped);
    return {};
  }

  Status read_last(SegmentReader& reader) {
    const auto stopped = read_frames(reader, UINT64_MAX);
    if (!stopped) return fail(stopped.error());
    if (chain_.tsn < start_.floor) return corruption(reader.path(), reader.offset(), *stopped);
    const auto remains = reader.remains();
    if (!remains) return fail(remains.error());
    if (*remains == 0) return {};
    const auto damaged = reader.later_frame_witnesses(chain_.tsn + 1);
    if (!damaged) return fail(damaged.error());
    if (*damaged) return corruption(reader.path(), reader.offset(), *stopped);
    const auto torn = reader.torn_bytes(*remains);
    if (!torn) return fail(torn.error());
    durable_.end().cut = *torn;
    return {};
  }

  os::FileSystem& files_;
  const std::string& directory_;
  const Uuid& uuid_;
  const LogStart& start_;
  const FrameSink& sink_;
  os::ScratchPtr scratch_;
  Chain chain_;
  DurableEnd durable_;
};

}  // namespace

Result<LogEnd> recover(os::FileSystem& files, const std::string& directory, const Uuid& uuid,
                       const LogStart& start, const FrameSink& sink, os::ScratchPtr scratch) {
  return Recovery(files, directory, uuid, start, sink, std::move(scratch)).run();
}

}  // namespace stele::wal
