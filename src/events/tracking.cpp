// Tracking marks: guard, section and recovery.
#include "events/tracking.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace stele::events {

namespace {

constexpr size_t kMarkHeaderSize = 16;

uint64_t mark_size(const TrackingRequest& request) {
  return kMarkHeaderSize + align_up(request.source.size());
}

// Returns the first of the marks, ascending, that a look at `tsn` does not show. There are many
// when nobody asks for durability, and this runs under the sequencer's lock.
auto first_behind(const std::vector<Tracking::Mark>& marks, uint64_t tsn) {
  return std::ranges::upper_bound(marks, tsn, {}, &Tracking::Mark::tsn);
}

}  // namespace

Tracking::Mark Tracking::find(const std::string& source, uint64_t tsn) const {
  const std::lock_guard lock(mutex_);
  const auto found = marks_.find(source);
  if (found == marks_.end()) return {};
  const std::vector<Mark>& in_flight = found->second.in_flight;
  const auto behind = first_behind(in_flight, tsn);
  return behind == in_flight.begin() ? found->second.visible : *std::prev(behind);
}

void Tracking::set(const std::string& source, const Mark& mark, uint64_t visible) {
  const std::lock_guard lock(mutex_);
  Marks& marks = marks_[source];
  std::vector<Mark>& in_flight = marks.in_flight;
  const auto unseen = first_behind(in_flight, visible);
  if (unseen != in_flight.begin()) {
    marks.visible = *std::prev(unseen);
    in_flight.erase(in_flight.begin(), unseen);
  }
  in_flight.push_back(mark);
}

std::optional<engine::Objection> TrackingGuard::check(const engine::Snapshot& /*held*/,
                                                      const engine::Snapshot& now) {
  const Tracking::Mark mark = tracking_.find(request_.source, now.tsn);
  const bool expected = request_.previous == kPreviousAny || request_.previous == mark.position;
  if (expected && request_.position > mark.position) return std::nullopt;
  return engine::Objection{
      .position = mark.position,
      .tsn = mark.tsn,
      .since = mark.tsn,
      .message = cat("tracking source ", quoted(request_.source), " stands at ", mark.position,
                     expected ? ", not below " : ", not at ",
                     expected ? request_.position : request_.previous)};
}

bool TrackingPart::holds(const std::string& source) const {
  return std::ranges::find(requests_, source, &TrackingRequest::source) != requests_.end();
}

uint64_t TrackingPart::size() const {
  uint64_t size = 0;
  for (const TrackingRequest& request : requests_) size += mark_size(request);
  return size;
}

void TrackingPart::encode(const engine::Stamp& /*stamp*/, ByteSpan into) {
  uint8_t* at = into.data();
  for (const TrackingRequest& request : requests_) {
    const uint64_t size = mark_size(request);
    std::fill_n(at, size, uint8_t{0});
    store_le(at, static_cast<uint16_t>(request.source.size()));
    store_le(at + 8, request.position);
    copy_bytes(at + kMarkHeaderSize, as_bytes(request.source));
    at += size;
  }
  STELE_CHECK(at == into.data() + into.size());
}

bool TrackingPart::is_stored_as(ByteView section) const {
  if (section.size() != size()) return false;
  const uint8_t* at = section.data();
  for (const TrackingRequest& request : requests_) {
    const auto source_size = load_le<uint16_t>(at);
    if (source_size != request.source.size() || load_le<uint64_t>(at + 8) != request.position ||
        as_text({at + kMarkHeaderSize, source_size}) != request.source) {
      return false;
    }
    at += mark_size(request);
  }
  return true;
}

void TrackingPart::apply_to_tail(const engine::Stamp& stamp, ByteSpan /*section*/,
                                 uint64_t visible) {
  for (const TrackingRequest& request : requests_) {
    tracking_.set(request.source, {request.position, stamp.tsn}, visible);
  }
}

Status TrackingParticipant::replay(const engine::Stamp& stamp, uint32_t count, ByteView section) {
  const auto damaged = [&](const std::string& reason) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its tracking section ", reason));
  };
  for (uint32_t i = 0; i < count; ++i) {
    if (section.size() < kMarkHeaderSize) return damaged("is shorter than its count says");
    const size_t source_size = load_le<uint16_t>(section.data());
    const uint64_t size = kMarkHeaderSize + align_up(source_size);
    if (source_size == 0 || source_size > kSourceSizeMax || section.size() < size) {
      return damaged("has a source of an impossible size");
    }
    if (!is_zero(section.subspan(2, 6)) ||
        !is_zero(section.first(size).subspan(kMarkHeaderSize + source_size))) {
      return damaged("has bytes that should be zero");
    }
    const std::string source(as_text(section.subspan(kMarkHeaderSize, source_size)));
    const auto position = load_le<uint64_t>(section.data() + 8);
    const Tracking::Mark before = tracking_.find(source, stamp.tsn);
    if (before.tsn == stamp.tsn) return damaged(cat("names ", quoted(source), " twice"));
    if (position > kTrackedPositionMax) {
      return damaged(cat("sets ", quoted(source), " to ", position, ", which is impossible"));
    }
    if (position <= before.position) {
      return damaged(cat("sets ", quoted(source), " to ", position, " behind ", before.position));
    }
    tracking_.set(source, {position, stamp.tsn}, stamp.tsn - 1);
    section = section.subspan(size);
  }
  return section.empty() ? Status() : damaged("is longer than its count says");
}

}  // namespace stele::events
