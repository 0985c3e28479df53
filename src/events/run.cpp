// Encoding and decoding of runs.
#include "events/run.h"

#include <algorithm>
#include <array>

#include "base/varint.h"

namespace stele::events {

namespace {

constexpr size_t kHeaderMax = 2 * kVarintSizeMax;
constexpr size_t kAtOnce = 8;  // Differences of one byte that are added in one go.

void append_varint(std::vector<uint8_t>& to, uint64_t value) {
  std::array<uint8_t, kVarintSizeMax> bytes;
  const size_t size = put_varint(value, bytes.data());
  to.insert(to.end(), bytes.data(), bytes.data() + size);
}

// Reads what stands before the differences.
const char* take_header(uint64_t first, ByteView& run, RunSummary& summary) {
  if (run.size() > kRunSizeMax) return "a run is too long";
  uint64_t span = 0;
  if (!take_varint(run, summary.count) || !take_varint(run, span)) {
    return "a run is shorter than its header";
  }
  // Each difference takes a byte at least, and is 1 at least.
  if (summary.count < 2 || summary.count - 1 > run.size() || span < summary.count - 1 ||
      span > UINT64_MAX - first) {
    return "a run's count and span are impossible";
  }
  summary.last = first + span;
  return nullptr;
}

// Adds the next kAtOnce differences, if each is one byte and nothing is wrong with them. Frequent
// terms have hardly any others; so their runs are decoded four times as fast.
bool add_small(ByteView& run, uint64_t& position, uint64_t last, uint64_t* to) {
  if (run.size() < kAtOnce) return false;
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighBits = kOnes << 7;
  const auto differences = load_le<uint64_t>(run.data());
  // Without high bits, taking 1 away sets that of a byte iff it or one below it was 0.
  if (((differences | (differences - kOnes)) & kHighBits) != 0) return false;
  uint64_t sum = 0;
  for (size_t i = 0; i < kAtOnce; ++i) {
    sum += run[i];
    to[i] = position + sum;
  }
  if (sum > last - position) return false;
  position += sum;
  run = run.subspan(kAtOnce);
  return true;
}

}  // namespace

std::expected<RunSummary, const char*> summary_of_run(uint64_t first, ByteView run) {
  if (run.empty()) return RunSummary{1, first};
  RunSummary summary = {};
  if (const char* fault = take_header(first, run, summary)) return std::unexpected(fault);
  return summary;
}

const char* decode_run(uint64_t first, ByteView run, std::vector<uint64_t>& positions) {
  if (run.empty()) {
    positions.assign(1, first);
    return nullptr;
  }
  RunSummary summary = {};
  if (const char* fault = take_header(first, run, summary)) return fault;
  positions.resize(summary.count);
  positions[0] = first;
  uint64_t position = first;
  for (uint64_t i = 1; i < summary.count;) {
    const uint64_t end = std::min<uint64_t>(i + kAtOnce, summary.count);
    if (end == i + kAtOnce && add_small(run, position, summary.last, &positions[i])) {
      i = end;
      continue;
    }
    for (; i < end; ++i) {
      uint64_t difference = 0;
      if (!take_varint(run, difference)) return "a run is shorter than its count says";
      if (difference == 0 || difference > summary.last - position) return "a run does not ascend";
      position += difference;
      positions[i] = position;
    }
  }
  if (position != summary.last || !run.empty()) return "a run does not end with its last position";
  return nullptr;
}

bool RunWriter::add(uint64_t position) {
  if (count_ == 0) {
    first_ = last_ = position;
    count_ = 1;
    return true;
  }
  const size_t before = differences_.size();
  append_varint(differences_, position - last_);
  if (differences_.size() + kHeaderMax > kRunSizeMax) {
    differences_.resize(before);
    return false;
  }
  last_ = position;
  ++count_;
  return true;
}

ByteView RunWriter::bytes() {
  run_.clear();
  if (count_ < 2) return {};
  append_varint(run_, count_);
  append_varint(run_, last_ - first_);
  run_.insert(run_.end(), differences_.begin(), differences_.end());
  return run_;
}

void RunWriter::clear() {
  count_ = 0;
  differences_.clear();
}

}  // namespace stele::events
