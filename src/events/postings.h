// The positions at which one term occurs, ascending: one thread appends while others search.
//
// Most terms occur a few times, so the first positions lie in the object itself. A longer list
// moves to an array twice the size when it is full; the old arrays stay until the end, because a
// reader may still be in one. All of them together are no longer than the last.
//
// Threads: one appender at a time, any number of readers. A reader that sees a count also sees the
// positions it counts.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace stele::events {

// Above every position: what a search returns when there is nothing.
inline constexpr uint64_t kNoPosition = UINT64_MAX;

class Postings {
 public:
  Postings() = default;
  Postings(const Postings&) = delete;
  Postings& operator=(const Postings&) = delete;
  ~Postings();

  // Requires: above every position before. May throw std::bad_alloc, and is unchanged then.
  void append(uint64_t position);

  // The positions as they are now. They stay as long as the postings do.
  struct View {
    const uint64_t* list = nullptr;
    uint64_t count = 0;
  };
  [[nodiscard]] View view() const {
    const uint64_t count = this->count();  // First: the list is never shorter than a count before.
    return {positions(), count};
  }

  // Returns how many of the positions are <= `last`.
  [[nodiscard]] uint64_t count_to(uint64_t last) const;
  // Returns the newest position < `position`, or 0.
  [[nodiscard]] uint64_t before(uint64_t position) const {
    const uint64_t count = position == 0 ? 0 : count_to(position - 1);
    return count == 0 ? 0 : positions()[count - 1];
  }

  [[nodiscard]] uint64_t count() const { return count_.load(std::memory_order_acquire); }
  // Returns the newest position, 0 if there is none. The appender only.
  [[nodiscard]] uint64_t last() const;

 private:
  static constexpr uint64_t kInline = 3;
  struct Array {
    std::unique_ptr<Array> smaller;
    uint64_t capacity;
    std::unique_ptr<uint64_t[]> positions;
  };
  [[nodiscard]] const uint64_t* positions() const {
    const Array* array = array_.load(std::memory_order_acquire);
    return array == nullptr ? inline_.data() : array->positions.get();
  }
  void grow(uint64_t count);

  std::array<uint64_t, kInline> inline_ = {};
  std::atomic<Array*> array_ = nullptr;  // Owned, with the smaller ones behind it.
  std::atomic<uint64_t> count_ = 0;
};

}  // namespace stele::events
