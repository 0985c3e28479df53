// Ends somebody's wait from another thread, or keeps the next one from beginning.
//
// Threads: any.
#pragma once

#include <atomic>
#include <mutex>

#include "engine/group.h"

namespace stele::db {

class Interrupt {
 public:
  // Has the wait end that goes on, or the next.
  void set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    if (listener_ != nullptr) listener_->tell();
  }
  // Returns whether it was set, and forgets it.
  bool take() { return set_.exchange(false); }
  // The next call of set() tells this listener; null: nobody.
  void listen(engine::Listener* listener) {
    const std::lock_guard lock(mutex_);
    listener_ = listener;
    if (listener != nullptr && set_) listener->tell();
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> set_ = false;
  engine::Listener* listener_ = nullptr;
};

}  // namespace stele::db
