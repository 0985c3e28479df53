// Tracking: how far each named source has been worked off, kept in the commit that worked it off.
//
//    section := mark, mark ...
//    mark    := source size u16, zero u16 u32, position u64, source bytes, zeros up to a multiple
//    of 8
//
// Threads: one writer (the sequencer); readers at the newest snapshot or ahead of it.
// On disk: docs/format.md, "Tracking section".
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/batch.h"

namespace stele::events {

inline constexpr size_t kSourceSizeMax = 255;
inline constexpr uint64_t kTrackedPositionMax = (uint64_t{1} << 63) - 1;
inline constexpr uint64_t kPreviousAny = UINT64_MAX;

// What sources have reached.
class Tracking {
 public:
  struct Mark {
    uint64_t position = 0;  // 0: none is recorded.
    uint64_t tsn = 0;
  };
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
};

struct TrackingRequest {
  std::string source;
  uint64_t previous;  // What must be recorded now, or kPreviousAny.
  uint64_t position;  // What to record; must be above what is.
};

class TrackingGuard final : public engine::Guard {
 public:
  TrackingGuard(const TrackingRequest& request, const Tracking& tracking)
      : request_(request), tracking_(tracking) {}
  std::optional<engine::Objection> check(const engine::Snapshot& held,
                                         const engine::Snapshot& now) override;

 private:
  TrackingRequest request_;
  const Tracking& tracking_;
};

// The tracking section of one batch.
class TrackingPart final : public engine::Part {
 public:
  explicit TrackingPart(Tracking& tracking) : tracking_(tracking) {}

  // Requires: no request of the same source.
  void add(const TrackingRequest& request) { requests_.push_back(request); }
  [[nodiscard]] bool holds(const std::string& source) const;
  [[nodiscard]] const std::vector<TrackingRequest>& requests() const { return requests_; }
  void clear() { requests_.clear(); }

  engine::SectionKind kind() const override { return engine::SectionKind::kTracking; }
  uint32_t count() const override { return static_cast<uint32_t>(requests_.size()); }
  uint64_t size() const override;
  void encode(const engine::Stamp& stamp, ByteSpan into) override;
  void apply_to_tail(const engine::Stamp& stamp, ByteSpan section, uint64_t visible) override;
  std::optional<Digest> seal(ByteSpan /*section*/) override { return std::nullopt; }
  bool is_stored_as(ByteView section) const override;

 private:
  Tracking& tracking_;
  std::vector<TrackingRequest> requests_;
};

class TrackingParticipant final : public engine::Participant {
 public:
  explicit TrackingParticipant(Tracking& tracking) : tracking_(tracking) {}
  engine::SectionKind kind() const override { return engine::SectionKind::kTracking; }
  Status replay(const engine::Stamp& stamp, uint32_t count, ByteView section) override;

 private:
  Tracking& tracking_;
};

}  // namespace stele::events
