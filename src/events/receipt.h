// Receipts: one event, and the hashes that lead from it up to the chained root of its commit.
//
//    0                8        12       16               24               32
//    +----------------+--------+--------+----------------+----------------+
//    |   "STELERCT"   | version| events |         database uuid           |
//    +----------------+--------+--------+----------------+----------------+ 32
//    |      TSN       |    position     | first position |    recorded    |
//    +----------------+-----------------+----------------+----------------+ 64
//    |  event hash, 32 bytes                                              |
//    +--------------------------------------------------------------------+ 96
//    |  hash of the entity's event before it, or zeros                    |
//    +--------------------------------------------------------------------+ 128
//    |  chained root of the commit before; before the first, the genesis  |
//    +--------------------------------------------------------------------+ 160
//    |  chained root                                                      |
//    +--------------------------------------------------------------------+ 192
//    |  sibling, sibling ... from the event's hash up to the Merkle root  |
//    +--------------------------------------------------------------------+
//    |  digest, 32 bytes, of all bytes before it                          |
//    +--------------------------------------------------------------------+
//
// The chained root binds the stamp, the Merkle root and the root before; the siblings bind the
// event hash to the Merkle root; the event hash and the one before bind the record. The digest
// proves nothing, for anybody can compute it: it finds a damaged bit wherever it is.
//
// On disk: docs/format.md, "Receipt".
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"
#include "engine/commit_frame.h"
#include "events/history.h"

namespace stele::events {

inline constexpr uint32_t kReceiptVersion = 1;
inline constexpr size_t kReceiptVersionOffset = 8;
inline constexpr size_t kReceiptEventCountOffset = kReceiptVersionOffset + 4;
inline constexpr size_t kReceiptUuidOffset = kReceiptEventCountOffset + 4;
inline constexpr size_t kReceiptTsnOffset = kReceiptUuidOffset + 16;
inline constexpr size_t kReceiptPositionOffset = kReceiptTsnOffset + 8;
inline constexpr size_t kReceiptFirstPositionOffset = kReceiptPositionOffset + 8;
inline constexpr size_t kReceiptRecordedOffset = kReceiptFirstPositionOffset + 8;
inline constexpr size_t kReceiptEventHashOffset = kReceiptRecordedOffset + 8;
inline constexpr size_t kReceiptPreviousHashOffset = kReceiptEventHashOffset + sizeof(Digest);
inline constexpr size_t kReceiptPreviousRootOffset = kReceiptPreviousHashOffset + sizeof(Digest);
inline constexpr size_t kReceiptChainedOffset = kReceiptPreviousRootOffset + sizeof(Digest);
inline constexpr size_t kReceiptPathOffset = kReceiptChainedOffset + sizeof(Digest);
static_assert(kReceiptPathOffset == 192);

// Without siblings, and with as many as the largest count of events has levels.
inline constexpr size_t kReceiptSizeMin = kReceiptPathOffset + sizeof(Digest);
inline constexpr size_t kReceiptSizeMax = kReceiptSizeMin + 32 * sizeof(Digest);

struct Receipt {
  std::array<uint8_t, 16> uuid;
  engine::Stamp stamp;  // Of the commit.
  uint64_t position;    // Of the event.
  Digest event_hash;
  Digest previous_hash;  // Of the entity's event before; zeros without.
  Digest previous_root;
  Digest chained_root;
  std::vector<Digest> path;
};

// What a receipt takes from outside the events.
struct CommitOfReceipt {
  std::array<uint8_t, 16> uuid;
  engine::Stamp stamp;
  Digest previous_root;
  Digest chained_root;
};

// Makes the receipt of an event out of the hashes that are stored, without computing them again.
// Requires: the commit is visible, `position` is of it.
[[nodiscard]] Result<Receipt> make_receipt(History& history, const CommitOfReceipt& commit,
                                           uint64_t position);

[[nodiscard]] std::vector<uint8_t> encode_receipt(const Receipt& receipt);

// Decodes a receipt, which fills `bytes`, and checks that every hash in it follows from the others.
// CORRUPT says where it does not, UNSUPPORTED that it is of a newer version.
[[nodiscard]] Result<Receipt> decode_receipt(ByteView bytes);

// Checks that a record, which fills `bytes`, is that of the receipt's event. CORRUPT, UNSUPPORTED:
// as above.
[[nodiscard]] Status check_record(const Receipt& receipt, ByteView bytes);

}  // namespace stele::events
