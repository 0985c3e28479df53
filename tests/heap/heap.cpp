// Counting operators new and delete.
#include "heap/heap.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace stele::test::heap {

namespace {

thread_local uint64_t made = 0;
thread_local int64_t left = -1;
std::atomic<uint64_t> now = 0;
std::atomic<uint64_t> most = 0;

void* count(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  const uint64_t size = now.fetch_add(malloc_usable_size(memory), std::memory_order_relaxed) +
                        malloc_usable_size(memory);
  uint64_t before = most.load(std::memory_order_relaxed);
  while (size > before && !most.compare_exchange_weak(before, size, std::memory_order_relaxed)) {
  }
  return memory;
}

void* allocate(size_t size, size_t alignment) {
  ++made;
  if (left >= 0 && left-- == 0) throw std::bad_alloc();
  if (size == 0) size = 1;
  if (alignment <= alignof(std::max_align_t)) return count(std::malloc(size));
  return count(std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment));
}

void release(void* memory) {
  if (memory == nullptr) return;
  now.fetch_sub(malloc_usable_size(memory), std::memory_order_relaxed);
  std::free(memory);
}

}  // namespace

uint64_t allocations() {
  return made;
}
void fail_after(int64_t count) {
  left = count;
}
uint64_t bytes() {
  return now.load(std::memory_order_relaxed);
}
uint64_t peak() {
  return most.load(std::memory_order_relaxed);
}
void reset_peak() {
  most.store(now.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

}  // namespace stele::test::heap

// For the whole program. Not inlined, or the compiler sees malloc() and free() through them and
// thinks that they are mixed with new and delete.
[[gnu::noinline]] void* operator new(size_t size) {
  return stele::test::heap::allocate(size, 1);
}
[[gnu::noinline]] void* operator new[](size_t size) {
  return stele::test::heap::allocate(size, 1);
}
[[gnu::noinline]] void* operator new(size_t size, std::align_val_t alignment) {
  return stele::test::heap::allocate(size, static_cast<size_t>(alignment));
}
[[gnu::noinline]] void* operator new[](size_t size, std::align_val_t alignment) {
  return stele::test::heap::allocate(size, static_cast<size_t>(alignment));
}
// For std::stable_sort and its like, which make do with less.
[[gnu::noinline]] void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return stele::test::heap::allocate(size, 1);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
[[gnu::noinline]] void* operator new[](size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  stele::test::heap::release(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept {
  stele::test::heap::release(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t /*size*/) noexcept {
  stele::test::heap::release(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, size_t /*size*/) noexcept {
  stele::test::heap::release(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
  stele::test::heap::release(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::align_val_t /*alignment*/) noexcept {
  stele::test::heap::release(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t /*size*/,
                                       std::align_val_t /*alignment*/) noexcept {
  stele::test::heap::release(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, size_t /*size*/,
                                         std::align_val_t /*alignment*/) noexcept {
  stele::test::heap::release(memory);
}
