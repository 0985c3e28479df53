// Which generations of a page file somebody holds.
//
// Threads: any. States may outlive it and the file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "page/state.h"

namespace stele::page {

class StateRegistry {
 public:
  // Returns the state as one that is known until the last who holds it lets go. Whoever finds it
  // gone afterwards comes behind everything that was read under it: the lock sees to that.
  [[nodiscard]] std::shared_ptr<const State> add(State state) {
    auto kept = std::make_unique<const State>(std::move(state));
    {
      const std::lock_guard guard(alive_->mutex);
      auto& generations = alive_->generations;
      generations.insert(std::ranges::upper_bound(generations, kept->generation), kept->generation);
    }
    const std::shared_ptr<Alive> alive = alive_;
    return {kept.release(), [alive](const State* gone) {
              {
                const std::lock_guard guard(alive->mutex);
                std::erase(alive->generations, gone->generation);
              }
              delete gone;
            }};
  }

  // Returns the generations that are held, ascending, each once.
  [[nodiscard]] std::vector<uint64_t> held() const {
    const std::lock_guard guard(alive_->mutex);
    return alive_->generations;
  }

 private:
  struct Alive {
    std::mutex mutex;
    std::vector<uint64_t> generations;  // Each once, ascending.
  };
  std::shared_ptr<Alive> alive_ = std::make_shared<Alive>();
};

}  // namespace stele::page
