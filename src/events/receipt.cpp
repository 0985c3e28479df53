// Makes receipts, and follows their hashes without a database.
#include "events/receipt.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "events/digest.h"
#include "events/positions.h"

namespace stele::events {

namespace {

constexpr std::string_view kMagic = "STELERCT";
static_assert(kMagic.size() == kReceiptVersionOffset);
static_assert(kReceiptSizeMin % kAlignment == 0 && sizeof(Digest) % kAlignment == 0);

// The C API promises that no position and no TSN is higher.
constexpr uint64_t kNumberMax = INT64_MAX;

std::unexpected<Error> fault(uint64_t offset, const std::string& reason) {
  return corruption("receipt", offset, reason);
}

Digest digest_at(const uint8_t* from) {
  Digest digest;
  std::copy_n(from, digest.size(), digest.begin());
  return digest;
}

Digest digest_of(ByteView receipt) {
  return hash_padded(HashDomain::kReceipt, receipt.first(receipt.size() - sizeof(Digest)));
}

// Returns the hash of the event that the entity of `record` had before, zeros without.
Result<Digest> previous_hash_of(History& history, const RecordView& record) {
  const uint64_t position = record.position();
  if (record.entity().empty() || position == 1) return kNoHash;
  const std::string entity(record.entity());
  const uint64_t previous = newest_position(history, TermKind::kEntity, entity, position - 1);
  const auto before = previous == 0 ? std::nullopt : history.record(previous);
  if (!history.status()) return fail(history.status().error());
  return before ? digest_at(before->hash()) : kNoHash;
}

// Checks what can be said of the bytes before any field but the version is believed.
Status check_form(ByteView bytes) {
  if (bytes.size() < kReceiptUuidOffset) return fault(0, "it is shorter than its header");
  if (as_text(bytes.first(kMagic.size())) != kMagic) return fault(0, "it is not a receipt");
  const auto version = load_le<uint32_t>(bytes.data() + kReceiptVersionOffset);
  if (version > kReceiptVersion) {
    return fail(Code::kUnsupported, cat("receipt of version ", version,
                                        "; this library reads up to ", kReceiptVersion));
  }
  if (version == 0) return fault(kReceiptVersionOffset, "its version is 0");
  if (bytes.size() < kReceiptSizeMin || bytes.size() > kReceiptSizeMax ||
      (bytes.size() - kReceiptSizeMin) % sizeof(Digest) != 0) {
    return fault(0, cat("its size of ", bytes.size(), " bytes is impossible"));
  }
  const uint64_t end = bytes.size() - sizeof(Digest);
  if (digest_of(bytes) != digest_at(bytes.data() + end)) {
    return fault(end, "its digest does not match its bytes");
  }
  return {};
}

Receipt read_fields(ByteView bytes) {
  const uint8_t* from = bytes.data();
  Receipt receipt = {
      .uuid = {},
      .stamp = {.tsn = load_le<uint64_t>(from + kReceiptTsnOffset),
                .first_position = load_le<uint64_t>(from + kReceiptFirstPositionOffset),
                .event_count = load_le<uint32_t>(from + kReceiptEventCountOffset),
                .recorded = load_le<int64_t>(from + kReceiptRecordedOffset)},
      .position = load_le<uint64_t>(from + kReceiptPositionOffset),
      .event_hash = digest_at(from + kReceiptEventHashOffset),
      .previous_hash = digest_at(from + kReceiptPreviousHashOffset),
      .previous_root = digest_at(from + kReceiptPreviousRootOffset),
      .chained_root = digest_at(from + kReceiptChainedOffset),
      .path = {}};
  std::copy_n(from + kReceiptUuidOffset, receipt.uuid.size(), receipt.uuid.begin());
  for (size_t at = kReceiptPathOffset; at < bytes.size() - sizeof(Digest); at += sizeof(Digest)) {
    receipt.path.push_back(digest_at(from + at));
  }
  return receipt;
}

Status check_place(const Receipt& receipt) {
  const engine::Stamp& stamp = receipt.stamp;
  if (stamp.tsn == 0 || stamp.tsn > kNumberMax) {
    return fault(kReceiptTsnOffset, cat("its TSN ", stamp.tsn, " is impossible"));
  }
  if (stamp.first_position == 0 || receipt.position > kNumberMax) {
    return fault(kReceiptPositionOffset, cat("its position ", receipt.position, " is impossible"));
  }
  if (receipt.position < stamp.first_position ||
      receipt.position - stamp.first_position >= stamp.event_count) {
    return fault(kReceiptPositionOffset,
                 cat("its position ", receipt.position, " is not one of its commit"));
  }
  return {};
}

// Follows the hashes from the event up to the chained root.
Status check_chain(const Receipt& receipt) {
  const engine::Stamp& stamp = receipt.stamp;
  const uint64_t index = receipt.position - stamp.first_position;
  const size_t path_size = merkle_path_size(index, stamp.event_count);
  if (receipt.path.size() != path_size) {
    return fault(kReceiptPathOffset,
                 cat("it has ", receipt.path.size(), " siblings, expected ", path_size));
  }
  const Digest merkle =
      merkle_root_over(receipt.event_hash, index, stamp.event_count, receipt.path);
  if (engine::chained_root_of(stamp, merkle, receipt.previous_root) != receipt.chained_root) {
    return fault(kReceiptChainedOffset,
                 "its chained root does not follow from the event and the root before");
  }
  if (stamp.tsn > 1) return {};
  // Nothing comes before the first commit.
  if (stamp.first_position != 1) {
    return fault(kReceiptFirstPositionOffset, "the first commit begins with position 1");
  }
  if (receipt.previous_root != engine::genesis_root(receipt.uuid)) {
    return fault(kReceiptPreviousRootOffset, "the root before the first commit is not its uuid's");
  }
  return {};
}

// Returns how the record contradicts the receipt, or itself, in what no hash of an event binds;
// nullptr if it does not.
const char* place_fault(const Receipt& receipt, const RecordView& record) {
  if (record.position() != receipt.position) return "it has another position";
  if (record.tsn() != receipt.stamp.tsn) return "it has another TSN";
  if (record.recorded() != receipt.stamp.recorded) return "it was recorded at another time";
  if ((record.flags() & kTimeIsRecorded) != 0 && record.time() != record.recorded()) {
    return "its time should be that of its commit";
  }
  const bool is_later = receipt.previous_hash != kNoHash;
  if (record.entity().empty()) {
    if (is_later) return "it has no entity, the receipt has an event before it";
    if (record.sequence() != 0) return "it has a sequence without an entity";
  } else if (is_later ? record.sequence() < 2 : record.sequence() != 1) {
    return "its sequence contradicts the event before it";
  }
  return nullptr;
}

}  // namespace

Result<Receipt> make_receipt(History& history, const CommitOfReceipt& commit, uint64_t position) {
  const engine::Stamp& stamp = commit.stamp;
  STELE_CHECK(position >= stamp.first_position && position <= stamp.last_position());
  std::vector<Digest> hashes(stamp.event_count);
  for (size_t i = 0; i < hashes.size(); ++i) {
    const auto record = history.record(stamp.first_position + i);
    if (!record) return fail(history.status().error());
    hashes[i] = digest_at(record->hash());
  }
  const auto record = history.record(position);
  if (!record) return fail(history.status().error());
  const auto previous_hash = previous_hash_of(history, *record);
  if (!previous_hash) return fail(previous_hash.error());
  const size_t index = position - stamp.first_position;
  return Receipt{.uuid = commit.uuid,
                 .stamp = stamp,
                 .position = position,
                 .event_hash = hashes[index],
                 .previous_hash = *previous_hash,
                 .previous_root = commit.previous_root,
                 .chained_root = commit.chained_root,
                 .path = merkle_path(hashes, index)};
}

std::vector<uint8_t> encode_receipt(const Receipt& receipt) {
  std::vector<uint8_t> bytes(kReceiptSizeMin + receipt.path.size() * sizeof(Digest));
  uint8_t* to = bytes.data();
  copy_bytes(to, as_bytes(kMagic));
  store_le(to + kReceiptVersionOffset, kReceiptVersion);
  store_le(to + kReceiptEventCountOffset, receipt.stamp.event_count);
  copy_bytes(to + kReceiptUuidOffset, receipt.uuid);
  store_le(to + kReceiptTsnOffset, receipt.stamp.tsn);
  store_le(to + kReceiptPositionOffset, receipt.position);
  store_le(to + kReceiptFirstPositionOffset, receipt.stamp.first_position);
  store_le(to + kReceiptRecordedOffset, receipt.stamp.recorded);
  copy_bytes(to + kReceiptEventHashOffset, receipt.event_hash);
  copy_bytes(to + kReceiptPreviousHashOffset, receipt.previous_hash);
  copy_bytes(to + kReceiptPreviousRootOffset, receipt.previous_root);
  copy_bytes(to + kReceiptChainedOffset, receipt.chained_root);
  to += kReceiptPathOffset;
  for (const Digest& sibling : receipt.path) {
    copy_bytes(to, sibling);
    to += sizeof(Digest);
  }
  copy_bytes(to, digest_of(bytes));
  return bytes;
}

Result<Receipt> decode_receipt(ByteView bytes) {
  STELE_TRY(check_form(bytes));
  Receipt receipt = read_fields(bytes);
  STELE_TRY(check_place(receipt));
  STELE_TRY(check_chain(receipt));
  return receipt;
}

Status check_record(const Receipt& receipt, ByteView bytes) {
  const auto record = RecordView::decode(bytes);
  if (!record) return fail(record.error());
  const auto fault = [&](const char* reason) {
    return fail(Code::kCorrupt, cat("the record is not that of event ", receipt.position,
                                    " of the receipt: ", reason));
  };
  if (record->size() != bytes.size()) return fault("there are bytes behind it");
  if (const char* reason = place_fault(receipt, *record); reason != nullptr) return fault(reason);
  if (digest_at(record->hash()) != receipt.event_hash) return fault("it has another hash");
  Digest header = {};
  header_digests({&*record, 1}, {&header, 1});
  if (event_hash(header, receipt.previous_hash.data()) != receipt.event_hash) {
    return fault("its hash does not match its content and the event before it");
  }
  return {};
}

}  // namespace stele::events
