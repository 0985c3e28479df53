// What a test program has on its heap: every allocation of the program is counted, so that a test
// can say how many a piece of work makes, have one of them fail, or see how much memory there is at
// the most.
//
// A program that heap.cpp is a part of gets operators new and delete that count.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stele::test::heap {

// Allocations of this thread so far.
[[nodiscard]] uint64_t allocations();
// The allocation of this thread after `count` others throws; below 0: none does.
void fail_after(int64_t count);
// Bytes allocated by all threads now, and the most there were since reset_peak().
[[nodiscard]] uint64_t bytes();
[[nodiscard]] uint64_t peak();
void reset_peak();

}  // namespace stele::test::heap
