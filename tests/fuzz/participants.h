// Who takes part in a replay: one of each kind, and what each fills.
#pragma once

#include <array>

#include "engine/batch.h"
#include "events/event_part.h"
#include "events/keys.h"
#include "events/tail.h"
#include "events/tracking.h"

namespace stele::fuzz {

class Participants {
 public:
  Participants() = default;
  Participants(const Participants&) = delete;
  Participants& operator=(const Participants&) = delete;

  [[nodiscard]] const std::array<engine::Participant*, 3>& all() const { return all_; }

 private:
  events::Tail tail_;
  events::Tracking tracking_;
  events::Keys keys_;
  events::EventParticipant replays_events_{tail_};
  events::TrackingParticipant replays_tracking_{tracking_};
  events::KeyParticipant replays_keys_{keys_};
  std::array<engine::Participant*, 3> all_ = {&replays_events_, &replays_tracking_, &replays_keys_};
};

}  // namespace stele::fuzz
