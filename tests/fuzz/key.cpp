// Any bytes as an order-preserving key: refused, or the one encoding of the parts that it says.
//
// Input: a byte that is not used, then the key.
#include <algorithm>
#include <vector>

#include "base/key_codec.h"
#include "fuzz/target.h"

namespace stele::fuzz {
namespace {

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

void try_key(ByteView key) {
  KeyReader reader(key);
  KeyWriter writer;
  for (KeyPart part;;) {
    const auto more = reader.next(part);
    if (!more) {
      require(more.error().offset() <= key.size(), "the fault is beyond the end");
      return require_refusal(more.error());
    }
    if (!*more) break;
    require(writer.add(part).has_value(), "a part that was read cannot be written");
  }
  require(reader.bytes_used() <= key.size(), "parts have more bytes than the key");
  require(std::ranges::equal(writer.bytes(), key), "another encoding of a key is accepted");
  ++accepted_count;
  const size_t end_size = prefix_end_size(key);
  require(key.empty() == (end_size == 0), "a key without an end");
  if (end_size == 0) return;
  std::vector<uint8_t> end(end_size);
  write_prefix_end(key, end.data());
  require(std::ranges::lexicographical_compare(key, end), "an end that is not above");
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  // A copy of its own, so that a sanitizer sees every step past its end.
  const std::vector<uint8_t> key(data + 1, data + size);
  stele::fuzz::try_key(key);
  return 0;
}
