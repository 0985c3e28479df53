// Gives handles out, closes them and reuses their slots.
#include "capi/handle_table.h"

#include <bit>
#include <utility>

#include "base/check.h"

namespace stele::capi {

static_assert(sizeof(void*) == 8, "a handle holds 64 bits");

HandleTable& HandleTable::instance() {
  // Never destroyed: handles may be closed by other static destructors, and by threads at exit.
  static auto* table = new HandleTable;
  return *table;
}

void* HandleTable::add(HandleKind kind, std::unique_ptr<Object> object) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    auto made = std::make_unique<Slot>();
    made->index = static_cast<uint32_t>(slots_.size());
    made->state.store(kGeneration | kClosed, std::memory_order_relaxed);
    free_.reserve(slots_.size() + 1);  // So that unpin() never has to allocate.
    Slot* fresh = made.get();
    slots_.push_back(std::move(made));
    free_.push_back(fresh);
  }
  Slot* slot = free_.back();
  free_.pop_back();
  slot->object = std::move(object);
  slot->kind.store(kind, std::memory_order_relaxed);
  const uint64_t generation = slot->state.load(std::memory_order_relaxed) & ~(kGeneration - 1);
  slot->state.store(generation | 1, std::memory_order_release);
  live_.fetch_add(1, std::memory_order_relaxed);
  return std::bit_cast<void*>(generation | (slot->index + 1));
}

void HandleTable::reuse(Slot& slot, uint64_t before) {
  STELE_DCHECK((before & kClosed) != 0);
  slot.object.reset();
  uint64_t generation = (before & ~(kGeneration - 1)) + kGeneration;
  if (generation == 0) generation = kGeneration;  // So that no handle is ever NULL.
  slot.state.store(generation | kClosed, std::memory_order_release);
  const std::lock_guard lock(mutex_);
  free_.push_back(&slot);
}

bool HandleTable::close(const void* handle, HandleKind kind) {
  Fault fault = Fault::kNone;
  const Pin pinned = pin(handle, kind, fault);
  if (fault != Fault::kNone) return false;
  Slot& slot = *slot_of(handle);
  const uint64_t before = slot.state.fetch_or(kClosed, std::memory_order_acq_rel);
  if ((before & kClosed) != 0) return false;  // Another thread was faster.
  live_.fetch_sub(1, std::memory_order_release);
  pinned.object()->closing();
  unpin(slot);  // The owner's.
  return true;
}

}  // namespace stele::capi
