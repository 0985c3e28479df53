// Keeps the list of closed segments, and recycles, keeps or removes what is released.
#include "wal/closed_segments.h"

#include <algorithm>

#include "base/text.h"
#include "wal/segment.h"

namespace stele::wal {

namespace {

// Segments' worth of room beyond what the log takes: two spares are made ahead at any time, and
// where segments grow in a cycle there may be two smaller ones beside them.
constexpr uint64_t kSparesBeside = 4;

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

uint64_t ClosedSegments::room_wanted(const RoomNeed& need) {
  // A cycle that took less than those before it is not believed at once.
  const uint64_t taken = need.taken - std::min(need.taken, taken_before_);
  demand_ = std::max(taken, demand_ - demand_ / 4);
  taken_before_ = std::max(need.taken, taken_before_);
  // With half of it beside: no two cycles take the same. Nobody makes spares up to here, so that
  // only a log that took more before has so many.
  return demand_ + demand_ / 2 + kSparesBeside * need.segment_size;
}

Status ClosedSegments::release(uint64_t tsn, Spares& spares, const RoomNeed& need) {
  const std::lock_guard releasing(releasing_);
  const uint64_t wanted = room_wanted(need);
  const uint64_t there = spares.bytes();
  uint64_t room = wanted - std::min(wanted, there);
  std::vector<Recycled> recycled;
  for (;;) {
    ClosedSegment oldest = {};
    {
      const std::lock_guard lock(mutex_);
      if (segments_.empty() || segments_.front().last_tsn > tsn) break;
      oldest = segments_.front();
    }
    STELE_TRY(give_up(oldest, spares, need, room, recycled));
    const std::lock_guard lock(mutex_);
    segments_.pop_front();
  }
  if (recycled.empty()) return {};
  // Before they get yet other names: if one of those lasted and the one before did not, the old
  // name would lead to a segment in use, and whoever finds it there, and unneeded, would recycle it
  // again.
  STELE_TRY(files_.sync_directory(directory_, os::SyncSite::kRecycledName));
  for (const Recycled& spare : recycled) spares.add_recycled(spare.number, spare.size);
  return {};
}

Status ClosedSegments::give_up(const ClosedSegment& segment, Spares& spares, const RoomNeed& need,
                               uint64_t& room, std::vector<Recycled>& recycled) {
  const std::string path = segment_path(directory_, segment.number);
  if (keep_) return files_.rename(path, kept_segment_path(directory_, segment.number));
  if (room == 0) return files_.remove(path);
  uint64_t size = 0;
  {
    const auto file = files_.open(path, os::OpenFor::kReading);
    if (!file) return fail(file.error());
    const auto bytes = (*file)->size();
    if (!bytes) return fail(bytes.error());
    size = *bytes;
  }
  if (size > room || size > need.size_max || size < need.segment_size / 2) {
    return files_.remove(path);
  }
  room -= size;
  const uint64_t number = spares.new_number();
  recycled.push_back({number, size});
  return files_.rename(path, spares.path_of(number));
}

}  // namespace stele::wal
