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
  kTicket,
  kSubscription,
  kTerms
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

  [[nodiscard]] Slot* slot_of(const void* handle) const;
  static uint64_t generation_of(const void* handle);
  void unpin(Slot& slot);

  StableVector<std::unique_ptr<Slot>> slots_;
  std::mutex mutex_;  // Guards free_ and growth of slots_.
  std::vector<Slot*> free_;
  std::atomic<uint64_t> live_ = 0;
};

}  // namespace stele::capi
