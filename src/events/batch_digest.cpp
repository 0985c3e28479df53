// Puts a batch together as its digest takes it.
#include "events/batch_digest.h"

#include <array>
#include <vector>

#include "base/bytes.h"
#include "events/event_part.h"
#include "events/tracking.h"

namespace stele::events {

namespace {

constexpr size_t kRequestHeaderSize = 24;

std::vector<uint8_t> encode_requests(const std::vector<TrackingRequest>& requests) {
  std::vector<uint8_t> bytes;
  for (const TrackingRequest& request : requests) {
    const size_t start = bytes.size();
    bytes.resize(start + kRequestHeaderSize + align_up(request.source.size()));
    uint8_t* at = bytes.data() + start;
    store_le(at, static_cast<uint16_t>(request.source.size()));
    store_le(at + 8, request.previous);
    store_le(at + 16, request.position);
    copy_bytes(at + kRequestHeaderSize, as_bytes(request.source));
  }
  return bytes;
}

}  // namespace

Digest batch_digest(const EventPart& events, const TrackingPart& tracking) {
  std::array<uint8_t, 16> counts = {};
  store_le(counts.data(), uint64_t{events.count()});
  store_le(counts.data() + 8, uint64_t{tracking.count()});
  const std::vector<uint8_t> requests = encode_requests(tracking.requests());
  std::vector<ByteView> pieces = {counts};
  events.append_request(pieces);
  pieces.emplace_back(requests);
  return hash_padded(HashDomain::kBatch, pieces);
}

}  // namespace stele::events
