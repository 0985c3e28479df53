// Those who wait for the next durable commit.
//
// A watcher adds itself and then looks whether the commit is there; the pipeline says that it is
// there and then looks for watchers. So one of the two sees the other, and while nobody watches a
// commit pays one load.
//
// Threads: any.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "engine/group.h"

namespace stele::engine {

class Watchers {
 public:
  void add(Listener& listener) {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(&listener);
    count_.fetch_add(1, std::memory_order_seq_cst);
  }
  void remove(Listener& listener) {
    const std::lock_guard lock(mutex_);
    // Who waits for several things is there several times.
    count_.fetch_sub(std::erase(listeners_, &listener), std::memory_order_seq_cst);
  }
  [[nodiscard]] bool any() const { return count_.load(std::memory_order_seq_cst) > 0; }
  void tell() {
    if (!any()) return;
    const std::lock_guard lock(mutex_);
    for (Listener* listener : listeners_) listener->tell();
  }

 private:
  std::mutex mutex_;  // Taken behind the pipeline's.
  std::vector<Listener*> listeners_;
  std::atomic<size_t> count_ = 0;
};

}  // namespace stele::engine
