// Who reads: everybody who keeps a view from one call to the next is in a registry, so that figures
// show who holds what, and for how long; and so that he can be asked to let go.
//
//     reads    a call is being made, or what it has returned points into the view: it is his
//     rests    between two calls: the view may be taken from him. Who reads events takes a newer
//              one then and goes on; who needs this very view is told TOO_OLD by his next call
//
// A view that is the newest costs nothing, and stays. Older ones keep pages of the file from being
// used again, and chunks in memory: after each checkpoint they are taken from everybody who rests
// and whose patience for them is over.
//
// Threads: any; one at a time for each reader. Lock order: the registry's, then a reader's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "engine/view.h"
#include "os/environment.h"

namespace stele::engine {

class ReaderRegistry;

// The view of one who reads. Begins with the newest one, reading.
class HeldView {
 public:
  // His view may be taken from him once he has had it for `age_us` (0: at once; kForEver).
  // `let_go` is called then, by another thread, while he rests: it must drop what else holds the
  // view.
  static constexpr int64_t kForEver = INT64_MAX;
  HeldView(const Views& views, int64_t age_us, std::function<void()> let_go = {});
  // Begins with the view of another reader, who reads now.
  HeldView(const HeldView& other, int64_t age_us);
  HeldView(const HeldView&) = delete;
  HeldView& operator=(const HeldView&) = delete;
  ~HeldView();

  // Null once it was taken. Requires: reading.
  [[nodiscard]] const ViewPtr& view() const { return view_; }
  // Takes the newest view.
  void renew();
  // A call ends. Nothing that was returned needs the view.
  void rest() { state_.store(State::kRests, std::memory_order_release); }
  // A call begins. Returns false if the view was taken.
  bool read() {
    State is = State::kRests;
    while (!state_.compare_exchange_weak(is, State::kReads, std::memory_order_acquire)) {
      if (is == State::kReads || is == State::kTaken) break;
      is = State::kRests;  // It is being taken at this moment.
    }
    return is != State::kTaken;
  }

 private:
  friend class ReaderRegistry;
  enum class State : uint8_t { kReads, kRests, kTaking, kTaken };
  const Views& views_;
  const int64_t age_us_;
  const std::function<void()> let_go_;
  std::atomic<State> state_ = State::kReads;
  std::mutex mutex_;  // Held to change what follows; who reads may look at it without.
  ViewPtr view_;
  int64_t since_ = 0;
  HeldView* before_ = nullptr;  // In the registry's list, under its lock.
  HeldView* behind_ = nullptr;
};

// Returns what is said to one who needs a view that was taken from him. `who`: "the backup".
[[nodiscard]] std::unexpected<Error> too_old(const char* who);

struct ReaderStats {
  uint64_t count;       // Of those whose view is not the newest.
  int64_t age_us;       // For how long one of them has had his, at the most.
  uint64_t tail_bytes;  // Memory of chunks that only they hold.
};

class ReaderRegistry {
 public:
  explicit ReaderRegistry(os::Clock& clock) : clock_(clock) {}
  ReaderRegistry(const ReaderRegistry&) = delete;
  ReaderRegistry& operator=(const ReaderRegistry&) = delete;

  // Takes views older than the newest from those who rest, and have had them long enough.
  void take_old(const ViewPtr& newest);
  [[nodiscard]] ReaderStats stats(const View& newest) const;

 private:
  friend class HeldView;
  void add(HeldView& reader);
  void remove(HeldView& reader);

  os::Clock& clock_;
  mutable std::mutex mutex_;
  HeldView* first_ = nullptr;
};

}  // namespace stele::engine
