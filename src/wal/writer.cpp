// Group writes, segment changes and watermarks.
#include "wal/writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "base/check.h"

namespace stele::wal {

namespace {

// Bytes of a sync from which on it is faster over zeros than over blocks that are only allocated:
// at 568 bytes it made no difference, at 34 KB 130 against 220 microseconds, at 220 KB 156 against
// 292 (ext4, a local SSD).
constexpr uint64_t kFillPays = 8192;
constexpr uint64_t kFirstSegmentSize = uint64_t{256} << 10;
constexpr uint64_t kSegmentsOfALog = 4;  // It has about twice as many at the most, before it is
                                         // larger than so many segments of the greatest size.

uint64_t bytes_of(const LogEnd& end) {
  uint64_t bytes = end.end;
  for (const ClosedSegment& segment : end.closed) bytes += segment.bytes;
  return bytes;
}

// Frames lie next to each other in memory more often than not; one piece per run of them.
std::vector<ByteView> merge_adjacent(ByteView header, std::span<const ByteSpan> frames) {
  std::vector<ByteView> pieces;
  pieces.reserve(frames.size() + 1);
  if (!header.empty()) pieces.push_back(header);
  for (const ByteSpan frame : frames) {
    if (!pieces.empty() && pieces.back().data() + pieces.back().size() == frame.data()) {
      pieces.back() = {pieces.back().data(), pieces.back().size() + frame.size()};
    } else {
      pieces.emplace_back(frame);
    }
  }
  return pieces;
}

}  // namespace

Writer::Writer(const os::Environment& environment, Options options, const LogEnd& end)
    : environment_(environment),
      options_(std::move(options)),
      spares_(*environment.files, options_.directory, end.spares),
      // What a process takes over is what the one before let it come to.
      closed_(*environment.files, options_.directory, options_.keep_segments,
              std::min(bytes_of(end), 2 * options_.segment_size)),
      number_(end.last_segment),
      end_(end.end),
      chain_(end.durable),
      durable_tsn_(end.durable.tsn),
      marked_tsn_(end.durable.tsn),
      recovered_size_(end.file_size),
      open_bytes_(end.end),
      has_segment_(end.last_segment != 0) {
  if (number_ != 0) remember_place();
  for (const uint64_t number : end.unneeded) closed_.add({number, 0, 0});
  for (const ClosedSegment& segment : end.closed) closed_.add(segment);
}

uint64_t Writer::size_for_log() const {
  const uint64_t log = closed_.bytes() + open_bytes_.load(std::memory_order_relaxed);
  return std::bit_floor(std::max<uint64_t>(log / kSegmentsOfALog, 1));
}

uint64_t Writer::next_segment_size() const {
  const uint64_t first = std::min(kFirstSegmentSize, options_.segment_size);
  const uint64_t before = size_before_release_.load(std::memory_order_relaxed);
  return std::clamp(std::max(size_for_log(), before), first, options_.segment_size);
}

uint64_t Writer::room() const {
  return file_ == nullptr ? 0 : capacity_ - kFrameHeaderSize - end_;
}

Status Writer::sync_file(os::File& file, os::SyncSite site) {
  const int64_t start = environment_.clock->steady_us();
  Status synced = file.sync(site);
  const auto took = static_cast<uint64_t>(environment_.clock->steady_us() - start);
  syncs_.fetch_add(1, std::memory_order_relaxed);
  sync_us_.fetch_add(took, std::memory_order_relaxed);
  if (took > sync_us_max_.load(std::memory_order_relaxed)) {
    sync_us_max_.store(took, std::memory_order_relaxed);
  }
  return synced;
}

Status Writer::append(ByteView header, std::span<const ByteSpan> frames) {
  for (const ByteSpan frame : frames) seal_frame(frame, salt_, durable_tsn_, chain_);
  const std::vector<ByteView> pieces = merge_adjacent(header, frames);
  STELE_TRY(file_->write_at(end_, pieces));
  for (const ByteView piece : pieces) end_ += piece.size();
  STELE_CHECK(end_ <= capacity_);
  open_bytes_.store(end_, std::memory_order_relaxed);
  marked_tsn_ = durable_tsn_;
  unsynced_ = true;
  return {};
}

Result<SegmentHeader> Writer::next_header(bool reused) {
  std::array<uint8_t, 8> salt = {};
  STELE_TRY(environment_.random->fill(salt));
  return SegmentHeader{.uuid = options_.uuid,
                       .number = number_ + 1,
                       .salt = load_le<uint64_t>(salt.data()),
                       .first_tsn = durable_tsn_ + 1,
                       .previous_end = end_,
                       .previous_checksum = chain_.checksum,
                       .reused = reused};
}

Status Writer::start_segment(std::unique_ptr<Spare> spare, std::span<const ByteSpan> frames) {
  if (unsynced_) {
    STELE_TRY(sync_file(*file_, os::SyncSite::kSegmentEnd));
    durable_tsn_ = chain_.tsn;
  }
  // A process that was killed may have left names that are there to be seen, but not to stay. The
  // next segment's name must not be durable before them, nor its bytes under an older name.
  os::FileSystem& files = *environment_.files;
  if (!std::exchange(names_durable_, true) && (number_ != 0 || spare->reused)) {
    STELE_TRY(files.sync_directory(options_.directory, os::SyncSite::kRecoveredNames));
  }
  const auto header = next_header(spare->reused);
  if (!header) return fail(header.error());
  const ClosedSegment before = {number_, durable_tsn_, end_};

  file_ = std::move(spare->file);
  capacity_ = spare->size;
  taken_.fetch_add(capacity_, std::memory_order_relaxed);
  salt_ = header->salt;
  end_ = 0;
  STELE_TRY(append(encode_segment_header(*header), frames));
  STELE_TRY(sync_file(*file_, os::SyncSite::kSegmentFile));
  // Only now may it have a name that recovery looks at: whole, or not there.
  STELE_TRY(files.rename(spare->path, segment_path(options_.directory, header->number)));
  STELE_TRY(files.sync_directory(options_.directory, os::SyncSite::kSegmentDirectory));
  number_ = header->number;
  has_segment_.store(true, std::memory_order_relaxed);
  durable_tsn_ = chain_.tsn;
  unsynced_ = false;
  remember_place();
  if (before.number == 0) return {};
  trim_recovered(before);
  // Not earlier: who releases it on another thread must find its successor on stable storage.
  closed_.add(before);
  return {};
}

void Writer::trim_recovered(const ClosedSegment& segment) {
  if (std::exchange(recovered_size_, 0) == 0) return;
  const std::string path = segment_path(options_.directory, segment.number);
  auto file = environment_.files->open(path, os::OpenFor::kWriting);
  // Its room is all there is to gain: a failure costs nothing else.
  if (file) [[maybe_unused]]
    const Status trimmed = (*file)->resize(segment.bytes);
}

Status Writer::rewrite_pending(std::span<const ByteSpan> frames) {
  STELE_CHECK(file_ == nullptr);
  uint64_t size = 0;
  for (const ByteSpan frame : frames) size += frame.size();
  uint64_t needed = std::max(next_segment_size(), segment_size_for(size));
  Status made = spares_.make(needed);
  if (!made && made.error().code() == Code::kFull && needed > segment_size_for(size)) {
    // On a full disk the frames are all that must have a place: that is the way to an open.
    needed = segment_size_for(size);
    made = spares_.make(needed);
  }
  STELE_TRY(std::move(made));
  STELE_TRY(start_segment(spares_.take(needed), frames));
  written_.fetch_add(size, std::memory_order_relaxed);
  return {};
}

Status Writer::write(std::span<Placed> frames, bool durable) {
  std::vector<ByteSpan> run;
  run.reserve(frames.size());
  uint64_t size = 0;
  for (size_t at = 0; at < frames.size();) {
    std::unique_ptr<Spare> segment = std::move(frames[at].segment);
    run.clear();
    do {
      run.push_back(frames[at].frame);
      size += frames[at].frame.size();
      ++at;
    } while (at < frames.size() && frames[at].segment == nullptr);
    if (segment != nullptr) {
      STELE_TRY(start_segment(std::move(segment), run));
    } else {
      STELE_TRY(append({}, run));
      remember_place();
    }
  }
  written_.fetch_add(size, std::memory_order_relaxed);
  if (!durable || !unsynced_) return {};
  return sync_open(frames.empty() ? os::SyncSite::kLog : os::SyncSite::kGroup);
}

Status Writer::sync_open(os::SyncSite site) {
  STELE_TRY(sync_file(*file_, site));
  durable_tsn_ = chain_.tsn;
  unsynced_ = false;
  return {};
}

Status Writer::sync() {
  return unsynced_ ? sync_open(os::SyncSite::kLog) : Status();
}

Status Writer::mark() {
  STELE_TRY(sync());
  if (is_marked()) return {};
  std::array<uint8_t, kFrameHeaderSize> frame = {};
  start_frame(frame, FrameType::kWatermark, chain_.tsn, frame.size());
  const ByteSpan bytes = frame;
  STELE_TRY(append({}, {&bytes, 1}));
  return sync_open(os::SyncSite::kWatermark);
}

Status Writer::close() {
  STELE_TRY(mark());
  if (file_ == nullptr) return {};
  // Nothing rests on it: what is left are zeros, or the remains of something else.
  [[maybe_unused]] const Status trimmed = file_->resize(end_);
  return {};
}

void Writer::fill_ahead() {
  const uint64_t written = written_.load(std::memory_order_relaxed);
  const uint64_t syncs = syncs_.load(std::memory_order_relaxed);
  if (!options_.fill || written < syncs * kFillPays) return;
  while (spares_.fill_piece(2 * open_bytes_.load(std::memory_order_relaxed))) {
  }
}

Status Writer::release(uint64_t tsn) {
  const RoomNeed need = {.segment_size = next_segment_size(),
                         .size_max = 4 * options_.segment_size,
                         .taken = taken_.load(std::memory_order_relaxed)};
  const uint64_t before = size_before_release_.load(std::memory_order_relaxed);
  const uint64_t size = std::max(size_for_log(), before / 2);
  const uint64_t count = closed_.count();
  STELE_TRY(closed_.release(tsn, spares_, need));
  if (closed_.count() < count) size_before_release_.store(size, std::memory_order_relaxed);
  return {};
}

// A watermark frame is part of no place: that it is there to be read does not say that it stays.
void Writer::remember_place() {
  const std::lock_guard lock(places_mutex_);
  places_[next_place_] = {number_, end_, chain_};
  next_place_ = (next_place_ + 1) % kPlaces;
}

LogPlace Writer::place() const {
  const std::lock_guard lock(places_mutex_);
  return places_[(next_place_ + kPlaces - 1) % kPlaces];
}

std::optional<LogPlace> Writer::place_of(uint64_t tsn) const {
  const std::lock_guard lock(places_mutex_);
  for (size_t back = 1; back <= kPlaces; ++back) {
    const LogPlace& place = places_[(next_place_ + kPlaces - back) % kPlaces];
    if (place.segment == 0) return std::nullopt;
    if (place.chain.tsn <= tsn) return place;
  }
  return std::nullopt;
}

WriterStats Writer::stats() const {
  return {.syncs = syncs_.load(std::memory_order_relaxed),
          .sync_us = sync_us_.load(std::memory_order_relaxed),
          .sync_us_max = sync_us_max_.load(std::memory_order_relaxed),
          .segments = closed_.count() + (has_segment_.load(std::memory_order_relaxed) ? 1 : 0),
          .log_bytes = closed_.bytes() + open_bytes_.load(std::memory_order_relaxed),
          .written = written_.load(std::memory_order_relaxed)};
}

}  // namespace stele::wal
