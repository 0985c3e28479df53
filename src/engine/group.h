// A group: the commits that one write of the log carries, and what those who wait for it share.
//
// Threads: everything here is guarded by the pipeline's lock, but for Listener and the atomics.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "engine/batch.h"
#include "os/thread.h"
#include "wal/spares.h"

namespace stele::engine {

// How much a commit waits for. Strongest first, so that the stronger of two is the lesser.
enum class Durability : uint8_t {
  kSync,      // It is on stable storage: survives a power failure.
  kInterval,  // It is with the operating system, and on stable storage soon after.
  kOs,        // It is with the operating system: survives the end of the process.
};

// A success.
struct Committed : Stamp {
  bool repeated = false;  // The key's batch was committed before; this is that commit.
};

// A sequenced commit on its way into the log.
struct Pending {
  ByteSpan frame;
  Stamp stamp;
  std::unique_ptr<wal::Spare> segment;  // Set: the frame begins it.
  std::vector<Part*> parts;
  std::vector<ByteSpan> sections;
  ViewPtr view;                 // Keeps the chunks that the parts have seen.
  std::shared_ptr<void> owner;  // Keeps the parts, when their batch is not a waiting caller's.
};

// Wakes somebody who waits for the first of several outcomes.
class Listener {
 public:
  void tell() {
    const std::lock_guard lock(mutex_);
    told_ = true;
    signal_.notify_one();
  }
  // Waits until told; forever without a deadline.
  void wait(const std::optional<std::chrono::steady_clock::time_point>& deadline) {
    std::unique_lock lock(mutex_);
    const auto told = [&] { return told_; };
    if (deadline) {
      (void)signal_.wait_until(lock, *deadline, told);
    } else {
      signal_.wait(lock, told);
    }
    told_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable signal_;
  bool told_ = false;
};

struct Group {
  std::deque<Pending> commits;  // Which do not move while others come.
  bool durable = false;  // Somebody waits for stable storage: of these commits, or of earlier ones.
  bool interval = false;  // Somebody expects it soon.
  bool begins_segment = false;
  uint64_t bytes = 0;
  uint64_t count = 0;     // Of commits, once they are written.
  uint64_t last_tsn = 0;  // Of its commits; 0 without any.

  std::optional<Error> failure;  // What its callers are told, when it was not written.
  std::vector<Listener*> listeners;

  // For callers that sleep here. Once it is done a group does not change, so that they need not
  // queue for the pipeline's lock to read it: with 64 of them, that queue was half of their time.
  std::atomic<bool> done = false;
  std::atomic<uint64_t> waiting = 0;
  std::atomic<uint32_t> wake = 0;  // Changes when one of them has to lead, or it is done.

  // Lets one of the sleepers look, or all.
  void wake_one() {
    wake.fetch_add(1, std::memory_order_release);
    os::wake_one(wake);
  }
  void wake_all() {
    wake.fetch_add(1, std::memory_order_release);
    os::wake_all(wake);
  }

  [[nodiscard]] bool has_work() const { return !commits.empty() || durable; }
};

// The outcome of a batch, there or to come. Guarded by the pipeline's lock until it is there.
struct Ticket {
  std::shared_ptr<Group> group;       // What the answer waits for; null: it is there.
  Committed committed = {};           // What a success says.
  std::optional<Error> refusal = {};  // Set: it is none.
};

}  // namespace stele::engine
