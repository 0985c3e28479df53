// Handles as tickets: a handle is an index and a generation, dressed as a pointer.
//
//     63          32 31           0
//     +-------------+-------------+
//     | generation  |  slot + 1   |
//     +-------------+-------------+
//
// A slot's generation moves on when its object goes, so that an old handle, a handle closed twice
// or a handle of another kind is recognised and never followed. A call pins the slot: the object
// goes when it is closed and the last call on it has ended, whichever comes later.
//
// Threads: all. This is the one piece of state that the databases of a process share.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/stable_vector.h"

namespace stele::capi {

enum class HandleKind : uint8_t {
  kNone,
  kDatabase,
  kBatch,
  kQuery,
  kCursor,
  kVerify,
  kBackup,
  kCompact,
  kRepair,
  kTicket,
  kSubscription,
  kTerms,
  kTable,
  kScan,
  kRowHistory,
  kProjection,
  kTransaction
};

// What a handle stands for.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;
  // The handle was closed; calls in other threads may still be at work, and should end.
  virtual void closing() noexcept {}
};

class HandleTable {
 public:
  struct Slot {
    // Generation in the high half; closed flag and pin count in the low one. The owner counts as a
    // pin.
    std::atomic<uint64_t> state = kClosed;
    std::atomic<HandleKind> kind = HandleKind::kNone;
    std::unique_ptr<Object> object;
    uint32_t index = 0;
  };

  // A pinned object. Empty when the handle was not good.
  class Pin {
   public:
    Pin() = default;
    Pin(HandleTable* table, Slot* slot) : table_(table), slot_(slot) {}
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    Pin(Pin&& other) noexcept : table_(other.table_), slot_(other.slot_) { other.slot_ = nullptr; }
    Pin& operator=(Pin&&) = delete;
    ~Pin() {
      if (slot_ != nullptr) table_->unpin(*slot_);
    }
    [[nodiscard]] Object* object() const {
      return slot_ == nullptr ? nullptr : slot_->object.get();
    }

   private:
    HandleTable* table_ = nullptr;
    Slot* slot_ = nullptr;
  };

  enum class Fault : uint8_t { kNone, kClosed, kWrongKind };

  // The table of this process.
  static HandleTable& instance();

  // Returns a new handle for the object. May throw std::bad_alloc.
  void* add(HandleKind kind, std::unique_ptr<Object> object);

  // Pins the object of a handle; `fault` says why not.
  Pin pin(const void* handle, HandleKind kind, Fault& fault);

  // Pins the object of a handle, whatever it is; `kind` says what.
  Pin pin_any(const void* handle, HandleKind& kind, Fault& fault);

  // Closes a handle. Returns false if it was no open handle of this kind.
  bool close(const void* handle, HandleKind kind);

  [[nodiscard]] uint64_t live() const { return live_.load(std::memory_order_acquire); }

 private:
  static constexpr uint64_t kClosed = uint64_t{1} << 31;
  static constexpr uint64_t kGeneration = uint64_t{1} << 32;

  // Slot number + 1, and generation.
  static uint64_t number_of(const void* handle) {
    return std::bit_cast<uint64_t>(handle) & (kGeneration - 1);
  }
  static uint64_t generation_of(const void* handle) {
    return std::bit_cast<uint64_t>(handle) & ~(kGeneration - 1);
  }
  [[nodiscard]] Slot* slot_of(const void* handle) const {
    const uint64_t number = number_of(handle);
    if (number == 0 || number > slots_.size()) return nullptr;
    return slots_[number - 1].get();
  }
  void unpin(Slot& slot) {
    const uint64_t before = slot.state.fetch_sub(1, std::memory_order_acq_rel);
    if ((before & (kClosed - 1)) == 1) reuse(slot, before);
  }
  // The last pin of a closed handle has gone.
  void reuse(Slot& slot, uint64_t before);

  StableVector<std::unique_ptr<Slot>> slots_;
  std::mutex mutex_;  // Guards free_ and growth of slots_.
  std::vector<Slot*> free_;
  std::atomic<uint64_t> live_ = 0;
};

// Here, and not in the source file: they are in every call, also in those that take 50 ns.

inline HandleTable::Pin HandleTable::pin_any(const void* handle, HandleKind& kind, Fault& fault) {
  fault = Fault::kClosed;
  Slot* slot = slot_of(handle);
  if (slot == nullptr) return {};
  uint64_t state = slot->state.load(std::memory_order_acquire);
  do {
    const bool same = (state & ~(kGeneration - 1)) == generation_of(handle);
    if (!same || (state & kClosed) != 0) return {};
  } while (!slot->state.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel,
                                              std::memory_order_acquire));
  kind = slot->kind.load(std::memory_order_relaxed);
  fault = Fault::kNone;
  return {this, slot};
}

inline HandleTable::Pin HandleTable::pin(const void* handle, HandleKind kind, Fault& fault) {
  HandleKind found = HandleKind::kNone;
  Pin pinned = pin_any(handle, found, fault);
  if (fault != Fault::kNone || found == kind) return pinned;
  fault = Fault::kWrongKind;
  return {};
}

}  // namespace stele::capi
