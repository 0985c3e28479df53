// Any bytes as a receipt and the record it is to be of.
//
// Input: a byte of flags, the receipt's size (u64), the receipt, and the record. Flag 1: the digest
// is made right first. Flag 2: the chained root is, too, so that the record has its turn.
#include "events/receipt.h"

#include <algorithm>
#include <vector>

#include "events/digest.h"
#include "fuzz/target.h"

namespace stele::fuzz {
namespace {

constexpr uint8_t kMendDigest = 1;
constexpr uint8_t kMendChain = 2;

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

// Computes the chained root from the fields as they are, if they have a Merkle root at all.
void mend_chain(std::vector<uint8_t>& bytes) {
  const uint8_t* from = bytes.data();
  const engine::Stamp stamp = {
      .tsn = load_le<uint64_t>(from + events::kReceiptTsnOffset),
      .first_position = load_le<uint64_t>(from + events::kReceiptFirstPositionOffset),
      .event_count = load_le<uint32_t>(from + events::kReceiptEventCountOffset),
      .recorded = load_le<int64_t>(from + events::kReceiptRecordedOffset)};
  const uint64_t index =
      load_le<uint64_t>(from + events::kReceiptPositionOffset) - stamp.first_position;
  const auto digest_at = [&](size_t offset) {
    Digest digest;
    std::copy_n(from + offset, digest.size(), digest.begin());
    return digest;
  };
  std::vector<Digest> path;
  for (size_t at = events::kReceiptPathOffset; at + 2 * sizeof(Digest) <= bytes.size();
       at += sizeof(Digest)) {
    path.push_back(digest_at(at));
  }
  if (index >= stamp.event_count ||
      path.size() != events::merkle_path_size(index, stamp.event_count)) {
    return;
  }
  const Digest merkle = events::merkle_root_over(digest_at(events::kReceiptEventHashOffset), index,
                                                 stamp.event_count, path);
  const Digest root =
      engine::chained_root_of(stamp, merkle, digest_at(events::kReceiptPreviousRootOffset));
  std::ranges::copy(root, bytes.data() + events::kReceiptChainedOffset);
}

void mend_digest(std::vector<uint8_t>& bytes) {
  const size_t end = bytes.size() - sizeof(Digest);
  const Digest digest = hash_padded(HashDomain::kReceipt, ByteView(bytes).first(end));
  std::ranges::copy(digest, bytes.data() + end);
}

void try_receipt(const std::vector<uint8_t>& bytes, const std::vector<uint8_t>& record) {
  const auto receipt = events::decode_receipt(bytes);
  if (!receipt) return require_refusal(receipt.error());
  require(receipt->position >= receipt->stamp.first_position &&
              receipt->position - receipt->stamp.first_position < receipt->stamp.event_count,
          "an event outside of its commit");
  // One receipt, one encoding: nothing in it is left unread.
  require(events::encode_receipt(*receipt) == bytes, "another encoding of a receipt is accepted");
  const Status checked = events::check_record(*receipt, record);
  if (!checked) return require_refusal(checked.error());
  ++accepted_count;
  // Whatever record came through is bound to the receipt byte for byte, but for its sequence.
  std::vector<uint8_t> other = record;
  other.back() ^= 1;
  require(!events::check_record(*receipt, other).has_value(), "another record is accepted");
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kHead = 1 + sizeof(uint64_t);
  if (size < kHead) return 0;
  const uint64_t receipt_size =
      std::min<uint64_t>(stele::load_le<uint64_t>(data + 1), size - kHead);
  // Copies of their own, so that a sanitizer sees every step past their ends.
  std::vector<uint8_t> receipt(data + kHead, data + kHead + receipt_size);
  const std::vector<uint8_t> record(data + kHead + receipt_size, data + size);
  if (receipt.size() >= stele::events::kReceiptSizeMin) {
    if ((data[0] & stele::fuzz::kMendChain) != 0) stele::fuzz::mend_chain(receipt);
    if ((data[0] & (stele::fuzz::kMendDigest | stele::fuzz::kMendChain)) != 0) {
      stele::fuzz::mend_digest(receipt);
    }
  }
  stele::fuzz::try_receipt(receipt, record);
  return 0;
}
