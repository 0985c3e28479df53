// What a thread may ask of the operating system for itself.
#pragma once

#include <atomic>
#include <cstdint>

namespace stele::os {

// Lets the calling thread step back where others want the processor. Advice; does not fail.
void yield_to_others();

// Sleeps while `word` is `seen`, until it is woken; may return early. Unlike the standard library's
// wait it does not spin before: where threads are many, those that spin take the processor from
// those that have work. Threads: any.
void sleep_while(const std::atomic<uint32_t>& word, uint32_t seen);
// Wakes one of those that sleep, or all; call it behind changing the word.
void wake_one(const std::atomic<uint32_t>& word);
void wake_all(const std::atomic<uint32_t>& word);

}  // namespace stele::os
