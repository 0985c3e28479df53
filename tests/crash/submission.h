// A batch as a caller submitted it, and what the caller was told about it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/commit_frame.h"
#include "engine/group.h"
#include "events/query.h"
#include "events/tracking.h"

namespace stele::crash {

enum class Outcome : uint8_t {
  kNone,       // Not told: still under way.
  kCommitted,  // It must be there.
  kRejected,   // It must not, and what stood in its way must.
  kRefused,    // READ_ONLY, FULL, IO, CLOSED: it was not written, so it must not be there.
  kUnknown,    // It may be there, whole, or not.
};

struct SubmittedGuard {
  events::Query query;
  uint64_t after;
};

struct Submission {
  uint64_t number = 0;  // Unique in a run, and in the ids of the events.
  uint64_t caller = 0;  // What one caller submits is committed in that order.
  // What the commit waited for: kSync survives everything, the weaker ones a power failure only if
  // a later sync covered them.
  engine::Durability level = engine::Durability::kSync;
  bool async = false;
  std::vector<std::vector<uint8_t>> records;  // As encoded, zeros where the commit fills in.
  std::vector<SubmittedGuard> guards;
  std::optional<events::TrackingRequest> tracking;  // Its guard comes behind the others.
  std::vector<std::string> tables_created = {};
  std::vector<std::string> tables_written = {};  // Rows in them follow from the number.
  std::vector<std::string> tables_dropped = {};
  bool must_fail = false;  // A guard cannot hold.
  bool may_fail = false;   // A guard may not hold.

  Outcome outcome = Outcome::kNone;
  engine::Stamp stamp = {};        // Of a success.
  uint64_t conflict_position = 0;  // Of a rejection; the same for the guard.
  std::optional<uint32_t> failed_guard = {};
  std::string message = {};  // Of anything but success.
};
using SubmissionPointer = std::shared_ptr<Submission>;

// Returns the submission's number from an event's id.
[[nodiscard]] inline uint64_t number_in(const uint8_t* id) {
  return load_le<uint64_t>(id);
}

}  // namespace stele::crash
