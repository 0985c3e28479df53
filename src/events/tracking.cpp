// Tracking marks: guard, section and recovery.
#include "events/tracking.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"
#include "tree/apply.h"

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

constexpr size_t kTreePositionOffset = 0;
constexpr size_t kTreeTsnOffset = kTreePositionOffset + 8;
constexpr size_t kTreeValueSize = kTreeTsnOffset + 8;

class MarkChanges final : public tree::ChangeSource {
 public:
  explicit MarkChanges(const Tracking& tracking) : marks_(tracking.newest()) {}

  Result<const tree::Change*> next() override {
    if (at_ == marks_.size()) return nullptr;
    const auto& [source, mark] = marks_[at_++];
    store_le(value_.data() + kTreePositionOffset, mark.position);
    store_le(value_.data() + kTreeTsnOffset, mark.tsn);
    change_ = {.key = as_bytes(source), .is_erase = mark.position == 0};
    if (mark.position != 0) change_.value = value_;
    return &change_;
  }

 private:
  std::vector<std::pair<std::string_view, Tracking::Mark>> marks_;
  size_t at_ = 0;
  std::array<uint8_t, kTreeValueSize> value_ = {};
  tree::Change change_ = {};
};

}  // namespace

Result<Tracking::Mark> mark_in_trees(const engine::Trees& trees, const std::string& source) {
  tree::Found found;
  const auto there = tree::get(*trees.file, trees.root(kTrackingTree), as_bytes(source), found);
  if (!there) return fail(there.error());
  if (!*there) return Tracking::Mark();
  const ByteView value = found.value.bytes;
  if (found.value.is_large || value.size() != kTreeValueSize) {
    return fail(Code::kCorrupt, cat(trees.file->path(), ": tree ", kTrackingTree, ", source ",
                                    quoted(source), ": its size is impossible"));
  }
  return Tracking::Mark{.position = load_le<uint64_t>(value.data() + kTreePositionOffset),
                        .tsn = load_le<uint64_t>(value.data() + kTreeTsnOffset)};
}

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
  constexpr uint64_t kNode = 128;  // About what a node of the map takes, apart from a long name.
  const auto [place, is_new] = marks_.try_emplace(source);
  if (is_new) bytes_.fetch_add(kNode + source.size(), std::memory_order_relaxed);
  Marks& marks = place->second;
  std::vector<Mark>& in_flight = marks.in_flight;
  const auto unseen = first_behind(in_flight, visible);
  if (unseen != in_flight.begin()) {
    marks.visible = *std::prev(unseen);
    in_flight.erase(in_flight.begin(), unseen);
  }
  in_flight.push_back(mark);
}

std::vector<std::pair<std::string_view, Tracking::Mark>> Tracking::newest() const {
  std::vector<std::pair<std::string_view, Mark>> marks;
  marks.reserve(marks_.size());
  for (const auto& [source, known] : marks_) {
    marks.emplace_back(source, known.in_flight.empty() ? known.visible : known.in_flight.back());
  }
  return marks;
}

Result<Tracking::Mark> find_mark(const engine::View& view, const std::string& source, uint64_t from,
                                 uint64_t tsn) {
  for (size_t i = view.chunks.size(); i-- > 0;) {
    const bool is_last = i + 1 == view.chunks.size();
    if (!is_last && view.chunks[i + 1]->before().tsn <= from) return Tracking::Mark();
    const Tracking::Mark mark = Tracking::of(*view.chunks[i]).find(source, tsn);
    if (mark.tsn != 0) return mark;
  }
  if (view.trees->file == nullptr || view.trees->applied.tsn <= from) return Tracking::Mark();
  return mark_in_trees(*view.trees, source);
}

std::optional<engine::Objection> TrackingGuard::check(const engine::View& view,
                                                      const engine::Snapshot& held,
                                                      const engine::Snapshot& now) {
  const auto found = find_mark(view, request_.source, held.tsn, now.tsn);
  if (!found) return engine::objection(found.error());
  // Behind a snapshot there may be nothing new.
  if (found->tsn != 0 || held.tsn == 0) mark_ = *found;
  const Tracking::Mark mark = mark_;
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

bool TrackingPart::is_stored_as(const engine::View& /*view*/, const engine::Stamp& /*stamp*/,
                                ByteView section) const {
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

void TrackingPart::apply_to_tail(const engine::View& view, const engine::Stamp& stamp,
                                 ByteSpan /*section*/, uint64_t visible) {
  Tracking& tracking = Tracking::of(view.active());
  for (const TrackingRequest& request : requests_) {
    tracking.set(request.source, {request.position, stamp.tsn}, visible);
  }
}

Status for_each_mark(
    const engine::Stamp& stamp, uint32_t count, ByteView section,
    const std::function<Status(const std::string& source, uint64_t position)>& visit) {
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
    STELE_TRY(visit(source, load_le<uint64_t>(section.data() + 8)));
    section = section.subspan(size);
  }
  return section.empty() ? Status() : damaged("is longer than its count says");
}

Status TrackingParticipant::replay(const engine::View& view, const engine::Stamp& stamp,
                                   uint32_t count, ByteView section) {
  const auto damaged = [&](const std::string& reason) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its tracking section ", reason));
  };
  // The analyzer loses an Error's detail on its way out of a std::expected.
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
  return for_each_mark(
      stamp, count, section, [&](const std::string& source, uint64_t position) -> Status {
        const auto before = find_mark(view, source, 0, stamp.tsn);
        if (!before) return fail(before.error());
        if (before->tsn == stamp.tsn) return damaged(cat("names ", quoted(source), " twice"));
        if (position > kTrackedPositionMax) {
          return damaged(cat("sets ", quoted(source), " to ", position, ", which is impossible"));
        }
        if (position != 0 && position <= before->position) {
          return damaged(
              cat("sets ", quoted(source), " to ", position, " behind ", before->position));
        }
        Tracking::of(view.active()).set(source, {position, stamp.tsn}, stamp.tsn - 1);
        return {};
      });
}

Status TrackingParticipant::checkpoint(page::PageWriter& writer, const engine::View& view,
                                       engine::Roots& roots) {
  MarkChanges changes(Tracking::of(*view.chunks.front()));
  const auto marks =
      tree::apply(writer, view.trees->root(kTrackingTree), tree::LeafKind::kSlotted, changes);
  if (!marks) return fail(marks.error());
  roots[std::string(kTrackingTree)] = *marks;
  return {};
}

}  // namespace stele::events
