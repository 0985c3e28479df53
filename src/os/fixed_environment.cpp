// The numbers of SplitMix64 as bytes.
#include "os/fixed_environment.h"

namespace stele::os {

namespace {

uint64_t next_number(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace

Status SeededRandom::fill(ByteSpan into) {
  const std::lock_guard lock(mutex_);
  for (uint8_t& byte : into) {
    if (left_ == 0) {
      number_ = next_number(state_);
      left_ = sizeof number_;
    }
    byte = static_cast<uint8_t>(number_ & 0xff);
    number_ >>= 8;
    --left_;
  }
  return {};
}

}  // namespace stele::os
