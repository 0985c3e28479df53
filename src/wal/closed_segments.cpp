// Keeps the list of closed segments, and recycles, keeps or removes what is released.
#include "wal/closed_segments.h"

#include <utility>

#include "base/text.h"
#include "wal/segment.h"

namespace stele::wal {

namespace {

// One more than are made ahead. With only as many, there would never be one missing.
constexpr size_t kSparesMax = 3;

}  // namespace

void ClosedSegments::add(const ClosedSegment& segment) {
  const std::lock_guard lock(mutex_);
  segments_.push_back(segment);
}

uint64_t ClosedSegments::count() const {
  const std::lock_guard lock(mutex_);
  return segments_.size();
}

uint64_t ClosedSegments::bytes() const {
  const std::lock_guard lock(mutex_);
  uint64_t bytes = 0;
  for (const ClosedSegment& segment : segments_) bytes += segment.bytes;
  return bytes;
}

Status ClosedSegments::release(uint64_t tsn, Spares& spares, uint64_t spare_size) {
  const std::lock_guard releasing(releasing_);
  for (;;) {
    ClosedSegment oldest = {};
    {
      const std::lock_guard lock(mutex_);
      if (segments_.empty() || segments_.front().last_tsn > tsn) return {};
      oldest = segments_.front();
    }
    STELE_TRY(give_up(oldest, spares, spare_size));
    const std::lock_guard lock(mutex_);
    segments_.pop_front();
  }
}

Status ClosedSegments::give_up(const ClosedSegment& segment, Spares& spares, uint64_t spare_size) {
  const std::string path = segment_path(directory_, segment.number);
  if (keep_) return files_.rename(path, kept_segment_path(directory_, segment.number));
  if (spares.lacks(spare_size, kSparesMax)) {
    auto file = files_.open(path, os::OpenFor::kWriting);
    if (!file) return fail(std::move(file).error());
    const auto size = (*file)->size();
    if (!size) return fail(size.error());
    if (*size >= spare_size) return recycle(path, *std::move(file), *size, spares);
  }
  return files_.remove(path);
}

Status ClosedSegments::recycle(const std::string& path, std::unique_ptr<os::File> file,
                               uint64_t size, Spares& spares) {
  auto spare = std::make_unique<Spare>();
  spare->path = spares.new_path();
  STELE_TRY(files_.rename(path, spare->path));
  // Before it gets yet another name: if that lasted and this one did not, the old name would lead
  // to a segment in use, and whoever finds it there, and unneeded, would recycle it again.
  STELE_TRY(files_.sync_directory(directory_, os::SyncSite::kRecycledName));
  spare->file = std::move(file);
  spare->size = size;
  spare->filled = 0;
  spare->reused = true;
  spares.add(std::move(spare));
  return {};
}

}  // namespace stele::wal
