// Any bytes as a run of positions: refused, or positions that ascend and can be written again.
//
// Input: a byte of flags, the first position (u64), then the run. Flag 1: what follows is the
// differences alone, and a header that fits them is put in front.
#include "events/run.h"

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "fuzz/target.h"

namespace stele::fuzz {
namespace {

constexpr uint8_t kMendHeader = 1;
constexpr size_t kHeadSize = 1 + sizeof(uint64_t);

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

void append_varint(std::vector<uint8_t>& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<uint8_t>(value | 0x80));
  to.push_back(static_cast<uint8_t>(value));
}

// Puts the header that they say in front of differences.
std::vector<uint8_t> with_header(ByteView differences) {
  uint64_t count = 1;
  uint64_t span = 0;
  uint64_t difference = 0;
  unsigned bits = 0;
  for (const uint8_t byte : differences) {
    if (bits < 64) difference |= uint64_t{byte & 0x7fU} << bits;
    bits += 7;
    if ((byte & 0x80) != 0) continue;
    ++count;
    span += difference;
    difference = bits = 0;
  }
  std::vector<uint8_t> run;
  append_varint(run, count);
  append_varint(run, span);
  run.insert(run.end(), differences.begin(), differences.end());
  return run;
}

void try_run(uint64_t first, ByteView run) {
  const auto summary = events::summary_of_run(first, run);
  std::vector<uint64_t> positions;
  const char* const fault = events::decode_run(first, run, positions);
  if (fault != nullptr) return;
  ++accepted_count;
  require(summary.has_value(), "a run is decoded, but has no summary");
  require(positions.size() == summary->count && positions.back() == summary->last &&
              positions.front() == first,
          "a run is not what its summary says");
  require(std::ranges::adjacent_find(positions, std::greater_equal<>()) == positions.end(),
          "positions do not ascend");
  events::RunWriter writer;
  std::vector<uint64_t> again;
  std::vector<uint64_t> part;
  for (size_t at = 0; at < positions.size(); writer.clear()) {
    while (at < positions.size() && writer.add(positions[at])) ++at;
    require(writer.bytes().size() <= events::kRunSizeMax, "a run is too long");
    require(events::decode_run(writer.first(), writer.bytes(), part) == nullptr,
            "what was written cannot be read");
    again.insert(again.end(), part.begin(), part.end());
  }
  require(again == positions, "positions are others when they are written again");
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stele;        // NOLINT(google-build-using-namespace)
  using namespace stele::fuzz;  // NOLINT(google-build-using-namespace)
  if (size < kHeadSize) return 0;
  const auto first = load_le<uint64_t>(data + 1);
  const ByteView rest = {data + kHeadSize, size - kHeadSize};
  try_run(first,
          (data[0] & kMendHeader) != 0 ? with_header(rest) : std::vector(rest.begin(), rest.end()));
  return 0;
}
