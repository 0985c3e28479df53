// Tracking: how far each named source has been worked off, kept in the commit that worked it off.
//
//    section := mark, mark ...
//    mark    := source size u16, zero u16 u32, position u64, source bytes, zeros up to a multiple
//    of 8
//
//    A mark at position 0 says that the source is forgotten: it stands nowhere, and may begin anew.
//
//     tree `tracking`:  key := source
//                       value := position, TSN that recorded it
//
// Threads: one writer (the sequencer); readers at the newest snapshot or ahead of it.
// On disk: docs/format.md, "Tracking section", "Tree tracking".
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/batch.h"

namespace stele::events {

inline constexpr size_t kSourceSizeMax = 255;
inline constexpr uint64_t kTrackedPositionMax = (uint64_t{1} << 63) - 1;
inline constexpr uint64_t kPreviousAny = UINT64_MAX;

inline constexpr std::string_view kTrackingTree = "tracking";

// What sources have reached by the commits of one chunk.
class Tracking final : public engine::TailPart {
 public:
  [[nodiscard]] static Tracking& of(const engine::Chunk& chunk) {
    return chunk.part<Tracking>(engine::SectionKind::kTracking);
  }

  struct Mark {
    uint64_t position = 0;  // 0: none is recorded.
    uint64_t tsn = 0;
  };
  // The newest mark of each source, in bytewise order. Requires: nobody writes.
  [[nodiscard]] std::vector<std::pair<std::string_view, Mark>> newest() const;
  [[nodiscard]] uint64_t bytes() const override { return bytes_.load(std::memory_order_relaxed); }

  // Returns what the newest commit <= `tsn` recorded; or a newer one, if that is visible by now.
  [[nodiscard]] Mark find(const std::string& source, uint64_t tsn) const;

  // Records a position, by a commit that nobody sees yet. `visible` is a TSN that everybody sees.
  void set(const std::string& source, const Mark& mark, uint64_t visible);

 private:
  struct Marks {
    Mark visible;                 // The newest that everybody sees.
    std::vector<Mark> in_flight;  // Newer ones, ascending by TSN.
  };
  mutable std::mutex mutex_;
  std::map<std::string, Marks> marks_;
  std::atomic<uint64_t> bytes_ = 0;
};

// Returns what the newest commit <= `tsn` of a view recorded of a source, as Tracking::find. Looks
// only at commits behind `from`, and then returns nothing when none of them has recorded anything.
[[nodiscard]] Result<Tracking::Mark> find_mark(const engine::View& view, const std::string& source,
                                               uint64_t from, uint64_t tsn);

// The same of what is in the trees alone.
[[nodiscard]] Result<Tracking::Mark> mark_in_trees(const engine::Trees& trees,
                                                   const std::string& source);

// Calls visit(source, position) for each mark of a section, until one returns an error. CORRUPT:
// the section is damaged.
[[nodiscard]] Status for_each_mark(
    const engine::Stamp& stamp, uint32_t count, ByteView section,
    const std::function<Status(const std::string& source, uint64_t position)>& visit);

struct TrackingRequest {
  std::string source;
  uint64_t previous;  // What must be recorded now, or kPreviousAny.
  uint64_t position;  // What to record; must be above what is.
};

class TrackingGuard final : public engine::Guard {
 public:
  explicit TrackingGuard(const TrackingRequest& request) : request_(request) {}
  std::optional<engine::Objection> check(const engine::View& view, const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  TrackingRequest request_;
  Tracking::Mark mark_;  // As of the last check.
};

// The tracking section of one batch.
class TrackingPart final : public engine::Part {
 public:
  // Requires: no request of the same source.
  void add(const TrackingRequest& request) { requests_.push_back(request); }
  [[nodiscard]] bool holds(const std::string& source) const;
  [[nodiscard]] const std::vector<TrackingRequest>& requests() const { return requests_; }
  void clear() { requests_.clear(); }

  engine::SectionKind kind() const override { return engine::SectionKind::kTracking; }
  uint32_t count() const override { return static_cast<uint32_t>(requests_.size()); }
  uint64_t size() const override;
  void encode(const engine::Stamp& stamp, ByteSpan into) override;
  Status look_up(const engine::View& /*view*/) override { return {}; }
  void apply_to_tail(const engine::View& view, const engine::Stamp& stamp, ByteSpan section,
                     uint64_t visible) override;
  std::optional<Digest> seal(ByteSpan /*section*/) override { return std::nullopt; }
  bool is_stored_as(const engine::View& view, const engine::Stamp& stamp,
                    ByteView section) const override;

 private:
  std::vector<TrackingRequest> requests_;
};

class TrackingParticipant final : public engine::Participant {
 public:
  engine::SectionKind kind() const override { return engine::SectionKind::kTracking; }
  std::unique_ptr<engine::TailPart> make_tail_part(
      const engine::Snapshot& /*before*/) const override {
    return std::make_unique<Tracking>();
  }
  Status replay(const engine::View& view, const engine::Stamp& stamp, uint32_t count,
                ByteView section) override;
  Status checkpoint(page::PageWriter& writer, const engine::View& view,
                    engine::Roots& roots) override;
};

}  // namespace stele::events
