// The scan of a log, and what it has found.
#include "db/log_salvage.h"

#include <algorithm>
#include <utility>

#include "wal/frame.h"
#include "wal/reader.h"

namespace stele::db {

LogSalvage::LogSalvage(os::FileSystem& files, std::string directory, const wal::Uuid& uuid)
    : files_(files), directory_(std::move(directory)), uuid_(uuid) {
  const auto kind = files_.kind(directory_);
  if (!kind || *kind != os::FileKind::kDirectory) return;
  const auto log = wal::list_log(files_, directory_);
  if (!log) return;
  segments_ = log->segments;
  for (const uint64_t number : segments_) {
    const auto file = files_.open(wal::segment_path(directory_, number), os::OpenFor::kReading);
    if (!file) continue;
    bytes_total_ += (*file)->size().value_or(0);
  }
}

bool LogSalvage::scan() {
  if (next_ == segments_.size()) return false;
  look_at(segments_[next_++]);
  if (next_ < segments_.size()) return true;
  std::ranges::stable_sort(places_, {}, &Place::tsn);
  const auto [first, last] = std::ranges::unique(places_, {}, &Place::tsn);
  places_.erase(first, last);
  return false;
}

void LogSalvage::look_at(uint64_t number) {
  auto opened = wal::SegmentReader::open(files_, directory_, uuid_, number);
  if (!opened) {
    ++damaged_;
    return;
  }
  wal::SegmentReader& reader = *opened;
  reader.set_chain({reader.header().first_tsn - 1, reader.header().previous_checksum});
  for (bool is_whole = true;;) {
    const uint64_t at = reader.offset();
    const auto step = reader.next(UINT64_MAX);
    if (step && step->found) {
      durable_tsn_ = std::max(durable_tsn_, step->frame.durable_tsn);
      if (!is_whole) ++damaged_;
      is_whole = true;
      if (step->frame.type != wal::FrameType::kCommit) continue;
      places_.push_back({.tsn = step->frame.tsn,
                         .segment = number,
                         .offset = at,
                         .size = step->frame.bytes.size(),
                         .salt = reader.header().salt});
      continue;
    }
    is_whole = false;
    const auto more = reader.skip_damage();
    if (!more || !*more) break;
  }
  bytes_done_ += reader.file_size();
}

std::optional<std::vector<uint8_t>> LogSalvage::commit(uint64_t tsn) {
  const auto at = std::ranges::lower_bound(places_, tsn, {}, &Place::tsn);
  if (at == places_.end() || at->tsn != tsn) return std::nullopt;
  if (file_number_ != at->segment) {
    file_number_ = 0;
    auto opened = files_.open(wal::segment_path(directory_, at->segment), os::OpenFor::kReading);
    if (!opened) return std::nullopt;
    file_ = *std::move(opened);
    file_number_ = at->segment;
  }
  std::vector<uint8_t> bytes(at->size);
  const auto got = file_->read_at(at->offset, bytes);
  if (!got || *got != bytes.size()) return std::nullopt;
  const auto frame = wal::decode_frame(bytes, at->salt);
  if (!frame || frame->tsn != tsn) return std::nullopt;
  bytes.erase(bytes.begin(), bytes.begin() + wal::kFrameHeaderSize);
  return bytes;
}

uint64_t LogSalvage::next_commit(uint64_t from) const {
  const auto at = std::ranges::lower_bound(places_, from, {}, &Place::tsn);
  return at == places_.end() ? 0 : at->tsn;
}

}  // namespace stele::db
