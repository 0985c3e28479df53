// Group writes, segment changes and the watermark at the end.
#include "wal/writer.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"

namespace stele::wal {

namespace {

// Frames lie next to each other in memory more often than not; one piece per run of them.
std::vector<ByteView> merge_adjacent(std::span<const ByteSpan> frames) {
  std::vector<ByteView> pieces;
  pieces.reserve(frames.size());
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
      number_(end.last_segment),
      end_(end.end),
      chain_(end.durable),
      durable_tsn_(end.durable.tsn),
      marked_tsn_(end.durable.tsn),
      segments_(end.last_segment) {}

Status Writer::sync(os::SyncSite site) {
  syncs_.fetch_add(1, std::memory_order_relaxed);
  return file_->sync(site);
}

Status Writer::rewrite_pending(std::span<const ByteSpan> frames) {
  STELE_CHECK(file_ == nullptr);
  STELE_TRY(start_segment(frames));
  uint64_t size = 0;
  for (const ByteSpan frame : frames) size += frame.size();
  bytes_.fetch_add(size, std::memory_order_relaxed);
  return {};
}

size_t Writer::count_fitting(std::span<const ByteSpan> frames, uint64_t offset) const {
  size_t count = 0;
  for (const ByteSpan frame : frames) {
    if (offset + frame.size() > options_.segment_size) break;
    offset += frame.size();
    ++count;
  }
  return count;
}

Status Writer::append(std::span<const ByteSpan> frames) {
  for (const ByteSpan frame : frames) seal_frame(frame, salt_, durable_tsn_, chain_);
  const std::vector<ByteView> pieces = merge_adjacent(frames);
  STELE_TRY(file_->write_at(end_, pieces));
  for (const ByteView piece : pieces) end_ += piece.size();
  marked_tsn_ = durable_tsn_;
  return {};
}

Status Writer::start_segment(std::span<const ByteSpan> frames) {
  SegmentHeader header = {.uuid = options_.uuid,
                          .number = number_ + 1,
                          .salt = 0,
                          .first_tsn = durable_tsn_ + 1,
                          .previous_end = end_,
                          .previous_checksum = chain_.checksum};
  std::array<uint8_t, 8> salt = {};
  STELE_TRY(environment_.random->fill(salt));
  header.salt = load_le<uint64_t>(salt.data());

  const std::string unfinished = unfinished_segment_path(options_.directory);
  auto file = environment_.files->open(unfinished, os::OpenFor::kCreating);
  if (!file) return fail(std::move(file).error());
  const SegmentHeaderBytes bytes = encode_segment_header(header);
  const ByteView piece = bytes;
  STELE_TRY((*file)->write_at(0, {&piece, 1}));

  file_ = *std::move(file);
  salt_ = header.salt;
  end_ = kSegmentHeaderSize;
  STELE_TRY(append(frames));
  STELE_TRY(sync(os::SyncSite::kSegmentFile));
  // Only now may it have a name that recovery looks at: whole, or not there.
  STELE_TRY(
      environment_.files->rename(unfinished, segment_path(options_.directory, header.number)));
  STELE_TRY(
      environment_.files->sync_directory(options_.directory, os::SyncSite::kSegmentDirectory));
  number_ = header.number;
  segments_.store(number_, std::memory_order_relaxed);
  durable_tsn_ = chain_.tsn;
  return {};
}

Status Writer::write_group(std::span<const ByteSpan> frames) {
  const uint64_t before = bytes_.load(std::memory_order_relaxed);
  uint64_t size = 0;
  for (const ByteSpan frame : frames) size += frame.size();

  size_t count = file_ == nullptr ? 0 : count_fitting(frames, end_);
  if (count > 0) {
    STELE_TRY(append(frames.first(count)));
    const bool last = count == frames.size();
    STELE_TRY(sync(last ? os::SyncSite::kGroup : os::SyncSite::kSegmentEnd));
    durable_tsn_ = chain_.tsn;
  }
  while (count < frames.size()) {
    const std::span<const ByteSpan> rest = frames.subspan(count);
    // A frame too long for any segment gets one of its own size.
    const size_t fitting = std::max<size_t>(count_fitting(rest, kSegmentHeaderSize), 1);
    STELE_TRY(start_segment(rest.first(fitting)));
    count += fitting;
  }
  bytes_.store(before + size, std::memory_order_relaxed);
  return {};
}

Status Writer::mark_end() {
  if (file_ == nullptr || marked_tsn_ == durable_tsn_) return {};
  std::array<uint8_t, kFrameHeaderSize> frame = {};
  start_frame(frame, FrameType::kWatermark, chain_.tsn, frame.size());
  const ByteSpan bytes = frame;
  STELE_TRY(append({&bytes, 1}));
  return sync(os::SyncSite::kWatermark);
}

}  // namespace stele::wal
