// A view of one empty chunk, for tests of what the pipeline puts there.
#pragma once

#include <memory>
#include <vector>

#include "engine/view.h"
#include "events/event_part.h"
#include "events/keys.h"
#include "events/tracking.h"
#include "support/fake_environment.h"

namespace stele::test {

class OneChunk {
 public:
  OneChunk() {
    auto view = std::make_shared<engine::View>();
    view->trees = std::make_shared<engine::Trees>();
    view->chunks.push_back(std::make_shared<engine::Chunk>(engine::Snapshot(), all_, 65536));
    views_ = std::make_unique<engine::Views>(std::move(view), clock_);
  }
  OneChunk(const OneChunk&) = delete;
  OneChunk& operator=(const OneChunk&) = delete;

  [[nodiscard]] const engine::Views& views() const { return *views_; }
  [[nodiscard]] const engine::View& view() const { return *views_->current(); }
  [[nodiscard]] const std::vector<engine::Participant*>& participants() const { return all_; }
  [[nodiscard]] engine::Chunk& chunk() const { return view().active(); }
  [[nodiscard]] events::Tail& tail() const { return events::Tail::of(chunk()); }
  [[nodiscard]] events::Keys& keys() const { return events::Keys::of(chunk()); }
  [[nodiscard]] events::Tracking& tracking() const { return events::Tracking::of(chunk()); }

 private:
  events::EventParticipant replays_events_;
  events::TrackingParticipant replays_tracking_;
  events::KeyParticipant replays_keys_;
  std::vector<engine::Participant*> all_ = {&replays_events_, &replays_tracking_, &replays_keys_};
  FakeClock clock_;
  std::unique_ptr<engine::Views> views_;
};

}  // namespace stele::test
